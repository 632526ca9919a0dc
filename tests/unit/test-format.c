/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>

#include "base/format.h"
#include "base/parse.h"
#include "unit.h"

static const struct {
	uint64_t bytes;
	const char *exact;
	const char *human;
} dp_texts[] = {
	{ 0, "0", "0" },
	{ 1, "1", "1" },
	{ 1023, "1023", "1023" },
	{ 1024, "1K", "1K" },
	{ 1025, "1025", "1025" },
	{ 4096, "4K", "4K" },
	{ 2 * DP_MIB, "2M", "2M" },
	{ 2 * DP_MIB - 1, "2097151", "2.0M" },
	{ DP_GIB, "1G", "1G" },
	{ 6 * DP_GIB - 1, "6442450943", "6.0G" },
	{ 4 * DP_GIB - 128 * DP_KIB, "4194176K", "4.0G" },
	{ 1024 * DP_GIB, "1T", "1T" },
	{ 1ULL << 63, "8E", "8E" },
	{ UINT64_MAX, "18446744073709551615", "16.0E" },
};

START_TEST(exact_sizes)
{
	char buf[DP_SIZE_TEXT];

	for (size_t i = 0; i < ARRAY_SIZE(dp_texts); i++)
		ck_assert_str_eq(dp_size_text(buf, dp_texts[i].bytes, false),
				 dp_texts[i].exact);
}
END_TEST

START_TEST(rounded_sizes)
{
	char buf[DP_SIZE_TEXT];

	for (size_t i = 0; i < ARRAY_SIZE(dp_texts); i++)
		ck_assert_str_eq(dp_size_text(buf, dp_texts[i].bytes, true),
				 dp_texts[i].human);
}
END_TEST

/* What a report says exactly can be given back as an option. */
START_TEST(exact_sizes_parse_back)
{
	char buf[DP_SIZE_TEXT];
	uint64_t n;

	for (size_t i = 0; i < ARRAY_SIZE(dp_texts); i++) {
		dp_size_text(buf, dp_texts[i].bytes, false);
		ck_assert_int_eq(dp_parse_size(buf, &n, NULL), 0);
		ck_assert_uint_eq(n, dp_texts[i].bytes);
	}
}
END_TEST

/* Any size at all; shifted, so that every suffix comes up. */
START_TEST(any_exact_size_parses_back)
{
	uint64_t state = 1, size, n;
	char buf[DP_SIZE_TEXT];
	unsigned int seen = 0;

	for (int i = 0; i < 100000; i++) {
		/* Knuth, MMIX. */
		state = state * 6364136223846793005u + 1442695040888963407u;
		size = state >> (state >> 32) % 64 << (state >> 40) % 64;
		dp_size_text(buf, size, false);
		ck_assert_msg(!dp_parse_size(buf, &n, NULL), "'%s'", buf);
		ck_assert_uint_eq(n, size);
		seen |= 1u << (buf[strlen(buf) - 1] - '0') % 32;
	}
	for (const char *s = "KMGTPE"; *s; s++)
		ck_assert_msg(seen & 1u << (*s - '0') % 32, "no %c", *s);
}
END_TEST

START_TEST(errno_names)
{
	ck_assert_str_eq(dp_errno_name(EINVAL), "EINVAL");
	ck_assert_str_eq(dp_errno_name(EIO), "EIO");
	ck_assert_str_eq(dp_errno_name(123456), "unknown errno");
	ck_assert_str_eq(dp_errno_name(-1), "unknown errno");
}
END_TEST

START_TEST(appending)
{
	char buf[8] = "";

	dp_append(buf, sizeof(buf), "%d", 12);
	dp_append(buf, sizeof(buf), "%s", "abc");
	ck_assert_str_eq(buf, "12abc");
	dp_append(buf, sizeof(buf), "%s", "defgh");
	ck_assert_str_eq(buf, "12abcde");
	dp_append(buf, sizeof(buf), "more");
	ck_assert_str_eq(buf, "12abcde");
}
END_TEST

START_TEST(allocating)
{
	char *text = dp_asprintf("%s/%u", "dax0.0", 7U);

	ck_assert_str_eq(text, "dax0.0/7");
	free(text);
}
END_TEST

UNIT_SUITE("format", &exact_sizes, &rounded_sizes, &exact_sizes_parse_back,
	   &any_exact_size_parses_back,
	   &errno_names, &appending, &allocating)
