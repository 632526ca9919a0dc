/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>

#include "model/plan.h"
#include "unit.h"

#define PAGE 4096ULL

static struct dp_target dp_target_of(uint64_t align, uint64_t size)
{
	struct dp_target t = {
		.name = "dax0.0",
		.kind = DP_KIND_DEVDAX,
		.mode = DP_MODE_DEVDAX,
		.size = size,
		.align = align,
	};

	for (int m = 0; m < DP_METHOD_MAX; m++)
		strcpy(t.methods[m].why, "not on this machine");
	t.methods[DP_METHOD_MADVISE] = (struct dp_method_state){ .usable = true };
	return t;
}

static void dp_verify(struct dp_plan *plan, const struct dp_target *t,
		      bool exhaustive)
{
	struct dp_plan_options o = { .page = PAGE, .exhaustive = exhaustive };

	ck_assert_int_eq(dp_plan_verify(plan, t, &o), 0);
}

static const struct dp_case *dp_case_called(const struct dp_plan *plan,
					    const char *id)
{
	for (size_t i = 0; i < plan->n; i++)
		if (!strcmp(plan->cases[i].id, id))
			return &plan->cases[i];
	return NULL;
}

/* What must be so for any case of any plan. */
static void dp_check_sane(const struct dp_plan *plan)
{
	struct dp_case room, other;

	for (size_t i = 0; i < plan->n; i++) {
		const struct dp_case *c = dp_plan_case(plan, i, &room);

		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(c->id,
					 dp_plan_case(plan, j, &other)->id);
		ck_assert(dp_is_aligned(c->map.offset, c->unit));
		ck_assert(dp_is_aligned(c->map.length, c->unit));
		ck_assert_uint_le(dp_range_end(c->map), c->target->size);
		ck_assert(dp_range_contains(c->map, c->poison));
		ck_assert_uint_eq(c->poison.length, PAGE);
		ck_assert(dp_is_aligned(c->poison.offset, PAGE));
		if (c->type == DP_CASE_POISON)
			ck_assert(dp_range_contains(c->map,
				(struct dp_range){ c->first_fault, 1 }));
	}
	for (size_t i = 0; i < plan->n_dropped; i++) {
		ck_assert_str_ne(plan->dropped[i].reason, "");
		ck_assert_ptr_null(dp_case_called(plan, plan->dropped[i].id));
	}
}

START_TEST(every_cell_is_run_or_dropped)
{
	static const uint64_t aligns[] = { PAGE, 2 * DP_MIB, DP_GIB };
	static const uint64_t sizes[] = { 0, 1, 2, 3, 4, 5, 100 };

	for (size_t a = 0; a < ARRAY_SIZE(aligns); a++) {
		for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
			struct dp_target t = dp_target_of(
				aligns[a], sizes[s] * aligns[a]);
			struct dp_plan some = { 0 }, all = { 0 };

			dp_verify(&some, &t, false);
			dp_verify(&all, &t, true);
			size_t cells = aligns[a] == PAGE ? 8 : 24;

			/* 3 places in 8 steps, 22 kinds of company in the
			 * base case or in all, four other methods, and the
			 * attempts. */
			ck_assert_uint_eq(some.n + some.n_dropped,
					  24 + 22 + 4 + DP_OP_MAX - 1);
			ck_assert_uint_eq(all.n + all.n_dropped,
					  24 + 22 * cells + 4 + DP_OP_MAX - 1);
			ck_assert_uint_ge(all.n, some.n);
			dp_check_sane(&some);
			dp_check_sane(&all);
			dp_plan_deinit(&some);
			dp_plan_deinit(&all);
		}
	}
}
END_TEST

START_TEST(base_case_hides_nothing)
{
	struct dp_target t = dp_target_of(2 * DP_MIB, 64 * DP_MIB);
	struct dp_plan plan = { 0 };
	const struct dp_case *c;

	dp_verify(&plan, &t, false);
	ck_assert_uint_eq(plan.n, 12 + 4 + DP_OP_MAX - 1);
	c = dp_case_called(&plan, "devdax/2M/mid/madvise");
	ck_assert_ptr_nonnull(c);
	ck_assert_uint_ne(c->map.offset, 0);
	ck_assert_uint_eq(c->map.length, 3 * c->unit);
	/* The middle unit: a neighbour on each side. */
	ck_assert_uint_eq(dp_case_unit_at(c, c->poison.offset).offset,
			  c->map.offset + c->unit);
	ck_assert(!dp_is_aligned(c->first_fault, PAGE));
	ck_assert(!dp_is_aligned(c->poison.offset, c->unit / 2));
	c = dp_case_called(&plan, "devdax/2M/last/madvise");
	ck_assert_uint_eq(dp_range_end(c->poison) % c->unit, 0);
	c = dp_case_called(&plan, "devdax/2M/first/madvise/offset-0");
	ck_assert_uint_eq(c->map.offset, 0);
	c = dp_case_called(&plan, "devdax/2M/mid/madvise/bystander-early");
	ck_assert_uint_eq(c->n_bystanders, 1);
	ck_assert_int_eq(c->bystanders[0].policy, DP_POLICY_EARLY);
	c = dp_case_called(&plan, "devdax/2M/mid/madvise/one-unit");
	ck_assert_uint_eq(c->map.length, c->unit);
	dp_plan_deinit(&plan);
}
END_TEST

/* The cells of a method in a plan. */
static size_t dp_cells_by(const struct dp_plan *plan, enum dp_method method)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->n; i++)
		n += plan->cases[i].type == DP_CASE_POISON &&
		     plan->cases[i].method == method;
	return n;
}

START_TEST(each_method_has_its_cells)
{
	struct dp_target t = dp_target_of(2 * DP_MIB, 64 * DP_MIB);
	struct dp_plan_options o = { .page = PAGE };
	struct dp_plan plan = { 0 }, only = { 0 };
	const struct dp_case *c;

	for (int m = 0; m < DP_METHOD_MAX; m++)
		t.methods[m] = (struct dp_method_state){ .usable = true };
	dp_verify(&plan, &t, false);
	dp_check_sane(&plan);
	ck_assert_uint_eq(dp_cells_by(&plan, DP_METHOD_MADVISE), 16);
	ck_assert_uint_eq(dp_cells_by(&plan, DP_METHOD_CORRUPT_PFN), 2);
	ck_assert_uint_eq(dp_cells_by(&plan, DP_METHOD_SOFT_OFFLINE), 0);
	c = dp_case_called(&plan, "devdax/2M/mid/corrupt-pfn");
	ck_assert_int_eq(dp_case_policy(c), DP_POLICY_EARLY);
	c = dp_case_called(&plan, "devdax/2M/mid/corrupt-pfn/late");
	ck_assert_int_eq(dp_case_policy(c), DP_POLICY_LATE);
	c = dp_case_called(&plan, "devdax/2M/mid/madvise");
	ck_assert_int_eq(dp_case_policy(c), DP_POLICY_DEFAULT);
	o.methods = DP_BIT(DP_METHOD_SOFT_OFFLINE);
	ck_assert_int_eq(dp_plan_verify(&only, &t, &o), 0);
	dp_check_sane(&only);
	ck_assert_uint_eq(dp_cells_by(&only, DP_METHOD_SOFT_OFFLINE), 16);
	ck_assert_uint_eq(only.n, 16);
	dp_plan_deinit(&plan);
	dp_plan_deinit(&only);
}
END_TEST

START_TEST(observer_suits_the_unit)
{
	ck_assert_int_eq(dp_case_observer(PAGE, PAGE), DP_OBSERVER_PAGEMAP);
	ck_assert_int_eq(dp_case_observer(2 * DP_MIB, PAGE),
			 DP_OBSERVER_PAGEMAP);
	ck_assert_int_eq(dp_case_observer(DP_GIB, PAGE), DP_OBSERVER_FAULTS);
	/* 64K pages, as on arm64: PMD 512M, PUD 4T. */
	ck_assert_int_eq(dp_case_observer(512 * DP_MIB, 65536),
			 DP_OBSERVER_PAGEMAP);
}
END_TEST

static int dp_inject_plan(const struct dp_target *t,
			  struct dp_inject_options o, struct dp_plan *plan)
{
	struct dp_why why = { "" };
	int rc;

	o.page = PAGE;
	o.observer = -1;
	rc = dp_plan_inject(plan, t, &o, &why);
	/* A refusal is always worded. */
	ck_assert_int_eq(rc == -EINVAL, why.text[0] != '\0');
	if (!rc)
		dp_check_sane(plan);
	return rc;
}

/* Expect this of one set of options, written as designated initialisers. */
#define INJECT(rc, ...)                                                        \
	do {                                                                   \
		struct dp_plan p_ = { 0 };                                     \
		ck_assert_int_eq(                                              \
			dp_inject_plan(&t,                                     \
				       (struct dp_inject_options){             \
					       __VA_ARGS__ },                  \
				       &p_),                                   \
			rc);                                                   \
		dp_plan_deinit(&p_);                                           \
	} while (0)

START_TEST(inject_refuses_nonsense)
{
	struct dp_target t = dp_target_of(2 * DP_MIB, 16 * DP_MIB);

	INJECT(0, .count = 1);
	INJECT(-EINVAL, .count = 0);
	INJECT(-EINVAL, .count = 1, .offset = 1);
	INJECT(-EINVAL, .count = 1, .offset = 16 * DP_MIB);
	INJECT(0, .count = 1, .offset = 16 * DP_MIB - PAGE);
	INJECT(-EINVAL, .count = 2, .offset = 16 * DP_MIB - PAGE);
	INJECT(-EINVAL, .count = 1, .offset = UINT64_MAX & ~(PAGE - 1));
	INJECT(-EINVAL, .count = UINT64_MAX);
	INJECT(-EINVAL, .count = 2, .stride = UINT64_MAX & ~(PAGE - 1));
	INJECT(-EINVAL, .count = 1, .stride = 100);
	INJECT(-EINVAL, .count = 1, .have_map_offset = true, .map_offset = PAGE);
	INJECT(-EINVAL, .count = 1, .map_size = PAGE);
	INJECT(-EINVAL, .count = 1, .map_size = 32 * DP_MIB);
	INJECT(-EINVAL, .count = 1, .map_size = UINT64_MAX & ~(2 * DP_MIB - 1));
	INJECT(-EINVAL, .count = 1, .have_map_offset = true,
	       .map_offset = 4 * DP_MIB);
	INJECT(-EINVAL, .count = 1, .have_first_fault = true,
	       .first_fault = 8 * DP_MIB);
	INJECT(0, .length = 3 * PAGE);
}
END_TEST

START_TEST(inject_counts)
{
	struct dp_target t = dp_target_of(2 * DP_MIB, 64 * DP_MIB);
	struct dp_plan plan = { 0 };
	struct dp_case room;

	ck_assert_int_eq(dp_inject_plan(&t, (struct dp_inject_options){
		.count = 30, .stride = 2 * DP_MIB, .offset = PAGE }, &plan), 0);
	ck_assert_uint_eq(plan.n, 30);
	ck_assert_uint_eq(dp_plan_case(&plan, 29, &room)->poison.offset,
			  PAGE + 58 * DP_MIB);
	dp_plan_deinit(&plan);
	/* A stride that is no power of two. */
	ck_assert_int_eq(dp_inject_plan(&t, (struct dp_inject_options){
		.length = 8 * PAGE, .stride = 3 * PAGE }, &plan), 0);
	ck_assert_uint_eq(plan.n, 3);
	dp_plan_deinit(&plan);
	INJECT(-EINVAL, .length = UINT64_MAX);
}
END_TEST

/* However many there are, those that differ only in where are not stored; and each
 * is the one that it would be by itself. */
START_TEST(inject_stores_few)
{
	static const struct {
		uint64_t offset, stride, count;
		size_t stored;
	} asked[] = {
		/* The first unit and the last have a neighbour on one side. */
		{ 0, 2 * DP_MIB, 32, 3 },
		{ 2 * DP_MIB + PAGE, 2 * DP_MIB, 30, 1 },
		{ PAGE, 6 * DP_MIB, 11, 2 },
		/* Within units: each is where another is with another. */
		{ 0, DP_MIB, 64, 62 },
		{ 4 * DP_MIB, PAGE, 512, 512 },
		{ 4 * DP_MIB, 2 * DP_MIB, 1, 1 },
	};
	struct dp_target t = dp_target_of(2 * DP_MIB, 64 * DP_MIB);

	for (size_t k = 0; k < ARRAY_SIZE(asked); k++) {
		struct dp_inject_options o = {
			.offset = asked[k].offset,
			.stride = asked[k].stride,
			.count = asked[k].count,
		};
		struct dp_plan all = { 0 }, one = { 0 };
		const struct dp_case *c;
		struct dp_case room;
		uint64_t by, left = 0;

		ck_assert_int_eq(dp_inject_plan(&t, o, &all), 0);
		ck_assert_uint_eq(all.n, asked[k].count);
		if (asked[k].stride % (2 * DP_MIB) == 0)
			ck_assert_uint_eq(all.n_stored, asked[k].stored);
		for (size_t i = 0; i < all.n; i++, left--) {
			c = dp_plan_case(&all, i, &room);
			o.offset = asked[k].offset + i * asked[k].stride;
			o.count = 1;
			ck_assert_int_eq(dp_inject_plan(&t, o, &one), 0);
			ck_assert_str_eq(c->id, one.cases[0].id);
			ck_assert_mem_eq(&c->poison, &one.cases[0].poison,
					 sizeof(c->poison));
			ck_assert_mem_eq(&c->map, &one.cases[0].map,
					 sizeof(c->map));
			ck_assert_uint_eq(c->first_fault,
					  one.cases[0].first_fault);
			dp_plan_deinit(&one);
			/* A span counts down to its last. */
			if (left)
				ck_assert_uint_eq(dp_plan_span(&all, i, &by),
						  left);
			left = dp_plan_span(&all, i, &by);
			ck_assert(left == 1 || by == asked[k].stride);
		}
		ck_assert_uint_eq(left, 0);
		dp_plan_deinit(&all);
	}
}
END_TEST

START_TEST(inject_maps_a_neighbour_on_each_side)
{
	struct dp_target t = dp_target_of(2 * DP_MIB, 16 * DP_MIB);
	struct dp_plan plan = { 0 };

	ck_assert_int_eq(dp_inject_plan(&t, (struct dp_inject_options){
		.count = 1, .offset = 4 * DP_MIB + PAGE }, &plan), 0);
	ck_assert_uint_eq(plan.cases[0].map.offset, 2 * DP_MIB);
	ck_assert_uint_eq(plan.cases[0].map.length, 6 * DP_MIB);
	dp_plan_deinit(&plan);
	/* At the edges there is only one. */
	ck_assert_int_eq(dp_inject_plan(&t, (struct dp_inject_options){
		.count = 1 }, &plan), 0);
	ck_assert_uint_eq(plan.cases[0].map.offset, 0);
	ck_assert_uint_eq(plan.cases[0].map.length, 4 * DP_MIB);
	dp_plan_deinit(&plan);
}
END_TEST

UNIT_SUITE("plan", &each_method_has_its_cells, &every_cell_is_run_or_dropped, &base_case_hides_nothing,
	   &observer_suits_the_unit, &inject_refuses_nonsense, &inject_counts, &inject_stores_few,
	   &inject_maps_a_neighbour_on_each_side)
