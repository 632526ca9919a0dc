/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists of bad blocks: of a region, sysfs nd/devices/REGION/badblocks, and of a
 * block device on it. */
#ifndef DP_SYS_REGION_BLOCKS_H
#define DP_SYS_REGION_BLOCKS_H

#include <sys/types.h>

#include "model/ranges.h"

/* Of these blocks of 512 bytes, counted from the region's first, how many are
 * in its list. Negative errno where it cannot be read. */
int64_t dp_region_bad_blocks(const char *region, struct dp_range blocks);

/* The same, and which: appended to `found` in bytes from the region's first. */
int64_t dp_region_bad_ranges(const char *region, struct dp_range blocks,
			     struct dp_ranges *found);

/* The same of a block device (no partition), in blocks and bytes of its own.
 * Those of its region are in it, and what was added by hand.
 * Source: Documentation/ABI/testing/sysfs-block, block/badblocks.c. */
int64_t dp_disk_bad_ranges(dev_t disk, struct dp_range blocks,
			   struct dp_ranges *found);

#endif
