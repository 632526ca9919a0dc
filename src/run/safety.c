/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/rootdir.h"
#include "model/refusal.h"
#include "run/safety.h"
#include "sys/caps.h"
#include "sys/file-page.h"
#include "sys/find.h"
#include "sys/find-file.h"
#include "sys/region-blocks.h"
#include "sys/users.h"

#define DP_BLOCK 512

static void dp_safety_kernel(struct dp_refusal_facts *facts,
			     char level[DP_LOCKDOWN_MAX])
{
	_cleanup_(dp_rootdir_deinit) struct dp_rootdir root = { .fd = -1 };
	struct dp_caps caps;

	level[0] = '\0';
	if (dp_rootdir_init(&root, NULL))
		return;
	dp_caps_probe(&root, &caps);
	facts->no_sys_admin = !caps.sys_admin;
	dp_lockdown_get(&root, level);
	facts->lockdown = level;
}

int dp_safety_check(const struct dp_target *target, enum dp_method method,
		    bool force, struct dp_why *why)
{
	struct dp_refusal_facts facts = {
		.name = target->name,
		.path = target->path,
		.method = method,
		.mode = target->mode,
		.state = &target->methods[method],
		.medium = &target->medium,
	};
	char level[DP_LOCKDOWN_MAX];
	struct stat st;

	dp_safety_kernel(&facts, level);
	if (!stat(target->path, &st) && S_ISCHR(st.st_mode))
		facts.user = dp_user_of(st.st_rdev);
	return dp_refuse(&facts, force, why);
}

int dp_safety_check_clear(const struct dp_target *target, bool force,
			  struct dp_why *why)
{
	struct dp_refusal_facts facts = {
		.name = target->name,
		.path = target->path,
		.mode = target->mode,
		.medium = &target->medium,
		.clearing = true,
	};
	char level[DP_LOCKDOWN_MAX];
	struct stat st;

	dp_safety_kernel(&facts, level);
	/* Nothing here goes through debugfs. */
	facts.lockdown = NULL;
	if (!stat(target->path, &st) && S_ISCHR(st.st_mode))
		facts.user = dp_user_of(st.st_rdev);
	return dp_refuse(&facts, force, why);
}

/* Look the device up again, by its name. */
static int dp_safety_same(const struct dp_target *was,
			  const struct dp_inventory *inv, struct dp_why *why)
{
	_cleanup_free_ struct dp_target *is = calloc(1, sizeof(*is));
	struct dp_refusal_facts facts = { .name = was->name };
	bool block = was->kind == DP_KIND_BLOCK;
	int rc;

	if (!is)
		return -ENOMEM;
	rc = (block ? dp_find_medium : dp_find_target)(inv, was->name, is, why);
	if (rc)
		return rc;
	facts.mode = is->mode;
	facts.changed = was->kind == is->kind ? dp_target_changed(was, is)
					      : "mode";
	dp_find_release(is);
	return dp_refuse(&facts, false, why);
}

/* The blocks of its region that a case poisons, if it lists them. What strikes the
 * medium finds its own errors there, and files may be there to be cured of bad
 * blocks. */
static bool dp_safety_blocks(const struct dp_case *c, struct dp_range *blocks)
{
	const struct dp_target *t = c->target;

	if (c->type != DP_CASE_POISON || dp_method_info(c->method)->medium ||
	    t->kind != DP_KIND_DEVDAX || !t->region[0] ||
	    t->phys == DP_PHYS_UNKNOWN || t->region_phys == DP_PHYS_UNKNOWN)
		return false;
	blocks->offset = (t->phys + c->poison.offset - t->region_phys) / DP_BLOCK;
	blocks->length = c->poison.length / DP_BLOCK;
	return true;
}

/* Whether none is bad from the first to the last that the cases of one target
 * poison, from the i-th case on: then no case needs a look of its own. */
static bool dp_safety_all_good(const struct dp_plan *plan, size_t i)
{
	const struct dp_target *t = NULL;
	uint64_t from = UINT64_MAX, end = 0, by;
	struct dp_range blocks;
	struct dp_case room;

	for (size_t n; i < plan->n; i += n) {
		const struct dp_case *c = dp_plan_case(plan, i, &room);

		n = dp_plan_span(plan, i, &by);
		if (t && c->target != t)
			break;
		t = c->target;
		if (!dp_safety_blocks(c, &blocks))
			continue;
		from = dp_min(from, blocks.offset);
		blocks.offset += (n - 1) * by / DP_BLOCK;
		end = dp_max(end, dp_range_end(blocks));
	}
	blocks = (struct dp_range){ from, end - from };
	return from < end && !dp_region_bad_blocks(t->region, blocks);
}

static int dp_safety_page(const struct dp_case *c, bool all_good, bool force,
			  struct dp_why *why)
{
	struct dp_refusal_facts facts = {
		.name = c->target->name,
		.bad_at = c->poison.offset,
	};
	struct dp_range blocks;

	if (c->type != DP_CASE_POISON || dp_method_info(c->method)->medium)
		return 0;
	facts.shared_blindly = !c->dared && dp_case_shared_blindly(c);
	if (!all_good && dp_safety_blocks(c, &blocks))
		facts.bad_blocks =
			dp_region_bad_blocks(c->target->region, blocks);
	return dp_refuse(&facts, force, why);
}

int dp_safety_unreadable(const struct dp_target *t, uint64_t offset,
			 uint64_t page, struct dp_why *why)
{
	const uint64_t phys = dp_layout_phys(&t->layout, offset);
	struct dp_refusal_facts facts = {
		.name = t->name,
		.unreadable = true,
		.bad_at = offset,
		.bad_blocks = -1,
	};

	if (phys != DP_PHYS_UNKNOWN && t->fs_phys != DP_PHYS_UNKNOWN)
		facts.bad_blocks =
			dp_file_bad_blocks(t->fd, phys - t->fs_phys, page);
	return dp_refuse(&facts, false, why);
}

int dp_safety_check_plan(const struct dp_plan *plan, bool force,
			 struct dp_why *why)
{
	_cleanup_(dp_inventory_deinit) struct dp_inventory inv = { 0 };
	const struct dp_target *seen = NULL;
	int rc = dp_find_all(&inv, why);
	bool all_good = false;
	struct dp_case room;
	uint64_t by;

	for (size_t i = 0, n; i < plan->n && !rc; i += n) {
		const struct dp_case *c = dp_plan_case(plan, i, &room);

		if (c->target != seen && c->target->kind != DP_KIND_FSDAX)
			rc = dp_safety_same(c->target, &inv, why);
		if (c->target != seen)
			all_good = dp_safety_all_good(plan, i);
		seen = c->target;
		if (!rc)
			rc = dp_safety_page(c, all_good, force, why);
		/* Where all are good, the others of a span are as this one. */
		n = all_good ? dp_plan_span(plan, i, &by) : 1;
	}
	return rc;
}
