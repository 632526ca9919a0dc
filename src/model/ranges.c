/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/ranges.h"

bool dp_range_contains(struct dp_range outer, struct dp_range inner)
{
	return inner.offset >= outer.offset &&
	       dp_range_end(inner) <= dp_range_end(outer);
}

bool dp_range_overlaps(struct dp_range a, struct dp_range b)
{
	return a.offset < dp_range_end(b) && b.offset < dp_range_end(a);
}

void dp_ranges_append(struct dp_ranges *ranges, struct dp_range r)
{
	struct dp_range *last;

	if (!r.length)
		return;
	last = ranges->n ? &ranges->at[ranges->n - 1] : NULL;
	if (last && dp_range_end(*last) == r.offset) {
		last->length += r.length;
		return;
	}
	if (ranges->n == DP_RANGES_MAX) {
		ranges->truncated = true;
		return;
	}
	ranges->at[ranges->n++] = r;
}

void dp_ranges_subtract(struct dp_ranges *out, const struct dp_ranges *a,
			const struct dp_ranges *b)
{
	uint32_t j = 0;

	out->n = 0;
	out->truncated = a->truncated || b->truncated;
	for (uint32_t i = 0; i < a->n; i++) {
		uint64_t at = a->at[i].offset, end = dp_range_end(a->at[i]);

		while (j < b->n && dp_range_end(b->at[j]) <= at)
			j++;
		for (uint32_t k = j; k < b->n && b->at[k].offset < end; k++) {
			if (b->at[k].offset > at)
				dp_ranges_append(out, (struct dp_range){
					at, b->at[k].offset - at });
			at = dp_max(at, dp_range_end(b->at[k]));
		}
		if (at < end)
			dp_ranges_append(out,
					 (struct dp_range){ at, end - at });
	}
}

void dp_ranges_within(struct dp_ranges *out, const struct dp_ranges *a,
		      struct dp_range r)
{
	out->n = 0;
	out->truncated = a->truncated;
	for (uint32_t i = 0; i < a->n; i++) {
		uint64_t from = dp_max(a->at[i].offset, r.offset);
		uint64_t to = dp_min(dp_range_end(a->at[i]), dp_range_end(r));

		if (from < to)
			dp_ranges_append(out,
					 (struct dp_range){ from, to - from });
	}
}

bool dp_ranges_equal(const struct dp_ranges *a, const struct dp_ranges *b)
{
	if (a->n != b->n || a->truncated != b->truncated)
		return false;
	for (uint32_t i = 0; i < a->n; i++)
		if (a->at[i].offset != b->at[i].offset ||
		    a->at[i].length != b->at[i].length)
			return false;
	return true;
}

uint64_t dp_ranges_total(const struct dp_ranges *ranges)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < ranges->n; i++)
		total += ranges->at[i].length;
	return total;
}

struct dp_range dp_ranges_covering(const struct dp_ranges *ranges,
				   uint64_t offset)
{
	for (uint32_t i = 0; i < ranges->n; i++)
		if (offset >= ranges->at[i].offset &&
		    offset < dp_range_end(ranges->at[i]))
			return ranges->at[i];
	return (struct dp_range){ offset, 0 };
}
