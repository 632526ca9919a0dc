/* SPDX-License-Identifier: GPL-2.0-only */
/* What is bad in a part of a target, what can be done about it, and what came
 * of that. Plain data and decisions; src/run/clear.c does it. */
#ifndef DP_MODEL_CLEAR_H
#define DP_MODEL_CLEAR_H

#include "model/ranges.h"
#include "model/target.h"

#define DP_BLOCK_SIZE 512	/* that lists of bad blocks count in */

/* Every count is of the part that was asked for, or a negative errno where it
 * could not be had. */
struct dp_errors {
	int64_t listed;		/* blocks in the region's list, or in that of
				 * the block device */
	int64_t injected;	/* blocks that the platform is told to report;
				 * -EOPNOTSUPP: it takes no such orders */
	int64_t flagged;	/* pages with the flag hwpoison, those with the
				 * flag of their unit among them; -ENODATA: the
				 * kernel shows no flags of these */
	struct dp_ranges blocks; /* those listed, in bytes into the region */
};

/* In the order in which they are done: first what would list an error again,
 * then what loses what the blocks held, last what only stops the device. */
enum dp_clear_step {
	DP_CLEAR_UNINJECT,	/* the platform is to report them no longer */
	DP_CLEAR_REWRITE,	/* the file's pages are written again */
	DP_CLEAR_WRITE,		/* the blocks are written */
	DP_CLEAR_STOPPED,	/* ... cleared by command, the device stopped */
	DP_CLEAR_RENEW,		/* the device is stopped and started, which
				 * makes its page structures anew */
	DP_CLEAR_STEP_MAX,
};

/* "uninject", ... and what that is, for people. */
const char *dp_clear_step_name(enum dp_clear_step step);
const char *dp_clear_step_text(enum dp_clear_step step);

/* The steps that are due, of DP_BIT(enum dp_clear_step). A flag that nobody can
 * see is taken to be set where taking it off loses nothing. */
unsigned int dp_clear_plan(const struct dp_target *t,
			   const struct dp_errors *seen);

struct dp_clearing {
	const struct dp_target *target;
	struct dp_range range;	/* of it */
	bool dry_run;
	struct dp_errors before, after;
	unsigned int steps;	/* planned */
	unsigned int done;	/* ... and tried */
	int32_t errors[DP_CLEAR_STEP_MAX]; /* errno of each, 0: it worked */
	uint64_t moved;		/* pages of a file that have other blocks now */
};

enum dp_cleared {
	DP_CLEARED_NOTHING,	/* there was nothing */
	DP_CLEARED_ALL,		/* there was, and nothing is left */
	DP_CLEARED_PLANNED,	/* a dry run */
	DP_CLEARED_LEFT,	/* something is left */
	DP_CLEARED_UNKNOWN,	/* what there is cannot be seen */
	DP_CLEARED_MAX,
};

const char *dp_cleared_name(enum dp_cleared verdict);
enum dp_cleared dp_cleared_judge(const struct dp_clearing *c);

#endif
