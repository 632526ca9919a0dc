/* SPDX-License-Identifier: GPL-2.0-only */
/* What one process observes with, opened and proven once, for all its views and
 * cases. Not for a child of it: what it opens shows its own memory. */
#ifndef DP_RUN_SENSES_H
#define DP_RUN_SENSES_H

#include "sys/pagemap.h"

/* All zero: nothing is open, nothing proven. */
struct dp_senses {
	bool touch;		/* counting the faults of a touch has worked */
	struct dp_pagemap *pagemap; /* NULL: not open */
};

/* See that faults can be counted, by touching memory of our own whose answers
 * are known. 0, or negative errno: -ENOTRECOVERABLE they cannot. */
int dp_senses_touch(struct dp_senses *s);

/* Open pagemap; `page` in bytes. 0 or negative errno. */
int dp_senses_pagemap(struct dp_senses *s, uint64_t page);

void dp_senses_deinit(struct dp_senses *s);

#endif
