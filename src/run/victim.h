/* SPDX-License-Identifier: GPL-2.0-only */
/* A process of its own for everything that may kill: what it saw is kept, and
 * its death is an observation. */
#ifndef DP_RUN_VICTIM_H
#define DP_RUN_VICTIM_H

#include "model/observation.h"

/* Run body(c, o) in a child whose observation is shared with us, wait for its
 * end, and fill o->end. After `timeout` seconds it is killed. The child dies
 * with its parent. 0, or negative errno when no child could be made. */
int dp_victim_run(const struct dp_case *c, struct dp_observation *o,
		  unsigned int timeout,
		  void (*body)(const struct dp_case *c,
			       struct dp_observation *o));

/* Memory for an observation that victims can share; NULL when short of it. */
struct dp_observation *dp_observation_new(void);
void dp_observation_free(struct dp_observation *o);

/* The victim has come to this step. */
void dp_enter(struct dp_observation *o, enum dp_step step);

/* The victim cannot go on: err is a negative errno. */
void dp_give_up(struct dp_observation *o, int err);

#endif
