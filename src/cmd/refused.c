/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/refused.h"
#include "out/refusal.h"
#include "sys/kernel.h"

int dp_refused(const struct dp_globals *globals, const char *reason)
{
	struct dp_kernel kernel;

	dp_error("%s", reason);
	if (!globals->json)
		return DP_EXIT_NOT_JUDGED;
	dp_kernel_get(&kernel);
	return dp_refusal_print(stdout, &kernel, reason) ? DP_EXIT_FAILED
							 : DP_EXIT_NOT_JUDGED;
}
