/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's tracepoint of memory failures. */
#ifndef DP_SYS_ACCOUNT_TRACE_H
#define DP_SYS_ACCOUNT_TRACE_H

#include "model/series.h"

struct dp_tracer;

/* memory_failure_event, of whichever event system has it, in a trace instance
 * of our own that goes with the tracer. NULL with the reason in `missing`.
 * Instances that a killed daxpoison has left behind are removed. */
struct dp_tracer *
dp_tracer_new(char missing[DP_SOURCE_MAX][DP_ACCOUNT_WHY]);
void dp_tracer_free(struct dp_tracer *t);
/* Forget what was traced up to here; take what has been traced since, but for what
 * a series meets (NULL: there is none). */
void dp_tracer_begin(struct dp_tracer *t);
void dp_tracer_end(struct dp_tracer *t, struct dp_series_account *series,
		   struct dp_account *out);

#endif
