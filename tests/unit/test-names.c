/* SPDX-License-Identifier: GPL-2.0-only */
/* Every value of every axis has a name of its own, and a name that can be given
 * leads back to its value. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "model/account.h"
#include "model/decode.h"
#include "model/known.h"
#include "model/plan.h"
#include "model/record.h"
#include "unit.h"

/* Names of `n` values from `first` on: there, and no two alike. */
#define NAMED(name, type, first, n)                                            \
	do {                                                                   \
		for (int i = (first); i < (int)(n); i++) {                     \
			ck_assert_msg(name((type)i) && *name((type)i),         \
				      #name " has none for %d", i);            \
			for (int k = (first); k < i; k++)                      \
				ck_assert_str_ne(name((type)i),                \
						 name((type)k));               \
		}                                                              \
	} while (0)

#define LEADS_BACK(name, from, type, first, n)                                 \
	do {                                                                   \
		NAMED(name, type, first, n);                                   \
		for (int i = (first); i < (int)(n); i++)                       \
			ck_assert_int_eq(from(name((type)i)), i);              \
		ck_assert_int_eq(from("no-such-name"), -EINVAL);               \
		ck_assert_int_eq(from(""), -EINVAL);                           \
	} while (0)

START_TEST(names_lead_back)
{
	LEADS_BACK(dp_kind_name, dp_kind_from_name, enum dp_kind, 0,
		   DP_KIND_MAX);
	LEADS_BACK(dp_mode_name, dp_mode_from_name, enum dp_mode, 1,
		   DP_MODE_MAX);
	LEADS_BACK(dp_method_name, dp_method_from_name, enum dp_method, 0,
		   DP_METHOD_MAX);
	LEADS_BACK(dp_access_name, dp_access_from_name, enum dp_access, 0,
		   DP_ACCESS_MAX);
	LEADS_BACK(dp_sharing_name, dp_sharing_from_name, enum dp_sharing, 0,
		   DP_SHARING_MAX);
	LEADS_BACK(dp_policy_name, dp_policy_from_name, enum dp_policy, 0,
		   DP_POLICY_MAX);
	LEADS_BACK(dp_observer_name, dp_observer_from_name, enum dp_observer, 0,
		   DP_OBSERVER_MAX);
	LEADS_BACK(dp_early_kill_name, dp_early_kill_from_name,
		   enum dp_early_kill, DP_EARLY_KILL_OFF, DP_EARLY_KILL_MAX);
	ck_assert_ptr_null(dp_early_kill_name(DP_EARLY_KILL_LEAVE));
}
END_TEST

START_TEST(all_have_names)
{
	NAMED(dp_prop_name, enum dp_prop, 0, DP_PROP_MAX);
	NAMED(dp_place_name, enum dp_place, 0, DP_PLACE_MAX);
	NAMED(dp_case_type_name, enum dp_case_type, 0, DP_CASE_TYPE_MAX);
	NAMED(dp_op_name, enum dp_attempt_op, 0, DP_OP_MAX);
	NAMED(dp_step_name, enum dp_step, 0, DP_STEP_MAX);
	NAMED(dp_need_text, enum dp_need, 0, DP_NEED_MAX);
	NAMED(dp_source_name, enum dp_source, 0, DP_SOURCE_MAX);
	NAMED(dp_topic_name, enum dp_topic, 0, DP_TOPIC_MAX);
	NAMED(dp_klog_what_name, enum dp_klog_what, 0, DP_KLOG_MAX);
	NAMED(dp_restored_name, enum dp_restored, 0, DP_RESTORED_MAX);
	NAMED(dp_role_name, enum dp_role, 0, DP_ROLE_MAX);
	NAMED(dp_aspect_name, enum dp_aspect, 0, DP_ASPECT_MAX);
	NAMED(dp_strength_name, enum dp_strength, 0, DP_STRENGTH_MAX);
	NAMED(dp_verdict_name, enum dp_verdict, 0, DP_VERDICT_MAX);
	NAMED(dp_deviation_name, enum dp_deviation, 0, DP_DEVIATION_MAX);
	NAMED(dp_known_state_name, enum dp_known_state, 0,
	      DP_KNOWN_NOT_SEEN + 1);
	NAMED(dp_record_state_name, uint32_t, 0, DP_RECORD_STATE_MAX);
	ck_assert_str_eq(dp_record_state_name(UINT32_MAX), "unknown");
}
END_TEST

START_TEST(codes_of_signals)
{
	ck_assert_str_eq(dp_signal_code_name(BUS_ADRALN), "BUS_ADRALN");
	ck_assert_str_eq(dp_signal_code_name(BUS_ADRERR), "BUS_ADRERR");
	ck_assert_str_eq(dp_signal_code_name(BUS_OBJERR), "BUS_OBJERR");
	ck_assert_str_eq(dp_signal_code_name(BUS_MCEERR_AR), "BUS_MCEERR_AR");
	ck_assert_str_eq(dp_signal_code_name(BUS_MCEERR_AO), "BUS_MCEERR_AO");
	ck_assert_ptr_null(dp_signal_code_name(SI_USER));
	ck_assert_ptr_null(dp_signal_code_name(77));
}
END_TEST

/* linux/kernel-page-flags.h has gaps, and more bits than the table. */
START_TEST(page_flags)
{
	ck_assert_str_eq(dp_kpageflag_name(19), "hwpoison");
	ck_assert_ptr_null(dp_kpageflag_name(27));
	ck_assert_ptr_null(dp_kpageflag_name(63));
	ck_assert_ptr_null(dp_kpageflag_name(UINT32_MAX));
}
END_TEST

/* The codes that mean something of their own say so, in words of no other. */
START_TEST(errors_of_methods)
{
	static const int own[] = { ERANGE, ESTALE, ETIMEDOUT, ENODATA };
	char names[DP_METHOD_NAMES];

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		ck_assert_str_ne(dp_method_error(-own[i]), strerror(own[i]));
	ck_assert_str_eq(dp_method_error(-EBUSY), strerror(EBUSY));
	dp_method_names(names);
	for (int m = 0; m < DP_METHOD_MAX; m++)
		ck_assert_ptr_nonnull(strstr(names, dp_method_name(m)));
	ck_assert_uint_lt(strlen(names), sizeof(names) - 1);
}
END_TEST

START_TEST(reasons)
{
	struct dp_why why = { "" };

	ck_assert_str_eq(dp_why_text(NULL, -ENOENT), strerror(ENOENT));
	ck_assert_str_eq(dp_why_text(&why, ENOENT), strerror(ENOENT));
	ck_assert_int_eq(dp_why(&why, -EINVAL, "not %d", 7), -EINVAL);
	ck_assert_str_eq(dp_why_text(&why, -EINVAL), "not 7");
	ck_assert_int_eq(dp_why(NULL, -EINVAL, "unheard"), -EINVAL);
}
END_TEST

UNIT_SUITE("names", &names_lead_back, &all_have_names, &codes_of_signals,
	   &page_flags, &errors_of_methods, &reasons)
