/* SPDX-License-Identifier: GPL-2.0-only */
/* The cases of a series, one after another by one injector, in one mapping, which
 * was looked at twice before the first. After each it looks at what that case maps,
 * and touches the page and its neighbours again, so that all is there for the next;
 * after the last it looks at everything. It stops at the first case that departs
 * from the pattern. */
#ifndef DP_RUN_SERIES_H
#define DP_RUN_SERIES_H

#include "model/series.h"
#include "run/cast.h"
#include "run/contents.h"

struct dp_accountant;
struct dp_stage;

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
	bool departed;		/* the next one was not: it is in the scene */
	bool compared;		/* all contents, after the last of them */
	struct dp_differs differs;
	int64_t told[DP_SERIES_MAX]; /* ns from the call to the signal; -1: none */
};

/* Memory for one that processes can share; NULL when short of it. */
struct dp_series *dp_series_new(void);
void dp_series_free(struct dp_series *series);

/* Begin: `c` and those behind it, `n` in all, which the pattern fits. */
void dp_series_set(struct dp_series *s, const struct dp_case *c, uint64_t by,
		   uint32_t n, const struct dp_accountant *accountant);

/* The injector's part (dp_cast_run). */
void dp_series_body(const struct dp_part *part);

/* Carry out the stage's series, judge each case and hand it on: those that are as the
 * pattern is all at once. *taken: so many are done, which may be none if the series
 * could not be begun. 0, or negative errno, with a reason in the session's. */
int dp_series_play(struct dp_stage *st, uint32_t *taken);

#endif
