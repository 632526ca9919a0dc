/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>

#include "run/safety.h"

int dp_safety_check(const struct dp_target *target, enum dp_method method,
		    bool force, struct dp_why *why)
{
	const struct dp_method_state *m = &target->methods[method];

	if (!m->usable)
		return dp_why(why, -EOPNOTSUPP, "%s cannot be poisoned by %s: %s",
			      target->name, dp_method_name(method), m->why);
	if (!target->medium.emulated && !force)
		return dp_why(why, -EPERM, "%s looks like real hardware (%s); poisoning it endangers data. --force does it all the same",
			      target->name, target->medium.evidence);
	return 0;
}
