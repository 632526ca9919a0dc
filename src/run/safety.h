/* SPDX-License-Identifier: GPL-2.0-only */
/* What must be true before anything is poisoned: the facts for the table of
 * refusals (model/refusal.h). */
#ifndef DP_RUN_SAFETY_H
#define DP_RUN_SAFETY_H

#include "base/why.h"
#include "model/plan.h"
#include "model/target.h"

/* Before a plan is made. 0, or the negative errno of the first refusal that
 * holds, with the reason. `force` overrides what the table lets it. */
int dp_safety_check(const struct dp_target *target, enum dp_method method,
		    bool force, struct dp_why *why);

/* The same before errors are cleared, which loses what bad blocks held. */
int dp_safety_check_clear(const struct dp_target *target, bool force,
			  struct dp_why *why);

/* Right before the first injection of a plan: each device is still the one that
 * was planned for, and no page to be poisoned is listed as bad by its region,
 * nor shared by files of which the file system cannot find all.
 * Files are held open, so they cannot become others. 0, or negative errno with
 * the reason. */
int dp_safety_check_plan(const struct dp_plan *plan, bool force,
			 struct dp_why *why);

/* The page of a file at `offset`, `page` bytes, could not be read: the refusal,
 * with what the device's list has of it. */
int dp_safety_unreadable(const struct dp_target *t, uint64_t offset,
			 uint64_t page, struct dp_why *why);

#endif
