/* SPDX-License-Identifier: GPL-2.0-only */
/* Carry out one attempt: try what would break a unit, and see what comes of it. */
#ifndef DP_RUN_ATTEMPT_H
#define DP_RUN_ATTEMPT_H

#include "model/observation.h"

/* Runs in the victim (dp_victim_run). */
void dp_attempt_body(const struct dp_case *c, struct dp_observation *o);

#endif
