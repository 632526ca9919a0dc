/* SPDX-License-Identifier: GPL-2.0-only */
/* A series: cases of a long run that differ only in where. One that was carried
 * out and judged by itself is the pattern; another that is seen to be the same,
 * moved, has the same verdict, since that is a pure function of what was seen.
 * Whatever departs from the pattern is judged by itself. */
#ifndef DP_MODEL_SERIES_H
#define DP_MODEL_SERIES_H

#include "model/judge.h"

/* Three pages of each case may be saved, see DP_RECORD_PAGES; or, of a unit that has
 * more, one and DP_SERIES_LINES lines, see DP_RECORD_LINES. */
#define DP_SERIES_MAX 340
#define DP_SERIES_LINES 2
#define DP_SERIES_MAX_LINED 256

/* Whether `b` is `a`, moved by whole units, and both can be in a series: device-dax
 * and madvise, nobody else taking part, seen by pagemap, the page touched again, and
 * no more mapped than its unit and one on each side. */
bool dp_case_moved(const struct dp_case *a, const struct dp_case *b);

/* Cases of a series, each of them `by` bytes behind the one before. */
struct dp_cases {
	struct dp_case first;
	uint64_t by;
	uint32_t n;
};

/* How many of `n` cases, `c` and those behind it, are one series: their mappings are
 * one piece, and there are no more than there is room for. At least 1. */
uint32_t dp_series_length(const struct dp_case *c, uint64_t by, size_t n);

/* The i-th, which has the first one's id. */
struct dp_case dp_series_case(const struct dp_cases *cases, uint32_t i);

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
 * moved: what it was told, what it lost, and what touching again gave, where both
 * touched. Not its data. */
bool dp_seen_alike(const struct dp_pattern *p, const struct dp_case *c,
		   const struct dp_observation *o);

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

/* From the account of the first `n` cases together, which was begun for the last of
 * all, without the events that were met: take what the pattern makes expect of all
 * but `left`. Lines are the caller's. */
void dp_series_rest(const struct dp_series_account *a, uint32_t n,
		    struct dp_account *account);

/* Whether the account of a case is the pattern's, moved, lines of the log apart. */
bool dp_account_alike(const struct dp_pattern *p, const struct dp_case *c,
		      const struct dp_account *account);

/* The account of a case whose events were met: the pattern's, moved. What was only
 * counted for a whole series is missing, with that as the reason. */
void dp_account_moved(const struct dp_pattern *p, const struct dp_case *c,
		      struct dp_account *account);

#endif
