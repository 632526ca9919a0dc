/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "sys/xfs-geometry.h"

/* struct xfs_fsop_geom of fs/xfs/libxfs/xfs_fs.h, which no header of the system
 * has: what stands before the flags, and the rest of its 256 bytes. */
struct dp_xfs_geometry {
	uint32_t sizes[8];
	uint64_t places[4];
	uint8_t uuid[16];
	uint32_t stripes[2];
	int32_t version;
	uint32_t flags;
	uint64_t rest[20];
};
_Static_assert(sizeof(struct dp_xfs_geometry) == 256, "not what XFS fills");

#define DP_XFS_IOC_FSGEOMETRY _IOR('X', 126, struct dp_xfs_geometry)
#define DP_XFS_RMAPBT (1 << 19)

int dp_xfs_has_rmapbt(int fd)
{
	struct dp_xfs_geometry g = { .flags = 0 };

	if (ioctl(fd, DP_XFS_IOC_FSGEOMETRY, &g))
		return -errno;
	return !!(g.flags & DP_XFS_RMAPBT);
}
