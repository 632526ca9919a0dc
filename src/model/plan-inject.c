/* SPDX-License-Identifier: GPL-2.0-only */
/* The cases of one `inject`. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "model/plan-parts.h"

/* The mapping that `inject` uses where none was named: the unit with the page,
 * and a neighbour on each side as far as the target has them. */
static struct dp_range dp_default_map(const struct dp_target *target,
				      struct dp_range poison)
{
	uint64_t unit = target->align, from, to, end;

	from = dp_align_down(poison.offset, unit);
	to = dp_align_up(dp_range_end(poison), unit) + unit;
	from -= dp_min(from, unit);
	/* A file need not end with a unit. */
	end = target->kind == DP_KIND_FSDAX
		      ? dp_align_up(target->size, poison.length)
		      : dp_align_down(target->size, unit);
	to = dp_min(to, end);
	return (struct dp_range){ from, to - from };
}

static int dp_check_inject_file(const struct dp_target *target,
				const struct dp_inject_options *o,
				struct dp_why *why)
{
	if (!dp_is_aligned(o->skew, o->page) || o->skew >= target->align)
		return dp_why(why, -EINVAL, "--skew 0x%" PRIx64 " is not a multiple of the page size below 0x%" PRIx64,
			      o->skew, target->align);
	if (!dp_is_aligned(o->map_offset, o->page) ||
	    !dp_is_aligned(o->map_size, o->page))
		return dp_why(why, -EINVAL, "--map-offset and --map-size are in whole pages of 0x%" PRIx64 " bytes",
			      o->page);
	if (o->observer >= DP_OBSERVER_FAULTS)
		return dp_why(why, -EINVAL, "--observer %s is for units of one size; those of a file differ, and pagemap is harmless there",
			      dp_observer_name(o->observer));
	if (o->sharing == DP_SHARING_PRIVATE && o->access == DP_ACCESS_WRITE)
		return dp_why(why, -EINVAL, "--access write to a private mapping makes a copy in ordinary memory; choose read or none");
	return 0;
}

static int dp_forecast_case(struct dp_case *c,
			    const struct dp_inject_options *o,
			    struct dp_why *why)
{
	char unit[DP_SIZE_TEXT];

	if (c->target->fs_phys == DP_PHYS_UNKNOWN)
		return dp_why(why, -EINVAL, "where %s lies in memory is not known, so its page could be mistaken for another; it takes root to see",
			      c->target->name);
	if (!dp_plan_forecast(c))
		return dp_why(why, -EINVAL, "the page at 0x%" PRIx64 " of %s cannot be poisoned: %s",
			      c->poison.offset, c->target->name, c->unit_why);
	if (o->unit && c->unit != o->unit)
		return dp_why(why, -EINVAL, "the page at 0x%" PRIx64 " of %s is not in a unit of %s: %s",
			      c->poison.offset, c->target->name,
			      dp_size_text(unit, o->unit, false), c->unit_why);
	return 0;
}

static int dp_check_inject(const struct dp_target *target,
			   const struct dp_inject_options *o, uint64_t count,
			   uint64_t stride, struct dp_why *why)
{
	char size[DP_SIZE_TEXT], unit[DP_SIZE_TEXT];
	uint64_t pages = dp_align_up(target->size, o->page) / o->page;

	dp_size_text(size, target->size, false);
	if (!count)
		return dp_why(why, -EINVAL, "nothing to poison: the length or count is 0");
	if (!dp_is_aligned(o->offset, o->page))
		return dp_why(why, -EINVAL, "--offset 0x%" PRIx64 " is not a multiple of the page size 0x%" PRIx64 "; the nearest below is 0x%" PRIx64,
			      o->offset, o->page,
			      dp_align_down(o->offset, o->page));
	if (stride % o->page)
		return dp_why(why, -EINVAL, "--stride 0x%" PRIx64 " is not a multiple of the page size 0x%" PRIx64,
			      stride, o->page);
	if (o->offset / o->page >= pages)
		return dp_why(why, -EINVAL, "--offset 0x%" PRIx64 " is beyond the target: %s has %s",
			      o->offset, target->name, size);
	if (count - 1 > (pages - 1 - o->offset / o->page) / (stride / o->page))
		return dp_why(why, -EINVAL, "%" PRIu64 " page(s) from 0x%" PRIx64 " on reach beyond the target: %s has %s",
			      count, o->offset, target->name, size);
	if (target->kind != DP_KIND_DEVDAX)
		return dp_check_inject_file(target, o, why);
	if (o->skew || o->sharing != DP_SHARING_SHARED || o->unit)
		return dp_why(why, -EINVAL, "--unit, --skew and --sharing are for files; %s has units of %s, always",
			      target->name,
			      dp_size_text(unit, target->align, false));
	dp_size_text(unit, target->align, false);
	if (o->have_map_offset && !dp_is_aligned(o->map_offset, target->align))
		return dp_why(why, -EINVAL, "--map-offset 0x%" PRIx64 " is not a multiple of the alignment %s; device-dax maps whole units",
			      o->map_offset, unit);
	if (!dp_is_aligned(o->map_size, target->align))
		return dp_why(why, -EINVAL, "--map-size 0x%" PRIx64 " is not a multiple of the alignment %s; device-dax maps whole units",
			      o->map_size, unit);
	return 0;
}

static int dp_choose_map(const struct dp_target *target,
			 const struct dp_inject_options *o,
			 struct dp_range poison, struct dp_range *map,
			 struct dp_why *why)
{
	*map = dp_default_map(target, poison);
	if (o->have_map_offset) {
		map->length = dp_range_end(*map) > o->map_offset
				      ? dp_range_end(*map) - o->map_offset
				      : target->align;
		map->offset = o->map_offset;
	}
	if (o->map_size)
		map->length = o->map_size;
	if (map->offset > dp_align_up(target->size, o->page) ||
	    map->length > dp_align_up(target->size, o->page) - map->offset)
		return dp_why(why, -EINVAL, "the mapping, 0x%" PRIx64 " bytes from 0x%" PRIx64 " on, reaches beyond the target of 0x%" PRIx64 " bytes",
			      map->length, map->offset, target->size);
	if (!dp_range_contains(*map, poison))
		return dp_why(why, -EINVAL, "the page at 0x%" PRIx64 " is not inside the mapping, 0x%" PRIx64 " bytes from 0x%" PRIx64 " on",
			      poison.offset, map->length, map->offset);
	if (o->have_first_fault && o->first_fault - map->offset >= map->length)
		return dp_why(why, -EINVAL, "--first-fault 0x%" PRIx64 " is not inside the mapping, 0x%" PRIx64 " bytes from 0x%" PRIx64 " on",
			      o->first_fault, map->length, map->offset);
	return 0;
}

/* What someone else maps, where it was named: whole units, with the page. */
static int dp_check_extent(const struct dp_case *c,
			   const struct dp_bystander *b, struct dp_why *why)
{
	const struct dp_target *target = c->target;
	uint64_t step = target->kind == DP_KIND_DEVDAX ? target->align : c->page;
	uint64_t size = dp_align_up(target->size, c->page);
	struct dp_range r = dp_case_seen_by(c, b).map;
	char text[DP_BYSTANDER_TEXT], unit[DP_SIZE_TEXT];
	const char *what = b->view ? "views" : "bystander";

	if (!b->placed && !b->length)
		return 0;
	dp_bystander_text(text, b);
	if (!dp_is_aligned(r.offset, step) || !dp_is_aligned(r.length, step))
		return dp_why(why, -EINVAL, "--%s %s: offset and length are multiples of %s here",
			      what, text, dp_size_text(unit, step, false));
	if (r.offset > size || r.length > size - r.offset)
		return dp_why(why, -EINVAL, "--%s %s: 0x%" PRIx64 " bytes from 0x%" PRIx64 " on reach beyond the target of 0x%" PRIx64 " bytes",
			      what, text, r.length, r.offset, target->size);
	if (!dp_range_contains(r, c->poison))
		return dp_why(why, -EINVAL, "--%s %s: the page at 0x%" PRIx64 " is not inside, 0x%" PRIx64 " bytes from 0x%" PRIx64 " on",
			      what, text, c->poison.offset, r.length, r.offset);
	return 0;
}

/* What strikes the medium has no views, and what does not has nothing that
 * could be left. */
static int dp_check_medium(const struct dp_target *target,
			   const struct dp_inject_options *o,
			   struct dp_why *why)
{
	if (!dp_method_info(o->method)->medium) {
		if (o->quiet || o->leave)
			return dp_why(why, -EINVAL, "--%s is for errors of the medium, by ars; %s makes none",
				      o->quiet ? "no-notify" : "leave",
				      dp_method_name(o->method));
		return 0;
	}
	if (o->n_bystanders)
		return dp_why(why, -EINVAL, "--bystander and --views: nobody maps what %s strikes, the medium",
			      dp_method_name(o->method));
	if (o->access == DP_ACCESS_WRITE)
		return dp_why(why, -EINVAL, "--access write: writing clears bad blocks, and %s is to show what reading them gives",
			      dp_method_name(o->method));
	if (o->leave && target->kind == DP_KIND_FSDAX)
		return dp_why(why, -EINVAL, "--leave: a file is always put back; name its namespace, unmounted");
	return 0;
}

int dp_plan_inject(struct dp_plan *plan, const struct dp_target *target,
		   const struct dp_inject_options *o, struct dp_why *why)
{
	uint64_t stride = o->stride ? o->stride : o->page;
	uint64_t count = o->count;
	struct dp_case room, *c = &room;
	int rc;

	rc = dp_check_medium(target, o, why);
	if (rc)
		return rc;
	if (o->length)
		count = (o->length - 1) / stride + 1;
	rc = dp_check_inject(target, o, count, stride, why);
	if (rc)
		return rc;
	for (uint64_t i = 0; i < count; i++) {
		memset(c, 0, sizeof(*c));
		c->type = DP_CASE_POISON;
		c->target = target;
		c->method = o->method;
		c->own_policy = o->have_policy;
		c->policy = o->policy;
		c->wait = o->wait;
		c->quiet = o->quiet;
		c->leave = o->leave;
		c->place = DP_PLACE_GIVEN;
		c->access = o->access;
		c->sharing = o->sharing;
		c->skew = o->skew;
		c->page = o->page;
		c->unit = target->align;
		c->observer = o->observer >= 0
				      ? (enum dp_observer)o->observer
				      : dp_case_observer(c->unit, c->page);
		c->early_kill = o->early_kill;
		c->poison.offset = o->offset + i * stride;
		c->poison.length = o->page;
		rc = dp_plan_accompany(plan, c, o->bystanders, o->n_bystanders);
		if (!rc)
			rc = dp_choose_map(target, o, c->poison, &c->map, why);
		for (unsigned int k = 0; k < c->n_bystanders && !rc; k++)
			rc = dp_check_extent(c, &c->bystanders[k], why);
		if (!rc && target->kind == DP_KIND_FSDAX)
			rc = dp_forecast_case(c, o, why);
		if (rc)
			return rc;
		c->first_fault = o->have_first_fault
					 ? o->first_fault
					 : c->poison.offset + 0x123;
		rc = dp_plan_add_given(plan, c);
		if (rc)
			return rc;
	}
	return 0;
}
