/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "run/sums.h"
#include "sys/sigbus.h"

/* Odd, so that no bit of a word is lost on the way. */
#define DP_SUM_STEP 0x9fb21c651e98df25ULL

uint64_t dp_sum_page(const uint64_t *page, uint64_t bytes)
{
	/* Two, so that neither waits for the other's product. */
	uint64_t even = 1, odd = 2, n = bytes / sizeof(uint64_t);

#pragma GCC unroll 8
	for (uint64_t i = 0; i < n; i += 2) {
		even = even * DP_SUM_STEP + page[i];
		odd = odd * DP_SUM_STEP + page[i + 1];
	}
	return even * DP_SUM_STEP + odd;
}

static_assert(DP_SERIES_MAX + 2 <= DP_SUMS_MAX, "there is room for them");

static void dp_sums_add(struct dp_sums *s, struct dp_range map, uint64_t page)
{
	if (page - map.offset < map.length && s->n < DP_SUMS_MAX &&
	    (!s->n || page > s->pages[s->n - 1]))
		s->pages[s->n++] = page;
}

static void dp_sums_choose(struct dp_sums *s, const struct dp_cases *cases,
			   struct dp_range map)
{
	struct dp_case one = cases->first;
	uint64_t at;

	s->n = 0;
	if (one.unit == one.page) {
		for (at = map.offset; at < dp_range_end(map); at += one.page)
			dp_sums_add(s, map, at);
		return;
	}
	/* From place to place; on the same side of two, since one is in each lane. */
	for (uint32_t i = 0; i < cases->n; i++, dp_case_move(&one, cases->by)) {
		uint64_t below = one.poison.offset - one.page;
		uint64_t above = dp_range_end(one.poison);
		bool low = one.poison.offset != map.offset &&
			   (i / 2 % 2 || above == dp_range_end(map));

		dp_sums_add(s, map, low ? below : above);
	}
}

/* One pass over all of them. */
struct dp_pass {
	struct dp_sums *s;
	struct dp_range map;
	const char *at;
	uint64_t page;		/* bytes */
	bool again;
	uint32_t next;
};

static void dp_pass_run(void *arg)
{
	struct dp_pass *p = arg;
	struct dp_sums *s = p->s;

	for (; p->next < s->n; p->next++) {
		const char *at = p->at + (s->pages[p->next] - p->map.offset);
		uint64_t sum;

		/* A signal leaves from within: where it is must be in memory. */
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
		sum = dp_sum_page((const uint64_t *)at, p->page);
		if (!p->again)
			s->sums[p->next] = sum;
		else if (s->sums[p->next] != sum)
			s->differs[p->next / 64] |= 1ULL << p->next % 64;
	}
}

int dp_sums_take(struct dp_sums *s, const struct dp_cases *cases,
		 struct dp_range map, const char *at)
{
	struct dp_pass p = { s, map, at, cases->first.page, false, 0 };

	dp_sums_choose(s, cases, map);
	memset(s->differs, 0, sizeof(s->differs));
	return dp_sigbus_guard(dp_pass_run, &p) >= 0 ? -EIO : 0;
}

void dp_sums_compare(struct dp_sums *s, struct dp_range map, const char *at,
		     uint64_t page)
{
	struct dp_pass p = { s, map, at, page, true, 0 };

	while (p.next < s->n && dp_sigbus_guard(dp_pass_run, &p) >= 0) {
		s->differs[p.next / 64] |= 1ULL << p.next % 64;
		p.next++;
	}
}

int dp_sums_find(const struct dp_sums *s, uint64_t page)
{
	uint32_t from = 0, to = s->n;

	while (from < to) {
		uint32_t mid = from + (to - from) / 2;

		if (s->pages[mid] == page)
			return mid;
		if (s->pages[mid] < page)
			from = mid + 1;
		else
			to = mid;
	}
	return -1;
}

bool dp_sums_differ(const struct dp_sums *s, uint32_t i)
{
	return s->differs[i / 64] >> i % 64 & 1;
}

bool dp_sums_any(const struct dp_sums *s)
{
	uint64_t any = 0;

	for (size_t i = 0; i < ARRAY_SIZE(s->differs); i++)
		any |= s->differs[i];
	return any;
}
