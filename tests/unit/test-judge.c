/* SPDX-License-Identifier: GPL-2.0-only */
/* The judge, on observations with a known answer: one in which everything was
 * as promised, and for each deviation the same one with that single fact
 * changed. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/exit.h"
#include "model/judge.h"
#include "unit.h"

/* A scene of one is large; the cases here share one. */
static struct dp_scene dp_a_scene;
static struct dp_case_verdict dp_a_verdict;

/* Judge what the injector alone saw. */
static const struct dp_case_verdict *dp_judged(const struct dp_case *c,
					       const struct dp_observation *o)
{
	dp_a_scene.n = 1;
	dp_a_scene.at[0] = *o;
	dp_judge(c, &dp_a_scene, &dp_a_verdict);
	return &dp_a_verdict;
}

#define UNIT (2 * DP_MIB)
#define START 0x7f0000000000ULL

static const struct dp_target dp_a_target = {
	.name = "dax0.0",
	.kind = DP_KIND_DEVDAX,
	.mode = DP_MODE_DEVDAX,
	.size = 64 * DP_MIB,
	.align = UNIT,
	.phys = 0x100000000ULL,
};

/* Poison in the middle unit of three, as first recorded on 6.1. */
static struct dp_case dp_a_case(void)
{
	struct dp_case c = {
		.id = "devdax/2M/mid/madvise",
		.type = DP_CASE_POISON,
		.target = &dp_a_target,
		.observer = DP_OBSERVER_PAGEMAP,
		.place = DP_PLACE_MID,
		.page = 4096,
		.unit = UNIT,
		.map = { UNIT, 3 * UNIT },
		.first_fault = 2 * UNIT + 0x123,
		.poison = { 2 * UNIT + 0x102000, 4096 },
	};

	return c;
}

static struct dp_observation dp_all_held(void)
{
	struct dp_observation o = {
		.step = DP_STEP_DONE,
		.end = DP_END_EXITED,
		.view = {
			.start = START,
			.range = { UNIT, 3 * UNIT },
			.unit = UNIT,
			.before = { .n = 1, .at = { { UNIT, 3 * UNIT } } },
			.unmapped = { .n = 1, .at = { { 2 * UNIT, UNIT } } },
		},
		.proof = {
			.absent_seen = true,
			.present_seen = true,
			.repeats = true,
		},
		.first_fault_faults = 1,
		.injected = true,
		.n_signals = 1,
		.signals = { {
			.code = BUS_MCEERR_AR,
			.lsb = 21,
			.addr = START + UNIT,
			.step = DP_STEP_INJECT,
		} },
		.n_touches = 3,
		.touches = {
			{ 2 * UNIT + 0x102000, false, 1, -1 },
			{ 2 * UNIT - 1, false, 0, -1 },
			{ 3 * UNIT, false, 0, -1 },
		},
		.data = { .pages_mapped = 1536, .pages_compared = 539 },
	};

	return o;
}

static const struct dp_judgement *dp_row(const struct dp_case_verdict *v,
					 const char *id)
{
	for (unsigned int i = 0; i < v->n; i++)
		if (!strcmp(v->at[i].guarantee->id, id))
			return &v->at[i];
	ck_abort_msg("no judgement by %s", id);
}

/* Judge, and expect this of one row. */
static void dp_expect(const struct dp_case *c, const struct dp_observation *o,
		      const char *id, enum dp_verdict verdict,
		      enum dp_deviation deviation)
{
	const struct dp_case_verdict *v = dp_judged(c, o);
	const struct dp_judgement *j = dp_row(v, id);

	ck_assert_msg(j->verdict == verdict &&
			      j->finding.deviation == deviation,
		      "%s is %s (%s): %s", id, dp_verdict_name(j->verdict),
		      dp_deviation_name(j->finding.deviation),
		      j->finding.detail);
	/* A verdict without a reason convinces nobody. */
	ck_assert_str_ne(j->finding.detail, "");
	if (verdict == DP_VERDICT_VIOLATED)
		ck_assert_int_eq(v->verdict, DP_VERDICT_VIOLATED);
}

#define VIOLATED(id, deviation)                                                \
	dp_expect(&c, &o, id, DP_VERDICT_VIOLATED, DP_DEVIATION_##deviation)
#define HELD(id) dp_expect(&c, &o, id, DP_VERDICT_HELD, DP_DEVIATION_NONE)
#define UNKNOWN(id)                                                            \
	dp_expect(&c, &o, id, DP_VERDICT_NOT_JUDGED, DP_DEVIATION_NONE)

#define GIVEN                                                                  \
	struct dp_case c = dp_a_case();                                        \
	struct dp_observation o = dp_all_held()

START_TEST(all_held)
{
	GIVEN;
	const struct dp_case_verdict *v;

	v = dp_judged(&c, &o);
	ck_assert_int_eq(v->verdict, DP_VERDICT_HELD);
	ck_assert_uint_eq(v->n, 11);
	for (unsigned int i = 0; i < v->n; i++)
		ck_assert_msg(v->at[i].verdict == DP_VERDICT_HELD ||
				      v->at[i].verdict == DP_VERDICT_RECORDED,
			      "%s: %s", v->at[i].guarantee->id,
			      v->at[i].finding.detail);
}
END_TEST

START_TEST(over_unmap)
{
	GIVEN;

	o.view.unmapped.at[0].length = 2 * UNIT;
	o.touches[2].faults = 1;
	VIOLATED("nothing-outside-report", OVER_UNMAP);
	HELD("whole-report-unmapped");
	HELD("devdax-whole-units");
}
END_TEST

START_TEST(elsewhere_unmapped)
{
	GIVEN;

	o.view.unmapped.at[0].offset = 3 * UNIT;
	o.touches[0].faults = 0;
	o.touches[2].faults = 1;
	VIOLATED("nothing-outside-report", ELSEWHERE);
	VIOLATED("whole-report-unmapped", UNDER_UNMAP);
}
END_TEST

START_TEST(nothing_unmapped)
{
	GIVEN;

	o.view.unmapped.n = 0;
	o.touches[0].faults = 0;
	VIOLATED("whole-report-unmapped", UNDER_UNMAP);
	HELD("nothing-outside-report");
}
END_TEST

START_TEST(split)
{
	GIVEN;

	o.view.unmapped.at[0] = c.poison;
	VIOLATED("devdax-whole-units", SPLIT);
	VIOLATED("whole-report-unmapped", UNDER_UNMAP);
}
END_TEST

START_TEST(lsb_too_small)
{
	GIVEN;

	o.signals[0].lsb = 12;
	VIOLATED("devdax-report", WRONG_LSB);
	/* With the start of the unit as si_addr the page is not in it. */
	VIOLATED("poison-in-report", ELSEWHERE);
	VIOLATED("nothing-outside-report", OVER_UNMAP);
	/* With the page itself as si_addr it is. */
	o.signals[0].addr = START + UNIT + 0x102000;
	HELD("poison-in-report");
	VIOLATED("nothing-outside-report", OVER_UNMAP);
}
END_TEST

START_TEST(lsb_too_large)
{
	GIVEN;

	o.signals[0].lsb = 30;
	VIOLATED("devdax-report", WRONG_LSB);
	VIOLATED("whole-report-unmapped", UNDER_UNMAP);
	HELD("poison-in-report");
	HELD("nothing-outside-report");
}
END_TEST

START_TEST(lsb_absurd)
{
	static const int absurd[] = { -1, 0, 31, 32, 62, 63, 64, 32767, -32768 };

	for (size_t i = 0; i < ARRAY_SIZE(absurd); i++) {
		GIVEN;

		o.signals[0].lsb = absurd[i];
		VIOLATED("devdax-report", WRONG_LSB);
	}
}
END_TEST

START_TEST(address_one_unit_off)
{
	GIVEN;

	o.signals[0].addr += UNIT;
	VIOLATED("poison-in-report", ELSEWHERE);
	VIOLATED("nothing-outside-report", ELSEWHERE);
	VIOLATED("whole-report-unmapped", UNDER_UNMAP);
}
END_TEST

START_TEST(address_in_no_view)
{
	GIVEN;

	o.signals[0].addr = START - 4 * UNIT;
	VIOLATED("poison-in-report", ELSEWHERE);
	VIOLATED("whole-report-unmapped", ELSEWHERE);
	o.signals[0].addr = UINT64_MAX;
	VIOLATED("poison-in-report", ELSEWHERE);
}
END_TEST

START_TEST(address_of_the_page)
{
	GIVEN;

	/* Up to 5.16: the page itself. As good as the start of the unit. */
	o.signals[0].addr = START + UNIT + 0x102000;
	HELD("poison-in-report");
	HELD("nothing-outside-report");
	HELD("whole-report-unmapped");
	dp_expect(&c, &o, "si-addr", DP_VERDICT_RECORDED, DP_DEVIATION_NONE);
}
END_TEST

START_TEST(address_in_a_witness)
{
	GIVEN;

	o.n_witnesses = 1;
	o.witness_at[0] = (struct dp_range){ START + 64 * UNIT, 3 * UNIT };
	o.signals[0].addr = START + 64 * UNIT + UNIT;
	HELD("poison-in-report");
	HELD("nothing-outside-report");
}
END_TEST

START_TEST(wrong_code)
{
	GIVEN;

	o.signals[0].code = BUS_MCEERR_AO;
	VIOLATED("injector-told", WRONG_CODE);
}
END_TEST

START_TEST(no_signal)
{
	GIVEN;

	o.n_signals = 0;
	VIOLATED("injector-told", NO_SIGNAL);
	UNKNOWN("poison-in-report");
	o.n_signals = 1;
	o.signals[0].code = BUS_ADRERR;
	VIOLATED("injector-told", NO_SIGNAL);
}
END_TEST

START_TEST(two_signals)
{
	GIVEN;

	o.signals[1] = o.signals[0];
	o.n_signals = 2;
	VIOLATED("injector-told", EXTRA_SIGNAL);
}
END_TEST

START_TEST(more_signals_than_kept)
{
	GIVEN;

	o.n_signals = 100000;
	for (int i = 0; i < DP_SIGNALS_MAX; i++)
		o.signals[i] = o.signals[0];
	VIOLATED("injector-told", EXTRA_SIGNAL);
}
END_TEST

START_TEST(killed)
{
	GIVEN;

	o.end = DP_END_KILLED;
	o.end_detail = SIGKILL;
	o.step = DP_STEP_INJECT;
	VIOLATED("injector-told", KILLED);
	UNKNOWN("nothing-outside-report");
}
END_TEST

START_TEST(wrong_unit)
{
	GIVEN;

	o.view.unit = 4096;
	VIOLATED("devdax-unit", WRONG_UNIT);
	/* An observer that cannot tell absent from present measures no unit. */
	o.proof.present_seen = false;
	UNKNOWN("devdax-unit");
	o.proof.present_seen = true;
	o.view.unit = 0;
	UNKNOWN("devdax-unit");
}
END_TEST

START_TEST(neighbour_data)
{
	GIVEN;

	o.data.pages_changed = 1;
	o.data.first_changed = 2 * UNIT;
	VIOLATED("data-intact", LOST_NEIGHBOUR_DATA);
	o.data.pages_changed = 0;
	o.data.pages_compared = 0;
	UNKNOWN("data-intact");
}
END_TEST

START_TEST(one_page_has_no_neighbour)
{
	GIVEN;
	const struct dp_case_verdict *v;

	o.data = (struct dp_data){ .pages_mapped = 1 };
	v = dp_judged(&c, &o);
	for (unsigned int i = 0; i < v->n; i++)
		ck_assert_str_ne(v->at[i].guarantee->id, "data-intact");
}
END_TEST

/* What an observer says that fails its proof is worth nothing, even when it
 * happens to look right; what siginfo says stands. */
START_TEST(observer_not_believed)
{
	for (int i = 0; i < 4; i++) {
		GIVEN;

		if (i == 0)
			o.proof.absent_seen = false;
		else if (i == 1)
			o.proof.present_seen = false;
		else if (i == 2)
			o.proof.repeats = false;
		else
			o.proof.faults_after_look = 3;
		UNKNOWN("nothing-outside-report");
		UNKNOWN("whole-report-unmapped");
		UNKNOWN("devdax-whole-units");
		HELD("injector-told");
		HELD("devdax-report");
	}
}
END_TEST

START_TEST(observers_disagree)
{
	GIVEN;

	/* pagemap says unmapped, yet touching took no fault. */
	o.touches[0].faults = 0;
	UNKNOWN("nothing-outside-report");
	UNKNOWN("whole-report-unmapped");
	/* pagemap says mapped, yet touching took a fault. */
	o.touches[0].faults = 1;
	o.touches[1].faults = 1;
	UNKNOWN("nothing-outside-report");
}
END_TEST

/* A fault that ends in SIGBUS is not counted: it proves nothing. */
START_TEST(retouch_that_raises_sigbus)
{
	GIVEN;

	o.touches[0].faults = 0;
	o.touches[0].signal = 1;
	HELD("whole-report-unmapped");
	HELD("nothing-outside-report");
}
END_TEST

START_TEST(not_carried_out)
{
	GIVEN;
	const struct dp_case_verdict *v;

	o = (struct dp_observation){
		.error = -EACCES,
		.failed_at = DP_STEP_OPEN,
		.step = DP_STEP_DONE,
	};
	v = dp_judged(&c, &o);
	ck_assert_int_eq(v->verdict, DP_VERDICT_NOT_JUDGED);
	for (unsigned int i = 0; i < v->n; i++)
		ck_assert_int_eq(v->at[i].verdict, DP_VERDICT_NOT_JUDGED);
}
END_TEST

START_TEST(injection_refused)
{
	GIVEN;

	o.inject_errno = EPERM;
	o.n_signals = 0;
	UNKNOWN("injector-told");
	UNKNOWN("nothing-outside-report");
}
END_TEST

START_TEST(timed_out)
{
	GIVEN;

	o.end = DP_END_TIMEOUT;
	o.step = DP_STEP_INJECT;
	UNKNOWN("injector-told");
	o.end = DP_END_STUCK;
	UNKNOWN("injector-told");
}
END_TEST

START_TEST(left_early)
{
	GIVEN;

	o.step = DP_STEP_MAP;
	o.injected = false;
	UNKNOWN("injector-told");
	UNKNOWN("devdax-unit");
}
END_TEST

/* An empty observation must never look like a good one. */
START_TEST(nothing_observed)
{
	struct dp_case c = dp_a_case();
	struct dp_observation o = { 0 };
	const struct dp_case_verdict *v;
	struct dp_summary s = { .planned = 1 };

	v = dp_judged(&c, &o);
	ck_assert_int_eq(v->verdict, DP_VERDICT_NOT_JUDGED);
	dp_summary_add(&s, v);
	ck_assert_int_eq(dp_summary_exit(&s, false), DP_EXIT_NOT_JUDGED);
}
END_TEST

/* Of the medium only the list of bad blocks is judged. */
START_TEST(a_bad_medium_is_listed_exactly)
{
	GIVEN;
	struct dp_account *a = &dp_a_scene.account;
	struct dp_target target = dp_a_target;

	c.target = &target;
	c.method = DP_METHOD_ARS;
	strcpy(target.region, "region0");
	target.region_phys = target.phys - 2 * DP_MIB;
	o.n_signals = 0;
	*a = (struct dp_account){ .n_lists = 2 };
	strcpy(a->lists[0].of, "region1");
	strcpy(a->lists[1].of, "region0");
	VIOLATED("medium-listed", ELSEWHERE);
	/* The poisoned page: 6M + 0x102000 into the region. */
	a->lists[1].after = (struct dp_ranges){ .n = 1, .at = { { 14352, 8 } } };
	HELD("medium-listed");
	a->lists[1].after.at[0].length = 7;
	VIOLATED("medium-listed", ELSEWHERE);
	a->lists[1].after.at[0].length = 9;
	VIOLATED("medium-listed", ELSEWHERE);
	a->lists[1].before = a->lists[1].after;
	HELD("medium-listed");
	a->n_lists = 1;
	UNKNOWN("medium-listed");
	a->n_lists = 2;
	o.inject_errno = ETIMEDOUT;
	UNKNOWN("medium-listed");
	*a = (struct dp_account){ 0 };
}
END_TEST

/* The same injected from outside: told early and AO, or not told. */
START_TEST(from_outside_a_mapper_is_told_as_it_asked)
{
	GIVEN;

	c.method = DP_METHOD_CORRUPT_PFN;
	VIOLATED("early-told", WRONG_CODE);
	o.signals[0].code = BUS_MCEERR_AO;
	HELD("early-told");
	HELD("whole-report-unmapped");
	HELD("data-intact-pfn");
	o.n_signals = 0;
	VIOLATED("early-told", NO_SIGNAL);
	UNKNOWN("nothing-outside-report");
	c.own_policy = true;
	c.policy = DP_POLICY_LATE;
	HELD("late-not-told");
	/* Nobody was told: then nothing may be missing. */
	VIOLATED("nothing-outside-report", OVER_UNMAP);
	o.view.unmapped.n = 0;
	o.touches[0].faults = 0;
	HELD("nothing-outside-report");
	o.n_signals = 1;
	VIOLATED("late-not-told", EXTRA_SIGNAL);
}
END_TEST

START_TEST(what_must_be_refused_is_not_done)
{
	GIVEN;
	const struct dp_case_verdict *v;

	c.method = DP_METHOD_MADVISE_SOFT;
	VIOLATED("soft-refused", NOT_REFUSED);
	o.inject_errno = EINVAL;
	VIOLATED("soft-refused", WRONG_ERRNO);
	o.inject_errno = EIO;
	VIOLATED("soft-refused", EXTRA_SIGNAL);
	o.n_signals = 0;
	HELD("soft-refused");
	VIOLATED("soft-nothing-lost", SIDE_EFFECT);
	o.view.unmapped.n = 0;
	o.touches[0].faults = 0;
	HELD("soft-nothing-lost");
	v = dp_judged(&c, &o);
	ck_assert_int_eq(v->verdict, DP_VERDICT_HELD);
	ck_assert_uint_eq(v->n, 4);
}
END_TEST

static struct dp_case dp_an_attempt(enum dp_attempt_op op)
{
	struct dp_case c = dp_a_case();

	c.type = DP_CASE_ATTEMPT;
	c.op = op;
	return c;
}

START_TEST(attempt_refused)
{
	struct dp_case c = dp_an_attempt(DP_OP_MUNMAP_PART);
	struct dp_observation o = {
		.step = DP_STEP_DONE,
		.attempt = { .made = true, .err = EINVAL },
	};

	HELD("refuse-munmap");
	o.attempt.err = 0;
	VIOLATED("refuse-munmap", NOT_REFUSED);
	o.attempt.err = ENOMEM;
	VIOLATED("refuse-munmap", WRONG_ERRNO);
	o.attempt.err = EINVAL;
	o.attempt.intact_faults = 1;
	VIOLATED("refuse-munmap", SIDE_EFFECT);
	/* It said no, and tore the mapping down all the same. */
	o.attempt.intact_faults = -1;
	o.end = DP_END_KILLED;
	o.end_detail = SIGSEGV;
	o.step = DP_STEP_TOUCH;
	VIOLATED("refuse-munmap", KILLED);
	o.end = DP_END_EXITED;
	o.step = DP_STEP_DONE;
	o.attempt.made = false;
	UNKNOWN("refuse-munmap");
}
END_TEST

START_TEST(attempt_recorded)
{
	struct dp_case c = dp_an_attempt(DP_OP_DONTNEED_PART);
	struct dp_observation o = {
		.step = DP_STEP_DONE,
		.attempt = { .made = true, .intact_faults = 1 },
	};

	dp_expect(&c, &o, "dontneed-part", DP_VERDICT_RECORDED,
		  DP_DEVIATION_NONE);
}
END_TEST

START_TEST(offset_rounded)
{
	struct dp_case c = dp_an_attempt(DP_OP_MMAP_OFFSET);
	struct dp_observation o = {
		.step = DP_STEP_DONE,
		.attempt = {
			.made = true,
			.asked = 4096,
			.then = { .signal = -1 },
			.then_made = true,
		},
	};

	VIOLATED("misaligned-offset", WRONG_OFFSET);
	o.attempt.shows = 4096;
	HELD("misaligned-offset");
	o.attempt.shows = DP_SHOWS_UNKNOWN;
	UNKNOWN("misaligned-offset");
	o.attempt.err = EINVAL;
	HELD("misaligned-offset");
}
END_TEST

/* Of whichever case was given company last. */
static struct dp_bystander dp_company[DP_BYSTANDERS_MAX];

/* The injector as ever, and one bystander who lost the same. */
static void dp_with_bystander(struct dp_case *c, const char *spec,
			      struct dp_observation *b)
{
	c->n_bystanders = 0;
	c->bystanders = dp_company;
	ck_assert_int_eq(dp_bystander_parse(spec, dp_company,
					    &c->n_bystanders, NULL), 0);
	*b = dp_all_held();
	b->injected = false;
	b->n_signals = 0;
}

static const struct dp_judgement *
dp_bystander_row(const struct dp_case *c, const struct dp_observation *b,
		 const char *id)
{
	dp_a_scene.n = 2;
	dp_a_scene.at[0] = dp_all_held();
	dp_a_scene.at[1] = *b;
	dp_judge(c, &dp_a_scene, &dp_a_verdict);
	for (unsigned int i = 0; i < dp_a_verdict.n; i++)
		if (dp_a_verdict.at[i].process == 1 &&
		    !strcmp(dp_a_verdict.at[i].guarantee->id, id))
			return &dp_a_verdict.at[i];
	return NULL;
}

#define BYSTANDER(id, want_verdict, want_deviation)                            \
	do {                                                                   \
		const struct dp_judgement *j_ = dp_bystander_row(&c, &b, id);  \
		ck_assert_msg(j_ && j_->verdict == DP_VERDICT_##want_verdict &&\
			      j_->finding.deviation ==                         \
				      DP_DEVIATION_##want_deviation,           \
			      "%s: %s: %s", id,                                \
			      j_ ? dp_verdict_name(j_->verdict) : "missing",   \
			      j_ ? j_->finding.detail : "");                   \
	} while (0)

START_TEST(late_bystander)
{
	struct dp_case c = dp_a_case();
	struct dp_observation b;

	dp_with_bystander(&c, "late", &b);
	BYSTANDER("late-not-told", HELD, NONE);
	BYSTANDER("whole-report-unmapped", HELD, NONE);
	BYSTANDER("nothing-outside-report", HELD, NONE);
	/* Nothing was told to it: its report is not asked about. */
	ck_assert_ptr_null(dp_bystander_row(&c, &b, "poison-in-report"));
	ck_assert_ptr_null(dp_bystander_row(&c, &b, "data-intact"));
	/* A stale way to the bad page. */
	b.view.unmapped.n = 0;
	b.touches[0].faults = 0;
	BYSTANDER("whole-report-unmapped", VIOLATED, UNDER_UNMAP);
	/* More than the injector was told. */
	dp_with_bystander(&c, "late", &b);
	b.view.unmapped.at[0].length = 2 * UNIT;
	b.touches[2].faults = 1;
	BYSTANDER("nothing-outside-report", VIOLATED, OVER_UNMAP);
	b = dp_all_held();
	BYSTANDER("late-not-told", VIOLATED, EXTRA_SIGNAL);
}
END_TEST

START_TEST(early_bystander)
{
	struct dp_case c = dp_a_case();
	struct dp_observation b;

	dp_with_bystander(&c, "early", &b);
	BYSTANDER("early-told", VIOLATED, NO_SIGNAL);
	b.n_signals = 1;
	b.signals[0].code = BUS_MCEERR_AO;
	BYSTANDER("early-told", HELD, NONE);
	BYSTANDER("poison-in-report", HELD, NONE);
	BYSTANDER("devdax-report", HELD, NONE);
	b.signals[0].lsb = 12;
	BYSTANDER("devdax-report", VIOLATED, WRONG_LSB);
	BYSTANDER("nothing-outside-report", VIOLATED, OVER_UNMAP);
	b.signals[0].code = BUS_MCEERR_AR;
	BYSTANDER("early-told", VIOLATED, WRONG_CODE);
}
END_TEST

START_TEST(bystanders_without_a_handler)
{
	struct dp_case c = dp_a_case();
	struct dp_observation b;

	dp_with_bystander(&c, "early,none", &b);
	BYSTANDER("early-told", VIOLATED, NO_SIGNAL);
	b.end = DP_END_KILLED;
	b.end_detail = SIGBUS;
	b.step = DP_STEP_INJECT;
	BYSTANDER("early-told", HELD, NONE);
	/* It is gone: nothing is said of what it lost. */
	ck_assert_ptr_null(dp_bystander_row(&c, &b, "whole-report-unmapped"));
	b.end_detail = SIGKILL;
	BYSTANDER("early-told", VIOLATED, KILLED);
	/* What ignores the signal cannot tell whether there was one. */
	dp_with_bystander(&c, "early,ignore", &b);
	ck_assert_ptr_null(dp_bystander_row(&c, &b, "early-told"));
	BYSTANDER("whole-report-unmapped", HELD, NONE);
	dp_with_bystander(&c, "late", &b);
	b.end = DP_END_KILLED;
	b.end_detail = SIGBUS;
	b.step = DP_STEP_INJECT;
	BYSTANDER("late-not-told", VIOLATED, KILLED);
}
END_TEST

START_TEST(default_follows_the_sysctl)
{
	struct dp_case c = dp_a_case();
	struct dp_observation b;

	dp_with_bystander(&c, "default", &b);
	BYSTANDER("late-not-told", HELD, NONE);
	dp_a_scene.default_is_early = true;
	BYSTANDER("early-told", VIOLATED, NO_SIGNAL);
	/* One that has its own policy does not follow; of two threads only one
	 * has it. */
	dp_with_bystander(&c, "late", &b);
	BYSTANDER("late-not-told", HELD, NONE);
	dp_with_bystander(&c, "late,threaded", &b);
	BYSTANDER("early-told", VIOLATED, NO_SIGNAL);
	dp_a_scene.default_is_early = false;
	BYSTANDER("late-not-told", HELD, NONE);
}
END_TEST

static void dp_with_view(struct dp_case *c, const char *spec,
			 struct dp_observation *b)
{
	c->n_bystanders = 0;
	c->bystanders = dp_company;
	ck_assert_int_eq(dp_view_parse(spec, dp_company, &c->n_bystanders,
				       NULL), 0);
	*b = dp_all_held();
	b->injected = false;
	b->n_signals = 0;
	b->view.start += 1ULL << 40;
}

START_TEST(views_of_the_injector)
{
	struct dp_case c = dp_a_case();
	struct dp_observation b;
	char name[DP_PROCESS_NAME];

	dp_with_view(&c, "plain", &b);
	ck_assert_str_eq(dp_process_name(name, &c, 1), "view-1");
	BYSTANDER("view-named", RECORDED, NONE);
	BYSTANDER("nothing-outside-report", HELD, NONE);
	BYSTANDER("whole-report-unmapped", HELD, NONE);
	BYSTANDER("devdax-unit", HELD, NONE);
	BYSTANDER("devdax-whole-units", HELD, NONE);
	/* The process is told, and who it is judged for that is the injector. */
	ck_assert_ptr_null(dp_bystander_row(&c, &b, "injector-told"));
	ck_assert_ptr_null(dp_bystander_row(&c, &b, "poison-in-report"));
	ck_assert_ptr_null(dp_bystander_row(&c, &b, "devdax-report"));
	/* A stale way to the bad page, and more than was reported. */
	b.view.unmapped.n = 0;
	b.touches[0].faults = 0;
	BYSTANDER("whole-report-unmapped", VIOLATED, UNDER_UNMAP);
	dp_with_view(&c, "readonly", &b);
	b.view.unmapped.at[0].length = 2 * UNIT;
	b.touches[2].faults = 1;
	BYSTANDER("nothing-outside-report", VIOLATED, OVER_UNMAP);
	/* What could not be mapped is not judged, and stops nobody else. */
	dp_with_view(&c, "tail", &b);
	b.error = -ENOMEM;
	b.failed_at = DP_STEP_MAP;
	BYSTANDER("whole-report-unmapped", NOT_JUDGED, NONE);
	ck_assert_int_eq(dp_a_verdict.at[0].verdict, DP_VERDICT_HELD);
}
END_TEST

/* The address in a further view is as good as one in the injector's own: the
 * range of the target is the same. */
START_TEST(the_signal_names_another_view)
{
	struct dp_case c = dp_a_case();
	struct dp_observation b, first = dp_all_held();
	struct dp_range own, other;
	uint32_t named;

	dp_with_view(&c, "plain", &b);
	dp_a_scene.n = 2;
	dp_a_scene.at[0] = first;
	dp_a_scene.at[1] = b;
	ck_assert(dp_scene_reported(&c, &dp_a_scene, 0, &first.signals[0], &own,
				    &named));
	ck_assert_uint_eq(named, 0);
	dp_a_scene.at[0].signals[0].addr += 1ULL << 40;
	ck_assert(dp_scene_reported(&c, &dp_a_scene, 1,
				    &dp_a_scene.at[0].signals[0], &other,
				    &named));
	ck_assert_uint_eq(named, 1);
	ck_assert_mem_eq(&own, &other, sizeof(own));
	dp_judge(&c, &dp_a_scene, &dp_a_verdict);
	ck_assert_int_eq(dp_a_verdict.verdict, DP_VERDICT_HELD);
	/* Nobody's address, nor that of a process beside it. */
	dp_a_scene.at[0].signals[0].addr += 1ULL << 40;
	dp_judge(&c, &dp_a_scene, &dp_a_verdict);
	ck_assert_int_eq(dp_a_verdict.verdict, DP_VERDICT_VIOLATED);
	dp_a_scene.at[0].signals[0].addr -= 1ULL << 40;
	dp_company[0].view = false;
	ck_assert(!dp_scene_reported(&c, &dp_a_scene, 0,
				     &dp_a_scene.at[0].signals[0], &other,
				     NULL));
	/* A view that has nothing mapped is not the one to name. */
	dp_with_view(&c, "unfaulted", &b);
	dp_judge(&c, &dp_a_scene, &dp_a_verdict);
	ck_assert_str_eq(dp_a_verdict.at[dp_a_verdict.n - 1].guarantee->id,
			 "unfaulted-view-not-named");
	ck_assert_int_eq(dp_a_verdict.at[dp_a_verdict.n - 1].finding.deviation,
			 DP_DEVIATION_EXTRA_SIGNAL);
}
END_TEST

START_TEST(what_a_view_maps)
{
	struct dp_case c = dp_a_case(), seen;
	struct dp_bystander list[DP_BYSTANDERS_MAX];
	unsigned int n = 0;

	ck_assert_int_eq(dp_view_parse("tail,readonly", list, &n, NULL), 0);
	c.access = DP_ACCESS_WRITE;
	seen = dp_case_seen_by(&c, &list[0]);
	ck_assert_uint_eq(seen.map.offset,
			  dp_case_unit_at(&c, c.poison.offset).offset);
	ck_assert_uint_eq(dp_range_end(seen.map), dp_range_end(c.map));
	ck_assert(dp_range_contains(seen.map, seen.poison));
	ck_assert_uint_lt(seen.first_fault - seen.map.offset, seen.map.length);
	ck_assert_int_eq(seen.access, DP_ACCESS_READ);
	ck_assert(seen.readonly);
	ck_assert_int_eq(dp_view_parse("plain*20", list, &n, NULL), 0);
	seen = dp_case_seen_by(&c, &list[1]);
	ck_assert_uint_eq(seen.map.offset, c.map.offset);
	ck_assert_int_eq(seen.access, DP_ACCESS_WRITE);
	ck_assert_int_eq(dp_view_parse("plain*4", list, &n, NULL), -E2BIG);
	ck_assert_int_eq(dp_bystander_parse("early*43", list, &n, NULL), 0);
	ck_assert_int_eq(dp_view_parse("plain", list, &n, NULL), -E2BIG);
}
END_TEST

START_TEST(view_words)
{
	static const char *const bad[] = {
		"", "early", "plain,plain", "plain,after", "catch", "lazy,after",
		"lazy,unfaulted", "forked", "threaded", "plain*0", "plain*25",
		"tail,tail", "tails",
	};
	struct dp_bystander list[DP_BYSTANDERS_MAX], again;
	char text[DP_BYSTANDER_TEXT];
	unsigned int n = 0, m;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct dp_why why = { "" };

		ck_assert_msg(dp_view_parse(bad[i], list, &n, &why) < 0,
			      "'%s' passed", bad[i]);
		ck_assert_str_ne(why.text, "");
		ck_assert_uint_eq(n, 0);
	}
	ck_assert_int_eq(dp_bystander_parse("early,lazy", list, &n, NULL),
			 -EINVAL);
	for (const char *at = DP_VIEW_WORDS; *at; at += !!*at) {
		size_t length = strcspn(at, "|");

		memcpy(text, at, length);
		text[length] = '\0';
		n = m = 0;
		ck_assert_msg(!dp_view_parse(text, list, &n, NULL), "%s", text);
		ck_assert_str_eq(dp_bystander_text(text, list), text);
		ck_assert_int_eq(dp_view_parse(text, &again, &m, NULL), 0);
		ck_assert_mem_eq(&again, list, sizeof(again));
		at += length;
	}
}
END_TEST

START_TEST(bystander_words)
{
	static const char *const good[] = {
		"early", "late,block", "none,default", "unfaulted,early,after",
		"forked", "early,forked,unfaulted", "threaded,block,early,forked",
	};
	static const char *const bad[] = {
		"", ",", "early,", ",early", "early,late", "earl", "earlyy",
		"catch,block", "early*0", "early*65", "early*x", "early*",
		"after,after", "early *2", "*3", "after,forked",
		"threaded,threaded", "fork",
	};
	struct dp_bystander list[DP_BYSTANDERS_MAX], again;
	char text[DP_BYSTANDER_TEXT];
	unsigned int n = 0, m;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		ck_assert_int_eq(dp_bystander_parse(good[i], list, &n, NULL),
				 0);
		ck_assert_uint_eq(n, i + 1);
		/* What is written can be read back. */
		m = 0;
		dp_bystander_text(text, &list[i]);
		ck_assert_int_eq(dp_bystander_parse(text, &again, &m, NULL), 0);
		ck_assert_mem_eq(&again, &list[i], sizeof(again));
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct dp_why why = { "" };

		ck_assert_msg(dp_bystander_parse(bad[i], list, &n, &why) ==
				      -EINVAL, "'%s' passed", bad[i]);
		ck_assert_str_ne(why.text, "");
		ck_assert_uint_eq(n, ARRAY_SIZE(good));
	}
	ck_assert_int_eq(dp_bystander_parse("late*57", list, &n, NULL), 0);
	ck_assert_int_eq(dp_bystander_parse("late", list, &n, NULL), -E2BIG);
	/* Help and completion show these words and no others. */
	for (const char *at = DP_BYSTANDER_WORDS; *at; at += !!*at) {
		size_t length = strcspn(at, "|");

		ck_assert_uint_lt(length, sizeof(text));
		memcpy(text, at, length);
		text[length] = '\0';
		n = 0;
		ck_assert_msg(!dp_bystander_parse(text, list, &n, NULL), "%s",
			      text);
		at += length;
	}
}
END_TEST

START_TEST(exit_status)
{
	struct dp_summary s = { .planned = 2 };

	/* Nothing ran. */
	ck_assert_int_eq(dp_summary_exit(&s, false), DP_EXIT_NOT_JUDGED);
	s.cases[DP_VERDICT_HELD] = 1;
	s.guarantees[DP_VERDICT_HELD] = 3;
	ck_assert_int_eq(dp_summary_exit(&s, false), DP_EXIT_HELD);
	/* One of two planned cases did not run. */
	ck_assert_int_eq(dp_summary_exit(&s, true), DP_EXIT_NOT_JUDGED);
	s.cases[DP_VERDICT_NOT_JUDGED] = 1;
	s.guarantees[DP_VERDICT_NOT_JUDGED] = 1;
	ck_assert_int_eq(dp_summary_exit(&s, false), DP_EXIT_HELD);
	ck_assert_int_eq(dp_summary_exit(&s, true), DP_EXIT_NOT_JUDGED);
	/* A violation outweighs everything. */
	s.guarantees[DP_VERDICT_VIOLATED] = 1;
	ck_assert_int_eq(dp_summary_exit(&s, true), DP_EXIT_VIOLATED);
	s = (struct dp_summary){ .planned = 1 };
	s.guarantees[DP_VERDICT_KNOWN] = 1;
	s.cases[DP_VERDICT_KNOWN] = 1;
	ck_assert_int_eq(dp_summary_exit(&s, true), DP_EXIT_HELD);
}
END_TEST

UNIT_SUITE("judge", &a_bad_medium_is_listed_exactly,
	   &from_outside_a_mapper_is_told_as_it_asked,
	   &what_must_be_refused_is_not_done, &all_held, &over_unmap, &elsewhere_unmapped,
	   &nothing_unmapped, &split, &lsb_too_small, &lsb_too_large,
	   &lsb_absurd, &address_one_unit_off, &address_in_no_view,
	   &address_of_the_page, &address_in_a_witness, &wrong_code,
	   &no_signal, &two_signals, &more_signals_than_kept, &killed,
	   &wrong_unit, &neighbour_data, &one_page_has_no_neighbour,
	   &observer_not_believed, &observers_disagree,
	   &retouch_that_raises_sigbus, &not_carried_out,
	   &injection_refused, &timed_out, &left_early, &nothing_observed,
	   &attempt_refused, &attempt_recorded, &offset_rounded,
	   &late_bystander, &early_bystander, &bystanders_without_a_handler,
	   &default_follows_the_sysctl, &views_of_the_injector,
	   &the_signal_names_another_view, &what_a_view_maps, &view_words,
	   &bystander_words, &exit_status)
