/* SPDX-License-Identifier: GPL-2.0-only */
#include <signal.h>
#include <unistd.h>

#include "run/kept.h"
#include "sys/bounded.h"

void dp_kept_dismiss(struct dp_kept *kept)
{
	int status;

	if (!kept->pid)
		return;
	/* It waits in a read, and has nothing to put back. */
	kill(kept->pid, SIGKILL);
	close(kept->cue);
	dp_bounded_reap(kept->pid, DP_GONE_MS, &status);
	*kept = (struct dp_kept){ .cue = -1 };
}

bool dp_case_keeps(const struct dp_case *c)
{
	for (uint32_t i = 0; i < c->n_bystanders; i++)
		if (c->bystanders[i].forked)
			return false;
	return c->type == DP_CASE_POISON &&
	       c->target->kind == DP_KIND_DEVDAX &&
	       !dp_method_info(c->method)->from_outside;
}

bool dp_case_alone(const struct dp_case *c)
{
	return c->type == DP_CASE_POISON && !c->n_bystanders &&
	       !dp_method_info(c->method)->from_outside;
}
