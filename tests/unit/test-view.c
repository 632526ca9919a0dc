/* SPDX-License-Identifier: GPL-2.0-only */
/* Views and bystanders that map a part of the target of their own. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/plan.h"
#include "unit.h"

#define UNIT (2 * DP_MIB)

static struct dp_target dp_a_target = {
	.name = "dax0.0",
	.kind = DP_KIND_DEVDAX,
	.size = 64 * DP_MIB,
	.align = UNIT,
	.phys = 0x100000000ULL,
};

static const struct {
	const char *text, *again;
} dp_specs[] = {
	{ "length=4M,offset=2M", "offset=0x200000,length=4M" },
	{ "offset=0", "offset=0x0" },
	{ "length=0x1000*2", "length=4K" },
	{ "after,offset=8M", "after,offset=0x800000" },
	{ "tail,length=2M", "tail,length=2M" },
	{ "offset", NULL },
	{ "offset=", NULL },
	{ "offset=-1", NULL },
	{ "offset=2M,offset=4M", NULL },
	{ "offset=2M,tail", NULL },
	{ "offset=2M,plain", NULL },
	{ "length", NULL },
	{ "length=0", NULL },
	{ "length=1x", NULL },
	{ "length=1M,length=1M", NULL },
	{ "length=2M,plain", NULL },
	{ "length=00000000000000000000000000000000001", NULL },
	{ "height=2M", NULL },
};

/* What is read is said again so that it is read the same. */
START_TEST(specifications)
{
	for (size_t i = 0; i < ARRAY_SIZE(dp_specs); i++) {
		struct dp_bystander got[DP_BYSTANDERS_MAX], again;
		char text[DP_BYSTANDER_TEXT];
		unsigned int n = 0, m = 0;
		int rc = dp_view_parse(dp_specs[i].text, got, &n, NULL);

		ck_assert_msg(!rc == !!dp_specs[i].again, "'%s' gives %d",
			      dp_specs[i].text, rc);
		if (rc)
			continue;
		ck_assert_str_eq(dp_bystander_text(text, got),
				 dp_specs[i].again);
		ck_assert_int_eq(dp_view_parse(text, &again, &m, NULL), 0);
		ck_assert_mem_eq(&got[n - 1], &again, sizeof(again));
	}
}
END_TEST

/* Of a bystander; one that is forked has what the injector has. */
START_TEST(of_bystanders)
{
	struct dp_bystander list[DP_BYSTANDERS_MAX];
	char text[DP_BYSTANDER_TEXT];
	unsigned int n = 0;

	ck_assert_int_eq(dp_bystander_parse("offset=2M,early", list, &n, NULL),
			 0);
	ck_assert_str_eq(dp_bystander_text(text, list),
			 "early,offset=0x200000");
	ck_assert_int_eq(dp_bystander_parse("forked,offset=2M", list, &n, NULL),
			 -EINVAL);
	ck_assert_int_eq(dp_bystander_parse("length=2M,forked", list, &n, NULL),
			 -EINVAL);
	/* The longest that there is has room. */
	ck_assert_int_eq(dp_bystander_parse("default,ignore,unfaulted,threaded,after,skewed,readonly,offset=0xffffffffffff1000,length=0xffffffffffff1000", list, &n, NULL), 0);
	dp_bystander_text(text, &list[1]);
	ck_assert_int_eq(dp_bystander_parse(text, list, &n, NULL), 0);
	ck_assert_mem_eq(&list[1], &list[2], sizeof(list[1]));
}
END_TEST

static const struct {
	const char *views, *says;
	struct dp_range maps;
} dp_parts[] = {
	{ "plain", NULL, { 3 * UNIT, 3 * UNIT } },
	{ "offset=0", NULL, { 0, 6 * UNIT } },
	{ "offset=8M", NULL, { 4 * UNIT, 2 * UNIT } },
	{ "length=4M", NULL, { 3 * UNIT, 2 * UNIT } },
	{ "offset=8M,length=56M", NULL, { 4 * UNIT, 28 * UNIT } },
	{ "tail,length=2M", NULL, { 4 * UNIT, UNIT } },
	{ "offset=4K", "--views offset=0x1000: offset and length are multiples of 2M", { 0 } },
	{ "length=4K", "multiples of 2M", { 0 } },
	{ "offset=8M,length=58M", "reach beyond the target", { 0 } },
	{ "offset=66M,length=2M", "reach beyond the target", { 0 } },
	{ "offset=0,length=0xffffffffffe00000", "reach beyond the target", { 0 } },
	{ "offset=0xffffffffffe00000", "reach beyond the target", { 0 } },
	/* One without the page. */
	{ "offset=10M", "the page at 0x802000 is not inside", { 0 } },
	{ "offset=20M", "the page at 0x802000 is not inside", { 0 } },
	{ "length=2M", "the page at 0x802000 is not inside", { 0 } },
	{ "offset=0,length=8M", "the page at 0x802000 is not inside", { 0 } },
};

START_TEST(parts_of_the_target)
{
	for (size_t i = 0; i < ARRAY_SIZE(dp_parts); i++) {
		struct dp_inject_options o = {
			.page = 4096,
			.count = 1,
			.observer = -1,
			.offset = 4 * UNIT + 0x2000,
		};
		struct dp_plan plan = { 0 };
		struct dp_why why = { "" };
		struct dp_case seen;
		int rc;

		ck_assert_int_eq(dp_view_parse(dp_parts[i].views, o.bystanders,
					       &o.n_bystanders, &why), 0);
		rc = dp_plan_inject(&plan, &dp_a_target, &o, &why);
		ck_assert_msg(rc == (dp_parts[i].says ? -EINVAL : 0) &&
				      (!rc || strstr(why.text, dp_parts[i].says)),
			      "%s: %d %s", dp_parts[i].views, rc, why.text);
		if (!rc) {
			seen = dp_case_seen_by(&plan.cases[0],
					       &plan.cases[0].bystanders[0]);
			ck_assert_mem_eq(&seen.map, &dp_parts[i].maps,
					 sizeof(seen.map));
			ck_assert_uint_lt(seen.first_fault - seen.map.offset,
					  seen.map.length);
		}
		dp_plan_deinit(&plan);
	}
}
END_TEST

/* A bystander's is refused by its own name. */
START_TEST(named_by_its_option)
{
	struct dp_inject_options o = {
		.page = 4096, .count = 1, .observer = -1,
	};
	struct dp_plan plan = { 0 };
	struct dp_why why = { "" };

	ck_assert_int_eq(dp_bystander_parse("late,offset=1M", o.bystanders,
					    &o.n_bystanders, &why), 0);
	ck_assert_int_eq(dp_plan_inject(&plan, &dp_a_target, &o, &why), -EINVAL);
	ck_assert_ptr_nonnull(strstr(why.text, "--bystander late,offset=0x100000: "));
	dp_plan_deinit(&plan);
}
END_TEST

/* The command to repeat tells which part, of as many as are alike. */
START_TEST(repeated)
{
	struct dp_inject_options o = {
		.page = 4096, .count = 1, .observer = -1,
	};
	struct dp_plan plan = { 0 };
	_cleanup_free_ char *text = NULL;

	ck_assert_int_eq(dp_view_parse("after,offset=0*2", o.bystanders,
				       &o.n_bystanders, NULL), 0);
	ck_assert_int_eq(dp_view_parse("after,offset=0,length=2M", o.bystanders,
				       &o.n_bystanders, NULL), 0);
	ck_assert_int_eq(dp_plan_inject(&plan, &dp_a_target, &o, NULL), 0);
	text = dp_case_repeat(&plan.cases[0]);
	ck_assert_ptr_nonnull(text);
	ck_assert_ptr_nonnull(strstr(text, " --views after,offset=0x0*2 --views after,offset=0x0,length=2M"));
	dp_plan_deinit(&plan);
}
END_TEST

UNIT_SUITE("view", &specifications, &of_bystanders, &parts_of_the_target,
	   &named_by_its_option, &repeated)
