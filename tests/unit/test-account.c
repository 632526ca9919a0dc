/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's own account, held against itself and against what was seen. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "model/judge.h"
#include "unit.h"

#define UNIT (2ULL << 20)
#define START 0x7f0000000000ULL

static const struct dp_target dp_a_target = {
	.name = "dax0.0",
	.kind = DP_KIND_DEVDAX,
	.size = 64ULL << 20,
	.align = UNIT,
	.phys = 0x100000000ULL,
};

static const struct dp_case dp_a_case = {
	.type = DP_CASE_POISON,
	.target = &dp_a_target,
	.page = 4096,
	.unit = UNIT,
	.map = { UNIT, 3 * UNIT },
	.poison = { 2 * UNIT + 0x2000, 4096 },
};

static struct dp_scene dp_a_scene;
static struct dp_case_verdict dp_a_verdict;

/* As 6.12 has it: one process told, one failure in every source. */
static struct dp_account *dp_agreeing(void)
{
	struct dp_observation *o = &dp_a_scene.at[0];
	struct dp_account *a = &dp_a_scene.account;

	memset(&dp_a_scene, 0, sizeof(dp_a_scene));
	dp_a_scene.n = 1;
	o->step = DP_STEP_DONE;
	o->injected = true;
	o->proof = (struct dp_proof){ true, true, true, 0 };
	o->n_signals = 1;
	o->signals[0] = (struct dp_signal){
		.code = BUS_MCEERR_AR,
		.lsb = 21,
		.addr = START + UNIT,
		.step = DP_STEP_INJECT,
	};
	o->view.start = START;
	o->view.range = dp_a_case.map;
	o->view.unmapped = (struct dp_ranges){ 1, false, { { 2 * UNIT, UNIT } } };
	a->n_lines = 3;
	strcpy(a->lines[0], "Injecting memory failure for pfn 0x100402 at process virtual address 0x7f0000202000");
	strcpy(a->lines[1], "Memory failure: 0x100402: Sending SIGBUS to daxpoison:87 due to hardware memory corruption");
	strcpy(a->lines[2], "Memory failure: 0x100402: recovery action for dax page: Recovered");
	a->n_events = 1;
	a->events[0] = (struct dp_account_event){ 0x100402, "dax page",
						  "Recovered" };
	a->corrupted_kb = 4;
	a->n_counters = 1;
	a->counters[0] = (struct dp_account_counter){ 0, "total", 1 };
	strcpy(a->missing[DP_SOURCE_KPAGEFLAGS], "not here");
	return a;
}

static const struct dp_judgement *dp_of_account(void)
{
	dp_judge(&dp_a_case, &dp_a_scene, &dp_a_verdict);
	for (unsigned int i = 0; i < dp_a_verdict.n; i++)
		if (!strcmp(dp_a_verdict.at[i].guarantee->id, "kernel-account"))
			return &dp_a_verdict.at[i];
	return NULL;
}

static void dp_says(enum dp_deviation deviation, const char *text)
{
	const struct dp_judgement *j = dp_of_account();

	ck_assert_ptr_nonnull(j);
	/* A fact that is kept; nothing of it is promised. */
	ck_assert_int_eq(j->verdict, DP_VERDICT_RECORDED);
	ck_assert_msg(j->finding.deviation == deviation &&
			      strstr(j->finding.detail, text),
		      "%s: %s", dp_deviation_name(j->finding.deviation),
		      j->finding.detail);
}

#define AGREES(text) dp_says(DP_DEVIATION_NONE, text)
#define CONTRADICTS(text) dp_says(DP_DEVIATION_CONTRADICTION, text)

START_TEST(agreement)
{
	dp_agreeing();
	AGREES("dax page: Recovered");
}
END_TEST

START_TEST(recovered_without_effect)
{
	struct dp_account *a = dp_agreeing();

	/* As corrupt-pfn does it where nobody asked for early kill. */
	dp_a_scene.at[0].n_signals = 0;
	dp_a_scene.at[0].view.unmapped.n = 0;
	strcpy(a->lines[1], "Memory failure: something else");
	CONTRADICTS("nothing was unmapped and nobody was told");
	/* What was not measured is no proof of that. */
	dp_a_scene.at[0].proof.repeats = false;
	AGREES("Recovered");
	dp_a_scene.at[0].proof.repeats = true;
	strcpy(a->events[0].result, "Ignored");
	strcpy(a->lines[2], "Memory failure: 0x100402: recovery action for dax page: Ignored");
	AGREES("Ignored");
}
END_TEST

START_TEST(log_against_trace)
{
	struct dp_account *a = dp_agreeing();

	strcpy(a->events[0].result, "Failed");
	CONTRADICTS("the log says pfn 0x100402, dax page: Recovered; the trace says pfn 0x100402, dax page: Failed");
	a = dp_agreeing();
	a->n_events = 0;
	CONTRADICTS("log has 1 failure(s), trace has 0");
	strcpy(a->missing[DP_SOURCE_TRACE], "tracefs is not mounted");
	AGREES("dax page: Recovered");
}
END_TEST

START_TEST(counters)
{
	struct dp_account *a = dp_agreeing();

	a->corrupted_kb = 8;
	CONTRADICTS("log has 1 failure(s), hardware_corrupted has 2");
	a = dp_agreeing();
	a->counters[0].delta = 0;
	CONTRADICTS("log has 1 failure(s), nodes has 0");
	/* Two at once: the first in words, the rest counted. */
	a->events[0].pfn = 7;
	CONTRADICTS("; and 2 more");
}
END_TEST

START_TEST(another_page)
{
	struct dp_account *a = dp_agreeing();

	a->events[0].pfn = 0x100400;
	strcpy(a->lines[2], "Memory failure: 0x100400: recovery action for dax page: Recovered");
	CONTRADICTS("the kernel speaks of pfn 0x100400, the page poisoned is pfn 0x100402");
}
END_TEST

START_TEST(signals_sent_and_received)
{
	dp_agreeing();
	dp_a_scene.at[0].n_signals = 0;
	CONTRADICTS("the log has 1 process(es) sent SIGBUS, 0 got one");
	/* Named for each of its mappings, it is one process all the same. */
	dp_agreeing();
	dp_a_scene.account.n_lines = 5;
	strcpy(dp_a_scene.account.lines[3], dp_a_scene.account.lines[1]);
	strcpy(dp_a_scene.account.lines[4], dp_a_scene.account.lines[1]);
	AGREES("Recovered");
	strcpy(dp_a_scene.account.lines[4], "Memory failure: 0x100402: Sending SIGBUS to daxpoison:8 due to hardware memory corruption");
	CONTRADICTS("the log has 2 process(es) sent SIGBUS, 1 got one");
	dp_agreeing();
	dp_a_scene.at[0].n_signals = 0;
	/* More lines than were kept: nothing is counted from them. */
	dp_a_scene.account.n_lines = DP_ACCOUNT_LINES + 1;
	AGREES("Recovered");
}
END_TEST

START_TEST(page_flags)
{
	struct dp_account *a = dp_agreeing();

	a->missing[DP_SOURCE_KPAGEFLAGS][0] = '\0';
	a->n_pages = 2;
	a->pages[0] = (struct dp_account_page){ 0, 0x100402, 0, 1 << 19 };
	a->pages[1] = (struct dp_account_page){ 0, 0x100403, 0, 0 };
	AGREES("Recovered");
	a->pages[1].after = 1 << 19;
	CONTRADICTS("kpageflags has HWPOISON for pfn 0x100403");
	a->pages[1].before = 1 << 19;
	AGREES("Recovered");
	a->pages[0].after = 0;
	CONTRADICTS("kpageflags does not have HWPOISON for pfn 0x100402");
	/* NOPAGE: it says nothing of this page. */
	a->pages[0].after = 1 << 20;
	AGREES("Recovered");
}
END_TEST

START_TEST(nothing_to_go_by)
{
	struct dp_account *a = dp_agreeing();

	strcpy(a->missing[DP_SOURCE_LOG], "not permitted");
	strcpy(a->missing[DP_SOURCE_TRACE], "not permitted");
	ck_assert_ptr_null(dp_of_account());
}
END_TEST

START_TEST(actions_in_the_log)
{
	struct dp_account_event e;

	ck_assert(dp_account_action("Memory failure: 0x100602: recovery action for dax page: Recovered", &e));
	ck_assert_uint_eq(e.pfn, 0x100602);
	ck_assert_str_eq(e.type, "dax page");
	ck_assert_str_eq(e.result, "Recovered");
	/* Older kernels. */
	ck_assert(dp_account_action("Memory failure: 0x1f: recovery action for clean LRU page: Recovered", &e));
	ck_assert_str_eq(e.type, "clean LRU page");
	ck_assert(!dp_account_action("Memory failure: 0x100602: Sending SIGBUS to daxpoison:84 due to hardware memory corruption", &e));
	ck_assert(!dp_account_action("Memory failure: zz: recovery action for dax page: Recovered", &e));
	ck_assert(!dp_account_action("Memory failure: 0x1: recovery action for dax page", &e));
	ck_assert(!dp_account_action("", &e));
}
END_TEST

UNIT_SUITE("account", &agreement, &recovered_without_effect, &log_against_trace,
	   &counters, &another_page, &signals_sent_and_received, &page_flags,
	   &nothing_to_go_by, &actions_in_the_log)
