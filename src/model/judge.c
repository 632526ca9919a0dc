/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/exit.h"
#include "model/judge.h"

/* Gravest first; the verdict of a case is the first that occurs in it. A case
 * of which something could not be judged does not count as held. */
static const enum dp_verdict dp_gravity[] = {
	DP_VERDICT_VIOLATED, DP_VERDICT_NOT_JUDGED, DP_VERDICT_KNOWN,
	DP_VERDICT_HELD,     DP_VERDICT_RECORDED,
};

static enum dp_verdict dp_verdict_of(const struct dp_guarantee *g,
				     const struct dp_finding *f)
{
	if (f->outcome == DP_OUTCOME_UNKNOWN)
		return DP_VERDICT_NOT_JUDGED;
	if (g->strength >= DP_STRENGTH_BEHAVIOUR)
		return DP_VERDICT_RECORDED;
	return f->outcome == DP_OUTCOME_AS_SAID ? DP_VERDICT_HELD
						: DP_VERDICT_VIOLATED;
}

enum dp_verdict dp_gravest(const struct dp_case_verdict *v)
{
	for (size_t g = 0; g < ARRAY_SIZE(dp_gravity); g++)
		for (unsigned int i = 0; i < v->n; i++)
			if (v->at[i].verdict == dp_gravity[g])
				return dp_gravity[g];
	return DP_VERDICT_NOT_JUDGED;
}

static void dp_judge_process(const struct dp_evidence *e,
			     struct dp_case_verdict *out)
{
	struct dp_judgement *j;

	for (int a = 0; a < DP_ASPECT_MAX; a++) {
		if (!dp_aspect_applies(a, e->c, e->role) ||
		    out->n == DP_JUDGEMENTS_MAX)
			continue;
		j = &out->at[out->n];
		j->process = e->process;
		j->guarantee = dp_guarantee_for(e->c, e->role, a);
		if (!j->guarantee)
			continue;
		j->finding = (struct dp_finding){
			.outcome = DP_OUTCOME_UNKNOWN,
		};
		j->guarantee->check(j->guarantee, e, &j->finding);
		if (j->finding.outcome == DP_OUTCOME_VACUOUS)
			continue;
		j->verdict = dp_verdict_of(j->guarantee, &j->finding);
		out->n++;
	}
}

void dp_judge(const struct dp_case *c, const struct dp_scene *scene,
	      struct dp_case_verdict *out)
{
	out->n = 0;
	for (uint32_t i = 0; i < scene->n; i++)
		dp_judge_process(&(struct dp_evidence){
			.c = c,
			.scene = scene,
			.process = i,
			.role = dp_scene_role(c, scene, i),
			.o = &scene->at[i],
		}, out);
	out->verdict = dp_gravest(out);
}

void dp_summary_add(struct dp_summary *s, const struct dp_case_verdict *v)
{
	s->cases[v->verdict]++;
	for (unsigned int i = 0; i < v->n; i++)
		s->guarantees[v->at[i].verdict]++;
}

int dp_summary_exit(const struct dp_summary *s, bool strict)
{
	unsigned int run = 0;

	for (int v = 0; v < DP_VERDICT_MAX; v++)
		run += s->cases[v];
	if (s->guarantees[DP_VERDICT_VIOLATED])
		return DP_EXIT_VIOLATED;
	/* What nobody judged was not held. */
	if (!s->guarantees[DP_VERDICT_HELD] && !s->guarantees[DP_VERDICT_KNOWN] &&
	    !s->guarantees[DP_VERDICT_RECORDED])
		return DP_EXIT_NOT_JUDGED;
	if (strict && (s->guarantees[DP_VERDICT_NOT_JUDGED] || run < s->planned))
		return DP_EXIT_NOT_JUDGED;
	return DP_EXIT_HELD;
}
