/* SPDX-License-Identifier: GPL-2.0-only */
#include <unistd.h>

#include "run/clear.h"
#include "run/journal.h"
#include "run/safety.h"
#include "sys/errors.h"

static void dp_clear_act(struct dp_clearing *c)
{
	int rc;

	for (int i = 0; i < DP_CLEAR_STEP_MAX; i++) {
		if (!(c->steps & DP_BIT(i)))
			continue;
		rc = dp_errors_step(i, c->target, c->range, &c->before,
				    &c->moved);
		c->done |= DP_BIT(i);
		c->errors[i] = -rc;
		/* What is still injected would come back. */
		if (rc)
			break;
	}
}

int dp_clear_errors(struct dp_clearing *c, int dir, bool force,
		    void (*announce)(const struct dp_clearing *c, void *arg),
		    void *arg, struct dp_why *why)
{
	struct dp_journal_entry e;
	int rc;

	dp_errors_look(c->target, c->range, &c->before);
	c->steps = c->before.listed < 0 ? 0
					: dp_clear_plan(c->target, &c->before);
	if (c->dry_run || !c->steps) {
		c->after = c->before;
		announce(c, arg);
		return 0;
	}
	rc = dp_safety_check_clear(c->target, force, why);
	if (!rc)
		rc = dp_journal_take(dir, c->target, sysconf(_SC_PAGESIZE), &e,
				     why);
	if (rc)
		return rc;
	announce(c, arg);
	dp_clear_act(c);
	dp_errors_look(c->target, c->range, &c->after);
	dp_journal_give(&e);
	return 0;
}
