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

struct dp_contents {
	const struct dp_case *c;
	char *at;		/* where c->map is mapped */
	char *saved;		/* n pages */
	uint64_t offsets[DP_CONTENTS_MAX]; /* into the target, ascending */
	uint32_t n;
};

/* Choose the pages of c->map, mapped at `at`, and save them. 0, -ENOMEM, or
 * -EIO when a page could not be read (it raised SIGBUS). */
int dp_contents_init(struct dp_contents *ct, const struct dp_case *c,
		     char *at);
void dp_contents_deinit(struct dp_contents *ct);

/* Fill each chosen page with its pattern. 0 or -EIO. */
int dp_contents_fill(struct dp_contents *ct);

/* Compare each page with its pattern; a page that raises SIGBUS has changed. */
void dp_contents_compare(struct dp_contents *ct, struct dp_data *data);

/* Put the saved contents back. Pages that raise SIGBUS make it return -EIO. */
int dp_contents_restore(struct dp_contents *ct);

#endif
