/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
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
	const char *name;
	int (*parse)(const char *spec, struct dp_bystander *list,
		     unsigned int *n, struct dp_why *why);
	const char *spec;
	bool always;
	enum dp_early_kill early_kill;
} dp_company[] = {
	{ "bystander-early", dp_bystander_parse, "early", true, 0 },
	{ "bystander-late", dp_bystander_parse, "late", true, 0 },
	{ "bystander-unfaulted", dp_bystander_parse, "early,unfaulted", true, 0 },
	{ "bystander-early-after", dp_bystander_parse, "early,after", false, 0 },
	{ "bystander-late-after", dp_bystander_parse, "late,after", false, 0 },
	{ "bystander-early-block", dp_bystander_parse, "early,block", false, 0 },
	{ "bystander-early-ignore", dp_bystander_parse, "early,ignore", false, 0 },
	{ "bystander-early-none", dp_bystander_parse, "early,none", false, 0 },
	{ "bystander-late-none", dp_bystander_parse, "late,none", false, 0 },
	{ "bystander-early-forked", dp_bystander_parse, "early,forked", false, 0 },
	{ "bystander-late-forked", dp_bystander_parse, "late,forked", false, 0 },
	{ "bystander-forked-unfaulted", dp_bystander_parse, "early,forked,unfaulted", false, 0 },
	{ "bystander-early-threaded", dp_bystander_parse, "early,threaded", false, 0 },
	{ "bystander-late-threaded", dp_bystander_parse, "late,threaded", false, 0 },
	{ "bystander-sysctl-on", dp_bystander_parse, "default", false, DP_EARLY_KILL_ON },
	{ "bystander-sysctl-off", dp_bystander_parse, "default", false, DP_EARLY_KILL_OFF },
	{ "bystander-late-sysctl-on", dp_bystander_parse, "late", false, DP_EARLY_KILL_ON },
	{ "view-readonly", dp_view_parse, "readonly", true, 0 },
	{ "view-after", dp_view_parse, "after", false, 0 },
	{ "view-tail", dp_view_parse, "tail,after", false, 0 },
	{ "view-unfaulted", dp_view_parse, "unfaulted", false, 0 },
	{ "views-20", dp_view_parse, "plain*20", false, 0 },
};

/* Neighbours on both sides of the unit that is poisoned. */
#define DP_SEVERAL 3

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

/* A cell in company: row `with` of dp_company. The base case, or, exhaustively,
 * each: hundreds, which are not named one by one where they are not run. */
static int dp_plan_company(struct dp_plan *plan,
			   const struct dp_target *target,
			   const struct dp_plan_options *options,
			   enum dp_method method, enum dp_place place, int steps,
			   size_t with)
{
	bool base = place == dp_base_place(target, options) && !steps;
	struct dp_bystander list[DP_BYSTANDERS_MAX];
	struct dp_case probe = { 0 };
	char id[DP_CASE_ID_MAX];
	unsigned int n = 0;
	int rc;

	if (!base && !options->exhaustive)
		return 0;
	/* As the cell without company says. */
	if (target->align == options->page && place != DP_PLACE_FIRST)
		return 0;
	dp_cell_id(id, sizeof(id), target, method, place, steps);
	dp_append(id, sizeof(id), "/%s", dp_company[with].name);
	if (!options->exhaustive && !dp_company[with].always)
		return dp_plan_drop(plan, id, "nothing else is promised than in the cases that are run; --exhaustive runs it");
	dp_fill_poison(&probe, target, options, method, place, steps);
	probe.early_kill = dp_company[with].early_kill;
	rc = dp_company[with].parse(dp_company[with].spec, list, &n, NULL);
	if (!rc)
		rc = dp_plan_accompany(plan, &probe, list, n);
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

	for (int steps = 0; steps < DP_STEPS && !rc; steps++)
		for (int place = 0; place < DP_PLACE_GIVEN && !rc; place++)
			rc = dp_plan_cell(plan, target, options, method, place,
					  steps);
	for (size_t i = 0; i < ARRAY_SIZE(dp_company); i++)
		for (int steps = 0; steps < DP_STEPS && !rc; steps++)
			for (int place = 0; place < DP_PLACE_GIVEN && !rc; place++)
				rc = dp_plan_company(plan, target, options,
						     method, place, steps, i);
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
	if ((options->methods || info->on_demand) && !asked)
		return 0;
	if (!target->methods[method].usable && method != DP_METHOD_MADVISE)
		return dp_plan_drop(plan, id, "%s",
				    target->methods[method].why);
	if (info->refused && !asked && !options->exhaustive)
		return dp_plan_drop(plan, id, "the attempt soft-offline asks the same; --method or --exhaustive runs it");
	if (info->medium)
		return dp_plan_cell(plan, target, options, method,
				    dp_base_place(target, options), 0);
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

	if (target->kind == DP_KIND_FSDAX)
		return dp_plan_files(plan, target, options);
	for (int m = 0; m < DP_METHOD_MAX && !rc; m++)
		rc = dp_plan_method(plan, target, options, m);
	/* An attempt is no injection, so it is by no method. */
	if (options->methods)
		return rc;
	for (int op = DP_OP_NONE + 1; op < DP_OP_MAX && !rc; op++)
		rc = dp_plan_attempt(plan, target, options, op);
	return rc;
}
