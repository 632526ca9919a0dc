/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "model/pmem-spec.h"
#include "unit.h"

static const struct {
	const char *text;
	struct dp_pmem_spec spec;
	const char *canonical;
} dp_good[] = {
	{ "16M", { .size = 16 * DP_MIB, .mode = DP_MODE_DEVDAX, .align = 2 * DP_MIB },
	  "16M:devdax:2M" },
	{ "16M:devdax", { .size = 16 * DP_MIB, .mode = DP_MODE_DEVDAX, .align = 2 * DP_MIB },
	  "16M:devdax:2M" },
	{ "0x1000000:devdax:4096", { .size = 16 * DP_MIB, .mode = DP_MODE_DEVDAX, .align = 4096 },
	  "16M:devdax:4K" },
	{ "5G:devdax:1G", { .size = 5 * DP_GIB, .mode = DP_MODE_DEVDAX, .align = DP_GIB },
	  "5G:devdax:1G" },
	{ "48M:fsdax", { .size = 48 * DP_MIB, .mode = DP_MODE_FSDAX, .align = 2 * DP_MIB },
	  "48M:fsdax:2M" },
	{ "32M:raw", { .size = 32 * DP_MIB, .mode = DP_MODE_RAW, .align = 0 }, "32M:raw" },
	{ "512M:fsdax:xfs", { .size = 512 * DP_MIB, .mode = DP_MODE_FSDAX,
			      .align = 2 * DP_MIB, .fs = DP_FS_XFS },
	  "512M:fsdax:xfs" },
	{ "128M:fsdax:ext4:-O ^has_journal -N 64",
	  { .size = 128 * DP_MIB, .mode = DP_MODE_FSDAX, .align = 2 * DP_MIB,
	    .fs = DP_FS_EXT4, .mkfs = "-O ^has_journal -N 64" },
	  "128M:fsdax:ext4:-O ^has_journal -N 64" },
	{ "1T", { .size = 1024 * DP_GIB, .mode = DP_MODE_DEVDAX, .align = 2 * DP_MIB },
	  "1T:devdax:2M" },
};

static const struct {
	const char *text;
	int rc;
	const char *says;
} dp_bad[] = {
	{ "", -EINVAL, "not a size" },
	{ ":devdax", -EINVAL, "not a size" },
	{ "16X", -EINVAL, "not a size" },
	{ "-16M", -EINVAL, "not a size" },
	{ "0", -EINVAL, "too small; the least is 16M:devdax:2M" },
	{ "15M", -EINVAL, "the least is 16M" },
	{ "17M", -EINVAL, "nearest are 16M and 32M" },
	{ "100M", -EINVAL, "nearest are 96M and 112M" },
	{ "16777217", -EINVAL, "nearest are 16M and 32M" },
	{ "4294836224", -EINVAL, "nearest are 4080M and 4G" },
	{ "1G:devdax:1G", -EINVAL, "the least is 4G:devdax:1G" },
	{ "2T", -ERANGE, "at most 1T" },
	{ "99999999999T", -ERANGE, "too large" },
	{ "16M:", -EINVAL, "not a mode" },
	{ "16M:sector", -EINVAL, "expected one of devdax, fsdax, raw" },
	{ "16M:DEVDAX", -EINVAL, "not a mode" },
	{ "16M:devdax:", -EINVAL, "not a size" },
	{ "16M:devdax:8K", -EINVAL, "expected one of 2M, 4K, 1G" },
	{ "16M:devdax:2M:x", -EINVAL, "not a size" },
	{ "512M:devdax:ext4", -EINVAL, "a file system needs fsdax" },
	{ "512M:fsdax:ext3", -EINVAL, "expected an alignment, ext4 or xfs" },
	{ "512M:fsdax:ext", -EINVAL, "expected an alignment, ext4 or xfs" },
	{ "512M:fsdax:xfs:", -EINVAL, "no options follow" },
	{ "256M:fsdax:xfs", -EINVAL, "the least is 512M:fsdax:xfs" },
	{ "64M:fsdax:ext4", -EINVAL, "the least is 128M:fsdax:ext4" },
	{ "16M:raw:4K", -EINVAL, "takes no alignment" },
	{ "16M:devdax:000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000002M",
	  -EINVAL, "too long" },
};

START_TEST(good_specs)
{
	struct dp_pmem_spec spec, again;
	char text[DP_PMEM_SPEC_TEXT];
	struct dp_why why = { "" };

	for (size_t i = 0; i < ARRAY_SIZE(dp_good); i++) {
		ck_assert_msg(!dp_pmem_spec_parse(dp_good[i].text, &spec, &why),
			      "%s: %s", dp_good[i].text, why.text);
		ck_assert_uint_eq(spec.size, dp_good[i].spec.size);
		ck_assert_int_eq(spec.mode, dp_good[i].spec.mode);
		ck_assert_uint_eq(spec.align, dp_good[i].spec.align);
		ck_assert_str_eq(dp_pmem_spec_text(text, &spec),
				 dp_good[i].canonical);
		ck_assert(!dp_pmem_spec_parse(text, &again, NULL));
		ck_assert_mem_eq(&spec, &again, sizeof(spec));
	}
}
END_TEST

START_TEST(bad_specs)
{
	struct dp_pmem_spec spec;
	struct dp_why why;

	for (size_t i = 0; i < ARRAY_SIZE(dp_bad); i++) {
		why.text[0] = '\0';
		ck_assert_msg(dp_pmem_spec_parse(dp_bad[i].text, &spec, &why) ==
				      dp_bad[i].rc,
			      "'%s': %s", dp_bad[i].text, why.text);
		ck_assert_msg(strstr(why.text, dp_bad[i].says),
			      "'%s' says: %s", dp_bad[i].text, why.text);
	}
}
END_TEST

/* The nearest sizes that a message names must work. */
START_TEST(advice_works)
{
	struct dp_pmem_spec spec;
	char text[64];

	for (uint64_t n = 16; n < 400; n++) {
		uint64_t below = n / 16 * 16;

		snprintf(text, sizeof(text), "%lluM", (unsigned long long)n);
		ck_assert_int_eq(dp_pmem_spec_parse(text, &spec, NULL),
				 n == below ? 0 : -EINVAL);
	}
}
END_TEST

START_TEST(defaults_parse)
{
	struct dp_pmem_spec specs[DP_PMEM_MAX], again;
	char text[DP_PMEM_SPEC_TEXT];
	size_t n = dp_pmem_spec_defaults(specs);
	unsigned int with_files = 0;
	bool seen[3] = { false };

	ck_assert_uint_le(n, DP_PMEM_MAX);
	for (size_t i = 0; i < n; i++) {
		dp_pmem_spec_text(text, &specs[i]);
		ck_assert(!dp_pmem_spec_parse(text, &again, NULL));
		ck_assert_uint_ge(specs[i].size, 4 * specs[i].align);
		if (specs[i].fs) {
			ck_assert_int_eq(specs[i].mode, DP_MODE_FSDAX);
			with_files++;
			continue;
		}
		ck_assert_int_eq(specs[i].mode, DP_MODE_DEVDAX);
		seen[specs[i].align == DP_GIB ? 2
		     : specs[i].align == 4096 ? 0 : 1] = true;
	}
	ck_assert(seen[0] && seen[1] && seen[2]);
	ck_assert_uint_eq(with_files, 1);
}
END_TEST

START_TEST(physical_alignment)
{
	struct dp_pmem_spec spec = { .align = 4096 };

	ck_assert_uint_eq(dp_pmem_spec_phys_align(&spec), 2 * DP_MIB);
	spec.align = DP_GIB;
	ck_assert_uint_eq(dp_pmem_spec_phys_align(&spec), DP_GIB);
	spec.align = 0;
	ck_assert_uint_eq(dp_pmem_spec_phys_align(&spec), 2 * DP_MIB);
}
END_TEST

static const struct {
	const char *text;
	struct dp_pmem_spec spec;
	const char *canonical;
} dp_good_nfit_test[] = {
	{ "devdax", { .mode = DP_MODE_DEVDAX, .align = 4096 }, "devdax:4K" },
	{ "devdax:4K", { .mode = DP_MODE_DEVDAX, .align = 4096 }, "devdax:4K" },
	{ "fsdax", { .mode = DP_MODE_FSDAX, .align = 4096 }, "fsdax:4K" },
	{ "fsdax:ext4:-N 64", { .mode = DP_MODE_FSDAX, .align = 4096,
				.fs = DP_FS_EXT4, .mkfs = "-N 64" },
	  "fsdax:ext4:-N 64" },
	{ "raw", { .mode = DP_MODE_RAW }, "raw" },
};

START_TEST(good_nfit_tests)
{
	struct dp_pmem_spec spec, again;
	char text[DP_PMEM_SPEC_TEXT];

	for (size_t i = 0; i < ARRAY_SIZE(dp_good_nfit_test); i++) {
		ck_assert(!dp_nfit_test_parse(dp_good_nfit_test[i].text, &spec,
					      NULL));
		ck_assert_uint_eq(spec.size, DP_NFIT_TEST_SIZE);
		ck_assert_int_eq(spec.mode, dp_good_nfit_test[i].spec.mode);
		ck_assert_uint_eq(spec.align, dp_good_nfit_test[i].spec.align);
		ck_assert_int_eq(spec.fs, dp_good_nfit_test[i].spec.fs);
		ck_assert_str_eq(spec.mkfs, dp_good_nfit_test[i].spec.mkfs);
		ck_assert_str_eq(dp_nfit_test_text(text, &spec),
				 dp_good_nfit_test[i].canonical);
		ck_assert(!dp_nfit_test_parse(text, &again, NULL));
		ck_assert_mem_eq(&spec, &again, sizeof(spec));
	}
}
END_TEST

START_TEST(bad_nfit_tests)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "", "not a mode" },
		{ "16M:raw", "'16M' is not a mode" },
		{ "sector", "expected one of devdax, fsdax, raw" },
		{ "devdax-and-a-long-tail", "not a mode" },
		{ "raw:4K", "takes no alignment" },
		{ "devdax:2M", "has no units of 2M; 4K is all there is" },
		{ "fsdax:1G", "has no units of 1G" },
		{ "fsdax:xfs", "xfs does not fit into the 16M" },
		{ "devdax:ext4", "a file system needs fsdax" },
		{ "fsdax:", "not a size" },
	};
	struct dp_pmem_spec spec;
	struct dp_why why;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		why.text[0] = '\0';
		ck_assert_msg(dp_nfit_test_parse(bad[i].text, &spec, &why) ==
				      -EINVAL,
			      "'%s': %s", bad[i].text, why.text);
		ck_assert_msg(strstr(why.text, bad[i].says), "'%s' says: %s",
			      bad[i].text, why.text);
	}
}
END_TEST

UNIT_SUITE("pmem-spec", &good_specs, &bad_specs, &advice_works,
	   &good_nfit_tests, &bad_nfit_tests,
	   &defaults_parse, &physical_alignment)
