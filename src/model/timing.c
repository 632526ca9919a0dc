/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/timing.h"

/* Below 16 each number is a bucket; above, each power of two has 16. */
static unsigned int dp_bucket_of(int64_t ns)
{
	unsigned int power;

	if (ns < DP_TIMING_PART)
		return ns;
	power = 63 - __builtin_clzll(ns);
	return (power - 3) * DP_TIMING_PART +
	       (ns >> (power - 4)) % DP_TIMING_PART;
}

int64_t dp_timing_bucket_end(unsigned int bucket)
{
	unsigned int power = bucket / DP_TIMING_PART + 3;
	uint64_t step = bucket % DP_TIMING_PART;

	if (bucket < DP_TIMING_PART)
		return bucket;
	return ((DP_TIMING_PART + step + 1) << (power - 4)) - 1;
}

void dp_timing_add(struct dp_timing *t, int64_t ns)
{
	ns = dp_max(ns, (int64_t)0);
	if (!t->n || ns < t->min)
		t->min = ns;
	if (!t->n || ns > t->max)
		t->max = ns;
	t->n++;
	t->buckets[dp_bucket_of(ns)]++;
}

int64_t dp_timing_quantile(const struct dp_timing *t, unsigned int permille)
{
	uint64_t want = (t->n * permille + 999) / 1000, seen = 0;

	for (unsigned int b = 0; b < DP_TIMING_BUCKETS && t->n; b++) {
		seen += t->buckets[b];
		if (seen >= want && seen)
			return dp_min(dp_timing_bucket_end(b), t->max);
	}
	return t->max;
}

void dp_timings_add(struct dp_timings *t, const struct dp_case *c,
		    const struct dp_scene *scene)
{
	int64_t since = scene->at[0].began[DP_STEP_INJECT];

	if (!scene->at[0].injected || c->type != DP_CASE_POISON)
		return;
	for (uint32_t i = 0; i < scene->n; i++) {
		const struct dp_signal *told =
			dp_observation_told(&scene->at[i]);

		if (told && !told->pending)
			dp_timing_add(&t->by[dp_scene_role(c, scene, i)],
				      told->when - since);
	}
}
