/* SPDX-License-Identifier: GPL-2.0-only */
/* A series: cases of a long run that differ only in where. One that was carried
 * out and judged by itself is the pattern; another that is seen to be the same,
 * moved, has the same verdict, since that is a pure function of what was seen.
 * Whatever departs from the pattern is judged by itself. */
#ifndef DP_MODEL_SERIES_H
#define DP_MODEL_SERIES_H

#include "model/judge.h"

/* So many cases, of each of which up to three lines may be saved, or, in two lanes, one
 * and a half: see DP_RECORD_LINES. */
#define DP_SERIES_LANE 500
#define DP_SERIES_MAX (2 * DP_SERIES_LANE)

/* Whether `b` is `a`, moved by whole units, and both can be in a series: device-dax
 * and madvise, nobody else taking part, seen by pagemap, the page touched again, and
 * no more mapped than its unit and one on each side. */
bool dp_case_moved(const struct dp_case *a, const struct dp_case *b);

/* Cases of a series, in their places each `by` bytes behind the one before. In two
 * lanes every other one is taken first, and then those between them: where each
 * hits what lies beside the next one, no case of a lane maps what another one of it
 * loses. They are numbered in the order in which they are taken. */
struct dp_cases {
	struct dp_case first;
	uint64_t by;
	uint32_t n;
	uint32_t lanes;		/* 1 or 2 */
};

/* Of `n` cases, `c` and those `by` bytes further each, those that are a series from
 * the first on: their mappings are one piece, and there are no more than there is
 * room for. At least one. */
struct dp_cases dp_series_of(const struct dp_case *c, uint64_t by, size_t n);

/* The place of the i-th, from 0. */
uint32_t dp_series_place(const struct dp_cases *cases, uint32_t i);

/* How many there are up to the end of the lane that has the i-th. */
uint32_t dp_series_lane_end(const struct dp_cases *cases, uint32_t i);

/* The i-th, which has the first one's id. */
struct dp_case dp_series_case(const struct dp_cases *cases, uint32_t i);

/* The n cases from the i-th on, all of one lane or all that there are, as cases in a
 * single one. */
struct dp_cases dp_series_part(const struct dp_cases *cases, uint32_t i,
			       uint32_t n);

/* The first of them, with what all map. */
struct dp_case dp_series_wide(const struct dp_cases *cases);

/* A case that was judged by itself. */
struct dp_pattern {
	bool taken;		/* there is one */
	struct dp_case c;
	struct dp_observation seen;
	struct dp_account account;
	struct dp_case_verdict verdict;
};

/* Keep this one as the pattern, if it can be one: it was carried out to its end,
 * what it lost was there again after that, as it was, the kernel's trace has one
 * event of it, which names its page, and nothing of it is violated. False: it
 * cannot, and the pattern is as it was. */
bool dp_pattern_take(struct dp_pattern *p, const struct dp_case *c,
		     const struct dp_scene *scene,
		     const struct dp_case_verdict *v);

/* Whether what the injector of another case has seen is what the pattern's has,
 * moved: what it was told, and what it lost. Not its touches, nor its data. */
bool dp_seen_alike(const struct dp_pattern *p, const struct dp_case *c,
		   const struct dp_observation *o);

/* Whether each place of the case that was touched again was touched with the
 * pattern, too, and gave the same. */
bool dp_touched_alike(const struct dp_pattern *p, const struct dp_case *c,
		      const struct dp_observation *o);

/* What another case has lost, if that was what the pattern has: appended. */
void dp_lost_moved(const struct dp_pattern *p, const struct dp_case *c,
		   struct dp_ranges *lost);

/* What was seen of the mapping of a whole series after one case: if nothing was
 * lost but where that case maps, it is seen as if only that were mapped. False:
 * something was, and it stays as it is. */
bool dp_seen_narrow(const struct dp_case *c, struct dp_observation *o);

/* What such an injector has seen, from the pattern. `start`: the address of what
 * the case maps. Data, times and process are left empty. */
void dp_seen_moved(const struct dp_pattern *p, const struct dp_case *c,
		   uint64_t start, struct dp_observation *o);

/* What of the kernel's account of a series is to be expected, and what came. */
struct dp_series_account {
	const struct dp_pattern *pattern;
	const struct dp_cases *cases;
	uint32_t n;		/* so many were injected */
	uint32_t left;		/* the one that gets what the others do not
				 * account for */
	bool met[DP_SERIES_MAX]; /* the event of this case came */
	uint8_t lines[DP_SERIES_MAX]; /* of the log that name its page */
};

/* Whether an event is the pattern's, moved, and the first of another case than
 * `left`; it is met then. */
bool dp_series_meets(struct dp_series_account *a,
		     const struct dp_account_event *event);

/* Whether a line of the log names the page of another case than `left`, which has
 * no more of them than the pattern has. */
bool dp_series_expects(struct dp_series_account *a, const char *line);

/* From the account of all that were injected together, which was begun for the last
 * case there is, without the events that were met: take what the pattern makes expect
 * of all but `left`. Lines are the caller's. */
void dp_series_rest(const struct dp_series_account *a,
		    struct dp_account *account);

/* Whether the account of a case is the pattern's, moved, lines of the log apart. */
bool dp_account_alike(const struct dp_pattern *p, const struct dp_case *c,
		      const struct dp_account *account);

/* The account of a case whose events were met: the pattern's, moved. What was only
 * counted for a whole series is missing, with that as the reason. */
void dp_account_moved(const struct dp_pattern *p, const struct dp_case *c,
		      struct dp_account *account);

#endif
