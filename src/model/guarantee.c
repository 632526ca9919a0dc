/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <string.h>

#include "model/guarantee.h"

static const char *const dp_aspect_names[] = {
	[DP_ASPECT_PROMPT] = "prompt",
	[DP_ASPECT_NAMED] = "named",
	[DP_ASPECT_CONTAINS] = "contains",
	[DP_ASPECT_OUTSIDE] = "outside",
	[DP_ASPECT_INSIDE] = "inside",
	[DP_ASPECT_UNIT] = "unit",
	[DP_ASPECT_LSB] = "lsb",
	[DP_ASPECT_SPLIT] = "split",
	[DP_ASPECT_DATA] = "data",
	[DP_ASPECT_ADDR] = "addr",
	[DP_ASPECT_RETOUCH] = "retouch",
	[DP_ASPECT_MEDIUM] = "medium",
	[DP_ASPECT_INJECTED] = "injected",
	[DP_ASPECT_NOTIFIED] = "notified",
	[DP_ASPECT_CONSUMED] = "consumed",
	[DP_ASPECT_CLEARED] = "cleared",
	[DP_ASPECT_ACCOUNT] = "account",
	[DP_ASPECT_ATTEMPT] = "attempt",
	[DP_ASPECT_FS_READ] = "fs-read",
	[DP_ASPECT_FS_MEDIUM] = "fs-medium",
	[DP_ASPECT_FS_ANSWER] = "fs-answer",
	[DP_ASPECT_FS_REACH] = "fs-reach",
	[DP_ASPECT_FS_BACK] = "fs-back",
};
static_assert(ARRAY_SIZE(dp_aspect_names) == DP_ASPECT_MAX,
	      "an aspect has no name");

static const char *const dp_strength_names[] = {
	[DP_STRENGTH_ABI] = "abi",
	[DP_STRENGTH_DRIVER] = "driver",
	[DP_STRENGTH_BEHAVIOUR] = "behaviour",
	[DP_STRENGTH_NONE] = "none",
};
static_assert(ARRAY_SIZE(dp_strength_names) == DP_STRENGTH_MAX,
	      "a strength has no name");

static const char *const dp_verdict_names[] = {
	[DP_VERDICT_HELD] = "held",
	[DP_VERDICT_VIOLATED] = "violated",
	[DP_VERDICT_KNOWN] = "known",
	[DP_VERDICT_RECORDED] = "recorded",
	[DP_VERDICT_NOT_JUDGED] = "not-judged",
};
static_assert(ARRAY_SIZE(dp_verdict_names) == DP_VERDICT_MAX,
	      "a verdict has no name");

static const char *const dp_deviation_names[] = {
	[DP_DEVIATION_NONE] = "none",
	[DP_DEVIATION_OVER_UNMAP] = "over-unmap",
	[DP_DEVIATION_UNDER_UNMAP] = "under-unmap",
	[DP_DEVIATION_ELSEWHERE] = "elsewhere",
	[DP_DEVIATION_WRONG_LSB] = "wrong-lsb",
	[DP_DEVIATION_WRONG_CODE] = "wrong-code",
	[DP_DEVIATION_WRONG_UNIT] = "wrong-unit",
	[DP_DEVIATION_WRONG_OFFSET] = "wrong-offset",
	[DP_DEVIATION_LOST_NEIGHBOUR_DATA] = "lost-neighbour-data",
	[DP_DEVIATION_SPLIT] = "split",
	[DP_DEVIATION_NO_SIGNAL] = "no-signal",
	[DP_DEVIATION_EXTRA_SIGNAL] = "extra-signal",
	[DP_DEVIATION_KILLED] = "killed",
	[DP_DEVIATION_NOT_REFUSED] = "not-refused",
	[DP_DEVIATION_WRONG_ERRNO] = "wrong-errno",
	[DP_DEVIATION_SIDE_EFFECT] = "side-effect",
	[DP_DEVIATION_CONTRADICTION] = "contradiction",
};
static_assert(ARRAY_SIZE(dp_deviation_names) == DP_DEVIATION_MAX,
	      "a deviation has no name");

const char *dp_aspect_name(enum dp_aspect aspect)
{
	return dp_aspect_names[aspect];
}

const char *dp_strength_name(enum dp_strength strength)
{
	return dp_strength_names[strength];
}

const char *dp_verdict_name(enum dp_verdict verdict)
{
	return dp_verdict_names[verdict];
}

const char *dp_deviation_name(enum dp_deviation deviation)
{
	return dp_deviation_names[deviation];
}

const struct dp_guarantee *dp_guarantee_named(const char *id)
{
	const struct dp_guarantee *rows;
	size_t n;

	rows = dp_guarantees(&n);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(rows[i].id, id))
			return &rows[i];
	return NULL;
}

/* What is asked of a bystander: what it was told and what it lost. Contents,
 * attempts and repeated touches are the injector's business. */
static const unsigned int dp_bystander_aspects =
	DP_BIT(DP_ASPECT_PROMPT) | DP_BIT(DP_ASPECT_CONTAINS) |
	DP_BIT(DP_ASPECT_OUTSIDE) | DP_BIT(DP_ASPECT_INSIDE) |
	DP_BIT(DP_ASPECT_LSB) | DP_BIT(DP_ASPECT_SPLIT);

/* ... and of a further view of the injector's: all but what is about signals,
 * which the process gets. */
static const unsigned int dp_view_aspects =
	DP_BIT(DP_ASPECT_NAMED) | DP_BIT(DP_ASPECT_OUTSIDE) |
	DP_BIT(DP_ASPECT_INSIDE) | DP_BIT(DP_ASPECT_SPLIT);

/* What is left to ask where the method itself must be refused. */
static const unsigned int dp_refused_aspects =
	DP_BIT(DP_ASPECT_PROMPT) | DP_BIT(DP_ASPECT_OUTSIDE) |
	DP_BIT(DP_ASPECT_UNIT) | DP_BIT(DP_ASPECT_DATA);

/* What is asked of an error of the medium, and of nothing else. */
static const unsigned int dp_medium_aspects =
	DP_BIT(DP_ASPECT_MEDIUM) | DP_BIT(DP_ASPECT_INJECTED) |
	DP_BIT(DP_ASPECT_NOTIFIED) | DP_BIT(DP_ASPECT_CONSUMED) |
	DP_BIT(DP_ASPECT_CLEARED);

unsigned int dp_guarantee_kinds(const struct dp_guarantee *g)
{
	if (g->kinds)
		return g->kinds;
	return DP_BIT(DP_KIND_DEVDAX) | DP_BIT(DP_KIND_FSDAX) |
	       (dp_medium_aspects & DP_BIT(g->aspect) ? DP_BIT(DP_KIND_BLOCK)
						      : 0);
}

bool dp_aspect_is_of_metadata(enum dp_aspect aspect)
{
	return aspect >= DP_ASPECT_FS_READ && aspect <= DP_ASPECT_FS_BACK;
}

bool dp_aspect_applies(enum dp_aspect aspect, const struct dp_case *c,
		       enum dp_role role)
{
	bool of_medium = dp_medium_aspects & DP_BIT(aspect);

	if (dp_aspect_is_of_metadata(aspect))
		return false;
	if ((aspect == DP_ASPECT_ATTEMPT) != (c->type == DP_CASE_ATTEMPT))
		return false;
	if (c->type == DP_CASE_POISON) {
		const struct dp_method_info *info = dp_method_info(c->method);

		/* Nobody maps it, so there is nothing else to ask. */
		if (info->medium || of_medium)
			return info->medium && of_medium &&
			       dp_role_is_first(role);
		if (info->refused && !(dp_refused_aspects & DP_BIT(aspect)))
			return false;
	} else if (of_medium) {
		return false;
	}
	if (role == DP_ROLE_UNFAULTED)
		return aspect == DP_ASPECT_PROMPT;
	if (role == DP_ROLE_VIEW_UNFAULTED)
		return aspect == DP_ASPECT_NAMED;
	/* The units of device-dax are the same for every view; those of a file
	 * differ by what the view allows. */
	if (role == DP_ROLE_VIEW)
		return (dp_view_aspects & DP_BIT(aspect)) ||
		       (aspect == DP_ASPECT_UNIT &&
			c->target->kind == DP_KIND_DEVDAX);
	if (aspect == DP_ASPECT_NAMED)
		return false;
	return dp_role_is_first(role) ||
	       (dp_bystander_aspects & DP_BIT(aspect));
}

bool dp_guarantee_matches(const struct dp_guarantee *g,
			  const struct dp_case *c, enum dp_role role)
{
	if (!dp_aspect_applies(g->aspect, c, role))
		return false;
	if (!(dp_guarantee_kinds(g) & DP_BIT(c->target->kind)))
		return false;
	if (g->methods && !(g->methods & DP_BIT(c->method)))
		return false;
	if (g->roles && !(g->roles & DP_BIT(role)))
		return false;
	return !g->ops || (g->ops & DP_BIT(c->op));
}

/* Attempts on a part of a unit. */
static const unsigned int dp_partial_ops =
	DP_BIT(DP_OP_MMAP_OFFSET) | DP_BIT(DP_OP_MMAP_LENGTH) |
	DP_BIT(DP_OP_MMAP_ADDRESS) | DP_BIT(DP_OP_MUNMAP_PART) |
	DP_BIT(DP_OP_MPROTECT_PART) | DP_BIT(DP_OP_MREMAP_SHRINK) |
	DP_BIT(DP_OP_MREMAP_MOVE) | DP_BIT(DP_OP_DONTNEED_PART);

bool dp_guarantee_asks_unit(const struct dp_guarantee *g, uint64_t unit,
			    uint64_t page)
{
	if (g->kinds == DP_BIT(DP_KIND_FSDAX) && unit > dp_units_of(page).pmd)
		return false;
	return unit > page || !g->ops || (g->ops & ~dp_partial_ops);
}

unsigned int dp_guarantee_specificity(const struct dp_guarantee *g)
{
	return !!g->kinds + !!g->methods + !!g->ops + !!g->roles;
}

const struct dp_guarantee *dp_guarantee_for(const struct dp_case *c,
					    enum dp_role role,
					    enum dp_aspect aspect)
{
	const struct dp_guarantee *rows, *best = NULL;
	size_t n;

	rows = dp_guarantees(&n);
	for (size_t i = 0; i < n; i++) {
		if (rows[i].aspect != aspect ||
		    !dp_guarantee_matches(&rows[i], c, role))
			continue;
		if (!best || dp_guarantee_specificity(&rows[i]) >
				     dp_guarantee_specificity(best))
			best = &rows[i];
	}
	return best;
}
