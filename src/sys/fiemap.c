/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "sys/fiemap.h"

#define DP_FIEMAP_EXTENTS 256

/* Flags of extents whose bytes are not simply on blocks of their own. */
#define DP_FIEMAP_ELSEWHERE                                       \
	(FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC |         \
	 FIEMAP_EXTENT_ENCODED | FIEMAP_EXTENT_DATA_ENCRYPTED |   \
	 FIEMAP_EXTENT_NOT_ALIGNED | FIEMAP_EXTENT_DATA_INLINE |  \
	 FIEMAP_EXTENT_DATA_TAIL)

static struct dp_extent dp_extent_of(const struct fiemap_extent *from,
				     uint64_t start)
{
	struct dp_extent e = {
		.offset = from->fe_logical,
		.length = from->fe_length,
		.phys = DP_PHYS_UNKNOWN,
	};

	if (from->fe_flags & DP_FIEMAP_ELSEWHERE)
		e.flags |= DP_EXTENT_NO_BLOCKS;
	else if (start != DP_PHYS_UNKNOWN)
		e.phys = start + from->fe_physical;
	if (from->fe_flags & FIEMAP_EXTENT_UNWRITTEN)
		e.flags |= DP_EXTENT_UNWRITTEN;
	if (from->fe_flags & FIEMAP_EXTENT_SHARED)
		e.flags |= DP_EXTENT_SHARED;
	return e;
}

int dp_fiemap_read(int fd, uint64_t start, struct dp_layout *layout)
{
	_cleanup_free_ struct fiemap *map = NULL;
	uint64_t from = 0;
	struct stat st;
	int rc;

	dp_layout_deinit(layout);
	if (fstat(fd, &st))
		return -errno;
	layout->size = st.st_size;
	map = malloc(sizeof(*map) +
		     DP_FIEMAP_EXTENTS * sizeof(map->fm_extents[0]));
	if (!map)
		return -ENOMEM;
	for (;;) {
		*map = (struct fiemap){
			.fm_start = from,
			.fm_length = FIEMAP_MAX_OFFSET - from,
			.fm_flags = FIEMAP_FLAG_SYNC,
			.fm_extent_count = DP_FIEMAP_EXTENTS,
		};
		if (ioctl(fd, FS_IOC_FIEMAP, map))
			return errno == ENOTTY ? -EOPNOTSUPP : -errno;
		for (uint32_t i = 0; i < map->fm_mapped_extents; i++) {
			struct fiemap_extent *x = &map->fm_extents[i];
			struct dp_extent e = dp_extent_of(x, start);

			/* Between two calls a file may have changed, and what
			 * is no list by offset is no layout. */
			if (x->fe_logical < from || !x->fe_length ||
			    x->fe_length > FIEMAP_MAX_OFFSET - x->fe_logical)
				return -EAGAIN;
			rc = dp_layout_add(layout, &e);
			if (rc)
				return rc;
			from = x->fe_logical + x->fe_length;
			if (x->fe_flags & FIEMAP_EXTENT_LAST)
				return 0;
		}
		if (!map->fm_mapped_extents)
			return 0;
	}
}
