/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DP_OUT_HUMAN_TIMING_H
#define DP_OUT_HUMAN_TIMING_H

#include <stdio.h>

#include "model/timing.h"

/* How long it took to be told, where that happened more than once: a line and a
 * histogram, a row for each doubling, for each role. */
void dp_human_timings(FILE *out, const struct dp_timings *timings);

#endif
