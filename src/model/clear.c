/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>

#include "model/clear.h"

static const struct {
	const char *name, *text;
} dp_clear_steps[] = {
	[DP_CLEAR_UNINJECT] = { "uninject", "the platform is told to report them no longer" },
	[DP_CLEAR_REWRITE] = { "rewrite", "the file's pages are written again, with zeroes in the bad blocks" },
	[DP_CLEAR_WRITE] = { "write", "zeroes are written to the bad blocks" },
	[DP_CLEAR_STOPPED] = { "clear-error", "the device is stopped, the platform clears the bad blocks, and it is started again" },
	[DP_CLEAR_RENEW] = { "renew", "the device is stopped and started again, which loses no data and takes the poison off all its pages" },
};
static_assert(ARRAY_SIZE(dp_clear_steps) == DP_CLEAR_STEP_MAX,
	      "a step has no row");

const char *dp_clear_step_name(enum dp_clear_step step)
{
	return dp_clear_steps[step].name;
}

const char *dp_clear_step_text(enum dp_clear_step step)
{
	return dp_clear_steps[step].text;
}

static const char *const dp_cleared_names[] = {
	[DP_CLEARED_NOTHING] = "nothing",
	[DP_CLEARED_ALL] = "cleared",
	[DP_CLEARED_PLANNED] = "planned",
	[DP_CLEARED_LEFT] = "left",
	[DP_CLEARED_UNKNOWN] = "unknown",
};
static_assert(ARRAY_SIZE(dp_cleared_names) == DP_CLEARED_MAX,
	      "a verdict has no name");

const char *dp_cleared_name(enum dp_cleared verdict)
{
	return dp_cleared_names[verdict];
}

static enum dp_clear_step dp_clear_how(const struct dp_target *t)
{
	if (t->kind == DP_KIND_FSDAX)
		return DP_CLEAR_REWRITE;
	return t->kind == DP_KIND_BLOCK ? DP_CLEAR_WRITE : DP_CLEAR_STOPPED;
}

unsigned int dp_clear_plan(const struct dp_target *t,
			   const struct dp_errors *seen)
{
	unsigned int steps = 0;

	if (seen->injected > 0)
		steps |= DP_BIT(DP_CLEAR_UNINJECT);
	if (seen->listed > 0)
		steps |= DP_BIT(dp_clear_how(t));
	/* The flag is on the first page of the unit (mm/memory-failure.c:
	 * mf_generic_kill_procs), and a new start writes all page structures
	 * anew (mm/mm_init.c:memmap_init_zone_device): read in the memory of
	 * guests of 6.1 and 6.12 from outside, it was there after madvise and
	 * gone after this, with both. */
	/* What clears the medium takes the flag off, too: the driver does
	 * (drivers/nvdimm/pmem.c:pmem_mkpage_present), or the new start. */
	if (seen->listed > 0 || !seen->flagged)
		return steps;
	/* The structures of its pages are made anew when it starts, by
	 * mm/mm_init.c:__init_zone_device_page. Under a mounted file system
	 * there is no way: unpoison_memory() refuses pages of DAX. */
	if (t->kind != DP_KIND_FSDAX && t->mode != DP_MODE_RAW)
		steps |= DP_BIT(DP_CLEAR_RENEW);
	return steps;
}

static bool dp_is_bad(const struct dp_errors *e)
{
	return e->listed > 0 || e->injected > 0 || e->flagged > 0;
}

enum dp_cleared dp_cleared_judge(const struct dp_clearing *c)
{
	bool cleared = false;

	if (c->before.listed < 0 || (!c->dry_run && c->after.listed < 0))
		return DP_CLEARED_UNKNOWN;
	if (c->dry_run)
		return c->steps	    ? DP_CLEARED_PLANNED
		       : dp_is_bad(&c->before) ? DP_CLEARED_LEFT
		       : c->before.flagged < 0 ? DP_CLEARED_UNKNOWN
					       : DP_CLEARED_NOTHING;
	for (int i = 0; i < DP_CLEAR_STEP_MAX; i++) {
		if (c->errors[i])
			return DP_CLEARED_LEFT;
		/* Only these reach the flag. */
		cleared |= i != DP_CLEAR_UNINJECT && c->done & DP_BIT(i);
	}
	/* Moved: the file is well, and the bad block is somebody else's. */
	if (dp_is_bad(&c->after) || c->moved)
		return DP_CLEARED_LEFT;
	if (c->after.flagged < 0 && !cleared)
		return DP_CLEARED_UNKNOWN;
	return c->done ? DP_CLEARED_ALL : DP_CLEARED_NOTHING;
}
