/* SPDX-License-Identifier: GPL-2.0-only */
/* What a run has at hand for each of its cases, taken one by one or in series. */
#ifndef DP_RUN_STAGE_H
#define DP_RUN_STAGE_H

#include "model/judge.h"
#include "run/cast.h"
#include "run/journal.h"
#include "run/kept.h"
#include "run/series.h"
#include "run/session.h"
#include "sys/account.h"

struct dp_stage {
	const struct dp_session *s;
	struct dp_summary *summary;
	struct dp_journal_entry *entry;
	struct dp_scene *scene;
	struct dp_case_verdict *verdict;
	struct dp_accountant accountant;
	int early_kill;		/* the sysctl, open, or -1 */
	struct dp_case *now;	/* the one under way; shared, since an injector
				 * that is kept has an older plan's memory */
	struct dp_kept kept;
	struct dp_series *series; /* NULL: each case is taken by itself */
};

/* 0 or -ENOMEM. To be released in any case. */
int dp_stage_init(struct dp_stage *st, const struct dp_session *s,
		  struct dp_summary *summary, struct dp_journal_entry *entry);
void dp_stage_deinit(struct dp_stage *st);

/* Have the case, which may be a series, played: dp_cast_run(). */
int dp_stage_cast(struct dp_stage *st, const struct dp_case *c);

/* Judge the case that is in the scene, count it, and hand it on. */
void dp_stage_judge(struct dp_stage *st, const struct dp_case *c);

/* Nobody is left over who may still have the page mapped. 0, or -ETIME with a
 * reason. */
int dp_stage_check_ends(const struct dp_stage *st);

/* The contents of the target could not be put back. rc, with that as the reason. */
int dp_stage_torn(const struct dp_stage *st, const struct dp_target *target,
		  int rc);

#endif
