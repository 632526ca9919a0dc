/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "run/contents.h"
#include "run/journal.h"
#include "run/pieces.h"

static int dp_compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void dp_take(struct dp_contents *ct, uint64_t offset)
{
	uint64_t page = dp_align_down(offset, ct->c->page);

	if (page - ct->c->map.offset < ct->c->map.length &&
	    ct->taken < DP_RECORD_PAGES)
		ct->saved->offsets[ct->taken++] = page;
}

/* At most, a power of two, of a unit. */
#define DP_LINES_A_UNIT 512
static_assert(DP_LINES_A_UNIT <= DP_RECORD_LINES, "there is room for them");

/* The unit that is hit, whole, if that leaves room for the rest; but of one that
 * is to be written, a line of each page, or of as many as there may be: whatever
 * moves, clears or mixes up mappings does so by pages, and each line has a
 * pattern of its own. */
static void dp_choose_unit(struct dp_contents *ct, struct dp_range unit)
{
	const struct dp_case *c = ct->c;
	uint64_t pages = unit.length / c->page, o;

	if (dp_contents_filled(c) && pages > 1 && c->page >= DP_RECORD_LINE) {
		ct->saved->lined = unit.offset;
		ct->saved->n_lines = dp_min(pages, (uint64_t)DP_LINES_A_UNIT);
		ct->saved->line_step = unit.length / ct->saved->n_lines;
	} else if (pages <= DP_RECORD_PAGES / 2) {
		for (o = unit.offset; o < dp_range_end(unit); o += c->page)
			dp_take(ct, o);
	}
}

/* One at some distance, of which a line does. */
static void dp_take_beside(struct dp_contents *ct, uint64_t offset)
{
	uint64_t page = ct->c->page, from = ct->c->poison.offset - page;

	if (offset - from <= 2 * page || !dp_record_lined(ct->saved, offset))
		dp_take(ct, offset);
}

static void dp_choose(struct dp_contents *ct)
{
	const struct dp_case *c = ct->c;
	struct dp_range unit = dp_case_unit_at(c, c->poison.offset);
	uint64_t page = c->page, end = dp_range_end(c->map), o;
	uint32_t kept = 0;
	uint64_t *at;

	dp_choose_unit(ct, unit);
	for (o = page; o < c->map.length; o *= 2) {
		dp_take_beside(ct, c->poison.offset + o);
		dp_take_beside(ct, c->poison.offset - o);
	}
	/* On either side of its edges. */
	dp_take(ct, unit.offset - page);
	dp_take(ct, dp_range_end(unit));
	dp_take(ct, unit.offset);
	dp_take(ct, dp_range_end(unit) - page);
	dp_take(ct, c->map.offset);
	dp_take(ct, end - page);
	dp_take(ct, c->poison.offset);
	at = ct->saved->offsets;
	qsort(at, ct->taken, sizeof(*at), dp_compare_u64);
	for (uint32_t i = 0; i < ct->taken; i++)
		if (!kept || at[i] != at[kept - 1])
			at[kept++] = at[i];
	/* Last: whoever finds the record after a kill sees all pages or none. */
	__atomic_store_n(&ct->saved->n, kept, __ATOMIC_RELEASE);
}

static int dp_contents_do(struct dp_contents *ct, dp_piece_fn *fn)
{
	struct dp_pieces w = {
		.saved = ct->saved,
		.at = ct->at,
		.offset = ct->c->map.offset,
		.fn = fn,
		.end = dp_pieces_n(ct->saved),
	};

	return dp_pieces_do(&w);
}

bool dp_contents_filled(const struct dp_case *c)
{
	return c->target->kind == DP_KIND_DEVDAX;
}

static void dp_contents_begin(struct dp_contents *ct, const struct dp_case *c,
			      char *at, struct dp_record *saved)
{
	*ct = (struct dp_contents){ .c = c, .at = at, .saved = saved };
	__atomic_store_n(&saved->n, 0, __ATOMIC_RELAXED);
	saved->n_lines = 0;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	saved->method = c->method;
	saved->poison = c->poison.offset;
}

int dp_contents_init(struct dp_contents *ct, const struct dp_case *c, char *at,
		     struct dp_record *saved)
{
	dp_contents_begin(ct, c, at, saved);
	dp_choose(ct);
	return dp_contents_do(ct, dp_piece_save);
}

static_assert(3 * DP_SERIES_LANE <= DP_RECORD_LINES &&
		      DP_SERIES_MAX + 2 <= DP_RECORD_LINES,
	      "there is a line for each page of a series");

/* In equal steps: of each page, if units are pages. Else from the page behind the
 * first one that is hit: behind each, and, where units lie between those that are
 * hit, once further away. */
static void dp_choose_lines(struct dp_contents *ct, const struct dp_cases *cases)
{
	const struct dp_case *c = ct->c;
	struct dp_record *r = ct->saved;
	uint64_t end = dp_range_end(c->map), n = 0;

	if (c->unit == c->page) {
		r->lined = c->map.offset;
		r->line_step = c->page;
	} else {
		r->lined = dp_range_end(c->poison);
		r->line_step = cases->by > c->unit
				       ? dp_align_down(cases->by / 2, c->page)
				       : cases->by;
	}
	if (r->lined < end)
		n = (end - r->lined - 1) / r->line_step + 1;
	r->n_lines = dp_min(n, (uint64_t)DP_RECORD_LINES);
}

int dp_contents_init_series(struct dp_contents *ct, const struct dp_case *c,
			    const struct dp_cases *cases, char *at,
			    struct dp_record *saved)
{
	dp_contents_begin(ct, c, at, saved);
	dp_choose_lines(ct, cases);
	return dp_contents_do(ct, dp_piece_save);
}

int dp_contents_fill(struct dp_contents *ct)
{
	int rc = dp_record_set(ct->saved, DP_RECORD_DIRTY);

	return rc ? rc : dp_contents_do(ct, dp_piece_fill);
}

/* What is known of one page, by all of it or by a line. */
static void dp_page_compared(const struct dp_case *c, uint64_t page, bool line,
			     bool changed, struct dp_data *data)
{
	if (page == c->poison.offset) {
		data->poisoned_compared = true;
		data->poisoned_changed |= changed;
		return;
	}
	data->pages_compared++;
	data->lines_compared += line;
	if (!changed)
		return;
	if (!data->pages_changed++ || page < data->first_changed)
		data->first_changed = page;
}

void dp_contents_differ(struct dp_contents *ct, struct dp_differs *differs)
{
	struct dp_pieces w = {
		.saved = ct->saved,
		.at = ct->at,
		.offset = ct->c->map.offset,
		.fn = dp_piece_compare,
		.end = dp_pieces_n(ct->saved),
	};

	dp_pieces_do(&w);
	static_assert(sizeof(w.differs) == sizeof(differs->bits),
		      "a bit for each piece");
	memcpy(differs->bits, w.differs, sizeof(w.differs));
}

bool dp_differs_any(const struct dp_differs *differs)
{
	uint64_t any = 0;

	for (size_t i = 0; i < ARRAY_SIZE(differs->bits); i++)
		any |= differs->bits[i];
	return any;
}

static void dp_sums_of_case(const struct dp_sums *sums, const struct dp_case *c,
			    struct dp_data *data)
{
	for (uint32_t i = 0; i < sums->n; i++)
		if (sums->pages[i] - c->map.offset < c->map.length)
			dp_page_compared(c, sums->pages[i], false,
					 dp_sums_differ(sums, i), data);
}

void dp_contents_of_case(const struct dp_record *r,
			 const struct dp_differs *differs,
			 const struct dp_sums *sums, const struct dp_case *c,
			 struct dp_data *data)
{
	uint32_t whole = 0;

	data->pages_mapped = c->map.length / c->page;
	if (sums)
		dp_sums_of_case(sums, c, data);
	for (uint32_t i = 0; i < dp_pieces_n(r); i++) {
		bool line = i < r->n_lines;
		uint64_t page = line ? r->lined + i * r->line_step
				     : r->offsets[i - r->n_lines];

		/* Of this one there is more than a line. */
		while (line && whole < r->n && r->offsets[whole] < page)
			whole++;
		if ((line && whole < r->n && r->offsets[whole] == page) ||
		    (sums && dp_sums_find(sums, page) >= 0) ||
		    page - c->map.offset >= c->map.length)
			continue;
		dp_page_compared(c, page, line,
				 differs->bits[i / 64] >> i % 64 & 1, data);
	}
}

void dp_contents_compare(struct dp_contents *ct, struct dp_data *data)
{
	struct dp_differs differs;

	dp_contents_differ(ct, &differs);
	dp_contents_of_case(ct->saved, &differs, NULL, ct->c, data);
}

int dp_contents_restore(struct dp_contents *ct)
{
	int rc;

	if (!ct->saved || ct->saved->state != DP_RECORD_DIRTY)
		return 0;
	rc = dp_contents_do(ct, dp_piece_restore);
	if (!rc)
		rc = dp_record_set(ct->saved, DP_RECORD_CLEAN);
	return rc;
}
