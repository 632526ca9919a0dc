/* SPDX-License-Identifier: GPL-2.0-only */
/* verify-alignment on files. Each row is one case; its file is prepared as the
 * row says, and what unit to expect follows from where the file lies. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "model/plan-parts.h"

/* Which part of the file's run of units is mapped. */
enum dp_file_map_part {
	DP_MAP_THREE,		/* the middle unit and its neighbours */
	DP_MAP_ONE,		/* the middle unit alone */
	DP_MAP_START,		/* from file offset 0, the first unit hit */
	DP_MAP_END,		/* up to the end of the file, the last one hit */
};

struct dp_file_row {
	const char *name;	/* what sets it apart; NULL: nothing */
	enum dp_prop prop;
	bool small;		/* the unit that is wanted is the page */
	bool skewed;		/* the injector's addresses are off by a page */
	enum dp_place place;
	enum dp_file_map_part map;
	enum dp_sharing sharing;
	bool fault_aligned;	/* touched first at the start of the unit */
	const char *with;	/* a bystander, or NULL */
	const char *views;	/* views of the injector, or NULL */
	bool with_large;	/* ... which maps the large unit */
	bool rare;		/* only with --exhaustive */
};

#define MID DP_PLACE_MID
#define FIRST DP_PLACE_FIRST
#define LAST DP_PLACE_LAST

static const struct dp_file_row dp_file_rows[] = {
	/* One entry for 2M. */
	{ NULL, DP_PROP_PLAIN, .place = FIRST },
	{ NULL, DP_PROP_PLAIN, .place = MID },
	{ NULL, DP_PROP_PLAIN, .place = LAST },
	{ "offset-0", DP_PROP_PLAIN, .place = MID, .map = DP_MAP_START },
	{ "end-of-file", DP_PROP_PLAIN, .place = LAST, .map = DP_MAP_END },
	{ "one-unit", DP_PROP_PLAIN, .place = MID, .map = DP_MAP_ONE },
	{ "fault-aligned", DP_PROP_PLAIN, .place = MID, .fault_aligned = true },
	{ "private", DP_PROP_PLAIN, .place = MID,
	  .sharing = DP_SHARING_PRIVATE },
	{ "sync", DP_PROP_PLAIN, .place = MID, .sharing = DP_SHARING_SYNC },
	{ "bystander-early", DP_PROP_PLAIN, .place = MID, .with = "early" },
	{ "bystander-late", DP_PROP_PLAIN, .place = MID, .with = "late" },
	{ "bystander-unfaulted", DP_PROP_PLAIN, .place = MID,
	  .with = "early,unfaulted" },
	{ "bystander-early-none", DP_PROP_PLAIN, .place = MID,
	  .with = "early,none", .rare = true },
	{ "bystander-late-after", DP_PROP_PLAIN, .place = MID,
	  .with = "late,after", .rare = true },
	/* Who maps 2M, beside who maps 4K of it. */
	{ "bystander-4K-early", DP_PROP_PLAIN, .place = MID,
	  .with = "early,after,skewed" },
	{ "bystander-4K-late", DP_PROP_PLAIN, .place = MID,
	  .with = "late,after,skewed" },
	{ "bystander-2M-early", DP_PROP_PLAIN, .small = true, .skewed = true,
	  .place = MID, .with = "early", .with_large = true },
	{ "bystander-2M-late", DP_PROP_PLAIN, .small = true, .skewed = true,
	  .place = MID, .with = "late", .with_large = true },
	/* The same in one process. */
	{ "view-4K", DP_PROP_PLAIN, .place = MID, .views = "skewed,lazy" },
	{ "view-4K-after", DP_PROP_PLAIN, .place = MID,
	  .views = "skewed,after", .rare = true },
	{ "view-2M", DP_PROP_PLAIN, .small = true, .skewed = true,
	  .place = MID, .views = "plain", .with_large = true },
	{ "view-tail", DP_PROP_PLAIN, .place = MID, .views = "tail,after",
	  .rare = true },
	{ "view-readonly", DP_PROP_PLAIN, .place = MID, .views = "readonly",
	  .rare = true },
	{ "view-unfaulted", DP_PROP_PLAIN, .place = MID, .views = "unfaulted",
	  .rare = true },
	/* One entry for 4K. */
	{ NULL, DP_PROP_SMALL, .small = true, .skewed = true, .place = FIRST },
	{ NULL, DP_PROP_SMALL, .small = true, .skewed = true,
	  .place = MID },
	{ NULL, DP_PROP_SMALL, .small = true, .skewed = true,
	  .place = LAST },
	{ "offset-0", DP_PROP_SMALL, .small = true, .skewed = true,
	  .place = MID, .map = DP_MAP_START },
	{ "end-of-file", DP_PROP_SMALL, .small = true, .skewed = true,
	  .place = LAST, .map = DP_MAP_END },
	{ "private", DP_PROP_SMALL, .small = true, .skewed = true,
	  .place = MID,
	  .sharing = DP_SHARING_PRIVATE },
	{ "sync", DP_PROP_SMALL, .small = true, .skewed = true,
	  .place = MID, .sharing = DP_SHARING_SYNC,
	  .rare = true },
	{ "bystander-early", DP_PROP_SMALL, .small = true, .skewed = true,
	  .place = MID,
	  .with = "early,skewed" },
	{ "bystander-late", DP_PROP_SMALL, .small = true, .skewed = true,
	  .place = MID,
	  .with = "late,skewed" },
	/* The first entry decides: who comes later gets 4K, aligned or not. */
	{ "bystander-aligned-after", DP_PROP_SMALL, .small = true, .skewed = true,
	  .place = MID,
	  .with = "early,after" },
	{ "stray-entry", DP_PROP_STRAY, .small = true, .place = MID },
	/* What lies beside the unit, or shares its blocks. */
	{ "hole-beside", DP_PROP_HOLE, .place = MID },
	{ "reflink", DP_PROP_REFLINK, .place = MID, .with = "early,other" },
	{ "reflink-late", DP_PROP_REFLINK, .place = MID, .with = "late,other",
	  .rare = true },
	{ "half-reflink", DP_PROP_HALF_REFLINK, .small = true, .place = LAST,
	  .with = "early,other,skewed" },
};

static void dp_file_id(char *id, size_t size, const struct dp_file_row *row,
		       enum dp_method method, uint64_t unit)
{
	char text[DP_SIZE_TEXT];

	snprintf(id, size, "%s/%s/%s/%s", dp_kind_name(DP_KIND_FSDAX),
		 dp_size_text(text, unit, false), dp_place_name(row->place),
		 dp_method_name(method));
	if (row->name)
		dp_append(id, size, "/%s", row->name);
}

/* The part that is mapped and the unit in it that is hit. */
static void dp_file_map_of(const struct dp_file_row *row,
			   const struct dp_target *t, struct dp_case *c,
			   uint64_t *hit)
{
	uint64_t large = t->align, units = t->run.length / large;
	uint64_t mid = t->run.offset + units / 2 * large;

	switch (row->map) {
	case DP_MAP_THREE:
		c->map.offset = units >= 3 ? mid - large : t->run.offset;
		c->map.length = dp_min(t->run.length, 3 * large);
		*hit = mid;
		break;
	case DP_MAP_ONE:
		c->map = (struct dp_range){ mid, large };
		*hit = mid;
		break;
	case DP_MAP_START:
		c->map = (struct dp_range){ 0, dp_range_end(t->run) };
		*hit = 0;
		break;
	case DP_MAP_END:
		*hit = dp_range_end(t->run) - large;
		c->map.offset = dp_max(*hit, large) - large;
		c->map.length = dp_range_end(t->run) - c->map.offset;
		break;
	}
}

bool dp_plan_forecast(struct dp_case *c)
{
	const struct dp_units units = dp_units_of(c->page);
	const struct dp_file_map map = { c->map, c->skew };
	struct dp_forecast f;

	dp_layout_forecast(&c->target->layout, &map, &units, c->poison.offset,
			   &f);
	c->unit = f.unit;
	snprintf(c->unit_why, sizeof(c->unit_why), "%s", f.reason);
	return f.backed;
}

/* Whether other files have the page, and the file system cannot find them. */
static bool dp_is_risky(const struct dp_file_row *row, const struct dp_case *c)
{
	return dp_case_shared_blindly(c) ||
	       (c->target->no_reverse_map &&
		(row->prop == DP_PROP_REFLINK ||
		 row->prop == DP_PROP_HALF_REFLINK));
}

static int dp_plan_row(struct dp_plan *plan, const struct dp_target *target,
		       const struct dp_plan_options *options,
		       enum dp_method method, const struct dp_file_row *row)
{
	uint64_t page = options->page, hit = 0;
	uint64_t want = row->small ? page : target->align;
	struct dp_bystander list[DP_BYSTANDERS_MAX];
	unsigned int n = 0;
	struct dp_case c = {
		.type = DP_CASE_POISON,
		.dared = options->risky,
		.target = target,
		.method = method,
		.observer = DP_OBSERVER_PAGEMAP,
		.place = row->place,
		.access = options->access,
		.page = page,
		.sharing = row->sharing,
		.skew = row->skewed ? page : 0,
	};
	char id[DP_CASE_ID_MAX];
	int rc;

	dp_file_id(id, sizeof(id), row, method, want);
	if (row->rare && !options->exhaustive)
		return dp_plan_drop(plan, id, "nothing else is promised than in the cases that are run; --exhaustive runs it");
	if (row->sharing == DP_SHARING_PRIVATE &&
	    options->access == DP_ACCESS_WRITE)
		return dp_plan_drop(plan, id, "writing to a private mapping makes a copy in ordinary memory");
	dp_file_map_of(row, target, &c, &hit);
	c.poison.offset = hit + dp_place_offset(row->place, target->align,
						page);
	c.poison.length = page;
	c.first_fault = c.poison.offset + 0x123;
	if (row->fault_aligned)
		c.first_fault = hit;
	else if (want > page)
		c.first_fault = hit + want / page / 3 * page + 0x123;
	if (!options->risky && dp_is_risky(row, &c))
		return dp_plan_drop(plan, id, "XFS without rmapbt: poison in a page that files share may end the kernel (xfs-shared-no-rmapbt, at early-told); --case with its name runs it");
	if (!dp_plan_forecast(&c))
		return dp_plan_drop(plan, id, "the page cannot be poisoned: %s",
				    c.unit_why);
	if (c.unit != want)
		return dp_plan_drop(plan, id, "the file does not lie so: %s",
				    c.unit_why);
	if (row->with_large) {
		struct dp_case large = c;

		large.skew = 0;
		if (!dp_plan_forecast(&large) || large.unit == page)
			return dp_plan_drop(plan, id, "the file does not lie so: %s",
					    large.unit_why);
	}
	rc = row->with ? dp_bystander_parse(row->with, list, &n, NULL) : 0;
	if (!rc && row->views)
		rc = dp_view_parse(row->views, list, &n, NULL);
	if (!rc)
		rc = dp_plan_accompany(plan, &c, list, n);
	return rc ? rc : dp_plan_take(plan, &c, id);
}

/* The only attempt that says something of a file: none of the others would
 * break a promise, since its units are not constant. */
static int dp_plan_file_attempt(struct dp_plan *plan,
				const struct dp_target *target,
				const struct dp_plan_options *options)
{
	struct dp_case *c;

	if (target->run.offset + target->run.length < 2 * target->align)
		return 0;
	c = dp_plan_add(plan);
	if (!c)
		return -ENOMEM;
	*c = (struct dp_case){
		.type = DP_CASE_ATTEMPT,
		.target = target,
		.op = DP_OP_SOFT_OFFLINE,
		.observer = DP_OBSERVER_FAULTS,
		.place = DP_PLACE_GIVEN,
		.access = DP_ACCESS_READ,
		.page = options->page,
		.unit = target->align,
		.map = { 0, 2 * target->align },
		.poison = { options->page, options->page },
	};
	snprintf(c->id, sizeof(c->id), "%s/attempt/%s",
		 dp_kind_name(DP_KIND_FSDAX), dp_op_name(c->op));
	return 0;
}

static int dp_plan_file_method(struct dp_plan *plan,
			       const struct dp_target *target,
			       const struct dp_plan_options *options,
			       enum dp_method method)
{
	/* Without being asked: madvise. The others end in the same code. */
	unsigned int wanted = options->methods ?: DP_BIT(DP_METHOD_MADVISE);
	int rc = 0;

	if (!(wanted & DP_BIT(method)))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(dp_file_rows) && !rc; i++) {
		const struct dp_file_row *row = &dp_file_rows[i];

		/* A file that the user named is taken as it is. */
		if (target->own ? row->prop == target->prop
				: row->prop <= DP_PROP_SMALL)
			rc = dp_plan_row(plan, target, options, method, row);
	}
	return rc;
}

int dp_plan_files(struct dp_plan *plan, const struct dp_target *target,
		  const struct dp_plan_options *options)
{
	int rc = 0;

	for (int m = 0; m < DP_METHOD_MAX && !rc; m++)
		rc = dp_plan_file_method(plan, target, options, m);
	if (!rc && !options->methods && target->own &&
	    target->prop == DP_PROP_SMALL)
		rc = dp_plan_file_attempt(plan, target, options);
	return rc;
}

int dp_plan_without(struct dp_plan *plan, enum dp_prop prop,
		    const struct dp_plan_options *options, const char *reason)
{
	const struct dp_units units = dp_units_of(options->page);
	char id[DP_CASE_ID_MAX];
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(dp_file_rows) && !rc; i++) {
		if (dp_file_rows[i].prop != prop)
			continue;
		dp_file_id(id, sizeof(id), &dp_file_rows[i], DP_METHOD_MADVISE,
			   dp_file_rows[i].small ? units.pte : units.pmd);
		rc = dp_plan_drop(plan, id, "%s", reason);
	}
	return rc;
}
