/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/rootdir.h"
#include "sys/region-blocks.h"

/* The kernel prints no more than one page of it. */
#define DP_BLOCK 512
#define DP_LIST_TEXT (64 * 1024)

/* Lines "START COUNT", below sysfs. */
static int64_t dp_bad_ranges(const char *path, struct dp_range blocks,
			     struct dp_ranges *found)
{
	_cleanup_(dp_rootdir_deinit) struct dp_rootdir root = { .fd = -1 };
	_cleanup_free_ char *text = malloc(DP_LIST_TEXT);
	uint64_t from, n, first, last, bad = 0;
	int used, rc;

	rc = text ? dp_rootdir_init(&root, NULL) : -ENOMEM;
	if (!rc)
		rc = dp_rootdir_read(&root, text, DP_LIST_TEXT, "%s", path);
	if (rc < 0)
		return rc;
	for (const char *at = text;
	     sscanf(at, " %" SCNu64 " %" SCNu64 "%n", &from, &n, &used) == 2;
	     at += used) {
		first = dp_max(from, blocks.offset);
		last = dp_min(from + n, dp_range_end(blocks));
		if (first >= last)
			continue;
		bad += last - first;
		if (found)
			dp_ranges_append(found, (struct dp_range){
				first * DP_BLOCK, (last - first) * DP_BLOCK });
	}
	return bad;
}

int64_t dp_region_bad_ranges(const char *region, struct dp_range blocks,
			     struct dp_ranges *found)
{
	char path[128];

	snprintf(path, sizeof(path), "sys/bus/nd/devices/%.64s/badblocks",
		 region);
	return dp_bad_ranges(path, blocks, found);
}

int64_t dp_region_bad_blocks(const char *region, struct dp_range blocks)
{
	return dp_region_bad_ranges(region, blocks, NULL);
}

int64_t dp_disk_bad_ranges(dev_t disk, struct dp_range blocks,
			   struct dp_ranges *found)
{
	char path[64];

	snprintf(path, sizeof(path), "sys/dev/block/%u:%u/badblocks",
		 major(disk), minor(disk));
	return dp_bad_ranges(path, blocks, found);
}
