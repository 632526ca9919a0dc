/* SPDX-License-Identifier: GPL-2.0-only */
/* The line for a bug report: everything in it, and none without a reason. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "out/bugline.h"
#include "unit.h"

#define UNIT (2ULL << 20)
#define START 0x7f0000000000ULL

static const struct dp_kernel dp_a_kernel = {
	.release = "6.12.0-test",
	.machine = "x86_64",
};

static const struct dp_target dp_a_target = {
	.name = "dax0.0",
	.kind = DP_KIND_DEVDAX,
	.size = 64ULL << 20,
	.align = UNIT,
	.phys = 0x100000000ULL,
};

static struct dp_case dp_a_case = {
	.type = DP_CASE_POISON,
	.target = &dp_a_target,
	.page = 4096,
	.unit = UNIT,
	.map = { UNIT, 3 * UNIT },
	.first_fault = 2 * UNIT,
	.poison = { 2 * UNIT + 0x2000, 4096 },
};

static struct dp_bystander dp_company[DP_BYSTANDERS_MAX];
static struct dp_scene dp_a_scene;
static struct dp_case_verdict dp_a_verdict;

/* The injector as promised; a bystander with early kill beside it. */
static void dp_fill(void)
{
	memset(&dp_a_scene, 0, sizeof(dp_a_scene));
	dp_a_case.n_bystanders = 0;
	dp_a_case.bystanders = dp_company;
	dp_bystander_parse("early", dp_company,
			   &dp_a_case.n_bystanders, NULL);
	dp_a_scene.n = 2;
	for (int i = 0; i < 2; i++) {
		struct dp_observation *o = &dp_a_scene.at[i];

		o->step = DP_STEP_DONE;
		o->injected = !i;
		o->proof = (struct dp_proof){ true, true, true, 0 };
		o->n_signals = 1;
		o->signals[0] = (struct dp_signal){
			.code = i ? BUS_MCEERR_AO : BUS_MCEERR_AR,
			.lsb = 21,
			.addr = START + UNIT,
			.step = DP_STEP_INJECT,
		};
		o->view.start = START;
		o->view.unit = UNIT;
		o->view.range = dp_a_case.map;
		o->view.before = (struct dp_ranges){ 1, false, { { UNIT, 3 * UNIT } } };
		o->view.unmapped = (struct dp_ranges){ 1, false, { { 2 * UNIT, UNIT } } };
		o->data = (struct dp_data){ .pages_mapped = 1536, .pages_compared = 5 };
	}
	strcpy(dp_a_scene.account.missing[DP_SOURCE_LOG], "no");
	strcpy(dp_a_scene.account.missing[DP_SOURCE_TRACE], "no");
}

static char *dp_line(uint32_t process)
{
	dp_judge(&dp_a_case, &dp_a_scene, &dp_a_verdict);
	return dp_bug_line(&dp_a_kernel, &dp_a_case, &dp_a_scene, &dp_a_verdict,
			   process);
}

START_TEST(nothing_to_report)
{
	dp_fill();
	ck_assert_ptr_null(dp_line(0));
	ck_assert_ptr_null(dp_line(1));
}
END_TEST

START_TEST(loss_beyond_the_report)
{
	char *line;

	dp_fill();
	dp_a_scene.at[1].view.unmapped.at[0].length = 2 * UNIT;
	ck_assert_ptr_null(dp_line(0));
	line = dp_line(1);
	ck_assert_str_eq(line, "kernel 6.12.0-test (x86_64): devdax, unit 2M: page at 0x402000 poisoned (madvise), bystander-1 (early) was told BUS_MCEERR_AO, si_addr_lsb 21 (2M at 0x400000), lost 4M at 0x400000; nothing-outside-report violated, over-unmap: unmapped outside the report: 2M at 0x600000; repeat: daxpoison inject dax0.0 --offset 0x402000 --map-offset 0x200000 --map-size 0x600000 --first-fault 0x400000 --access read --method madvise --bystander early");
	free(line);
}
END_TEST

START_TEST(silence)
{
	char *line;

	dp_fill();
	dp_a_scene.at[1].n_signals = 0;
	line = dp_line(1);
	ck_assert_ptr_nonnull(strstr(line, "bystander-1 (early) was told nothing, lost 2M at 0x400000; early-told violated, no-signal: no SIGBUS;"));
	free(line);
	/* Nobody was told, nothing was lost, and the kernel calls it done. */
	dp_fill();
	dp_a_scene.at[0].n_signals = dp_a_scene.at[1].n_signals = 0;
	dp_a_scene.at[0].view.unmapped.n = dp_a_scene.at[1].view.unmapped.n = 0;
	dp_a_scene.account.missing[DP_SOURCE_LOG][0] = '\0';
	dp_a_scene.account.n_lines = 1;
	strcpy(dp_a_scene.account.missing[DP_SOURCE_NODES], "no");
	dp_a_scene.account.corrupted_kb = 4;
	strcpy(dp_a_scene.account.lines[0], "Memory failure: 0x100402: recovery action for dax page: Recovered");
	line = dp_line(0);
	ck_assert_ptr_nonnull(strstr(line, "kernel-account recorded, contradiction: \"dax page: Recovered\", but nothing was unmapped and nobody was told"));
	free(line);
}
END_TEST

START_TEST(death)
{
	char *line;

	dp_fill();
	dp_a_scene.at[0].end = DP_END_KILLED;
	dp_a_scene.at[0].end_detail = SIGKILL;
	line = dp_line(0);
	ck_assert_ptr_nonnull(strstr(line, "was killed by signal 9"));
	ck_assert_ptr_null(strchr(line, '\n'));
	free(line);
}
END_TEST

UNIT_SUITE("bugline", &nothing_to_report, &loss_beyond_the_report, &silence,
	   &death)
