/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>

#include "model/refusal.h"
#include "unit.h"

static const struct dp_medium dp_real = { .evidence = "a real DIMM" };
static const struct dp_medium dp_emulated = { .emulated = true };
static const struct dp_method_state dp_works = { .usable = true };
static const struct dp_method_state dp_fails = { .why = "it cannot" };

#define CLEAN                                                                  \
	.name = "dax0.0", .path = "/dev/dax0.0", .mode = DP_MODE_DEVDAX,       \
	.state = &dp_works, .medium = &dp_emulated

/* One fact each, that makes one row hold; and words of its message. */
static const struct {
	struct dp_refusal_facts facts;
	const char *id, *says;
	bool forced;
	int err;
} dp_rows[DP_REFUSED_MAX] = {
	[DP_REFUSED_SYSTEM_RAM] = {
		{ .name = "dax0.0", .mode = DP_MODE_SYSTEM_RAM },
		"system-ram", "dax0.0 is in system-ram mode", false, -ENODEV },
	[DP_REFUSED_NOT_DAX] = {
		{ .name = "namespace0.0", .mode = DP_MODE_RAW, .no_dax = true },
		"not-dax", "namespace0.0 is in raw mode", false, -ENODEV },
	[DP_REFUSED_PRIVILEGE] = {
		{ CLEAN, .no_sys_admin = true },
		"privilege", "CAP_SYS_ADMIN is missing", false, -EOPNOTSUPP },
	[DP_REFUSED_LOCKDOWN] = {
		{ CLEAN, .lockdown = "integrity",
		  .method = DP_METHOD_CORRUPT_PFN },
		"lockdown", "locked down (integrity)", false, -EOPNOTSUPP },
	[DP_REFUSED_METHOD] = {
		{ .name = "dax0.0", .mode = DP_MODE_DEVDAX,
		  .state = &dp_fails },
		"method", "by madvise: it cannot", false, -EOPNOTSUPP },
	[DP_REFUSED_CHANGED] = {
		{ CLEAN, .changed = "size" },
		"changed", "the size of dax0.0 is not what", false, -ESTALE },
	[DP_REFUSED_MOUNTED] = {
		{ CLEAN, .mount = "/mnt" },
		"mounted", "/dev/dax0.0 is mounted on /mnt", false, -EBUSY },
	[DP_REFUSED_UNREADABLE] = {
		{ CLEAN, .unreadable = true, .bad_blocks = 8, .bad_at = 0x3000 },
		"unreadable", "lists 8 of its blocks", false, -EBUSY },
	[DP_REFUSED_HARDWARE] = {
		{ .name = "dax0.0", .mode = DP_MODE_DEVDAX,
		  .state = &dp_works, .medium = &dp_real },
		"real-hardware", "(a real DIMM)", true, -EPERM },
	[DP_REFUSED_IN_USE] = {
		{ CLEAN, .user = 42 },
		"in-use", "process 42 has /dev/dax0.0 open", true, -EBUSY },
	[DP_REFUSED_BAD_BLOCK] = {
		{ CLEAN, .bad_blocks = 8, .bad_at = 0x3000 },
		"bad-block", "the page at 0x3000 of dax0.0", true, -EBUSY },
	[DP_REFUSED_SHARED] = {
		{ CLEAN, .shared_blindly = true, .bad_at = 0x3000 },
		"shared", "the page at 0x3000 of dax0.0 is shared", true, -EBUSY },
};

START_TEST(each_row_is_refused_by_its_name)
{
	for (int i = 0; i < DP_REFUSED_MAX; i++) {
		const struct dp_refusal_info *info = dp_refusal_info(i);
		struct dp_why why = { "" };

		ck_assert_str_eq(info->id, dp_rows[i].id);
		ck_assert_int_eq(dp_refusal_find(&dp_rows[i].facts, false), i);
		ck_assert_int_eq(dp_refuse(&dp_rows[i].facts, false, &why),
				 dp_rows[i].err);
		ck_assert_msg(strstr(why.text, dp_rows[i].says),
			      "'%s' lacks '%s'", why.text, dp_rows[i].says);
		ck_assert_ptr_nonnull(strstr(why.text, info->advice));
		ck_assert_int_eq(strncmp(why.text, "refused (", 9), 0);
		ck_assert_int_eq(strncmp(why.text + 9, info->id,
					 strlen(info->id)), 0);
		ck_assert_ptr_nonnull(info->when);
		ck_assert_int_eq(dp_refusal_of(why.text), i);
	}
}
END_TEST

START_TEST(force_overrides_what_it_may_and_no_more)
{
	for (int i = 0; i < DP_REFUSED_MAX; i++) {
		ck_assert_int_eq(dp_refusal_info(i)->forced, dp_rows[i].forced);
		ck_assert_int_eq(dp_refusal_find(&dp_rows[i].facts, true),
				 dp_rows[i].forced ? DP_REFUSED_MAX : i);
	}
}
END_TEST

START_TEST(what_is_clean_is_not_refused)
{
	struct dp_refusal_facts f = { CLEAN };
	struct dp_why why = { "" };

	ck_assert_int_eq(dp_refuse(&f, false, &why), 0);
	ck_assert_str_eq(why.text, "");
	/* Negative: it could not be found out. */
	f.user = -ENOENT;
	f.bad_blocks = -ENOENT;
	/* madvise writes to no debugfs. */
	f.lockdown = "confidentiality";
	ck_assert_int_eq(dp_refuse(&f, false, &why), 0);
	/* einj takes no CAP_SYS_ADMIN of its own accord: its files do. */
	f.lockdown = "";
	f.method = DP_METHOD_EXTERNAL;
	ck_assert_int_eq(dp_refuse(&f, false, &why), 0);
}
END_TEST

START_TEST(what_cannot_be_overridden_is_said_first)
{
	struct dp_refusal_facts f = {
		.name = "dax0.0",
		.path = "/dev/dax0.0",
		.mode = DP_MODE_DEVDAX,
		.state = &dp_fails,
		.medium = &dp_real,
		.user = 42,
	};

	ck_assert_int_eq(dp_refusal_find(&f, false), DP_REFUSED_METHOD);
	ck_assert_int_eq(dp_refusal_find(&f, true), DP_REFUSED_METHOD);
	f.state = &dp_works;
	ck_assert_int_eq(dp_refusal_find(&f, false), DP_REFUSED_HARDWARE);
	ck_assert_int_eq(dp_refusal_find(&f, true), DP_REFUSED_MAX);
	f.mode = DP_MODE_SYSTEM_RAM;
	ck_assert_int_eq(dp_refusal_find(&f, true), DP_REFUSED_SYSTEM_RAM);
}
END_TEST

START_TEST(lockdown_is_what_stands_in_brackets)
{
	static const struct {
		const char *text, *level;
	} rows[] = {
		{ "[none] integrity confidentiality", "" },
		{ "none [integrity] confidentiality", "integrity" },
		{ "none integrity [confidentiality]", "confidentiality" },
		{ "", "" },
		{ "none", "" },
		{ "[", "" },
		{ "[]", "" },
		{ "[integrity", "" },
		{ "[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]", "" },
	};
	char level[DP_LOCKDOWN_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		dp_lockdown_parse(rows[i].text, level);
		ck_assert_str_eq(level, rows[i].level);
	}
}
END_TEST

START_TEST(a_changed_target_is_told)
{
	static struct dp_target was = {
		.phys = 0x100000000, .size = 1 << 24, .align = 1 << 21,
		.uuid = "u",
	}, is;

	is = was;
	ck_assert_ptr_null(dp_target_changed(&was, &is));
	is.align = 4096;
	ck_assert_str_eq(dp_target_changed(&was, &is), "alignment");
	is.size *= 2;
	ck_assert_str_eq(dp_target_changed(&was, &is), "size");
	is.phys++;
	ck_assert_str_eq(dp_target_changed(&was, &is), "physical address");
	strcpy(is.uuid, "v");
	ck_assert_str_eq(dp_target_changed(&was, &is), "uuid");
}
END_TEST

/* What is lost then is something else. */
START_TEST(clearing_is_refused_in_its_own_words)
{
	struct dp_refusal_facts f = { CLEAN, .clearing = true };
	struct dp_why why = { "" };

	ck_assert_int_eq(dp_refuse(&f, false, &why), 0);
	f.medium = &dp_real;
	ck_assert_int_eq(dp_refuse(&f, false, &why), -EPERM);
	ck_assert_ptr_nonnull(strstr(why.text, "what its bad blocks held is lost"));
	ck_assert_int_eq(dp_refuse(&f, true, &why), 0);
	f.medium = &dp_emulated;
	f.user = 42;
	ck_assert_int_eq(dp_refuse(&f, false, &why), -EBUSY);
	ck_assert_ptr_nonnull(strstr(why.text, "would find zeroes"));
	f.no_sys_admin = true;
	ck_assert_int_eq(dp_refuse(&f, true, &why), -EOPNOTSUPP);
	ck_assert_ptr_nonnull(strstr(why.text, "errors of dax0.0 cannot be cleared"));
	f.mode = DP_MODE_SYSTEM_RAM;
	ck_assert_int_eq(dp_refuse(&f, true, &why), -ENODEV);
}
END_TEST

START_TEST(only_a_reason_of_the_table_has_a_row)
{
	static const char *const others[] = {
		"", "refused", "refused (", "refused ()", "refused (): x",
		"refused (in-use)", "refused (in-use", "refused (in-us): x",
		"refused (in-user): x", " refused (in-use): x",
		"there is no target 'refused (in-use): x'",
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		ck_assert_int_eq(dp_refusal_of(others[i]), DP_REFUSED_MAX);
}
END_TEST

UNIT_SUITE("refusal", &only_a_reason_of_the_table_has_a_row,
	   &clearing_is_refused_in_its_own_words,
	   &each_row_is_refused_by_its_name,
	   &force_overrides_what_it_may_and_no_more,
	   &what_is_clean_is_not_refused,
	   &what_cannot_be_overridden_is_said_first,
	   &lockdown_is_what_stands_in_brackets, &a_changed_target_is_told)
