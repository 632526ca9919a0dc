/* SPDX-License-Identifier: GPL-2.0-only */
/* KTAP version 1: Documentation/dev-tools/ktap.rst. */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "out/bugline.h"
#include "out/report.h"

struct dp_ktap {
	const struct dp_report_options *options;
	unsigned int n;
	bool begun;
};

static int dp_ktap_init(const struct dp_report_options *options, void **state)
{
	struct dp_ktap *k = calloc(1, sizeof(*k));

	if (!k)
		return -ENOMEM;
	k->options = options;
	*state = k;
	return 0;
}

static void dp_ktap_deinit(void *state)
{
	free(state);
}

/* A reader must see each line at once: the next case may hang the machine. */
static int dp_ktap_flush(struct dp_ktap *k)
{
	return fflush(k->options->out) ? -errno : 0;
}

static int dp_ktap_begin(void *state, const struct dp_report_part *part)
{
	struct dp_ktap *k = state;

	if (k->begun)
		return 0;
	k->begun = true;
	fprintf(k->options->out, "KTAP version 1\n");
	/* The sum of several plans is not known yet: it comes last then. */
	if (!k->options->several_plans)
		fprintf(k->options->out, "1..%zu\n", part->plan->n);
	return dp_ktap_flush(k);
}

static int dp_ktap_each(void *state, const struct dp_case *c,
			const struct dp_scene *scene,
			const struct dp_case_verdict *v)
{
	static const char *const how[DP_VERDICT_MAX] = {
		[DP_VERDICT_HELD] = "ok",
		[DP_VERDICT_VIOLATED] = "not ok",
		[DP_VERDICT_KNOWN] = "not ok",
		[DP_VERDICT_RECORDED] = "ok",
		[DP_VERDICT_NOT_JUDGED] = "ok",
	};
	struct dp_ktap *k = state;
	FILE *out = k->options->out;
	const struct dp_judgement *why = NULL;

	for (unsigned int i = 0; i < v->n; i++) {
		const struct dp_judgement *j = &v->at[i];

		if (j->verdict == DP_VERDICT_HELD && !k->options->verbose)
			continue;
		if (j->verdict == v->verdict && !why)
			why = j;
		fprintf(out, "# %s %s: %s", j->guarantee->id,
			dp_verdict_name(j->verdict), j->finding.detail);
		if (j->finding.deviation)
			fprintf(out, " (%s)",
				dp_deviation_name(j->finding.deviation));
		fputc('\n', out);
	}
	for (uint32_t i = 0; i < scene->n; i++) {
		_cleanup_free_ char *line =
			dp_bug_line(k->options->kernel, c, scene, v, i);

		if (line)
			fprintf(out, "# to report: %s\n", line);
	}
	fprintf(out, "%s %u %s", how[v->verdict], ++k->n, c->id);
	if (v->verdict == DP_VERDICT_NOT_JUDGED)
		fprintf(out, " # SKIP %s",
			why ? why->finding.detail : "not judged");
	if (v->verdict == DP_VERDICT_KNOWN)
		fprintf(out, " # XFAIL known deviation");
	fputc('\n', out);
	return dp_ktap_flush(k);
}

static int dp_ktap_end(void *state, const struct dp_summary *s,
		       const struct dp_known_list *known)
{
	struct dp_ktap *k = state;

	if (s->broke_off)
		fprintf(k->options->out, "Bail out! the run broke off\n");
	else if (k->options->several_plans)
		fprintf(k->options->out, "1..%u\n", k->n);
	if (k->options->dry_run)
		return dp_ktap_flush(k);
	for (size_t i = 0; i < known->n; i++)
		fprintf(k->options->out, "# known %s: %s (%s)\n",
			known->rows[i].id,
			dp_known_state_name(dp_known_state(&known->rows[i])),
			known->rows[i].reference);
	fprintf(k->options->out,
		"# held: %u violated: %u known: %u recorded: %u not-judged: %u\n",
		s->cases[DP_VERDICT_HELD], s->cases[DP_VERDICT_VIOLATED],
		s->cases[DP_VERDICT_KNOWN], s->cases[DP_VERDICT_RECORDED],
		s->cases[DP_VERDICT_NOT_JUDGED]);
	return dp_ktap_flush(k);
}

static int dp_ktap_plan(void *state, const struct dp_report_part *part)
{
	const struct dp_plan *plan = part->plan;
	struct dp_ktap *k = state;
	FILE *out = k->options->out;
	struct dp_case room;

	if (!k->begun)
		fprintf(out, "KTAP version 1\n");
	if (!k->begun && !k->options->several_plans)
		fprintf(out, "1..%zu\n", plan->n + plan->n_dropped);
	k->begun = true;
	for (size_t i = 0; i < plan->n; i++)
		fprintf(out, "ok %u %s # SKIP planned, not run\n", ++k->n,
			dp_plan_case(plan, i, &room)->id);
	for (size_t i = 0; i < plan->n_dropped; i++)
		fprintf(out, "ok %u %s # SKIP %s\n", ++k->n,
			plan->dropped[i].id, plan->dropped[i].reason);
	return dp_ktap_flush(k);
}

const struct dp_report_form dp_report_ktap = {
	.init = dp_ktap_init,
	.deinit = dp_ktap_deinit,
	.begin = dp_ktap_begin,
	.each = dp_ktap_each,
	.end = dp_ktap_end,
	.plan = dp_ktap_plan,
};
