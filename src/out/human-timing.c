/* SPDX-License-Identifier: GPL-2.0-only */
#include <inttypes.h>

#include "out/human-timing.h"

#define DP_BAR 40

static uint64_t dp_row_count(const struct dp_timing *t, unsigned int row)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < DP_TIMING_PART; i++)
		n += t->buckets[row * DP_TIMING_PART + i];
	return n;
}

static void dp_print_histogram(FILE *out, const struct dp_timing *t)
{
	unsigned int rows = DP_TIMING_BUCKETS / DP_TIMING_PART;
	unsigned int first = rows, last = 0;
	uint64_t most = 0;

	for (unsigned int row = 0; row < rows; row++) {
		uint64_t n = dp_row_count(t, row);

		if (!n)
			continue;
		first = dp_min(first, row);
		last = row;
		most = dp_max(most, n);
	}
	for (unsigned int row = first; row <= last && row < rows; row++) {
		uint64_t n = dp_row_count(t, row);
		int64_t end = dp_timing_bucket_end((row + 1) * DP_TIMING_PART - 1);

		fprintf(out, "    < %12.3f ms %7" PRIu64 " ",
			(end + 1) / 1e6, n);
		/* Even one in a thousand shows. */
		for (uint64_t i = 0; i < (n * DP_BAR + most - 1) / most; i++)
			fputc('#', out);
		fputc('\n', out);
	}
}

void dp_human_timings(FILE *out, const struct dp_timings *timings)
{
	for (int role = 0; role < DP_ROLE_MAX; role++) {
		const struct dp_timing *t = &timings->by[role];

		if (t->n < 2)
			continue;
		fprintf(out, "told after the call, %s: %" PRIu64 " times, median %.3f ms, 99%% %.3f ms, maximum %.3f ms\n",
			dp_role_name(role), t->n,
			dp_timing_quantile(t, 500) / 1e6,
			dp_timing_quantile(t, 990) / 1e6, t->max / 1e6);
		dp_print_histogram(out, t);
	}
}
