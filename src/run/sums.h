/* SPDX-License-Identifier: GPL-2.0-only */
/* What is in pages beside those that a series hits, by a sum of each: that these have
 * not changed is seen without a copy of them. */
#ifndef DP_RUN_SUMS_H
#define DP_RUN_SUMS_H

#include "model/series.h"

/* Of three pages that each case of a lane maps, or of one. */
#define DP_SUMS_MAX (3 * DP_SERIES_LANE)

/* Plain data of fixed size: processes share it. */
struct dp_sums {
	uint32_t n;
	uint64_t pages[DP_SUMS_MAX]; /* offsets into the target, ascending */
	uint64_t sums[DP_SUMS_MAX];
	uint64_t differs[(DP_SUMS_MAX + 63) / 64]; /* a bit for each */
};

/* The sum of a page. If one of its words changes, so does the sum; if several do,
 * with all but certainty. */
uint64_t dp_sum_page(const uint64_t *page, uint64_t bytes);

/* Take those of the cases: the page on one side of each one that is hit, in turn; if
 * units are pages, all that is mapped. `at`: where the first byte of `map` is mapped. 0, or
 * -EIO when a page raised SIGBUS. */
int dp_sums_take(struct dp_sums *s, const struct dp_cases *cases,
		 struct dp_range map, const char *at);

/* Take them again, and note which are others; a page that raises SIGBUS has
 * changed. */
void dp_sums_compare(struct dp_sums *s, struct dp_range map, const char *at,
		     uint64_t page);

/* The number of the sum of the page at this offset, or -1: it has none. */
int dp_sums_find(const struct dp_sums *s, uint64_t page);

bool dp_sums_differ(const struct dp_sums *s, uint32_t i);
bool dp_sums_any(const struct dp_sums *s);

#endif
