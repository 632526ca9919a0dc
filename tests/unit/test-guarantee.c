/* SPDX-License-Identifier: GPL-2.0-only */
/* Invariants of the table of guarantees. */
#include <string.h>

#include "model/judge.h"
#include "unit.h"

/* Call fn for one case of every combination that a plan could hold. */
static void dp_each_cell(void (*fn)(const struct dp_case *c, enum dp_role role,
				    void *arg),
			 void *arg)
{
	for (int kind = 0; kind < DP_KIND_MAX; kind++) {
		struct dp_target target = { .kind = kind };
		struct dp_case c = { .target = &target };

		c.type = DP_CASE_POISON;
		for (int m = 0; m < DP_METHOD_MAX; m++) {
			c.method = m;
			/* What cannot be mapped can only have its medium
			 * struck. */
			if (kind == DP_KIND_BLOCK && !dp_method_info(m)->medium)
				continue;
			for (int role = 0; role < DP_ROLE_MAX; role++)
				fn(&c, role, arg);
		}
		c.type = DP_CASE_ATTEMPT;
		if (kind == DP_KIND_BLOCK)
			continue;
		for (int op = DP_OP_NONE + 1; op < DP_OP_MAX; op++) {
			c.op = op;
			fn(&c, DP_ROLE_INJECTOR, arg);
		}
	}
}

START_TEST(ids_are_unique)
{
	const struct dp_guarantee *rows;
	size_t n;

	rows = dp_guarantees(&n);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(rows[i].id, rows[j].id);
}
END_TEST

START_TEST(rows_are_complete)
{
	const struct dp_guarantee *rows;
	size_t n;

	rows = dp_guarantees(&n);
	ck_assert_uint_gt(n, 0);
	for (size_t i = 0; i < n; i++) {
		const struct dp_guarantee *g = &rows[i];

		ck_assert_msg(g->id && *g->id, "row %zu has no id", i);
		ck_assert_msg(g->must && *g->must, "%s: says nothing", g->id);
		ck_assert_msg(g->source && *g->source, "%s: no source", g->id);
		ck_assert_msg((g->check != NULL) !=
				      dp_aspect_is_of_metadata(g->aspect),
			      "%s: no check, or nobody calls it", g->id);
		ck_assert_msg(g->strength < DP_STRENGTH_MAX, "%s", g->id);
		/* Only a refusal has an errno, and only an attempt an op. */
		if (g->aspect != DP_ASPECT_ATTEMPT)
			ck_assert_msg(!g->ops, "%s", g->id);
		ck_assert_msg(!g->err || g->check == dp_check_refused ||
				      g->check == dp_check_method_refused ||
				      g->check == dp_check_offset,
			      "%s: nobody looks at its errno", g->id);
	}
}
END_TEST

static void dp_one_row(const struct dp_case *c, enum dp_role role, void *arg)
{
	const struct dp_guarantee *rows;
	size_t n;

	(void)arg;
	rows = dp_guarantees(&n);
	for (int a = 0; a < DP_ASPECT_MAX; a++) {
		const struct dp_guarantee *best;
		unsigned int rivals = 0;

		if (!dp_aspect_applies(a, c, role))
			continue;
		best = dp_guarantee_for(c, role, a);
		ck_assert_msg(best != NULL, "%s %s %s: no row for %s",
			      dp_kind_name(c->target->kind),
			      dp_case_type_name(c->type), dp_op_name(c->op),
			      dp_aspect_name(a));
		for (size_t i = 0; i < n; i++)
			rivals += rows[i].aspect == (enum dp_aspect)a &&
				  dp_guarantee_matches(&rows[i], c, role) &&
				  dp_guarantee_specificity(&rows[i]) ==
					  dp_guarantee_specificity(best);
		ck_assert_msg(rivals == 1, "%s: %u rows are equally specific",
			      best->id, rivals);
	}
}

START_TEST(each_cell_has_one_row)
{
	dp_each_cell(dp_one_row, NULL);
}
END_TEST

struct dp_reached {
	const struct dp_guarantee *row;
	bool yes;
};

static void dp_reach(const struct dp_case *c, enum dp_role role, void *arg)
{
	struct dp_reached *r = arg;

	r->yes |= dp_guarantee_for(c, role, r->row->aspect) == r->row;
}

START_TEST(each_row_is_reachable)
{
	const struct dp_guarantee *rows;
	size_t n;

	rows = dp_guarantees(&n);
	for (size_t i = 0; i < n; i++) {
		struct dp_reached r = { &rows[i], false };

		/* No process is asked. */
		if (dp_aspect_is_of_metadata(rows[i].aspect))
			continue;
		dp_each_cell(dp_reach, &r);
		ck_assert_msg(r.yes, "%s is never the row that applies",
			      rows[i].id);
	}
}
END_TEST

START_TEST(each_value_has_a_name)
{
	for (int i = 0; i < DP_DEVIATION_MAX; i++)
		ck_assert_str_ne(dp_deviation_name(i), "");
	for (int i = 0; i < DP_VERDICT_MAX; i++)
		ck_assert_str_ne(dp_verdict_name(i), "");
	for (int i = 0; i < DP_OP_MAX; i++)
		ck_assert_str_ne(dp_op_name(i), "");
}
END_TEST

/* As the plan has it: what is dropped for a unit of one page is not asked. */
START_TEST(units)
{
	const uint64_t page = 4096, pmd = 2 * DP_MIB, pud = DP_GIB;

	ck_assert(!dp_guarantee_asks_unit(dp_guarantee_named("refuse-munmap"), page, page));
	ck_assert(dp_guarantee_asks_unit(dp_guarantee_named("refuse-munmap"), pmd, page));
	ck_assert(dp_guarantee_asks_unit(dp_guarantee_named("refuse-private"), page, page));
	ck_assert(dp_guarantee_asks_unit(dp_guarantee_named("poison-in-report"), page, page));
	ck_assert(dp_guarantee_asks_unit(dp_guarantee_named("fsdax-report"), pmd, page));
	ck_assert(!dp_guarantee_asks_unit(dp_guarantee_named("fsdax-report"), pud, page));
	ck_assert(dp_guarantee_asks_unit(dp_guarantee_named("devdax-report"), pud, page));
	/* arm64 with pages of 64K: a PMD is 512M. */
	ck_assert(dp_guarantee_asks_unit(dp_guarantee_named("fsdax-report"), 512 * DP_MIB, 65536));
	ck_assert_ptr_null(dp_guarantee_named("no-such-row"));
}
END_TEST

UNIT_SUITE("guarantee", &ids_are_unique, &rows_are_complete,
	   &each_cell_has_one_row, &each_row_is_reachable,
	   &each_value_has_a_name, &units)
