/* SPDX-License-Identifier: GPL-2.0-only */
/* The contents of pages before and after: saved, replaced by a pattern that is
 * different for every page, compared, and put back. */
#ifndef DP_RUN_CONTENTS_H
#define DP_RUN_CONTENTS_H

#include "model/observation.h"

/* At most this many pages are taken, so that memory does not grow with the
 * mapping: all pages of a small mapping, else those at distances 0, 1, 2, 4,
 * ... from the poisoned page, and the edges of its unit and its neighbours. */
#define DP_CONTENTS_MAX 1024

/* What was there before. Shared by the injector and its parent, so that the
 * parent can put it back when the injector did not live to do so. */
struct dp_saved {
	bool dirty;		/* the target holds patterns in its place */
	uint32_t n;		/* pages saved */
	uint64_t offsets[DP_CONTENTS_MAX]; /* into the target, ascending */
	char pages[];		/* n pages */
};

/* Room for DP_CONTENTS_MAX pages of `page` bytes; NULL when short of it. */
struct dp_saved *dp_saved_new(uint64_t page);
void dp_saved_free(struct dp_saved *saved, uint64_t page);

/* Put back what an injector that is gone has left dirty, from a process of its
 * own. 0 (also when there was nothing to do), or negative errno. */
int dp_saved_rescue(struct dp_saved *saved, const struct dp_case *c);

struct dp_contents {
	const struct dp_case *c;
	char *at;		/* where c->map is mapped */
	struct dp_saved *saved;
};

/* Choose the pages of c->map, mapped at `at`, and save them. 0, or -EIO when a
 * page could not be read (it raised SIGBUS). Nothing is changed. */
int dp_contents_init(struct dp_contents *ct, const struct dp_case *c, char *at,
		     struct dp_saved *saved);

/* Fill each chosen page with its pattern. 0 or -EIO. */
int dp_contents_fill(struct dp_contents *ct);

/* Compare each page with its pattern, or with what was saved if it was never
 * filled; a page that raises SIGBUS has changed. */
void dp_contents_compare(struct dp_contents *ct, struct dp_data *data);

/* Put the saved contents back, if patterns took their place. Pages that raise
 * SIGBUS make it return -EIO. */
int dp_contents_restore(struct dp_contents *ct);

#endif
