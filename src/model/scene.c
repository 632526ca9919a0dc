/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <stdio.h>

#include "model/scene.h"

static const char *const dp_role_names[] = {
	[DP_ROLE_INJECTOR] = "injector",
	[DP_ROLE_MAPPER_EARLY] = "early mapper",
	[DP_ROLE_MAPPER_LATE] = "late mapper",
	[DP_ROLE_EARLY] = "early bystander",
	[DP_ROLE_LATE] = "late bystander",
	[DP_ROLE_UNFAULTED] = "bystander that never faulted the page",
	[DP_ROLE_VIEW] = "view",
	[DP_ROLE_VIEW_UNFAULTED] = "view that never faulted the page",
};
static_assert(ARRAY_SIZE(dp_role_names) == DP_ROLE_MAX, "a role has no name");

static const char *const dp_restored_names[] = {
	[DP_RESTORED_NOT_NEEDED] = "not-needed",
	[DP_RESTORED_REWRITTEN] = "rewritten",
	[DP_RESTORED_PUNCHED] = "punched",
	[DP_RESTORED_NOT] = "not",
};
static_assert(ARRAY_SIZE(dp_restored_names) == DP_RESTORED_MAX,
	      "a way to restore has no name");

const char *dp_restored_name(enum dp_restored restored)
{
	return dp_restored_names[restored];
}

const char *dp_role_name(enum dp_role role)
{
	return dp_role_names[role];
}

bool dp_role_is_first(enum dp_role role)
{
	return role <= DP_ROLE_MAPPER_LATE;
}

bool dp_role_is_told(enum dp_role role)
{
	return role == DP_ROLE_INJECTOR || role == DP_ROLE_MAPPER_EARLY ||
	       role == DP_ROLE_EARLY;
}

static bool dp_is_early(enum dp_policy policy, const struct dp_scene *scene)
{
	return policy == DP_POLICY_EARLY ||
	       (policy == DP_POLICY_DEFAULT && scene->default_is_early);
}

static enum dp_role dp_injector_role(const struct dp_case *c,
				     const struct dp_scene *scene)
{
	if (c->type == DP_CASE_ATTEMPT ||
	    !dp_method_info(c->method)->from_outside)
		return DP_ROLE_INJECTOR;
	return dp_is_early(dp_case_policy(c), scene) ? DP_ROLE_MAPPER_EARLY
					     : DP_ROLE_MAPPER_LATE;
}

enum dp_role dp_scene_role(const struct dp_case *c,
			   const struct dp_scene *scene, uint32_t process)
{
	const struct dp_bystander *b;

	if (!process)
		return dp_injector_role(c, scene);
	b = &c->bystanders[process - 1];
	if (b->view)
		return b->unfaulted ? DP_ROLE_VIEW_UNFAULTED : DP_ROLE_VIEW;
	if (b->unfaulted)
		return DP_ROLE_UNFAULTED;
	if (dp_is_early(b->policy, scene))
		return DP_ROLE_EARLY;
	/* One thread that goes by the default is enough: mm/memory-failure.c:
	 * find_early_kill_thread. */
	return b->threaded && dp_is_early(DP_POLICY_DEFAULT, scene)
		       ? DP_ROLE_EARLY
		       : DP_ROLE_LATE;
}

bool dp_is_view(const struct dp_case *c, uint32_t process)
{
	return process && c->bystanders[process - 1].view;
}

uint32_t dp_told_process(const struct dp_case *c, uint32_t process)
{
	return dp_is_view(c, process) ? 0 : process;
}

bool dp_scene_reported(const struct dp_case *c, const struct dp_scene *scene,
		       uint32_t process, const struct dp_signal *signal,
		       struct dp_range *out, uint32_t *named)
{
	uint32_t told = dp_told_process(c, process), at = told;
	bool held = dp_observation_reported(&scene->at[told], signal, out);

	for (uint32_t i = 1; !told && !held && i < scene->n; i++) {
		if (!dp_is_view(c, i))
			continue;
		held = dp_observation_reported(&scene->at[i], signal, out);
		at = i;
	}
	if (!held) {
		at = told;
		dp_observation_reported(&scene->at[told], signal, out);
	}
	if (named)
		*named = at;
	return held;
}

const char *dp_process_name(char buf[DP_PROCESS_NAME], const struct dp_case *c,
			    uint32_t process)
{
	bool view = dp_is_view(c, process);
	uint32_t n = 0;

	for (uint32_t i = 1; i <= process; i++)
		n += dp_is_view(c, i) == view;
	if (process)
		snprintf(buf, DP_PROCESS_NAME, "%s-%u",
			 view ? "view" : "bystander", n);
	else
		snprintf(buf, DP_PROCESS_NAME, "injector");
	return buf;
}
