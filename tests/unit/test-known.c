/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>

#include "model/known.h"
#include "unit.h"

static int dp_parse(const char *text, struct dp_known_list *list,
		    struct dp_why *why)
{
	*list = (struct dp_known_list){ 0 };
	*why = (struct dp_why){ "" };
	return dp_known_parse(list, text, why);
}

#define ROW "a-row\tdata-intact\tlost-neighbour-data\tdevdax/*\t6.1\tsee there\n"

START_TEST(good_lists)
{
	struct dp_known_list list;
	struct dp_why why;

	ck_assert_int_eq(dp_parse("", &list, &why), 0);
	ck_assert_int_eq(dp_parse("# only a comment\n\n", &list, &why), 0);
	ck_assert_uint_eq(list.n, 0);
	ck_assert_int_eq(dp_parse(ROW "# and\n" ROW, &list, &why), 0);
	ck_assert_uint_eq(list.n, 2);
	ck_assert_str_eq(list.rows[1].where, "devdax/*");
	ck_assert_int_eq(list.rows[0].deviation,
			 DP_DEVIATION_LOST_NEIGHBOUR_DATA);
	dp_known_deinit(&list);
}
END_TEST

START_TEST(bad_lists)
{
	static const char *const bad[] = {
		"no tabs at all\n",
		"a\tdata-intact\tsplit\tx\t6.1\n",
		"a\tdata-intact\tsplit\tx\t6.1\tr\textra\n",
		"a\tno-such-guarantee\tsplit\tx\t6.1\tr\n",
		"a\tdata-intact\tno-such-deviation\tx\t6.1\tr\n",
		"a\tdata-intact\tnone\tx\t6.1\tr\n",
		"\tdata-intact\tsplit\tx\t6.1\tr\n",
		"a\tdata-intact\tsplit\t\t6.1\tr\n",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\tdata-intact\tsplit\tx\t6.1\tr\n",
	};
	struct dp_known_list list;
	struct dp_why why;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ck_assert_int_eq(dp_parse(bad[i], &list, &why), -EINVAL);
		/* The line is named. */
		ck_assert_ptr_nonnull(strstr(why.text, "line 1"));
		dp_known_deinit(&list);
	}
}
END_TEST

START_TEST(the_shipped_list_parses)
{
	struct dp_known_list list;
	struct dp_why why;

	ck_assert_msg(!dp_parse(dp_known_default(), &list, &why), "%s",
		      why.text);
	ck_assert_uint_gt(list.n, 0);
	dp_known_deinit(&list);
}
END_TEST

static const struct dp_guarantee *dp_row(const char *id)
{
	const struct dp_guarantee *rows;
	size_t n;

	rows = dp_guarantees(&n);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(rows[i].id, id))
			return &rows[i];
	ck_abort();
}

START_TEST(only_what_is_named_is_excused)
{
	struct dp_case c = { .id = "devdax/2M/mid/madvise" };
	static struct dp_case_verdict v;
	struct dp_known_list list;
	struct dp_why why;

	ck_assert_int_eq(dp_parse(ROW, &list, &why), 0);
	ck_assert_int_eq(dp_known_state(&list.rows[0]), DP_KNOWN_NOT_SEEN);
	v = (struct dp_case_verdict){ .n = 2, .at = {
		{ .guarantee = dp_row("data-intact"),
		  .verdict = DP_VERDICT_VIOLATED,
		  .finding.deviation = DP_DEVIATION_LOST_NEIGHBOUR_DATA },
		{ .guarantee = dp_row("poison-in-report"),
		  .verdict = DP_VERDICT_HELD },
	} };
	dp_known_apply(&list, &c, &v);
	ck_assert_int_eq(v.at[0].verdict, DP_VERDICT_KNOWN);
	ck_assert_int_eq(v.verdict, DP_VERDICT_KNOWN);
	ck_assert_int_eq(dp_known_state(&list.rows[0]), DP_KNOWN_SHOWN);
	/* Another deviation of the same guarantee. */
	v.at[0].verdict = DP_VERDICT_VIOLATED;
	v.at[0].finding.deviation = DP_DEVIATION_SPLIT;
	dp_known_apply(&list, &c, &v);
	ck_assert_int_eq(v.at[0].verdict, DP_VERDICT_VIOLATED);
	/* The same deviation elsewhere. */
	v.at[0].finding.deviation = DP_DEVIATION_LOST_NEIGHBOUR_DATA;
	strcpy(c.id, "fsdax/2M/mid/madvise");
	dp_known_apply(&list, &c, &v);
	ck_assert_int_eq(v.verdict, DP_VERDICT_VIOLATED);
	dp_known_deinit(&list);
}
END_TEST

START_TEST(what_is_gone_is_said)
{
	struct dp_case c = { .id = "devdax/2M/mid/madvise" };
	struct dp_case_verdict v = { .n = 1, .at = {
		{ .guarantee = dp_row("data-intact"),
		  .verdict = DP_VERDICT_HELD },
	} };
	struct dp_known_list list;
	struct dp_why why;

	ck_assert_int_eq(dp_parse(ROW, &list, &why), 0);
	dp_known_apply(&list, &c, &v);
	ck_assert_int_eq(dp_known_state(&list.rows[0]), DP_KNOWN_GONE);
	dp_known_deinit(&list);
}
END_TEST

UNIT_SUITE("known", &good_lists, &bad_lists, &the_shipped_list_parses,
	   &only_what_is_named_is_excused, &what_is_gone_is_said)
