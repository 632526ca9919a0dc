/* SPDX-License-Identifier: GPL-2.0-only */
#include <inttypes.h>

#include "base/format.h"
#include "out/blastmap.h"

static const char dp_cell_chars[DP_CELL_MAX] = {
	[DP_CELL_ABSENT] = ' ',
	[DP_CELL_INTACT] = '.',
	[DP_CELL_AGREED] = '#',
	[DP_CELL_UNLOST] = '?',
	[DP_CELL_UNTOLD] = '!',
};

static bool dp_any(const struct dp_ranges *ranges, struct dp_range within)
{
	for (uint32_t i = 0; i < ranges->n; i++)
		if (dp_range_overlaps(ranges->at[i], within))
			return true;
	return false;
}

static struct dp_range dp_window(const struct dp_case *c)
{
	struct dp_range unit = dp_case_unit_at(c, c->poison.offset);
	uint64_t wing, from, to;

	/* Whole units in the window, as many as keep them tellable apart. */
	if (c->map.length / c->unit <= 8)
		return c->map;
	wing = 4 * c->unit;
	if (DP_BLASTMAP_CELLS * c->page / 2 > wing)
		wing = DP_BLASTMAP_CELLS * c->page / 2;
	from = dp_max(unit.offset, c->map.offset + wing) - wing;
	to = dp_min(dp_range_end(unit) + wing, dp_range_end(c->map));
	return (struct dp_range){ from, to - from };
}

void dp_blastmap_make(struct dp_blastmap *m, const struct dp_case *c,
		      const struct dp_scene *scene, uint32_t process)
{
	const struct dp_observation *o = &scene->at[process];
	uint32_t from = dp_told_process(c, process);
	const struct dp_signal *told = dp_observation_told(&scene->at[from]);
	struct dp_ranges reported = { 0 }, here = { 0 }, untold, unlost, agreed;
	struct dp_range r;

	if (!told) {
		from = 0;
		told = dp_observation_told(&scene->at[0]);
	}
	if (told) {
		dp_scene_reported(c, scene, from, told, &r, NULL);
		dp_ranges_append(&here, o->view.range);
		dp_ranges_within(&reported, &here, r);
	}
	dp_ranges_subtract(&untold, &o->view.unmapped, &reported);
	dp_ranges_subtract(&unlost, &reported, &o->view.unmapped);
	dp_ranges_subtract(&agreed, &reported, &unlost);
	m->window = dp_window(c);
	m->per_cell = c->page;
	while (m->window.length > DP_BLASTMAP_CELLS * m->per_cell)
		m->per_cell *= 2;
	m->n = (m->window.length + m->per_cell - 1) / m->per_cell;
	for (unsigned int i = 0; i < m->n; i++) {
		struct dp_range cell = {
			m->window.offset + i * m->per_cell, m->per_cell
		};

		m->cells[i] = dp_any(&untold, cell)   ? DP_CELL_UNTOLD
			      : dp_any(&unlost, cell) ? DP_CELL_UNLOST
			      : dp_any(&agreed, cell) ? DP_CELL_AGREED
			      : dp_range_overlaps(o->view.range, cell)
				      ? DP_CELL_INTACT
				      : DP_CELL_ABSENT;
	}
	m->poison = (c->poison.offset - m->window.offset) / m->per_cell;
}

void dp_blastmap_head(FILE *out, const struct dp_blastmap *m)
{
	char cell[DP_SIZE_TEXT];

	fprintf(out, "map       one cell is %s; from 0x%" PRIx64 " to 0x%" PRIx64 "\n",
		dp_size_text(cell, m->per_cell, false), m->window.offset,
		dp_range_end(m->window));
}

void dp_blastmap_row(FILE *out, const struct dp_blastmap *m,
		     const struct dp_case *c, const char *name)
{
	static const char *const poison[DP_CELL_MAX] = {
		[DP_CELL_ABSENT] = " X not in this view",
		[DP_CELL_INTACT] = " X neither told nor lost",
		[DP_CELL_AGREED] = "",
		[DP_CELL_UNLOST] = " X told, NOT lost",
		[DP_CELL_UNTOLD] = " X lost, NOT told",
	};

	fprintf(out, "%-13s ", name);
	for (unsigned int i = 0; i < m->n; i++) {
		uint64_t at = m->window.offset + i * m->per_cell;

		/* Borders only where a unit is several cells wide. */
		if (c->unit > m->per_cell && dp_is_aligned(at, c->unit))
			fputc('|', out);
		fputc(i == m->poison ? 'X' : dp_cell_chars[m->cells[i]], out);
	}
	fprintf(out, "%s%s\n", c->unit > m->per_cell ? "|" : "",
		poison[m->cells[m->poison]]);
}

void dp_blastmap_legend(FILE *out)
{
	fprintf(out, "%-13s . intact  # told and lost  ! lost, not told  ? told, not lost  X poisoned\n",
		"");
}
