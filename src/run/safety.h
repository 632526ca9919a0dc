/* SPDX-License-Identifier: GPL-2.0-only */
/* What must be true before anything is poisoned. */
#ifndef DP_RUN_SAFETY_H
#define DP_RUN_SAFETY_H

#include "base/why.h"
#include "model/target.h"

/* 0, or -EPERM, -EBUSY, -EOPNOTSUPP with the reason. `force` overrides "this is
 * real hardware" and "someone uses it", never that a method cannot work. */
int dp_safety_check(const struct dp_target *target, enum dp_method method,
		    bool force, struct dp_why *why);

#endif
