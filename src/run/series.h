/* SPDX-License-Identifier: GPL-2.0-only */
/* The cases of a series, one after another by one injector, in one mapping, which
 * was looked at twice before the first. After each it looks at what that case maps;
 * after the last of a lane at everything. None of a lane maps what another one of it
 * loses, so that touching again what was lost can wait until then: all of it at once
 * takes half of the time. It stops at the first case that departs from the pattern;
 * of those before it, each has its touches all the same. */
#ifndef DP_RUN_SERIES_H
#define DP_RUN_SERIES_H

#include "model/series.h"
#include "run/cast.h"
#include "run/contents.h"

struct dp_accountant;
struct dp_stage;

/* The page, and one place on either side of its unit. */
#define DP_TOUCHED_MAX 3

/* What touching one case's page and what lies beside it gave. */
struct dp_touched {
	uint32_t n_touches, n_signals;
	struct dp_touch touches[DP_TOUCHED_MAX];
	struct dp_signal signals[DP_TOUCHED_MAX];
};

/* Shared by the injector and its director. What it points to is from before the
 * injector was born. */
struct dp_series {
	struct dp_cases cases;
	struct dp_case wide;	/* all in one */
	struct dp_pattern pattern;
	const struct dp_accountant *accountant;

	/* The injector's part. */
	uint64_t start;		/* address of wide.map */
	uint32_t begun;		/* cases, the one under way too */
	uint32_t done;		/* cases that were as the pattern is */
	uint32_t progress;	/* grows with each case, and each touched again */
	bool departed;		/* the next one was not: it is in the scene */
	bool touching;		/* those that were, after the last of a lane */
	uint32_t touched;	/* cases, of those done; the next may be half touched */
	struct dp_observation again; /* of the one that is being touched */
	bool compared;		/* all contents, after that */
	struct dp_differs differs;
	struct dp_sums sums;
	int64_t told[DP_SERIES_MAX]; /* ns from the call to the signal; -1: none */
	bool odd[DP_SERIES_MAX]; /* touching it was not as with the pattern, but */
	struct dp_touched touches[DP_SERIES_MAX]; /* so; not touched else */
};

/* Memory for one that processes can share; NULL when short of it. */
struct dp_series *dp_series_new(void);
void dp_series_free(struct dp_series *series);

/* Begin: cases that the pattern fits. */
void dp_series_set(struct dp_series *s, const struct dp_cases *cases,
		   const struct dp_accountant *accountant);

/* The injector's part (dp_cast_run). */
void dp_series_body(const struct dp_part *part);

/* Carry out the stage's series, judge each case and hand it on: those that are as the
 * pattern is all at once. *taken: so many are done, which may be none if the series
 * could not be begun. 0, or negative errno, with a reason in the session's. */
int dp_series_play(struct dp_stage *st, uint32_t *taken);

#endif
