/* SPDX-License-Identifier: GPL-2.0-only */
/* The contents of pages before and after: saved, replaced by a pattern that is
 * different for every page, compared, and put back. */
#ifndef DP_RUN_CONTENTS_H
#define DP_RUN_CONTENTS_H

#include "model/observation.h"
#include "model/record.h"
#include "model/series.h"
#include "run/sums.h"

/* Taken are pages at distances 0, 1, 2, 4, ... from the poisoned page, the edges
 * of its unit and of the neighbours, and the unit: all of it if it is not too
 * large; or, where it is filled, a line of each page, or of as many as there is
 * room for, which does for the distances, too. */

/* Whether the contents are overwritten: those of a device are; those of a file
 * are left as they are, and compared. */
bool dp_contents_filled(const struct dp_case *c);

struct dp_contents {
	const struct dp_case *c;
	char *at;		/* where c->map is mapped */
	struct dp_record *saved;
	uint32_t taken;		/* pages chosen so far; in the record once all are */
};

/* Choose the pages and lines of c->map, mapped at `at`, and save them. 0, or -EIO
 * when one could not be read (it raised SIGBUS). Nothing is changed. */
int dp_contents_init(struct dp_contents *ct, const struct dp_case *c, char *at,
		     struct dp_record *saved);

/* Likewise for the cases of a series, of which `c` is all in one, mapped at `at`: a
 * line of each page, if units are pages; else of the page behind each one that is
 * hit. That is enough to tell pages apart; whether they have changed is told by
 * their sums. */
int dp_contents_init_series(struct dp_contents *ct, const struct dp_case *c,
			    const struct dp_cases *cases, char *at,
			    struct dp_record *saved);

/* Fill what was chosen with the pattern of its page. 0 or -EIO. */
int dp_contents_fill(struct dp_contents *ct);

/* Compare each page, or its line, with its pattern, or with what was saved if it
 * was never filled; one that raises SIGBUS has changed. */
void dp_contents_compare(struct dp_contents *ct, struct dp_data *data);

/* Which of the pieces of a record (run/pieces.h) have changed: a bit each. */
struct dp_differs {
	uint64_t bits[(DP_RECORD_LINES + DP_RECORD_PAGES) / 64];
};
void dp_contents_differ(struct dp_contents *ct, struct dp_differs *differs);
bool dp_differs_any(const struct dp_differs *differs);

/* What that, and what sums there are, or NULL, say of one case: of the pages that it
 * maps. */
void dp_contents_of_case(const struct dp_record *r,
			 const struct dp_differs *differs,
			 const struct dp_sums *sums, const struct dp_case *c,
			 struct dp_data *data);

/* Put the saved contents back, if patterns took their place. Pages that raise
 * SIGBUS make it return -EIO. */
int dp_contents_restore(struct dp_contents *ct);

#endif
