/* SPDX-License-Identifier: GPL-2.0-only */
/* What a bystander asks of the kernel, and how it takes SIGBUS while it waits;
 * by itself, or by a second thread of it. */
#ifndef DP_RUN_POLICY_H
#define DP_RUN_POLICY_H

#include <pthread.h>

#include "model/observation.h"

struct dp_policy_holder {
	const struct dp_bystander *b;
	struct dp_observation *o;
	pthread_t thread;
	bool started;
	int line[2];		/* ready, and: time to end */
	int rc;			/* what the thread came to */
};

/* Ask for the policy. 0 or negative errno; undone by dp_policy_end. */
int dp_policy_begin(struct dp_policy_holder *h, const struct dp_bystander *b,
		    struct dp_observation *o);

/* From now on SIGBUS is taken as was asked for. 0 or negative errno. */
int dp_policy_stand(struct dp_policy_holder *h);

/* No longer: fetch what was blocked, and handle SIGBUS again. 0 or negative
 * errno. */
int dp_policy_end(struct dp_policy_holder *h);

#endif
