/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/format.h"
#include "model/plan-parts.h"

/* The axes of verify-alignment besides the unit. Bit values, so that a cell is
 * a number; 0 on every axis is the base case, which hides least: in the midst
 * of several units, at a file offset that is not 0, touched first at an address
 * that is not aligned. */
enum {
	DP_AT_ZERO = 1,		/* map from file offset 0 */
	DP_ONE_UNIT = 2,	/* map a single unit, without neighbours */
	DP_FAULT_ALIGNED = 4,	/* touch the start of the unit first */
	DP_STEPS = 8,
};

static const struct {
	int bit;
	const char *name;
} dp_steps[] = {
	{ DP_AT_ZERO, "offset-0" },
	{ DP_ONE_UNIT, "one-unit" },
	{ DP_FAULT_ALIGNED, "fault-aligned" },
};

/* Who else maps the page, in the base case of the middle page. Those in the
 * default plan are the ones to whom different things are promised. */
static const struct {
	const char *name, *spec;
	bool always;
} dp_company[] = {
	{ "bystander-early", "early", true },
	{ "bystander-late", "late", true },
	{ "bystander-unfaulted", "early,unfaulted", true },
	{ "bystander-early-after", "early,after", false },
	{ "bystander-late-after", "late,after", false },
	{ "bystander-early-block", "early,block", false },
	{ "bystander-early-ignore", "early,ignore", false },
	{ "bystander-early-none", "early,none", false },
	{ "bystander-late-none", "late,none", false },
};

/* Neighbours on both sides of the unit that is poisoned. */
#define DP_SEVERAL 3

void dp_plan_deinit(struct dp_plan *plan)
{
	free(plan->cases);
	free(plan->dropped);
	*plan = (struct dp_plan){ 0 };
}

struct dp_case *dp_plan_add(struct dp_plan *plan)
{
	struct dp_case *cases;

	/* Grown by doubling: a long run has thousands. */
	if (!(plan->n & (plan->n - 1))) {
		cases = reallocarray(plan->cases, plan->n ? plan->n * 2 : 1,
				     sizeof(*cases));
		if (!cases)
			return NULL;
		plan->cases = cases;
	}
	plan->cases[plan->n] = (struct dp_case){ 0 };
	return &plan->cases[plan->n++];
}

int dp_plan_drop(struct dp_plan *plan, const char *id, const char *fmt, ...)
{
	struct dp_dropped *dropped;
	va_list ap;

	dropped = reallocarray(plan->dropped, plan->n_dropped + 1,
			       sizeof(*dropped));
	if (!dropped)
		return -ENOMEM;
	plan->dropped = dropped;
	dropped += plan->n_dropped++;
	snprintf(dropped->id, sizeof(dropped->id), "%s", id);
	va_start(ap, fmt);
	vsnprintf(dropped->reason, sizeof(dropped->reason), fmt, ap);
	va_end(ap);
	return 0;
}

static void dp_cell_id(char *id, size_t size, const struct dp_target *target,
		       enum dp_method method, enum dp_place place, int steps)
{
	char unit[DP_SIZE_TEXT];

	snprintf(id, size, "%s/%s/%s/%s", dp_kind_name(target->kind),
		 dp_size_text(unit, target->align, false),
		 dp_place_name(place), dp_method_name(method));
	for (size_t i = 0; i < ARRAY_SIZE(dp_steps); i++)
		if (steps & dp_steps[i].bit)
			dp_append(id, size, "/%s", dp_steps[i].name);
}

uint64_t dp_place_offset(enum dp_place place, uint64_t unit, uint64_t page)
{
	switch (place) {
	case DP_PLACE_FIRST:
		return 0;
	case DP_PLACE_LAST:
		return unit - page;
	default:
		/* Off the exact middle: a middle page that is aligned to
		 * half the unit could hide a mistake. */
		return dp_align_down(unit / 2 + 2 * page, page) % unit;
	}
}

static void dp_fill_poison(struct dp_case *c, const struct dp_target *target,
			   const struct dp_plan_options *options,
			   enum dp_method method, enum dp_place place,
			   int steps)
{
	uint64_t unit = target->align, page = options->page;
	uint64_t units = steps & DP_ONE_UNIT ? 1 : DP_SEVERAL;
	uint64_t hit;

	c->type = DP_CASE_POISON;
	c->target = target;
	c->method = method;
	c->observer = dp_case_observer(unit, page);
	c->place = place;
	c->access = options->access;
	c->page = page;
	c->unit = unit;
	c->map.offset = steps & DP_AT_ZERO ? 0 : unit;
	c->map.length = units * unit;
	hit = c->map.offset + units / 2 * unit;
	c->poison.offset = hit + dp_place_offset(place, unit, page);
	c->poison.length = page;
	/* An odd byte of an odd page, where there is one. */
	c->first_fault = hit;
	if (!(steps & DP_FAULT_ALIGNED))
		c->first_fault += unit / page / 3 * page + 0x123;
}

int dp_plan_take(struct dp_plan *plan, const struct dp_case *probe,
			const char *id)
{
	char need[DP_SIZE_TEXT], have[DP_SIZE_TEXT];
	struct dp_case *c;

	if (dp_range_end(probe->map) > dp_align_up(probe->target->size,
						   probe->page))
		return dp_plan_drop(plan, id, "needs %s of the target, which has %s",
				    dp_size_text(need, dp_range_end(probe->map), false),
				    dp_size_text(have, probe->target->size, true));
	c = dp_plan_add(plan);
	if (!c)
		return -ENOMEM;
	*c = *probe;
	snprintf(c->id, sizeof(c->id), "%s", id);
	return 0;
}

static int dp_plan_cell(struct dp_plan *plan, const struct dp_target *target,
			const struct dp_plan_options *options,
			enum dp_method method, enum dp_place place, int steps)
{
	uint64_t unit = target->align, page = options->page;
	struct dp_case probe = { 0 };
	char id[DP_CASE_ID_MAX];

	dp_cell_id(id, sizeof(id), target, method, place, steps);
	if (unit == page && place != DP_PLACE_FIRST)
		return dp_plan_drop(plan, id,
				    "the unit is one page: its first page is also its middle and last");
	if (!options->exhaustive && (steps & (steps - 1)))
		return dp_plan_drop(plan, id,
				    "differs from the base case in more than one step; --exhaustive runs it");
	dp_fill_poison(&probe, target, options, method, place, steps);
	return dp_plan_take(plan, &probe, id);
}

static enum dp_place dp_base_place(const struct dp_target *target,
				   const struct dp_plan_options *options)
{
	return target->align == options->page ? DP_PLACE_FIRST : DP_PLACE_MID;
}

/* The base case in company: row `with` of dp_company. */
static int dp_plan_company(struct dp_plan *plan,
			   const struct dp_target *target,
			   const struct dp_plan_options *options,
			   enum dp_method method, size_t with)
{
	enum dp_place place = dp_base_place(target, options);
	struct dp_case probe = { 0 };
	char id[DP_CASE_ID_MAX];
	int rc;

	dp_cell_id(id, sizeof(id), target, method, place, 0);
	dp_append(id, sizeof(id), "/%s", dp_company[with].name);
	if (!options->exhaustive && !dp_company[with].always)
		return dp_plan_drop(plan, id, "nothing else is promised than in the cases that are run; --exhaustive runs it");
	dp_fill_poison(&probe, target, options, method, place, 0);
	rc = dp_bystander_parse(dp_company[with].spec, probe.bystanders,
				&probe.n_bystanders, NULL);
	return rc ? rc : dp_plan_take(plan, &probe, id);
}

static int dp_plan_attempt(struct dp_plan *plan,
			   const struct dp_target *target,
			   const struct dp_plan_options *options,
			   enum dp_attempt_op op)
{
	uint64_t unit = target->align, page = options->page;
	char id[DP_CASE_ID_MAX], size[DP_SIZE_TEXT];
	struct dp_case *c;

	snprintf(id, sizeof(id), "%s/%s/attempt/%s",
		 dp_kind_name(target->kind), dp_size_text(size, unit, false),
		 dp_op_name(op));
	if (unit == page && op != DP_OP_MMAP_PRIVATE && op != DP_OP_SOFT_OFFLINE)
		return dp_plan_drop(plan, id,
				    "the unit is one page: no part of it can be named");
	/* Two units, so that a misaligned one has room inside the target. */
	if (2 * unit > target->size)
		return dp_plan_drop(plan, id, "needs two units of the target");
	c = dp_plan_add(plan);
	if (!c)
		return -ENOMEM;
	*c = (struct dp_case){
		.type = DP_CASE_ATTEMPT,
		.target = target,
		.op = op,
		.observer = DP_OBSERVER_FAULTS,
		.place = DP_PLACE_GIVEN,
		.access = DP_ACCESS_READ,
		.page = page,
		.unit = unit,
		.map = { 0, 2 * unit },
		.poison = { page % unit, page },
	};
	snprintf(c->id, sizeof(c->id), "%s", id);
	return 0;
}

/* All cells of one method. */
static int dp_plan_product(struct dp_plan *plan,
			   const struct dp_target *target,
			   const struct dp_plan_options *options,
			   enum dp_method method)
{
	int rc = 0;

	if (target->kind == DP_KIND_FSDAX)
		return dp_plan_files(plan, target, options);
	for (int steps = 0; steps < DP_STEPS && !rc; steps++)
		for (int place = 0; place < DP_PLACE_GIVEN && !rc; place++)
			rc = dp_plan_cell(plan, target, options, method, place,
					  steps);
	for (size_t i = 0; i < ARRAY_SIZE(dp_company) && !rc; i++)
		rc = dp_plan_company(plan, target, options, method, i);
	return rc;
}

/* The base case where the injector, who maps the page like others, did not ask
 * to be told: then nobody may be. */
static int dp_plan_late(struct dp_plan *plan, const struct dp_target *target,
			const struct dp_plan_options *options,
			enum dp_method method)
{
	enum dp_place place = dp_base_place(target, options);
	struct dp_case probe = { 0 };
	char id[DP_CASE_ID_MAX];

	dp_cell_id(id, sizeof(id), target, method, place, 0);
	dp_append(id, sizeof(id), "/late");
	dp_fill_poison(&probe, target, options, method, place, 0);
	probe.own_policy = true;
	probe.policy = DP_POLICY_LATE;
	return dp_plan_take(plan, &probe, id);
}

/* The cells of a method: all of them for madvise and for those that were asked
 * for, a few for the others, which end in the same code. */
static int dp_plan_method(struct dp_plan *plan, const struct dp_target *target,
			  const struct dp_plan_options *options,
			  enum dp_method method)
{
	const struct dp_method_info *info = dp_method_info(method);
	bool asked = options->methods & DP_BIT(method);
	char id[DP_CASE_ID_MAX];
	int rc;

	dp_cell_id(id, sizeof(id), target, method,
		   dp_base_place(target, options), 0);
	if (options->methods && !asked)
		return 0;
	if (!target->methods[method].usable && method != DP_METHOD_MADVISE)
		return dp_plan_drop(plan, id, "%s",
				    target->methods[method].why);
	if (info->refused && !asked && !options->exhaustive)
		return dp_plan_drop(plan, id, "the attempt soft-offline asks the same; --method or --exhaustive runs it");
	if (method == DP_METHOD_MADVISE || asked || options->exhaustive)
		rc = dp_plan_product(plan, target, options, method);
	else
		rc = dp_plan_cell(plan, target, options, method,
				  dp_base_place(target, options), 0);
	if (rc || !info->from_outside || info->refused)
		return rc;
	return dp_plan_late(plan, target, options, method);
}

int dp_plan_verify(struct dp_plan *plan, const struct dp_target *target,
		   const struct dp_plan_options *options)
{
	int rc = 0;

	for (int m = 0; m < DP_METHOD_MAX && !rc; m++)
		rc = dp_plan_method(plan, target, options, m);
	/* An attempt is no injection, so it is by no method. */
	if (options->methods)
		return rc;
	for (int op = DP_OP_NONE + 1; op < DP_OP_MAX && !rc; op++)
		rc = dp_plan_attempt(plan, target, options, op);
	return rc;
}

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
	if (o->observer == DP_OBSERVER_FAULTS)
		return dp_why(why, -EINVAL, "--observer faults is for units of one size; those of a file differ, and pagemap is harmless there");
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

int dp_plan_inject(struct dp_plan *plan, const struct dp_target *target,
		   const struct dp_inject_options *o, struct dp_why *why)
{
	uint64_t stride = o->stride ? o->stride : o->page;
	uint64_t count = o->count;
	char unit[DP_SIZE_TEXT];
	int rc;

	if (o->length)
		count = (o->length - 1) / stride + 1;
	rc = dp_check_inject(target, o, count, stride, why);
	if (rc)
		return rc;
	for (uint64_t i = 0; i < count; i++) {
		struct dp_case *c = dp_plan_add(plan);

		if (!c)
			return -ENOMEM;
		c->type = DP_CASE_POISON;
		c->target = target;
		c->method = o->method;
		c->own_policy = o->have_policy;
		c->policy = o->policy;
		c->place = DP_PLACE_GIVEN;
		c->access = o->access;
		c->sharing = o->sharing;
		c->skew = o->skew;
		c->page = o->page;
		c->unit = target->align;
		c->observer = o->observer >= 0
				      ? (enum dp_observer)o->observer
				      : dp_case_observer(c->unit, c->page);
		c->n_bystanders = o->n_bystanders;
		memcpy(c->bystanders, o->bystanders, sizeof(c->bystanders));
		c->poison.offset = o->offset + i * stride;
		c->poison.length = o->page;
		rc = dp_choose_map(target, o, c->poison, &c->map, why);
		if (!rc && target->kind == DP_KIND_FSDAX)
			rc = dp_forecast_case(c, o, why);
		if (rc)
			return rc;
		c->first_fault = o->have_first_fault
					 ? o->first_fault
					 : c->poison.offset + 0x123;
		snprintf(c->id, sizeof(c->id), "%s/%s/0x%" PRIx64 "/%s",
			 dp_kind_name(target->kind),
			 dp_size_text(unit, c->unit, false), c->poison.offset,
			 dp_method_name(c->method));
		}
	return 0;
}
