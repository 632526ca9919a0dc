/* SPDX-License-Identifier: GPL-2.0-only */
/* The judge, where a case did not go the usual way: what could not be seen is
 * not judged, and what an attempt did is told in full. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "model/judge.h"
#include "unit.h"

#define UNIT (2 * DP_MIB)
#define START 0x7f0000000000ULL

static struct dp_scene dp_a_scene;
static struct dp_case_verdict dp_a_verdict;

static struct dp_target dp_a_target = {
	.name = "dax0.0",
	.kind = DP_KIND_DEVDAX,
	.mode = DP_MODE_DEVDAX,
	.size = 64 * DP_MIB,
	.align = UNIT,
	.phys = 0x100000000ULL,
};

static struct dp_case dp_case_of(enum dp_attempt_op op)
{
	return (struct dp_case){
		.id = "devdax/2M/x",
		.type = op ? DP_CASE_ATTEMPT : DP_CASE_POISON,
		.op = op,
		.target = &dp_a_target,
		.page = 4096,
		.unit = UNIT,
		.map = { UNIT, 3 * UNIT },
		.first_fault = 2 * UNIT + 0x123,
		.poison = { 2 * UNIT + 0x102000, 4096 },
	};
}

static struct dp_observation dp_attempted(int err)
{
	return (struct dp_observation){
		.step = DP_STEP_DONE,
		.attempt = { .made = true, .err = err, .intact_faults = -1 },
	};
}

/* A 2M unit lost as promised. */
static struct dp_observation dp_all_held(void)
{
	return (struct dp_observation){
		.step = DP_STEP_DONE,
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
		.data = { .pages_mapped = 1536, .pages_compared = 539 },
	};
}

/* What one row says of the injector. */
static const struct dp_judgement *dp_says(const struct dp_case *c,
					  const struct dp_observation *o,
					  const char *id)
{
	dp_a_scene.n = 1 + c->n_bystanders;
	dp_a_scene.at[0] = *o;
	dp_judge(c, &dp_a_scene, &dp_a_verdict);
	for (unsigned int i = 0; i < dp_a_verdict.n; i++)
		if (!dp_a_verdict.at[i].process &&
		    !strcmp(dp_a_verdict.at[i].guarantee->id, id))
			return &dp_a_verdict.at[i];
	ck_abort_msg("no judgement by %s", id);
}

static void dp_expect(const struct dp_case *c, const struct dp_observation *o,
		      const char *id, enum dp_verdict verdict,
		      const char *detail)
{
	const struct dp_judgement *j = dp_says(c, o, id);

	ck_assert_msg(j->verdict == verdict, "%s: %s: %s", id,
		      dp_verdict_name(j->verdict), j->finding.detail);
	ck_assert_msg(strstr(j->finding.detail, detail), "%s: '%s' lacks '%s'",
		      id, j->finding.detail, detail);
}

START_TEST(attempts_are_told_in_full)
{
	struct dp_case c = dp_case_of(DP_OP_DONTNEED_PART);
	struct dp_observation o = dp_attempted(EINVAL);

	dp_expect(&c, &o, "dontneed-part", DP_VERDICT_RECORDED,
		  "refused: EINVAL");
	o.attempt.err = 0;
	o.attempt.then_made = true;
	o.attempt.then.signal = -1;
	o.attempt.then.faults = 1;
	dp_expect(&c, &o, "dontneed-part", DP_VERDICT_RECORDED,
		  "succeeded; touching it works (1 faults)");
	o.attempt.then.signal = 0;
	o.n_signals = 1;
	o.signals[0].code = BUS_ADRERR;
	dp_expect(&c, &o, "dontneed-part", DP_VERDICT_RECORDED,
		  "touching it raises SIGBUS, BUS_ADRERR");
	o.signals[0].code = 99;
	dp_expect(&c, &o, "dontneed-part", DP_VERDICT_RECORDED,
		  "unknown si_code");
	/* More signals than were kept. */
	o.attempt.then.signal = DP_SIGNALS_MAX;
	dp_expect(&c, &o, "dontneed-part", DP_VERDICT_RECORDED,
		  "touching it works");
	strcpy(dp_a_scene.account.lines[1], "mm/pgtable.c:1: bad pud 0(8)");
	strcpy(dp_a_scene.account.lines[0], "Memory failure: 0x1: x");
	dp_a_scene.account.n_lines = 2;
	dp_expect(&c, &o, "dontneed-part", DP_VERDICT_RECORDED,
		  "the kernel logs \"mm/pgtable.c:1: bad pud 0(8)\"");
	dp_a_scene.account.n_lines = 0;
}
END_TEST

START_TEST(attempts_that_were_not_made)
{
	struct dp_case c = dp_case_of(DP_OP_DONTNEED_PART);
	struct dp_observation o = dp_attempted(0);

	o.attempt.made = false;
	dp_expect(&c, &o, "dontneed-part", DP_VERDICT_NOT_JUDGED, "not made");
	o.error = -ENOMEM;
	dp_expect(&c, &o, "dontneed-part", DP_VERDICT_NOT_JUDGED,
		  "could not be carried out");
	c = dp_case_of(DP_OP_MMAP_OFFSET);
	dp_expect(&c, &o, "misaligned-offset", DP_VERDICT_NOT_JUDGED,
		  "could not be carried out");
	o.error = 0;
	dp_expect(&c, &o, "misaligned-offset", DP_VERDICT_NOT_JUDGED,
		  "not made");
	o = dp_attempted(0);
	o.attempt.then_made = true;
	o.n_signals = 1;
	dp_expect(&c, &o, "misaligned-offset", DP_VERDICT_HELD,
		  "touching it raises SIGBUS");
}
END_TEST

/* The page that pagemap shows is not the target's: nothing was poisoned. */
START_TEST(another_page)
{
	struct dp_case c = dp_case_of(DP_OP_NONE);
	struct dp_observation o = dp_all_held();

	o.error = -ESTALE;
	o.failed_at = DP_STEP_INJECT;
	o.pfn_seen = 0xabc;
	dp_expect(&c, &o, "whole-report-unmapped", DP_VERDICT_NOT_JUDGED,
		  "pfn 0xabc");
	ck_assert_int_eq(dp_a_verdict.verdict, DP_VERDICT_NOT_JUDGED);
}
END_TEST

START_TEST(killed_before_anything)
{
	struct dp_case c = dp_case_of(DP_OP_NONE);
	struct dp_observation o = dp_all_held();

	o.end = DP_END_KILLED;
	o.end_detail = SIGSEGV;
	o.step = DP_STEP_MAP;
	dp_expect(&c, &o, "injector-told", DP_VERDICT_NOT_JUDGED,
		  "killed by signal 11 before the injection (step map)");
	o.step = DP_STEP_INJECT;
	dp_expect(&c, &o, "injector-told", DP_VERDICT_VIOLATED, "killed");
	dp_expect(&c, &o, "whole-report-unmapped", DP_VERDICT_NOT_JUDGED,
		  "before the loss was measured");
}
END_TEST

START_TEST(never_injected)
{
	struct dp_case c = dp_case_of(DP_OP_NONE);
	struct dp_observation o = dp_all_held();

	o.injected = false;
	dp_expect(&c, &o, "injector-told", DP_VERDICT_NOT_JUDGED,
		  "nothing was injected");
	ck_assert_int_eq(dp_a_verdict.verdict, DP_VERDICT_NOT_JUDGED);
}
END_TEST

/* A list of ranges that was cut off proves nothing. */
START_TEST(more_ranges_than_kept)
{
	struct dp_case c = dp_case_of(DP_OP_NONE);
	struct dp_observation o = dp_all_held();

	o.view.unmapped.truncated = true;
	dp_expect(&c, &o, "nothing-outside-report", DP_VERDICT_NOT_JUDGED,
		  "too many separate ranges");
	o.view.unmapped.truncated = false;
	o.view.before.truncated = true;
	dp_expect(&c, &o, "whole-report-unmapped", DP_VERDICT_NOT_JUDGED,
		  "too many separate ranges");
}
END_TEST

START_TEST(many_pieces_are_counted)
{
	struct dp_case c = dp_case_of(DP_OP_NONE);
	struct dp_observation o = dp_all_held();

	o.view.unmapped.n = 5;
	for (uint32_t i = 0; i < 5; i++)
		o.view.unmapped.at[i] = (struct dp_range){
			2 * UNIT + i * 0x4000, 4096,
		};
	dp_expect(&c, &o, "whole-report-unmapped", DP_VERDICT_VIOLATED,
		  "and 2 more");
}
END_TEST

START_TEST(a_page_that_starts_its_unit)
{
	struct dp_case c = dp_case_of(DP_OP_NONE);
	struct dp_observation o = dp_all_held();

	c.poison.offset = 2 * UNIT;
	dp_expect(&c, &o, "si-addr", DP_VERDICT_RECORDED, "which starts its unit");
}
END_TEST

START_TEST(how_long_a_step_took)
{
	struct dp_observation o = { .step = DP_STEP_DONE };

	ck_assert_int_eq(dp_observation_took(&o, DP_STEP_MAP), -1);
	o.began[DP_STEP_MAP] = 100;
	ck_assert_int_eq(dp_observation_took(&o, DP_STEP_MAP), -1);
	/* Steps that did not take place lie between. */
	o.began[DP_STEP_INJECT] = 250;
	ck_assert_int_eq(dp_observation_took(&o, DP_STEP_MAP), 150);
	o.inject_done = 260;
	o.began[DP_STEP_OBSERVE] = 900;
	ck_assert_int_eq(dp_observation_took(&o, DP_STEP_INJECT), 10);
}
END_TEST

UNIT_SUITE("judge-rare", &attempts_are_told_in_full,
	   &attempts_that_were_not_made, &another_page, &killed_before_anything,
	   &never_injected, &more_ranges_than_kept, &many_pieces_are_counted,
	   &a_page_that_starts_its_unit, &how_long_a_step_took)
