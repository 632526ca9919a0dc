/* SPDX-License-Identifier: GPL-2.0-only */
/* Sorted lists of byte ranges that neither touch nor overlap. Plain data of
 * fixed size, since they live in memory that two processes share. */
#ifndef DP_MODEL_RANGES_H
#define DP_MODEL_RANGES_H

#include <stdint.h>

#include "base/macros.h"

#define DP_RANGES_MAX 64

struct dp_range {
	uint64_t offset;	/* bytes, into the target */
	uint64_t length;	/* bytes */
};

struct dp_ranges {
	uint32_t n;
	bool truncated;		/* there were more than fit */
	struct dp_range at[DP_RANGES_MAX];
};

static inline uint64_t dp_range_end(struct dp_range r)
{
	return r.offset + r.length;
}

bool dp_range_contains(struct dp_range outer, struct dp_range inner);
bool dp_range_overlaps(struct dp_range a, struct dp_range b);

/* Append a range that starts at or after the end of the last; one that touches
 * the last is joined to it. Too many: dropped, and `truncated` is set. */
void dp_ranges_append(struct dp_ranges *ranges, struct dp_range r);

/* out = a without b. `out` must be neither a nor b. */
void dp_ranges_subtract(struct dp_ranges *out, const struct dp_ranges *a,
			const struct dp_ranges *b);

/* out = the part of a inside r. */
void dp_ranges_within(struct dp_ranges *out, const struct dp_ranges *a,
		      struct dp_range r);

bool dp_ranges_equal(const struct dp_ranges *a, const struct dp_ranges *b);
uint64_t dp_ranges_total(const struct dp_ranges *ranges);

/* The range that covers this offset; length 0 when none does. */
struct dp_range dp_ranges_covering(const struct dp_ranges *ranges,
				   uint64_t offset);

#endif
