/* SPDX-License-Identifier: GPL-2.0-only */
/* What is done about what is bad, and what is said of what came of it. */
#include <errno.h>

#include "model/clear.h"
#include "unit.h"

#define STEP(name) DP_BIT(DP_CLEAR_##name)

static const struct {
	enum dp_kind kind;
	enum dp_mode mode;
	int64_t listed, injected, flagged;
	unsigned int steps;
} dp_plans[] = {
	/* Nothing there, and that is known. */
	{ DP_KIND_DEVDAX, DP_MODE_DEVDAX, 0, 0, 0, 0 },
	{ DP_KIND_DEVDAX, DP_MODE_DEVDAX, 0, -EOPNOTSUPP, 0, 0 },
	{ DP_KIND_BLOCK, DP_MODE_RAW, 0, 0, 0, 0 },
	/* Poison alone, or perhaps: what can be done loses nothing. */
	{ DP_KIND_DEVDAX, DP_MODE_DEVDAX, 0, 0, 1, STEP(RENEW) },
	{ DP_KIND_DEVDAX, DP_MODE_DEVDAX, 0, 0, -ENODATA, STEP(RENEW) },
	{ DP_KIND_BLOCK, DP_MODE_FSDAX, 0, 0, -ENODATA, STEP(RENEW) },
	{ DP_KIND_BLOCK, DP_MODE_RAW, 0, 0, -ENODATA, 0 },
	/* ... but not under a file system. */
	{ DP_KIND_FSDAX, DP_MODE_FSDAX, 0, 0, 1, 0 },
	{ DP_KIND_FSDAX, DP_MODE_FSDAX, 0, 0, -ENODATA, 0 },
	/* Asked for, and not known to the kernel yet. */
	{ DP_KIND_BLOCK, DP_MODE_RAW, 0, 8, 0, STEP(UNINJECT) },
	{ DP_KIND_DEVDAX, DP_MODE_DEVDAX, 0, 8, 0, STEP(UNINJECT) },
	/* Listed: each kind has its own way, which takes poison off, too. */
	{ DP_KIND_DEVDAX, DP_MODE_DEVDAX, 8, 8, 1,
	  STEP(UNINJECT) | STEP(STOPPED) },
	{ DP_KIND_BLOCK, DP_MODE_RAW, 1, 0, 0, STEP(WRITE) },
	{ DP_KIND_BLOCK, DP_MODE_FSDAX, 1, -EOPNOTSUPP, 1, STEP(WRITE) },
	{ DP_KIND_FSDAX, DP_MODE_FSDAX, 1, 8, 1,
	  STEP(UNINJECT) | STEP(REWRITE) },
};

START_TEST(each_kind_has_its_own_way)
{
	for (size_t i = 0; i < ARRAY_SIZE(dp_plans); i++) {
		const struct dp_target t = { .kind = dp_plans[i].kind,
					     .mode = dp_plans[i].mode };
		const struct dp_errors e = { .listed = dp_plans[i].listed,
					     .injected = dp_plans[i].injected,
					     .flagged = dp_plans[i].flagged };

		ck_assert_msg(dp_clear_plan(&t, &e) == dp_plans[i].steps,
			      "row %zu: 0x%x", i, dp_clear_plan(&t, &e));
	}
}
END_TEST

/* Listed, injected, flagged before; the same after; the step, its errno. */
static const struct {
	struct dp_clearing c;
	enum dp_cleared verdict;
} dp_ends[] = {
	{ { .before = { 0 } }, DP_CLEARED_NOTHING },
	{ { .before = { 0, -EOPNOTSUPP, 0, {} },
	    .after = { 0, -EOPNOTSUPP, 0, {} } }, DP_CLEARED_NOTHING },
	{ { .before = { 0, 0, -ENODATA, {} },
	    .after = { 0, 0, -ENODATA, {} } }, DP_CLEARED_UNKNOWN },
	{ { .before = { -EACCES, 0, 0, {} } }, DP_CLEARED_UNKNOWN },
	{ { .before = { 8, 0, 0, {} }, .after = { -EACCES, 0, 0, {} },
	    .done = STEP(WRITE) }, DP_CLEARED_UNKNOWN },
	{ { .before = { 8, 8, 0, {} }, .done = STEP(WRITE) }, DP_CLEARED_ALL },
	{ { .before = { 8, 8, -ENODATA, {} }, .after = { 0, 0, -ENODATA, {} },
	    .done = STEP(REWRITE) }, DP_CLEARED_ALL },
	/* The platform lists it no longer; nothing was done to the page. */
	{ { .before = { 0, 8, -ENODATA, {} }, .after = { 0, 0, -ENODATA, {} },
	    .done = STEP(UNINJECT) }, DP_CLEARED_UNKNOWN },
	{ { .before = { 8, 0, 0, {} }, .after = { 1, 0, 0, {} },
	    .done = STEP(WRITE) }, DP_CLEARED_LEFT },
	{ { .before = { 8, 8, 0, {} }, .after = { 0, 8, 0, {} },
	    .done = STEP(WRITE) }, DP_CLEARED_LEFT },
	{ { .before = { 0, 0, 1, {} }, .after = { 0, 0, 1, {} } },
	  DP_CLEARED_LEFT },
	/* What failed is not believed, whatever is seen. */
	{ { .before = { 8, 0, 0, {} }, .done = STEP(WRITE),
	    .errors = { [DP_CLEAR_WRITE] = EIO } }, DP_CLEARED_LEFT },
	{ { .before = { 8, 0, 0, {} }, .done = STEP(REWRITE), .moved = 1 },
	  DP_CLEARED_LEFT },
	{ { .before = { 8, 0, 0, {} }, .after = { 8, 0, 0, {} },
	    .dry_run = true, .steps = STEP(WRITE) }, DP_CLEARED_PLANNED },
	{ { .before = { 0, 0, 1, {} }, .dry_run = true }, DP_CLEARED_LEFT },
	{ { .before = { 0, 0, -ENODATA, {} }, .dry_run = true },
	  DP_CLEARED_UNKNOWN },
	{ { .dry_run = true }, DP_CLEARED_NOTHING },
};

START_TEST(cleared_only_if_nothing_is_left)
{
	for (size_t i = 0; i < ARRAY_SIZE(dp_ends); i++)
		ck_assert_msg(dp_cleared_judge(&dp_ends[i].c) ==
			      dp_ends[i].verdict, "row %zu: %s", i,
			      dp_cleared_name(dp_cleared_judge(&dp_ends[i].c)));
}
END_TEST

START_TEST(steps_have_names)
{
	for (int i = 0; i < DP_CLEAR_STEP_MAX; i++) {
		ck_assert_ptr_nonnull(dp_clear_step_name(i));
		ck_assert_ptr_nonnull(dp_clear_step_text(i));
	}
}
END_TEST

UNIT_SUITE("clear", &each_kind_has_its_own_way,
	   &cleared_only_if_nothing_is_left, &steps_have_names)
