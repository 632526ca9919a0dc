/* SPDX-License-Identifier: GPL-2.0-only */
/* Carry out one poison case and observe everything about it. */
#ifndef DP_RUN_POISON_H
#define DP_RUN_POISON_H

#include "model/observation.h"

/* Runs in the victim (dp_victim_run): open, map, touch, fill, look twice,
 * inject, look, touch again, compare, put back. What it sees goes to `o`; where
 * it cannot go on it says so there and returns. */
void dp_poison_body(const struct dp_case *c, struct dp_observation *o);

#endif
