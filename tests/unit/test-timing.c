/* SPDX-License-Identifier: GPL-2.0-only */
/* Distributions with a known answer. */
#include <signal.h>
#include <string.h>

#include "model/timing.h"
#include "unit.h"

static struct dp_timing dp_t;

static void dp_within(unsigned int permille, int64_t exact)
{
	int64_t got = dp_timing_quantile(&dp_t, permille);

	ck_assert_msg(got >= exact && got <= exact + exact / DP_TIMING_PART,
		      "%u: %lld is not %lld", permille, (long long)got,
		      (long long)exact);
}

START_TEST(nothing)
{
	memset(&dp_t, 0, sizeof(dp_t));
	ck_assert_int_eq(dp_timing_quantile(&dp_t, 500), 0);
	ck_assert_int_eq(dp_timing_quantile(&dp_t, 990), 0);
}
END_TEST

START_TEST(one)
{
	memset(&dp_t, 0, sizeof(dp_t));
	dp_timing_add(&dp_t, 1234567);
	/* Not beyond what was seen. */
	ck_assert_int_eq(dp_timing_quantile(&dp_t, 500), 1234567);
	ck_assert_int_eq(dp_timing_quantile(&dp_t, 990), 1234567);
	ck_assert_int_eq(dp_t.min, 1234567);
	ck_assert_int_eq(dp_t.max, 1234567);
}
END_TEST

START_TEST(thousand)
{
	memset(&dp_t, 0, sizeof(dp_t));
	/* In no order: 1000 numbers, each once. */
	for (int i = 0; i < 1000; i++)
		dp_timing_add(&dp_t, (i * 7 % 1000 + 1) * 1000);
	ck_assert_uint_eq(dp_t.n, 1000);
	dp_within(500, 500000);
	dp_within(990, 990000);
	dp_within(1, 1000);
	ck_assert_int_eq(dp_timing_quantile(&dp_t, 1000), 1000000);
	ck_assert_int_eq(dp_t.min, 1000);
	ck_assert_int_eq(dp_t.max, 1000000);
}
END_TEST

START_TEST(one_in_a_hundred)
{
	memset(&dp_t, 0, sizeof(dp_t));
	for (int i = 0; i < 99; i++)
		dp_timing_add(&dp_t, 500);
	dp_timing_add(&dp_t, 1000000000);
	dp_within(500, 500);
	dp_within(990, 500);
	dp_within(991, 1000000000);
}
END_TEST

START_TEST(buckets)
{
	static const int64_t edges[] = { 0, 1, 15, 16, 17, 31, 32, 33, 63, 64,
					 1023, 1024, INT64_MAX / 2, INT64_MAX };

	/* Each ends where the next begins, and holds what it says it holds. */
	for (unsigned int b = 1; b < DP_TIMING_BUCKETS; b++)
		ck_assert_int_gt(dp_timing_bucket_end(b),
				 dp_timing_bucket_end(b - 1));
	ck_assert_int_eq(dp_timing_bucket_end(DP_TIMING_BUCKETS - 1),
			 INT64_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(edges); i++) {
		memset(&dp_t, 0, sizeof(dp_t));
		dp_timing_add(&dp_t, edges[i]);
		for (unsigned int b = 0; b < DP_TIMING_BUCKETS; b++)
			if (dp_t.buckets[b]) {
				ck_assert_int_ge(dp_timing_bucket_end(b),
						 edges[i]);
				ck_assert(!b || dp_timing_bucket_end(b - 1) <
							edges[i]);
			}
	}
	/* A clock that goes backwards counts as none. */
	memset(&dp_t, 0, sizeof(dp_t));
	dp_timing_add(&dp_t, -5);
	ck_assert_int_eq(dp_t.max, 0);
}
END_TEST

START_TEST(by_role)
{
	static struct dp_scene scene;
	static struct dp_timings t;
	struct dp_bystander list[DP_BYSTANDERS_MAX];
	struct dp_case c = { .type = DP_CASE_POISON, .bystanders = list };
	struct dp_signal s = { .code = BUS_MCEERR_AO, .step = DP_STEP_INJECT };

	ck_assert_int_eq(dp_bystander_parse("early", list,
					    &c.n_bystanders, NULL), 0);
	ck_assert_int_eq(dp_bystander_parse("early,block", list,
					    &c.n_bystanders, NULL), 0);
	scene.n = 3;
	scene.at[0].injected = true;
	scene.at[0].began[DP_STEP_INJECT] = 1000;
	for (int i = 0; i < 3; i++) {
		s.when = 1000 + 100 * (i + 1);
		s.pending = i == 2;
		scene.at[i].signals[0] = s;
		scene.at[i].n_signals = 1;
	}
	dp_timings_add(&t, &c, &scene);
	ck_assert_uint_eq(t.by[DP_ROLE_INJECTOR].n, 1);
	ck_assert_int_eq(t.by[DP_ROLE_INJECTOR].max, 100);
	/* The blocked one was fetched later: when it came nobody knows. */
	ck_assert_uint_eq(t.by[DP_ROLE_EARLY].n, 1);
	ck_assert_int_eq(t.by[DP_ROLE_EARLY].max, 200);
	/* Nothing was injected: nothing is timed. */
	scene.at[0].injected = false;
	dp_timings_add(&t, &c, &scene);
	ck_assert_uint_eq(t.by[DP_ROLE_INJECTOR].n, 1);
}
END_TEST

UNIT_SUITE("timing", &nothing, &one, &thousand, &one_in_a_hundred, &buckets,
	   &by_role)
