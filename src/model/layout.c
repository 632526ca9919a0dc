/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/format.h"
#include "model/layout.h"

void dp_layout_deinit(struct dp_layout *layout)
{
	free(layout->at);
	*layout = (struct dp_layout){ 0 };
}

int dp_layout_add(struct dp_layout *layout, const struct dp_extent *extent)
{
	struct dp_extent *at;

	/* Grown by doubling: a fragmented file has thousands. */
	if (!(layout->n & (layout->n - 1))) {
		at = reallocarray(layout->at, layout->n ? layout->n * 2 : 1,
				  sizeof(*at));
		if (!at)
			return -ENOMEM;
		layout->at = at;
	}
	layout->at[layout->n++] = *extent;
	return 0;
}

const struct dp_extent *dp_layout_at(const struct dp_layout *layout,
				     uint64_t offset)
{
	size_t low = 0, high = layout->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct dp_extent *e = &layout->at[mid];

		if (offset < e->offset)
			high = mid;
		else if (offset - e->offset < e->length)
			return e;
		else
			low = mid + 1;
	}
	return NULL;
}

/* Where the first extent after this offset starts, or UINT64_MAX. */
static uint64_t dp_next_extent(const struct dp_layout *layout, uint64_t offset)
{
	size_t low = 0, high = layout->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (layout->at[mid].offset > offset)
			high = mid;
		else
			low = mid + 1;
	}
	return low < layout->n ? layout->at[low].offset : UINT64_MAX;
}

static bool dp_has_blocks(const struct dp_extent *e)
{
	return e && !(e->flags & DP_EXTENT_NO_BLOCKS) &&
	       e->phys != DP_PHYS_UNKNOWN;
}

uint64_t dp_layout_phys(const struct dp_layout *layout, uint64_t offset)
{
	const struct dp_extent *e = dp_layout_at(layout, offset);

	return dp_has_blocks(e) ? e->phys + (offset - e->offset)
				: DP_PHYS_UNKNOWN;
}

/* Why the page is on no block of the device, or NULL. */
static const char *dp_not_backed(const struct dp_layout *layout,
				 uint64_t offset)
{
	const struct dp_extent *e = dp_layout_at(layout, offset);

	if (offset >= layout->size)
		return "it is past the end of the file";
	if (!e)
		return "it is in a hole";
	if (e->flags & DP_EXTENT_NO_BLOCKS)
		return "its data is not in blocks of its own (inline, encoded or not allocated yet)";
	if (e->flags & DP_EXTENT_UNWRITTEN)
		return "it is in an unwritten stretch, which reads as zeroes from a page of ordinary memory";
	return NULL;
}

/* What of the file keeps the unit at `at` from being mapped by one entry.
 * True: nothing. */
static bool dp_extent_allows(const struct dp_layout *layout, uint64_t at,
			     uint64_t size, char *why, size_t n)
{
	const struct dp_extent *e = dp_layout_at(layout, at);
	char text[DP_SIZE_TEXT];
	uint64_t phys;

	dp_size_text(text, size, false);
	if (!e) {
		snprintf(why, n, "hole in the %s at 0x%" PRIx64, text, at);
		return false;
	}
	if (!dp_has_blocks(e)) {
		snprintf(why, n, "the %s at 0x%" PRIx64 " has no blocks of its own",
			 text, at);
		return false;
	}
	phys = e->phys + (at - e->offset);
	if (!dp_is_aligned(phys, size)) {
		snprintf(why, n, "extent not %s aligned: off by 0x%" PRIx64,
			 text, phys % size);
		return false;
	}
	if (e->flags & DP_EXTENT_UNWRITTEN) {
		snprintf(why, n, "unwritten stretch in the %s at 0x%" PRIx64,
			 text, at);
		return false;
	}
	if (e->offset + e->length - at < size) {
		snprintf(why, n, "the extent ends 0x%" PRIx64 " into the %s",
			 e->offset + e->length - at, text);
		return false;
	}
	return true;
}

static bool dp_allows_pmd(const struct dp_layout *layout,
			  const struct dp_file_map *map,
			  const struct dp_units *units, uint64_t offset,
			  struct dp_forecast *f)
{
	uint64_t at = dp_align_down(offset, units->pmd);
	struct dp_range unit = { at, units->pmd };
	char text[DP_SIZE_TEXT];

	dp_size_text(text, units->pmd, false);
	if (map->skew % units->pmd) {
		snprintf(f->reason, sizeof(f->reason),
			 "address not congruent: off by 0x%" PRIx64 " from the file offset",
			 map->skew % units->pmd);
		return false;
	}
	if (dp_align_up(layout->size, units->pte) < dp_range_end(unit)) {
		snprintf(f->reason, sizeof(f->reason),
			 "the %s reaches past the end of the file", text);
		return false;
	}
	if (!dp_range_contains(map->range, unit)) {
		snprintf(f->reason, sizeof(f->reason),
			 "the mapping does not cover the %s at 0x%" PRIx64,
			 text, at);
		return false;
	}
	for (uint32_t i = 0; i < layout->small.n; i++) {
		if (!dp_range_overlaps(layout->small.at[i], unit))
			continue;
		snprintf(f->reason, sizeof(f->reason),
			 "an existing smaller entry at 0x%" PRIx64,
			 layout->small.at[i].offset);
		return false;
	}
	return dp_extent_allows(layout, at, units->pmd, f->reason,
				sizeof(f->reason));
}

void dp_layout_forecast(const struct dp_layout *layout,
			const struct dp_file_map *map,
			const struct dp_units *units, uint64_t offset,
			struct dp_forecast *f)
{
	const char *why = dp_not_backed(layout, offset);
	char text[DP_SIZE_TEXT];

	*f = (struct dp_forecast){ .unit = units->pte };
	if (why) {
		snprintf(f->reason, sizeof(f->reason), "%s", why);
		return;
	}
	f->backed = true;
	if (!dp_allows_pmd(layout, map, units, offset, f))
		return;
	f->unit = units->pmd;
	snprintf(f->reason, sizeof(f->reason),
		 "extent, address and mapping are aligned to %s",
		 dp_size_text(text, units->pmd, false));
}

/* As far as everything is surely the same: to the end of the unit if one entry
 * maps it, else to the end of extent, hole or unit. */
static void dp_piece_at(const struct dp_layout *layout,
			const struct dp_units *units, uint64_t at,
			struct dp_stretch *s)
{
	const struct dp_file_map all = {
		.range = { 0, dp_align_up(layout->size, units->pmd) },
	};
	uint64_t end = dp_min(dp_align_down(at, units->pmd) + units->pmd,
			      layout->size);

	*s = (struct dp_stretch){ .extent = dp_layout_at(layout, at) };
	dp_layout_forecast(layout, &all, units, at, &s->forecast);
	/* No walk through a hole unit by unit: it may be larger than any
	 * medium. */
	if (!s->extent)
		end = dp_min(dp_next_extent(layout, at), layout->size);
	else if (s->forecast.unit == units->pte)
		end = dp_min(end, s->extent->offset + s->extent->length);
	s->range = (struct dp_range){ at, at < end ? end - at : 0 };
}

void dp_layout_stretch(const struct dp_layout *layout,
		       const struct dp_units *units, uint64_t at,
		       struct dp_stretch *s)
{
	struct dp_stretch more;

	dp_piece_at(layout, units, at, s);
	for (;;) {
		dp_piece_at(layout, units, dp_range_end(s->range), &more);
		if (!more.range.length || more.extent != s->extent ||
		    more.forecast.backed != s->forecast.backed ||
		    more.forecast.unit != s->forecast.unit ||
		    strcmp(more.forecast.reason, s->forecast.reason))
			return;
		s->range.length += more.range.length;
	}
}

int dp_layout_find_units(const struct dp_layout *layout,
			 const struct dp_units *units, uint64_t n,
			 uint64_t from, uint64_t *offset, struct dp_why *why)
{
	uint64_t at = dp_align_up(from, units->pmd), run = 0;
	char reason[120] = "", first[120] = "", text[DP_SIZE_TEXT];
	uint64_t next;

	for (; at + units->pmd <= layout->size; at += units->pmd) {
		if (!dp_extent_allows(layout, at, units->pmd, reason,
				      sizeof(reason))) {
			if (!first[0])
				memcpy(first, reason, sizeof(first));
			run = 0;
			next = dp_next_extent(layout, at);
			if (!dp_layout_at(layout, at) && next > layout->size)
				break;
			/* The rest of a hole at once. */
			if (!dp_layout_at(layout, at))
				at = dp_align_up(next, units->pmd) - units->pmd;
			continue;
		}
		if (++run < n)
			continue;
		*offset = at - (n - 1) * units->pmd;
		return 0;
	}
	return dp_why(why, -ENOENT, "no %" PRIu64 " neighbouring units of %s are aligned in it%s%s",
		      n, dp_size_text(text, units->pmd, false),
		      first[0] ? ": " : "; it is too short",
		      first);
}
