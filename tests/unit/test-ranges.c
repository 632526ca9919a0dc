/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/ranges.h"
#include "unit.h"

static struct dp_ranges dp_of(uint32_t n, const struct dp_range *at)
{
	struct dp_ranges r = { 0 };

	for (uint32_t i = 0; i < n; i++)
		dp_ranges_append(&r, at[i]);
	return r;
}

#define RANGES(...)                                                            \
	dp_of(sizeof((struct dp_range[]){ __VA_ARGS__ }) /                     \
		      sizeof(struct dp_range),                                 \
	      (struct dp_range[]){ __VA_ARGS__ })

START_TEST(append_joins_neighbours)
{
	struct dp_ranges r = RANGES({ 0, 4 }, { 4, 4 }, { 10, 2 }, { 20, 0 });

	ck_assert_uint_eq(r.n, 2);
	ck_assert_uint_eq(r.at[0].length, 8);
	ck_assert_uint_eq(dp_ranges_total(&r), 10);
}
END_TEST

START_TEST(append_says_when_full)
{
	struct dp_ranges r = { 0 };

	for (int i = 0; i < DP_RANGES_MAX; i++)
		dp_ranges_append(&r, (struct dp_range){ i * 10, 1 });
	ck_assert(!r.truncated);
	dp_ranges_append(&r, (struct dp_range){ 100000, 1 });
	ck_assert(r.truncated);
	ck_assert_uint_eq(r.n, DP_RANGES_MAX);
}
END_TEST

START_TEST(subtract)
{
	struct dp_ranges a = RANGES({ 0, 10 }, { 20, 10 }, { 40, 10 });
	struct dp_ranges b = RANGES({ 5, 20 }, { 42, 2 }, { 46, 1 });
	struct dp_ranges want = RANGES({ 0, 5 }, { 25, 5 }, { 40, 2 },
				       { 44, 2 }, { 47, 3 });
	struct dp_ranges none = { 0 }, got;

	dp_ranges_subtract(&got, &a, &b);
	ck_assert(dp_ranges_equal(&got, &want));
	dp_ranges_subtract(&got, &a, &none);
	ck_assert(dp_ranges_equal(&got, &a));
	dp_ranges_subtract(&got, &a, &a);
	ck_assert_uint_eq(got.n, 0);
	dp_ranges_subtract(&got, &none, &a);
	ck_assert_uint_eq(got.n, 0);
}
END_TEST

/* Against the plainest way to do it: one bit a byte. */
START_TEST(subtract_as_bits)
{
	uint32_t seed = 1;

	for (int round = 0; round < 2000; round++) {
		struct dp_ranges r[2] = { { 0 }, { 0 } }, got;
		uint64_t bits[2] = { 0, 0 }, out = 0;

		for (int k = 0; k < 2; k++) {
			for (int at = 0; at < 64; at++) {
				seed = seed * 1103515245 + 12345;
				if (seed >> 30)
					continue;
				bits[k] |= 1ULL << at;
				dp_ranges_append(&r[k],
						 (struct dp_range){ at, 1 });
			}
		}
		dp_ranges_subtract(&got, &r[0], &r[1]);
		for (uint32_t i = 0; i < got.n; i++)
			for (uint64_t j = 0; j < got.at[i].length; j++)
				out |= 1ULL << (got.at[i].offset + j);
		ck_assert_uint_eq(out, bits[0] & ~bits[1]);
		ck_assert_uint_eq(dp_ranges_total(&got),
				  __builtin_popcountll(out));
	}
}
END_TEST

START_TEST(within_and_covering)
{
	struct dp_ranges a = RANGES({ 0, 10 }, { 20, 10 }), got;
	struct dp_ranges want = RANGES({ 5, 5 }, { 20, 2 });

	dp_ranges_within(&got, &a, (struct dp_range){ 5, 17 });
	ck_assert(dp_ranges_equal(&got, &want));
	ck_assert_uint_eq(dp_ranges_covering(&a, 25).offset, 20);
	ck_assert_uint_eq(dp_ranges_covering(&a, 10).length, 0);
	ck_assert_uint_eq(dp_ranges_covering(&a, 30).length, 0);
}
END_TEST

UNIT_SUITE("ranges", &append_joins_neighbours, &append_says_when_full,
	   &subtract, &subtract_as_bits, &within_and_covering)
