/* SPDX-License-Identifier: GPL-2.0-only */
/* Carry out one attempt: try what would break a unit, and see what comes of it. */
#ifndef DP_RUN_ATTEMPT_H
#define DP_RUN_ATTEMPT_H

#include "run/cast.h"

/* The injector's part (dp_cast_run); there is no other. */
void dp_attempt_body(const struct dp_part *part);

#endif
