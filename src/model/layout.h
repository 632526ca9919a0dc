/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the data of a file lies, and what unit a fault will map of it. Files
 * have no fixed unit: the kernel takes the largest entry that the extents, the
 * addresses and the earlier faults allow. This is its reasoning, done ahead. */
#ifndef DP_MODEL_LAYOUT_H
#define DP_MODEL_LAYOUT_H

#include "base/why.h"
#include "model/axes.h"
#include "model/ranges.h"

/* A physical address that is not known (telling it takes root). */
#define DP_PHYS_UNKNOWN UINT64_MAX

enum {
	DP_EXTENT_UNWRITTEN = 1, /* allocated, reads as zeroes */
	DP_EXTENT_SHARED = 2,	/* other files have the same blocks */
	DP_EXTENT_NO_BLOCKS = 4, /* inline, encoded, delayed: no place yet */
};

/* One extent; sizes and offsets in bytes. Two that touch stay two: the kernel
 * maps one at a time, and no entry spans them. */
struct dp_extent {
	uint64_t offset;	/* into the file */
	uint64_t length;
	uint64_t phys;		/* physical address of its first byte */
	unsigned int flags;	/* DP_EXTENT_* */
};

struct dp_layout {
	struct dp_extent *at;	/* by offset */
	size_t n;
	uint64_t size;		/* of the file, in bytes */
	struct dp_ranges small;	/* where entries of one page are known to be in
				 * the file's tree already */
};

void dp_layout_deinit(struct dp_layout *layout);

/* Append an extent, which starts at or after the end of the last. 0 or
 * -ENOMEM. */
int dp_layout_add(struct dp_layout *layout, const struct dp_extent *extent);

/* The extent that holds this offset, or NULL in a hole. */
const struct dp_extent *dp_layout_at(const struct dp_layout *layout,
				     uint64_t offset);

/* The physical address of a byte, or DP_PHYS_UNKNOWN where there is none. */
uint64_t dp_layout_phys(const struct dp_layout *layout, uint64_t offset);

/* How a file is mapped. */
struct dp_file_map {
	struct dp_range range;	/* of the file */
	uint64_t skew;		/* bytes by which addresses are off from the
				 * file offsets, modulo the larger unit */
};

/* What a fault at some offset will map. */
struct dp_forecast {
	bool backed;		/* by a block of the device at all */
	uint64_t unit;		/* bytes */
	char reason[120];	/* why it is no larger, or not backed */
};

/* What a read fault at `offset` maps: fs/dax.c:dax_iomap_pmd_fault,
 * dax_fault_check_fallback. */
void dp_layout_forecast(const struct dp_layout *layout,
			const struct dp_file_map *map,
			const struct dp_units *units, uint64_t offset,
			struct dp_forecast *f);

/* Part of a file that is alike all through. */
struct dp_stretch {
	struct dp_range range;	/* of the file */
	const struct dp_extent *extent; /* that it lies in, or NULL in a hole */
	struct dp_forecast forecast; /* of a mapping of the whole file */
};

/* The stretch that starts at `at`, which is 0 or the end of the one before; its
 * length is 0 at the end of the file. */
void dp_layout_stretch(const struct dp_layout *layout,
		       const struct dp_units *units, uint64_t at,
		       struct dp_stretch *s);

/* The first place at or after `from` where `n` neighbouring units of the
 * middle size (units->pmd) are each whole in a written extent and aligned in
 * memory as they are in the file. 0, or -ENOENT with the reason. */
int dp_layout_find_units(const struct dp_layout *layout,
			 const struct dp_units *units, uint64_t n,
			 uint64_t from, uint64_t *offset, struct dp_why *why);

#endif
