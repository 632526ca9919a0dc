/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>

#include <libsmartcols/libsmartcols.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "out/json.h"
#include "out/layout.h"
#include "out/table.h"

static const char *const dp_layout_columns[] = {
	"OFFSET", "LENGTH", "PHYSICAL", "STATE", "UNIT", "WHY",
};

static const char *dp_state_name(const struct dp_extent *e)
{
	if (!e)
		return "hole";
	if (e->flags & DP_EXTENT_NO_BLOCKS)
		return "no blocks";
	if (e->flags & DP_EXTENT_UNWRITTEN)
		return "unwritten";
	return e->flags & DP_EXTENT_SHARED ? "shared" : "written";
}

static uint64_t dp_stretch_phys(const struct dp_target *t,
				const struct dp_stretch *s)
{
	return dp_layout_phys(&t->layout, s->range.offset);
}

static int dp_stretch_row(struct dp_table *table, const struct dp_target *t,
			  const struct dp_stretch *s)
{
	char offset[32], length[DP_SIZE_TEXT], phys[32] = "-";
	char unit[DP_SIZE_TEXT] = "-";
	const char *cells[] = { offset, length, phys, dp_state_name(s->extent),
				unit, s->forecast.reason };
	uint64_t at = dp_stretch_phys(t, s);
	int row = dp_table_row(table, -1), rc = row < 0 ? row : 0;

	snprintf(offset, sizeof(offset), "0x%" PRIx64, s->range.offset);
	dp_size_text(length, s->range.length, false);
	if (at != DP_PHYS_UNKNOWN)
		snprintf(phys, sizeof(phys), "0x%" PRIx64, at);
	if (s->forecast.backed)
		dp_size_text(unit, s->forecast.unit, false);
	for (size_t i = 0; i < ARRAY_SIZE(cells) && !rc; i++)
		rc = dp_table_cell(table, row, i, cells[i]);
	return rc;
}

int dp_layout_print(FILE *out, const struct dp_target *t, uint64_t page)
{
	_cleanup_(dp_table_freep) struct dp_table *table = dp_table_new();
	const struct dp_units units = dp_units_of(page);
	char size[DP_SIZE_TEXT];
	struct dp_stretch s;
	int rc = table ? 0 : -ENOMEM;

	for (size_t i = 0; i < ARRAY_SIZE(dp_layout_columns) && !rc; i++)
		rc = dp_table_column(table, dp_layout_columns[i], 0,
				     i < 2 ? SCOLS_FL_RIGHT : 0);
	if (rc)
		return rc;
	fprintf(out, "%s: %s on %s (%s), %s, %s\n", t->name,
		dp_kind_name(t->kind), t->fs, t->namespace,
		dp_size_text(size, t->size, true),
		t->medium.emulated ? "emulated" : "REAL HARDWARE");
	for (uint64_t at = 0; !rc; at = dp_range_end(s.range)) {
		dp_layout_stretch(&t->layout, &units, at, &s);
		if (!s.range.length)
			break;
		rc = dp_stretch_row(table, t, &s);
	}
	return rc ? rc : dp_table_print(table, out);
}

struct json_object *dp_json_layout(const struct dp_target *t, uint64_t page)
{
	const struct dp_units units = dp_units_of(page);
	struct json_object *all = json_object_new_array(), *obj;
	struct dp_stretch s;

	for (uint64_t at = 0; all; at = dp_range_end(s.range)) {
		dp_layout_stretch(&t->layout, &units, at, &s);
		if (!s.range.length)
			break;
		obj = dp_json_range(s.range);
		json_object_object_add(obj, "phys",
				       dp_json_hex(dp_stretch_phys(t, &s)));
		json_object_object_add(obj, "state", json_object_new_string(
						dp_state_name(s.extent)));
		json_object_object_add(obj, "unit", s.forecast.backed
				? json_object_new_uint64(s.forecast.unit)
				: NULL);
		json_object_object_add(obj, "why",
				       dp_json_text(s.forecast.reason));
		json_object_array_add(all, obj);
	}
	return all;
}
