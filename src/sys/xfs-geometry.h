/* SPDX-License-Identifier: GPL-2.0-only */
/* How an XFS that is mounted was made. */
#ifndef DP_SYS_XFS_GEOMETRY_H
#define DP_SYS_XFS_GEOMETRY_H

/* Whether the XFS on which `fd` is open has a reverse map, by which it finds
 * all files that share a page: 1, 0, or negative errno (-ENOTTY: no XFS).
 * Source: ioctl_xfs_fsgeometry(2), XFS_FSOP_GEOM_FLAGS_RMAPBT. */
int dp_xfs_has_rmapbt(int fd);

#endif
