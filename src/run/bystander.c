/* SPDX-License-Identifier: GPL-2.0-only */
#include <unistd.h>

#include "base/cleanup.h"
#include "run/bystander.h"
#include "run/looker.h"
#include "run/policy.h"
#include "sys/sigbus.h"

/* Where the injector has it: a fork copies the mapping, but no page tables of
 * it (mm/memory.c:vma_needs_copy). */
static int dp_map_inherited(const struct dp_part *part)
{
	part->o->view.start = (uintptr_t)part->inherited;
	part->o->view.range = part->c->map;
	return 0;
}

static int dp_stand_by(const struct dp_part *part, const struct dp_case *c,
		       struct dp_looker *l, struct dp_area *area)
{
	const struct dp_bystander *b = part->bystander;
	struct dp_observation *o = part->o;
	_cleanup_close_ int fd = -1;
	struct dp_policy_holder policy;
	int rc;

	dp_enter(o, DP_STEP_OPEN);
	rc = dp_sigbus_install(o);
	if (!rc)
		rc = dp_policy_begin(&policy, b, o);
	if (rc)
		return rc;
	fd = dp_open_beside(c, b);
	if (fd < 0)
		return fd;
	dp_enter(o, DP_STEP_MAP);
	rc = part->inherited
		     ? dp_map_inherited(part)
		     : dp_area_map_case(area, c, o, fd);
	if (!rc)
		rc = dp_looker_init(l, part->senses, c, o,
				    part->inherited ?: area->start, fd);
	if (!rc && !b->unfaulted)
		rc = dp_looker_fault_in(l);
	if (rc)
		return rc;
	dp_enter(o, DP_STEP_BASELINE);
	if (!b->unfaulted)
		rc = dp_looker_baseline(l);
	if (!rc)
		rc = dp_policy_stand(&policy);
	if (rc)
		return rc;
	dp_enter(o, DP_STEP_INJECT);
	dp_part_wait(part);
	rc = dp_policy_end(&policy);
	dp_enter(o, DP_STEP_OBSERVE);
	if (!rc && !b->unfaulted)
		rc = dp_looker_after(l);
	dp_part_wait(part);
	dp_enter(o, DP_STEP_TOUCH);
	if (!rc && !b->unfaulted)
		dp_looker_touch(l);
	return rc;
}

void dp_bystander_body(const struct dp_part *part)
{
	struct dp_area area = { 0 };
	struct dp_looker l = { 0 };
	struct dp_case seen = dp_case_seen_by(part->c, part->bystander);
	int rc;

	rc = dp_stand_by(part, &seen, &l, &area);
	if (rc)
		dp_give_up(part->o, rc);
	dp_looker_deinit(&l);
	dp_area_deinit(&area);
	dp_enter(part->o, DP_STEP_DONE);
}
