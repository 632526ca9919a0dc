/* SPDX-License-Identifier: GPL-2.0-only */
/* A run: each case of a plan carried out, judged, and handed on. */
#ifndef DP_RUN_SESSION_H
#define DP_RUN_SESSION_H

#include "base/log.h"
#include "model/known.h"
#include "model/plan.h"
#include "model/series.h"

/* Called after each case, in the order in which they are taken; all is valid during
 * the call only. */
typedef void (*dp_session_fn)(const struct dp_case *c,
			      const struct dp_scene *scene,
			      const struct dp_case_verdict *v, void *arg);

struct dp_session {
	const struct dp_log *log;
	bool force;		/* --force */
	unsigned int timeout;	/* seconds a case may take */
	struct dp_known_list *known; /* or NULL: nothing is excused */
	dp_session_fn each;
	/* Called once for cases that are as the pattern is; NULL: each case is to
	 * be carried out and handed on by itself. */
	void (*alike)(const struct dp_pattern *pattern,
		      const struct dp_cases *cases, void *arg);
	/* Tell where someone else is to inject, who is waited for; or NULL. */
	void (*announce)(const struct dp_case *c, void *arg);
	void *arg;
	int journal;		/* the journal's directory */
	struct dp_why *why;	/* or NULL: worded when the run breaks off */
};

/* Run every case. The summary's `planned` counts the plan, the rest what was
 * judged. SIGINT, SIGTERM and SIGHUP, which the caller holds blocked,
 * end the run after the case or the series under way, with -EINTR. 0 or negative errno. */
int dp_session_run(const struct dp_session *s, const struct dp_plan *plan,
		   struct dp_summary *summary);

#endif
