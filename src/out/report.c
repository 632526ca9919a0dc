/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>

#include "out/report.h"

struct dp_report {
	const struct dp_report_form *form;
	const struct dp_report_options *options;
	void *state;
};

static const struct dp_report_form *const dp_forms[] = {
	[DP_FORMAT_HUMAN] = &dp_report_human,
	[DP_FORMAT_JSON] = &dp_report_json,
	[DP_FORMAT_KTAP] = &dp_report_ktap,
};

struct dp_report *dp_report_new(const struct dp_report_options *options)
{
	struct dp_report *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->form = dp_forms[options->format];
	r->options = options;
	if (r->form->init(options, &r->state)) {
		free(r);
		return NULL;
	}
	return r;
}

void dp_report_free(struct dp_report *r)
{
	if (!r)
		return;
	r->form->deinit(r->state);
	free(r);
}

int dp_report_begin(struct dp_report *r, const struct dp_report_part *part)
{
	return r->form->begin(r->state, part);
}

int dp_report_case(struct dp_report *r, const struct dp_case *c,
		   const struct dp_scene *scene,
		   const struct dp_case_verdict *v)
{
	return r->form->each(r->state, c, scene, v);
}

int dp_report_alike(struct dp_report *r, const struct dp_pattern *pattern,
		    const struct dp_cases *cases)
{
	return r->form->alike(r->state, pattern, cases);
}

bool dp_report_sums_up(const struct dp_report *r)
{
	return r->form->alike && !r->options->verbose && !r->options->detailed;
}

int dp_report_end(struct dp_report *r, const struct dp_summary *summary,
		  const struct dp_known_list *known)
{
	return r->form->end(r->state, summary, known);
}

int dp_report_plan(struct dp_report *r, const struct dp_report_part *part)
{
	return r->form->plan(r->state, part);
}
