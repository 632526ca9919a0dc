/* SPDX-License-Identifier: GPL-2.0-only */
/* Carry out one poison case and observe everything about it. */
#ifndef DP_RUN_POISON_H
#define DP_RUN_POISON_H

#include "run/cast.h"

/* The injector's part (dp_cast_run): open, map, touch, fill, look twice, inject,
 * look, touch again, compare, put back. Where it cannot go on it says so in its
 * observation and returns. */
void dp_poison_body(const struct dp_part *part);

/* The director's part, for a method that injects from outside. */
int dp_poison_outside(const struct dp_case *c, struct dp_observation *o);

#endif
