/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line that a case says it can be run again with: all that differs
 * from the default is in it, and nothing else. */
#include <string.h>

#include "base/cleanup.h"
#include "model/case.h"
#include "unit.h"

#define UNIT (2 * DP_MIB)

static struct dp_target dp_a_target = {
	.name = "dax0.0",
	.kind = DP_KIND_DEVDAX,
	.mode = DP_MODE_DEVDAX,
	.size = 64 * DP_MIB,
	.align = UNIT,
};

static struct dp_case dp_a_case(void)
{
	return (struct dp_case){
		.id = "devdax/2M/mid/madvise",
		.target = &dp_a_target,
		.place = DP_PLACE_MID,
		.page = 4096,
		.unit = UNIT,
		.map = { UNIT, 3 * UNIT },
		.first_fault = 2 * UNIT + 0x123,
		.poison = { 2 * UNIT + 0x102000, 4096 },
	};
}

#define PLAIN "inject dax0.0 --offset 0x502000 --map-offset 0x200000 --map-size 0x600000 --first-fault 0x400123 --access read --method madvise"

static void dp_expect(const struct dp_case *c, const char *want)
{
	_cleanup_free_ char *text = dp_case_repeat(c);

	ck_assert_str_eq(text, want);
}

START_TEST(nothing_but_what_differs)
{
	struct dp_case c = dp_a_case();

	dp_expect(&c, PLAIN);
	c.wait = 7;
	dp_expect(&c, PLAIN " --wait 7");
	c = dp_a_case();
	c.own_policy = true;
	c.policy = dp_method_policy(c.method);
	dp_expect(&c, PLAIN);
	c.policy = DP_POLICY_LATE;
	dp_expect(&c, PLAIN " --policy late");
	c = dp_a_case();
	c.sharing = DP_SHARING_SYNC;
	c.skew = 0x1000;
	dp_expect(&c, PLAIN " --sharing sync --skew 0x1000");
	c = dp_a_case();
	c.observer = DP_OBSERVER_EDGES;
	c.early_kill = DP_EARLY_KILL_ON;
	dp_expect(&c, PLAIN " --observer edges --early-kill-sysctl on");
}
END_TEST

/* Bystanders that are alike and stand together are told as many. */
START_TEST(bystanders)
{
	struct dp_bystander list[DP_BYSTANDERS_MAX];
	struct dp_case c = dp_a_case();

	c.bystanders = list;
	ck_assert_int_eq(dp_bystander_parse("early*3", list,
					    &c.n_bystanders, NULL), 0);
	ck_assert_int_eq(dp_bystander_parse("late,block", list,
					    &c.n_bystanders, NULL), 0);
	dp_expect(&c, PLAIN " --bystander early*3 --bystander late,block");
}
END_TEST

/* What cannot be had with `inject` is named by its case. */
START_TEST(cases_of_a_plan)
{
	struct dp_case c = dp_a_case();

	c.type = DP_CASE_ATTEMPT;
	dp_expect(&c, "verify-alignment dax0.0 --case devdax/2M/mid/madvise");
	c = dp_a_case();
	dp_a_target.own = true;
	dp_expect(&c, "verify-alignment dax0.0 --case devdax/2M/mid/madvise");
	c.place = DP_PLACE_GIVEN;
	dp_expect(&c, "inject dax0.0 --unit 2M --access read --method madvise");
	dp_a_target.own = false;
}
END_TEST

START_TEST(largest_units)
{
	struct dp_case c = dp_a_case();

	ck_assert_uint_eq(dp_case_largest(&c), UNIT);
	c.unit = DP_GIB;
	ck_assert_uint_eq(dp_case_largest(&c), DP_GIB);
	dp_a_target.kind = DP_KIND_FSDAX;
	ck_assert_uint_eq(dp_case_largest(&c), UNIT);
	dp_a_target.kind = DP_KIND_DEVDAX;
}
END_TEST

UNIT_SUITE("repeat", &nothing_but_what_differs, &bystanders, &cases_of_a_plan,
	   &largest_units)
