/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>

#include "model/layout.h"
#include "unit.h"

#define MIB (1ULL << 20)
#define START (4096 * MIB)

static const struct dp_units dp_sizes = { 4096, 2 * MIB, 1024 * MIB };

/* 8M in one aligned extent. */
static void dp_one_extent(struct dp_layout *l)
{
	const struct dp_extent e = { 0, 8 * MIB, START, 0 };

	*l = (struct dp_layout){ .size = 8 * MIB };
	ck_assert_int_eq(dp_layout_add(l, &e), 0);
}

static struct dp_forecast dp_foretell(const struct dp_layout *l,
				      struct dp_range map, uint64_t skew,
				      uint64_t offset)
{
	const struct dp_file_map m = { map, skew };
	struct dp_forecast f;

	dp_layout_forecast(l, &m, &dp_sizes, offset, &f);
	return f;
}

static void dp_expect(const struct dp_layout *l, struct dp_range map,
		      uint64_t skew, uint64_t offset, uint64_t unit,
		      const char *reason)
{
	struct dp_forecast f = dp_foretell(l, map, skew, offset);

	ck_assert(f.backed);
	ck_assert_uint_eq(f.unit, unit);
	ck_assert_msg(strstr(f.reason, reason), "'%s' lacks '%s'", f.reason,
		      reason);
}

static void dp_expect_unbacked(const struct dp_layout *l, uint64_t offset,
			       const char *reason)
{
	const struct dp_range all = { 0, 16 * MIB };
	struct dp_forecast f = dp_foretell(l, all, 0, offset);

	ck_assert(!f.backed);
	ck_assert_msg(strstr(f.reason, reason), "'%s' lacks '%s'", f.reason,
		      reason);
}

static const struct dp_range dp_all = { 0, 8 * MIB };

START_TEST(aligned_all_through_is_large)
{
	struct dp_layout l;

	dp_one_extent(&l);
	for (uint64_t at = 0; at < 8 * MIB; at += MIB)
		dp_expect(&l, dp_all, 0, at + 4096, 2 * MIB, "aligned to 2M");
	dp_layout_deinit(&l);
}
END_TEST

START_TEST(each_obstacle_is_named)
{
	struct dp_layout l;

	dp_one_extent(&l);
	dp_expect(&l, dp_all, 4096, 3 * MIB, 4096, "address not congruent: off by 0x1000");
	dp_expect(&l, dp_all, MIB, 3 * MIB, 4096, "off by 0x100000");
	/* A whole unit off is not off at all. */
	dp_expect(&l, dp_all, 2 * MIB, 3 * MIB, 2 * MIB, "");
	dp_expect(&l, (struct dp_range){ 2 * MIB + 4096, 4 * MIB }, 0, 3 * MIB,
		  4096, "does not cover the 2M at 0x200000");
	dp_expect(&l, (struct dp_range){ 0, 3 * MIB }, 0, 2 * MIB, 4096,
		  "does not cover");
	l.size = 3 * MIB;
	dp_expect(&l, dp_all, 0, 2 * MIB, 4096, "past the end of the file");
	/* The last page may be partly used. */
	l.size = 4 * MIB - 1;
	dp_expect(&l, dp_all, 0, 2 * MIB, 2 * MIB, "");
	l.size = 4 * MIB - 4096;
	dp_expect(&l, dp_all, 0, 2 * MIB, 4096, "past the end of the file");
	l.size = 8 * MIB;
	dp_ranges_append(&l.small, (struct dp_range){ 5 * MIB, 4096 });
	dp_expect(&l, dp_all, 0, 4 * MIB, 4096, "existing smaller entry at 0x500000");
	dp_expect(&l, dp_all, 0, 2 * MIB, 2 * MIB, "");
	dp_layout_deinit(&l);
}
END_TEST

START_TEST(extents_are_not_joined)
{
	/* Aligned; misaligned; a hole; unwritten; two that touch. */
	const struct dp_extent at[] = {
		{ 0, 2 * MIB, START, 0 },
		{ 2 * MIB, 2 * MIB, START + 2 * MIB + 0x3000, 0 },
		{ 6 * MIB, 2 * MIB, START + 6 * MIB, DP_EXTENT_UNWRITTEN },
		{ 8 * MIB, MIB, START + 8 * MIB, DP_EXTENT_SHARED },
		{ 9 * MIB, MIB, START + 9 * MIB, 0 },
		{ 10 * MIB, 2 * MIB, START + 10 * MIB, DP_EXTENT_NO_BLOCKS },
	};
	const struct dp_range all = { 0, 12 * MIB };
	struct dp_layout l = { .size = 12 * MIB };
	struct dp_why why = { "" };
	uint64_t offset;

	for (size_t i = 0; i < ARRAY_SIZE(at); i++)
		ck_assert_int_eq(dp_layout_add(&l, &at[i]), 0);
	dp_expect(&l, all, 0, 0, 2 * MIB, "");
	dp_expect(&l, all, 0, 2 * MIB, 4096, "extent not 2M aligned: off by 0x3000");
	dp_expect(&l, all, 0, 8 * MIB, 4096, "the extent ends 0x100000 into the 2M");
	dp_expect(&l, all, 0, 9 * MIB, 4096, "the extent ends");
	dp_expect_unbacked(&l, 4 * MIB, "in a hole");
	dp_expect_unbacked(&l, 6 * MIB, "unwritten");
	dp_expect_unbacked(&l, 10 * MIB, "not in blocks of its own");
	dp_expect_unbacked(&l, 12 * MIB, "past the end");
	ck_assert_uint_eq(dp_layout_phys(&l, 2 * MIB + 5), START + 2 * MIB + 0x3005);
	ck_assert_uint_eq(dp_layout_phys(&l, 4 * MIB), DP_PHYS_UNKNOWN);
	ck_assert_uint_eq(dp_layout_phys(&l, 10 * MIB), DP_PHYS_UNKNOWN);
	ck_assert_int_eq(dp_layout_find_units(&l, &dp_sizes, 1, 0, &offset, &why), 0);
	ck_assert_uint_eq(offset, 0);
	ck_assert_int_eq(dp_layout_find_units(&l, &dp_sizes, 1, 4096, &offset, &why), -ENOENT);
	ck_assert_ptr_nonnull(strstr(why.text, "off by 0x3000"));
	dp_layout_deinit(&l);
}
END_TEST

START_TEST(runs_of_units_are_found)
{
	struct dp_why why = { "" };
	struct dp_layout l;
	uint64_t offset;

	dp_one_extent(&l);
	ck_assert_int_eq(dp_layout_find_units(&l, &dp_sizes, 3, 1, &offset, &why), 0);
	ck_assert_uint_eq(offset, 2 * MIB);
	ck_assert_int_eq(dp_layout_find_units(&l, &dp_sizes, 4, 1, &offset, &why), -ENOENT);
	ck_assert_ptr_nonnull(strstr(why.text, "too short"));
	dp_layout_deinit(&l);
}
END_TEST

START_TEST(stretches_cover_the_file)
{
	const struct dp_extent at[] = {
		{ 0, 5 * MIB, START, 0 },
		{ 7 * MIB, 3 * MIB, START + 7 * MIB, 0 },
	};
	/* 2M twice, the odd rest, the hole in two units, and so on. */
	static const struct {
		uint64_t offset, length, unit;
		bool backed;
	} want[] = {
		{ 0, 4 * MIB, 2 * MIB, true },
		{ 4 * MIB, MIB, 4096, true },
		{ 5 * MIB, 2 * MIB, 4096, false },
		{ 7 * MIB, MIB, 4096, true },
		{ 8 * MIB, 2 * MIB, 2 * MIB, true },
		{ 10 * MIB, 2 * MIB + 1, 4096, false },
	};
	struct dp_layout l = { .size = 12 * MIB + 1 };
	struct dp_stretch s;
	uint64_t next = 0;

	for (size_t i = 0; i < ARRAY_SIZE(at); i++)
		ck_assert_int_eq(dp_layout_add(&l, &at[i]), 0);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		dp_layout_stretch(&l, &dp_sizes, next, &s);
		ck_assert_uint_eq(s.range.offset, want[i].offset);
		ck_assert_uint_eq(s.range.length, want[i].length);
		ck_assert_uint_eq(s.forecast.unit, want[i].unit);
		ck_assert_int_eq(s.forecast.backed, want[i].backed);
		next = dp_range_end(s.range);
	}
	dp_layout_stretch(&l, &dp_sizes, next, &s);
	ck_assert_uint_eq(s.range.length, 0);
	dp_layout_deinit(&l);
}
END_TEST

START_TEST(a_layout_of_nothing_is_all_hole)
{
	struct dp_layout l = { .size = 4096 };

	ck_assert_ptr_null(dp_layout_at(&l, 0));
	dp_expect_unbacked(&l, 0, "in a hole");
	dp_expect_unbacked(&l, UINT64_MAX, "past the end");
}
END_TEST

/* Nobody waits for a walk through it, unit by unit. */
START_TEST(a_hole_larger_than_any_medium)
{
	const struct dp_extent at_end = { 1ULL << 61, 4 * DP_MIB, DP_GIB, 0 };
	const struct dp_units units = dp_units_of(4096);
	struct dp_layout l = { .size = (1ULL << 62) + 5 };
	struct dp_stretch s;
	uint64_t at;

	ck_assert_int_eq(dp_layout_add(&l, &at_end), 0);
	dp_layout_stretch(&l, &units, 0, &s);
	ck_assert_uint_eq(s.range.length, at_end.offset);
	dp_layout_stretch(&l, &units, at_end.offset + at_end.length, &s);
	ck_assert_uint_eq(dp_range_end(s.range), l.size);
	ck_assert_int_eq(dp_layout_find_units(&l, &units, 2, 0, &at, NULL), 0);
	ck_assert_uint_eq(at, at_end.offset);
	ck_assert_int_eq(dp_layout_find_units(&l, &units, 3, 0, &at, NULL),
			 -ENOENT);
	dp_layout_deinit(&l);
}
END_TEST

UNIT_SUITE("layout", &aligned_all_through_is_large, &each_obstacle_is_named,
	   &extents_are_not_joined, &runs_of_units_are_found,
	   &stretches_cover_the_file,
	   &a_layout_of_nothing_is_all_hole, &a_hole_larger_than_any_medium)
