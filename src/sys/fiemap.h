/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DP_SYS_FIEMAP_H
#define DP_SYS_FIEMAP_H

#include "model/layout.h"

/* Read the layout of an open file, whose file system lies in memory from
 * `start` on (a physical address, or DP_PHYS_UNKNOWN: then the layout's places
 * are unknown too). Replaces what `layout` held. 0 or negative errno: -EOPNOTSUPP
 * where the file system has no FIEMAP; -EAGAIN where the file changed meanwhile.
 * Source: Documentation/filesystems/fiemap.rst. */
int dp_fiemap_read(int fd, uint64_t start, struct dp_layout *layout);

#endif
