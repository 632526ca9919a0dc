/* SPDX-License-Identifier: GPL-2.0-only */
/* Be rid of what is bad in a part of a target, whoever made it so: see, act,
 * see again. */
#ifndef DP_RUN_CLEAR_H
#define DP_RUN_CLEAR_H

#include "base/why.h"
#include "model/clear.h"

/* c->target, c->range and c->dry_run are set; the rest is filled. The range is
 * of whole pages inside the target. With the target's record of the journal in
 * `dir` taken, so that nobody else works on it, and nothing is written over
 * contents that a record still holds. `announce` is called when everything was
 * checked and nothing done yet. 0, whatever came of it; or negative errno with
 * a reason: refused (safety.h), or -EBUSY, -EEXIST as dp_journal_take(). */
int dp_clear_errors(struct dp_clearing *c, int dir, bool force,
		    void (*announce)(const struct dp_clearing *c, void *arg),
		    void *arg, struct dp_why *why);

#endif
