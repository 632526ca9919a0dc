/* SPDX-License-Identifier: GPL-2.0-only */
/* The last part of a stream, such as the guest's console. */
#ifndef DP_VM_TAIL_H
#define DP_VM_TAIL_H

#include "base/macros.h"

struct dp_tail {
	char buf[32768];	/* a ring */
	uint64_t total;		/* bytes ever added */
};

void dp_tail_add(struct dp_tail *t, const char *data, size_t n);

/* The last `lines` lines as one text that ends with a newline (or is empty),
 * without what could confuse a terminal. Owned by the caller; NULL: no memory. */
char *dp_tail_text(const struct dp_tail *t, unsigned int lines);

/* The same number of lines around the first one that holds `mark`, a quarter of
 * them before it: what a stack trace would push out. Without such a line, the
 * last ones. */
char *dp_tail_around(const struct dp_tail *t, const char *mark,
		     unsigned int lines);

#endif
