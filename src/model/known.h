/* SPDX-License-Identifier: GPL-2.0-only */
/* Violations that are known already: named in a list, they do not fail a run;
 * and a run says which of them no longer show. Nothing is excused without the
 * list being asked for. */
#ifndef DP_MODEL_KNOWN_H
#define DP_MODEL_KNOWN_H

#include "base/why.h"
#include "model/judge.h"

struct dp_known {
	char id[48];
	char guarantee[48];	/* id of a row of the table of guarantees */
	enum dp_deviation deviation;
	char where[DP_CASE_ID_MAX]; /* fnmatch(3) pattern for case ids */
	char since[64];		/* when it was first seen, or came to be */
	char reference[256];	/* where to read about it */
	unsigned int shown;	/* how often in this run */
	unsigned int held;	/* how often the guarantee held instead */
};

struct dp_known_list {
	struct dp_known *rows;
	size_t n;
};

void dp_known_deinit(struct dp_known_list *list);

/* Read a list: a row a line, its six fields separated by tabs, '#' starts a
 * comment line. Appends. 0, -ENOMEM, or -EINVAL with the line and what is
 * wrong with it (a guarantee or deviation that does not exist is wrong). */
int dp_known_parse(struct dp_known_list *list, const char *text,
		   struct dp_why *why);

/* The list that ships, in the same form. */
const char *dp_known_default(void);

/* Turn what the list names from violated into known, and count. */
void dp_known_apply(struct dp_known_list *list, const struct dp_case *c,
		    struct dp_case_verdict *v);

enum dp_known_state {
	DP_KNOWN_SHOWN,		/* it still shows */
	DP_KNOWN_GONE,		/* it was looked for, and the guarantee held */
	DP_KNOWN_NOT_SEEN,	/* nothing in this run could have shown it */
};

enum dp_known_state dp_known_state(const struct dp_known *k);
const char *dp_known_state_name(enum dp_known_state state);

#endif
