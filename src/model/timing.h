/* SPDX-License-Identifier: GPL-2.0-only */
/* How long it took until a process was told: a distribution in memory that does
 * not grow with the number of injections. */
#ifndef DP_MODEL_TIMING_H
#define DP_MODEL_TIMING_H

#include "model/scene.h"

/* A bucket is at most this part of what it holds wide, so that what is read
 * from it errs by less than that. */
#define DP_TIMING_PART 16
#define DP_TIMING_BUCKETS (60 * DP_TIMING_PART)

struct dp_timing {
	uint64_t n;
	int64_t min, max;	/* ns; exact */
	uint32_t buckets[DP_TIMING_BUCKETS];
};

/* From the injection call to the signal, by who was told. */
struct dp_timings {
	struct dp_timing by[DP_ROLE_MAX];
};

void dp_timing_add(struct dp_timing *t, int64_t ns);

/* The time within which this many of 1000 were told, in ns: never less than
 * it was, at most a 16th more, and not beyond the longest. 0 without any. */
int64_t dp_timing_quantile(const struct dp_timing *t, unsigned int permille);

/* The longest time that falls into this bucket, ns. */
int64_t dp_timing_bucket_end(unsigned int bucket);

/* All that the processes of a case were told at its injection, each by its first
 * signal. A signal that was blocked has no time: it was fetched later. */
void dp_timings_add(struct dp_timings *t, const struct dp_case *c,
		    const struct dp_scene *scene);

#endif
