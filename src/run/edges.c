/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>

#include "run/edges.h"

/* Questions of a search by halves among n + 1 answers. */
static uint32_t dp_halvings(uint64_t n)
{
	uint32_t steps = 0;

	for (; n; n >>= 1)
		steps++;
	return steps;
}

uint32_t dp_edge_witnesses(uint64_t pages)
{
	return 2 * dp_halvings(pages);
}

struct dp_edge_search {
	uint64_t base, page;
	uint32_t witnesses;
	dp_edge_ask ask;
	void *arg;
	uint32_t *used;
};

/* Of `known`, which is gone, and `beyond`, which is not (or outside): the last
 * one gone on the way from the former to the latter. Page numbers. */
static int dp_edge_between(struct dp_edge_search *s, int64_t known,
			   int64_t beyond, int64_t *edge)
{
	while (known + 1 < beyond || beyond + 1 < known) {
		int64_t mid = known + (beyond - known) / 2;
		int answer;

		if (*s->used == s->witnesses)
			return -ENOBUFS;
		answer = s->ask(s->arg, (*s->used)++, s->base + mid * s->page);
		if (answer < 0)
			return -EAGAIN;
		if (answer)
			known = mid;
		else
			beyond = mid;
	}
	*edge = known;
	return 0;
}

int dp_edges_find(struct dp_range within, uint64_t gone, uint64_t page,
		  uint32_t witnesses, dp_edge_ask ask, void *arg,
		  struct dp_range *out, uint32_t *used)
{
	struct dp_edge_search s = {
		within.offset, page, witnesses, ask, arg, used,
	};
	int64_t hit = (gone - within.offset) / page, first, last;
	int rc;

	*used = 0;
	rc = dp_edge_between(&s, hit, -1, &first);
	if (!rc)
		rc = dp_edge_between(&s, hit, within.length / page, &last);
	if (rc)
		return rc;
	out->offset = within.offset + first * page;
	out->length = (last - first + 1) * page;
	return 0;
}
