/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <sys/stat.h>

#include "run/safety.h"
#include "sys/users.h"

int dp_safety_check(const struct dp_target *target, enum dp_method method,
		    bool force, struct dp_why *why)
{
	const struct dp_method_state *m = &target->methods[method];
	struct stat st;
	pid_t user;

	if (!m->usable)
		return dp_why(why, -EOPNOTSUPP, "%s cannot be poisoned by %s: %s",
			      target->name, dp_method_name(method), m->why);
	if (!target->medium.emulated && !force)
		return dp_why(why, -EPERM, "%s looks like real hardware (%s); poisoning it endangers data. --force does it all the same",
			      target->name, target->medium.evidence);
	if (force || stat(target->path, &st) || !S_ISCHR(st.st_mode))
		return 0;
	user = dp_user_of(st.st_rdev);
	if (user > 0)
		return dp_why(why, -EBUSY, "process %d has %s open, and poison would hit it too. --force does it all the same",
			      user, target->path);
	return 0;
}
