/* SPDX-License-Identifier: GPL-2.0-only */
/* Strict parsing: what is a number, what is not, and that the reason names what
 * was expected. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "unit.h"

#define UNTOUCHED 0xdeadULL

static const struct {
	const char *text;
	uint64_t bytes;
} dp_good_sizes[] = {
	{ "0", 0 },
	{ "1", 1 },
	{ "4096", 4096 },
	{ "0x1000", 4096 },
	{ "0X1000", 4096 },
	{ "010", 10 },
	{ "4K", 4 * DP_KIB },
	{ "4k", 4 * DP_KIB },
	{ "4KiB", 4 * DP_KIB },
	{ "2M", 2 * DP_MIB },
	{ "2MiB", 2 * DP_MIB },
	{ "0x2M", 2 * DP_MIB },
	{ "1G", DP_GIB },
	{ "1GiB", DP_GIB },
	{ "3T", 3 * 1024 * DP_GIB },
	{ "3TiB", 3 * 1024 * DP_GIB },
	{ "3P", 3ULL << 50 },
	{ "3PiB", 3ULL << 50 },
	{ "15E", 15ULL << 60 },
	{ "15EiB", 15ULL << 60 },
	{ "18446744073709551615", UINT64_MAX },
	{ "0xffffffffffffffff", UINT64_MAX },
	{ "16777215T", 16777215ULL << 40 },
};

static const char *const dp_not_sizes[] = {
	"", " ", "-1", "+1", " 1", "1 ", "1x", "1KB", "1kib", "1m", "1g", "K",
	"0x", "0xg", "0x-1", "1.5G", "1,5G", "1e6", "2 M", "2MM", "x1000",
	"1\n", "four",
};

static const char *const dp_large_sizes[] = {
	"18446744073709551616", "0x10000000000000000", "16777216T",
	"16384P", "16E",
	"18446744073709551615K", "99999999999999999999999G",
};

START_TEST(sizes)
{
	for (size_t i = 0; i < ARRAY_SIZE(dp_good_sizes); i++) {
		struct dp_why why = { "" };
		uint64_t n = UNTOUCHED;

		ck_assert_int_eq(dp_parse_size(dp_good_sizes[i].text, &n, &why),
				 0);
		ck_assert_uint_eq(n, dp_good_sizes[i].bytes);
		ck_assert_str_eq(why.text, "");
	}
}
END_TEST

static void dp_refuses_size(const char *text, int err)
{
	struct dp_why why = { "" };
	uint64_t n = UNTOUCHED;
	char quoted[64];

	snprintf(quoted, sizeof(quoted), "'%s' ", text);
	ck_assert_msg(dp_parse_size(text, &n, &why) == err, "%s", quoted);
	ck_assert_msg(n == UNTOUCHED, "%swas stored", quoted);
	ck_assert_ptr_eq(strstr(why.text, quoted), why.text);
	ck_assert_ptr_nonnull(strstr(why.text, "expected a size such as"));
	/* Who does not want a reason need not give room for one. */
	ck_assert_int_eq(dp_parse_size(text, &n, NULL), err);
}

START_TEST(not_sizes)
{
	for (size_t i = 0; i < ARRAY_SIZE(dp_not_sizes); i++)
		dp_refuses_size(dp_not_sizes[i], -EINVAL);
}
END_TEST

START_TEST(sizes_too_large)
{
	for (size_t i = 0; i < ARRAY_SIZE(dp_large_sizes); i++)
		dp_refuses_size(dp_large_sizes[i], -ERANGE);
}
END_TEST

START_TEST(whole_numbers)
{
	uint64_t n;

	ck_assert_int_eq(dp_parse_u64("0", &n, NULL), 0);
	ck_assert_uint_eq(n, 0);
	ck_assert_int_eq(dp_parse_u64("0x1f", &n, NULL), 0);
	ck_assert_uint_eq(n, 31);
	ck_assert_int_eq(dp_parse_u64("18446744073709551615", &n, NULL), 0);
	ck_assert_uint_eq(n, UINT64_MAX);
}
END_TEST

START_TEST(not_whole_numbers)
{
	static const char *const texts[] = { "", "-1", "4K", "1x", "0x", "1 " };
	uint64_t n = UNTOUCHED;
	struct dp_why why;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		ck_assert_int_eq(dp_parse_u64(texts[i], &n, &why), -EINVAL);
		ck_assert_ptr_nonnull(strstr(why.text, "not a number"));
		ck_assert_ptr_nonnull(strstr(why.text, "a whole number"));
	}
	ck_assert_int_eq(dp_parse_u64("18446744073709551616", &n, &why),
			 -ERANGE);
	ck_assert_ptr_nonnull(strstr(why.text, "too large"));
	ck_assert_uint_eq(n, UNTOUCHED);
}
END_TEST

START_TEST(within_limits)
{
	unsigned int n;

	ck_assert_int_eq(dp_parse_uint("1", 1, 9, &n, NULL), 0);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(dp_parse_uint("0x9", 1, 9, &n, NULL), 0);
	ck_assert_uint_eq(n, 9);
}
END_TEST

START_TEST(beyond_limits)
{
	/* The last one would be 1 if it were cut to 32 bits. */
	static const char *const texts[] = { "0", "10", "4294967297" };
	unsigned int n = 7;
	struct dp_why why;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		ck_assert_int_eq(dp_parse_uint(texts[i], 1, 9, &n, &why),
				 -ERANGE);
		ck_assert_ptr_nonnull(strstr(why.text, "expected 1 to 9"));
	}
	ck_assert_int_eq(dp_parse_uint("", 1, 9, &n, &why), -EINVAL);
	ck_assert_uint_eq(n, 7);
}
END_TEST

UNIT_SUITE("parse", &sizes, &not_sizes, &sizes_too_large, &whole_numbers,
	   &not_whole_numbers, &within_limits, &beyond_limits)
