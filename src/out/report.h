/* SPDX-License-Identifier: GPL-2.0-only */
/* The report of a run, in one of three forms. Formats; knows nothing, decides
 * nothing. */
#ifndef DP_OUT_REPORT_H
#define DP_OUT_REPORT_H

#include <stdio.h>

#include "model/kernel.h"
#include "model/known.h"
#include "model/plan.h"
#include "model/series.h"

enum dp_format { DP_FORMAT_HUMAN, DP_FORMAT_JSON, DP_FORMAT_KTAP };

struct dp_report_options {
	enum dp_format format;
	FILE *out;
	bool round_sizes;	/* -u */
	bool verbose;		/* -v: every guarantee of every case */
	bool detailed;		/* one injection, told at length, with its map */
	bool several_plans;	/* more than one part will come */
	bool dry_run;		/* parts are shown, not run */
	const struct dp_kernel *kernel;
};

/* A plan and the targets that its cases point into. */
struct dp_report_part {
	const struct dp_plan *plan;
	const struct dp_target *targets;
	size_t n_targets;
};

struct dp_report;

/* NULL when memory is short. The options must outlive the report. */
struct dp_report *dp_report_new(const struct dp_report_options *options);
void dp_report_free(struct dp_report *r);

/* Call in this order: once a part, then per case of it; end once. A run that
 * broke off is ended all the same: what was planned and not run is then told.
 * 0 or negative errno. */
int dp_report_begin(struct dp_report *r, const struct dp_report_part *part);
int dp_report_case(struct dp_report *r, const struct dp_case *c,
		   const struct dp_scene *scene,
		   const struct dp_case_verdict *v);
/* In place of it, for cases that are as the pattern is. */
int dp_report_alike(struct dp_report *r, const struct dp_pattern *pattern,
		    const struct dp_cases *cases);
/* Whether it has a word for these, or wants each case. */
bool dp_report_sums_up(const struct dp_report *r);
int dp_report_end(struct dp_report *r, const struct dp_summary *summary,
		  const struct dp_known_list *known);

/* For --dry-run, in place of dp_report_begin and the cases: a part that is
 * only planned. 0 or negative errno. */
int dp_report_plan(struct dp_report *r, const struct dp_report_part *part);

/* One form. Each fills a row of this; `state` is its own. */
struct dp_report_form {
	int (*init)(const struct dp_report_options *options, void **state);
	void (*deinit)(void *state);
	int (*begin)(void *state, const struct dp_report_part *part);
	int (*each)(void *state, const struct dp_case *c,
		    const struct dp_scene *scene,
		    const struct dp_case_verdict *v);
	/* NULL: it wants each case. */
	int (*alike)(void *state, const struct dp_pattern *pattern,
		     const struct dp_cases *cases);
	int (*end)(void *state, const struct dp_summary *summary,
		   const struct dp_known_list *known);
	int (*plan)(void *state, const struct dp_report_part *part);
};

extern const struct dp_report_form dp_report_human;
extern const struct dp_report_form dp_report_json;
extern const struct dp_report_form dp_report_ktap;

#endif
