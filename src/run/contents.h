/* SPDX-License-Identifier: GPL-2.0-only */
/* The contents of pages before and after: saved, replaced by a pattern that is
 * different for every page, compared, and put back. */
#ifndef DP_RUN_CONTENTS_H
#define DP_RUN_CONTENTS_H

#include "model/observation.h"
#include "model/record.h"

/* All pages of a small mapping are taken, else those at distances 0, 1, 2, 4,
 * ... from the poisoned page, and the edges of its unit and its neighbours; at
 * most DP_RECORD_PAGES. */

/* Put back what an injector that is gone has left dirty, from a process of its
 * own; c->target's path is where. 0 (also when there was nothing to do), or
 * negative errno. */
int dp_record_rescue(struct dp_record *record, const struct dp_case *c);

/* The same without a case: into the device at `path`, whose units are of
 * `align` bytes. Each page is read back. 0, -EIO, -ECANCELED when the process
 * that does it was killed time after time, or another negative errno. */
int dp_record_put_back(struct dp_record *record, const char *path,
		       uint64_t align);

/* What kept either of the two from it. */
const char *dp_put_back_strerror(int rc);

struct dp_contents {
	const struct dp_case *c;
	char *at;		/* where c->map is mapped */
	struct dp_record *saved;
	uint32_t taken;		/* pages chosen so far; in the record once all are */
};

/* Choose the pages of c->map, mapped at `at`, and save them. 0, or -EIO when a
 * page could not be read (it raised SIGBUS). Nothing is changed. */
int dp_contents_init(struct dp_contents *ct, const struct dp_case *c, char *at,
		     struct dp_record *saved);

/* Fill each chosen page with its pattern. 0 or -EIO. */
int dp_contents_fill(struct dp_contents *ct);

/* Compare each page with its pattern, or with what was saved if it was never
 * filled; a page that raises SIGBUS has changed. */
void dp_contents_compare(struct dp_contents *ct, struct dp_data *data);

/* Put the saved contents back, if patterns took their place. Pages that raise
 * SIGBUS make it return -EIO. */
int dp_contents_restore(struct dp_contents *ct);

#endif
