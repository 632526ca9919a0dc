/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>

#include "model/plan.h"
#include "unit.h"

#define PAGE 4096ULL
#define MIB (1ULL << 20)
#define START (4096 * MIB)

/* A file of our own: 12M in one extent, of which the last five units are the
 * run; `off` bytes from being aligned. */
static void dp_file_of(struct dp_target *t, enum dp_prop prop, uint64_t off)
{
	const struct dp_extent e = { 0, 12 * MIB, START + off, 0 };

	*t = (struct dp_target){
		.name = "/mnt",
		.kind = DP_KIND_FSDAX,
		.mode = DP_MODE_FSDAX,
		.size = 12 * MIB,
		.align = 2 * MIB,
		.fs_phys = START,
		.layout.size = 12 * MIB,
		.prop = prop,
		.own = true,
		.run = { 2 * MIB, 10 * MIB },
	};
	ck_assert_int_eq(dp_layout_add(&t->layout, &e), 0);
}

static void dp_verify(struct dp_plan *plan, const struct dp_target *t)
{
	struct dp_plan_options o = { .page = PAGE, .exhaustive = true };

	ck_assert_int_eq(dp_plan_verify(plan, t, &o), 0);
	for (size_t i = 0; i < plan->n; i++) {
		const struct dp_case *c = &plan->cases[i];

		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(c->id, plan->cases[j].id);
		ck_assert(dp_range_contains(c->map, c->poison));
		ck_assert_uint_le(dp_range_end(c->map), t->size);
		if (c->type == DP_CASE_ATTEMPT)
			continue;
		ck_assert(dp_range_contains(c->map,
			(struct dp_range){ c->first_fault, 1 }));
		ck_assert_str_ne(c->unit_why, "");
	}
}

static const struct dp_case *dp_called(const struct dp_plan *plan,
				       const char *id)
{
	for (size_t i = 0; i < plan->n; i++)
		if (!strcmp(plan->cases[i].id, id))
			return &plan->cases[i];
	return NULL;
}

START_TEST(an_aligned_file_has_large_and_small_units)
{
	struct dp_plan plan = { 0 }, small = { 0 };
	struct dp_target t, s;
	const struct dp_case *c;

	dp_file_of(&t, DP_PROP_PLAIN, 0);
	dp_verify(&plan, &t);
	ck_assert_uint_eq(plan.n_dropped, 0);
	c = dp_called(&plan, "fsdax/2M/mid/madvise");
	ck_assert_ptr_nonnull(c);
	ck_assert_uint_eq(c->unit, 2 * MIB);
	ck_assert_uint_eq(c->map.offset, 4 * MIB);
	ck_assert_uint_eq(c->map.length, 6 * MIB);
	c = dp_called(&plan, "fsdax/2M/last/madvise/end-of-file");
	ck_assert_uint_eq(dp_range_end(c->poison), t.size);
	c = dp_called(&plan, "fsdax/4K/mid/madvise/bystander-2M-early");
	ck_assert_uint_eq(c->unit, PAGE);
	ck_assert_uint_eq(c->skew, PAGE);
	ck_assert(!c->bystanders[0].skewed);
	dp_plan_deinit(&plan);
	dp_file_of(&s, DP_PROP_SMALL, 0);
	dp_verify(&small, &s);
	for (size_t i = 0; i < small.n; i++)
		ck_assert_uint_eq(small.cases[i].unit,
				  small.cases[i].type == DP_CASE_ATTEMPT
					  ? 2 * MIB : PAGE);
	dp_plan_deinit(&small);
	dp_target_deinit(&t);
	dp_target_deinit(&s);
}
END_TEST

START_TEST(a_file_that_lies_badly_is_dropped_with_the_reason)
{
	struct dp_plan plan = { 0 };
	struct dp_target t;

	dp_file_of(&t, DP_PROP_PLAIN, 0x3000);
	dp_verify(&plan, &t);
	ck_assert_ptr_null(dp_called(&plan, "fsdax/2M/mid/madvise"));
	ck_assert_uint_gt(plan.n_dropped, 0);
	for (size_t i = 0; i < plan.n_dropped; i++)
		ck_assert_ptr_nonnull(strstr(plan.dropped[i].reason, "0x3000"));
	dp_plan_deinit(&plan);
	dp_target_deinit(&t);
}
END_TEST

/* XFS without rmapbt: nothing that poisons a page which files share, whether it
 * was prepared so or is so already; unless that is asked for. */
START_TEST(what_may_end_the_kernel_is_dropped_unless_asked_for)
{
	static const enum dp_prop props[] = { DP_PROP_REFLINK,
					      DP_PROP_HALF_REFLINK,
					      DP_PROP_PLAIN };
	struct dp_plan_options o = { .page = PAGE, .exhaustive = true };
	struct dp_target t;

	for (size_t i = 0; i < ARRAY_SIZE(props); i++) {
		struct dp_plan sound = { 0 }, careful = { 0 }, bold = { 0 };

		dp_file_of(&t, props[i], 0);
		if (props[i] == DP_PROP_PLAIN)
			for (size_t e = 0; e < t.layout.n; e++)
				t.layout.at[e].flags |= DP_EXTENT_SHARED;
		o.risky = false;
		ck_assert_int_eq(dp_plan_verify(&sound, &t, &o), 0);
		t.no_reverse_map = true;
		ck_assert_int_eq(dp_plan_verify(&careful, &t, &o), 0);
		for (size_t j = 0; j < careful.n; j++)
			ck_assert_int_ne(careful.cases[j].type, DP_CASE_POISON);
		ck_assert_uint_gt(careful.n_dropped, 0);
		for (size_t j = 0; j < careful.n_dropped; j++)
			ck_assert_ptr_nonnull(strstr(careful.dropped[j].reason,
						     "xfs-shared-no-rmapbt"));
		o.risky = true;
		ck_assert_int_eq(dp_plan_verify(&bold, &t, &o), 0);
		ck_assert_uint_eq(bold.n, sound.n);
		dp_plan_deinit(&sound);
		dp_plan_deinit(&careful);
		dp_plan_deinit(&bold);
		dp_target_deinit(&t);
	}
}
END_TEST

START_TEST(a_preparation_that_failed_drops_its_cases)
{
	struct dp_plan_options o = { .page = PAGE };
	struct dp_plan plan = { 0 };

	ck_assert_int_eq(dp_plan_without(&plan, DP_PROP_REFLINK, &o,
					 "ext4 has no reflinks here"), 0);
	ck_assert_uint_eq(plan.n, 0);
	ck_assert_uint_gt(plan.n_dropped, 0);
	ck_assert_str_eq(plan.dropped[0].id, "fsdax/2M/mid/madvise/reflink");
	ck_assert_str_eq(plan.dropped[0].reason, "ext4 has no reflinks here");
	dp_plan_deinit(&plan);
}
END_TEST

static int dp_inject(struct dp_plan *plan, const struct dp_target *t,
		     struct dp_inject_options o, struct dp_why *why)
{
	o.page = PAGE;
	o.count = 1;
	o.observer = -1;
	return dp_plan_inject(plan, t, &o, why);
}

START_TEST(inject_foretells_the_unit_or_refuses)
{
	struct dp_inject_options o = { .offset = 5 * MIB };
	struct dp_why why = { "" };
	struct dp_plan plan = { 0 };
	struct dp_target t;

	dp_file_of(&t, DP_PROP_PLAIN, 0);
	ck_assert_int_eq(dp_inject(&plan, &t, o, &why), 0);
	ck_assert_uint_eq(plan.cases[0].unit, 2 * MIB);
	ck_assert_uint_eq(plan.cases[0].map.offset, 2 * MIB);
	dp_plan_deinit(&plan);

	o.unit = PAGE;
	ck_assert_int_eq(dp_inject(&plan, &t, o, &why), -EINVAL);
	o.skew = PAGE;
	ck_assert_int_eq(dp_inject(&plan, &t, o, &why), 0);
	ck_assert_uint_eq(plan.cases[plan.n - 1].unit, PAGE);
	dp_plan_deinit(&plan);

	o.unit = 2 * MIB;
	ck_assert_int_eq(dp_inject(&plan, &t, o, &why), -EINVAL);
	ck_assert_ptr_nonnull(strstr(why.text, "address not congruent"));
	dp_plan_deinit(&plan);

	t.layout.at[0].flags = DP_EXTENT_UNWRITTEN;
	o.unit = 0;
	ck_assert_int_eq(dp_inject(&plan, &t, o, &why), -EINVAL);
	ck_assert_ptr_nonnull(strstr(why.text, "unwritten"));
	dp_plan_deinit(&plan);

	t.layout.at[0].flags = 0;
	t.fs_phys = DP_PHYS_UNKNOWN;
	ck_assert_int_eq(dp_inject(&plan, &t, o, &why), -EINVAL);
	ck_assert_ptr_nonnull(strstr(why.text, "takes root"));
	dp_plan_deinit(&plan);

	o.offset = 12 * MIB;
	ck_assert_int_eq(dp_inject(&plan, &t, o, &why), -EINVAL);
	ck_assert_ptr_nonnull(strstr(why.text, "beyond the target"));
	dp_plan_deinit(&plan);
	dp_target_deinit(&t);
}
END_TEST

START_TEST(bad_ways_to_map_a_file_are_refused)
{
	struct dp_plan plan = { 0 };
	struct dp_why why = { "" };
	struct dp_target t;

	dp_file_of(&t, DP_PROP_PLAIN, 0);
	ck_assert_int_eq(dp_inject(&plan, &t, (struct dp_inject_options){
		.skew = 100 }, &why), -EINVAL);
	ck_assert_int_eq(dp_inject(&plan, &t, (struct dp_inject_options){
		.skew = 2 * MIB }, &why), -EINVAL);
	ck_assert_int_eq(dp_inject(&plan, &t, (struct dp_inject_options){
		.have_map_offset = true, .map_offset = 100 }, &why), -EINVAL);
	ck_assert_int_eq(dp_inject(&plan, &t, (struct dp_inject_options){
		.sharing = DP_SHARING_PRIVATE, .access = DP_ACCESS_WRITE },
		&why), -EINVAL);
	ck_assert_ptr_nonnull(strstr(why.text, "ordinary memory"));
	t.kind = DP_KIND_DEVDAX;
	ck_assert_int_eq(dp_inject(&plan, &t, (struct dp_inject_options){
		.skew = PAGE }, &why), -EINVAL);
	ck_assert_ptr_nonnull(strstr(why.text, "are for files"));
	dp_plan_deinit(&plan);
	dp_target_deinit(&t);
}
END_TEST

UNIT_SUITE("plan-files", &an_aligned_file_has_large_and_small_units,
	   &a_file_that_lies_badly_is_dropped_with_the_reason,
	   &a_preparation_that_failed_drops_its_cases,
	   &what_may_end_the_kernel_is_dropped_unless_asked_for,
	   &inject_foretells_the_unit_or_refuses,
	   &bad_ways_to_map_a_file_are_refused)
