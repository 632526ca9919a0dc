/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <stdio.h>

#include "model/scene.h"

static const char *const dp_role_names[] = {
	[DP_ROLE_INJECTOR] = "injector",
	[DP_ROLE_EARLY] = "early bystander",
	[DP_ROLE_LATE] = "late bystander",
	[DP_ROLE_UNFAULTED] = "bystander that never faulted the page",
};
static_assert(ARRAY_SIZE(dp_role_names) == DP_ROLE_MAX, "a role has no name");

const char *dp_role_name(enum dp_role role)
{
	return dp_role_names[role];
}

enum dp_role dp_scene_role(const struct dp_case *c,
			   const struct dp_scene *scene, uint32_t process)
{
	const struct dp_bystander *b;

	if (!process)
		return DP_ROLE_INJECTOR;
	b = &c->bystanders[process - 1];
	if (b->unfaulted)
		return DP_ROLE_UNFAULTED;
	if (b->policy == DP_POLICY_EARLY ||
	    (b->policy == DP_POLICY_DEFAULT && scene->default_is_early))
		return DP_ROLE_EARLY;
	return DP_ROLE_LATE;
}

const char *dp_process_name(char buf[DP_PROCESS_NAME], uint32_t process)
{
	if (process)
		snprintf(buf, DP_PROCESS_NAME, "bystander-%u", process);
	else
		snprintf(buf, DP_PROCESS_NAME, "injector");
	return buf;
}
