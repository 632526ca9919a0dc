/* SPDX-License-Identifier: GPL-2.0-only */
/* What inject and verify-alignment share: run plans, report, exit status. */
#ifndef DP_CMD_RUN_PLAN_H
#define DP_CMD_RUN_PLAN_H

#include "cmd/result-files.h"
#include "model/known.h"
#include "model/kernel.h"
#include "out/report.h"

struct dp_run_options {
	bool dry_run;
	bool strict;
	bool force;
	bool detailed;		/* the long form of each case */
	bool several_plans;
	unsigned int timeout;	/* seconds a case */
	const char *journal;	/* --journal: a directory, or NULL */
	const char *known;	/* --known: a file's path, "default" or NULL */
	struct dp_result_files files;
};

/* The rows of the options above that every command which runs plans takes. */
extern const struct dp_option dp_run_rows[];

/* Take one of them. 0; -ENOENT: not one of them; -EINVAL with a reason. */
int dp_run_option(struct dp_run_options *o, int id, const char *arg,
		  struct dp_why *why);

#define DP_RUN_TIMEOUT 120

/* A run under way. */
struct dp_runner {
	const struct dp_globals *globals;
	const struct dp_run_options *options;
	struct dp_kernel kernel;
	struct dp_report_options report_options;
	struct dp_report *report;
	/* A second report, kept for the files, if there are any. */
	struct dp_report_options filed_options;
	struct dp_report *filed;
	char *filed_text;
	size_t filed_size;
	struct dp_known_list known;
	int journal;		/* the journal's directory, or -1: not yet */
	struct dp_why why;	/* why a run broke off, where that was worded */
	struct dp_summary summary;
};

/* 0, or negative errno with a reason. */
int dp_runner_init(struct dp_runner *r, const struct dp_globals *globals,
		   const struct dp_run_options *options, struct dp_why *why);
void dp_runner_deinit(struct dp_runner *r);

/* The journal's directory, which stays the runner's, opened when it is first
 * asked for; or negative errno, the reason in r->why. */
int dp_runner_journal(struct dp_runner *r);

/* Run (or only show) one plan; 0 or negative errno. */
int dp_runner_run(struct dp_runner *r, const struct dp_report_part *part);

/* Finish the report. `rc`: what the runs returned. The exit status. */
int dp_runner_end(struct dp_runner *r, int rc);

/* From here to the end of the command: who wants us to stop waits until the
 * case under way is over, what was taken is put back and the report is out. A
 * reader who has gone shows as a failed write; and the end of a child must be
 * told to us, whatever we inherited. */
void dp_hold_signals(void);

/* Whether one of the signals that are held has come since. */
bool dp_stop_wanted(void);

#endif
