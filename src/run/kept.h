/* SPDX-License-Identifier: GPL-2.0-only */
/* What is spared between the cases of a run: a process for each, and waiting
 * for nobody. */
#ifndef DP_RUN_KEPT_H
#define DP_RUN_KEPT_H

#include <sys/types.h>

#include "model/case.h"

/* An injector that has come to the end of its case unharmed, with nothing of the
 * target left mapped or open, and waits for another. It may be given one of the
 * same target, whose record it has mapped, out of the same plan. */
struct dp_kept {
	pid_t pid;		/* 0: there is none */
	int cue;
	const struct dp_target *target; /* ... of its last case */
	unsigned int n_bystanders;
};

/* It is not needed any more. */
void dp_kept_dismiss(struct dp_kept *kept);

/* Whether the injector of the case may go on to another. Not who has forked
 * others, and not of files: poison changes where they lie. */
bool dp_case_keeps(const struct dp_case *c);

/* Whether the injector has nobody to wait for: no other process takes part, and
 * nobody injects from outside. */
bool dp_case_alone(const struct dp_case *c);

#endif
