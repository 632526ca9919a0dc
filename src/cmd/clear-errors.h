/* SPDX-License-Identifier: GPL-2.0-only */
/* clear TARGET --offset: what is bad there, whoever made it so. */
#ifndef DP_CMD_CLEAR_ERRORS_H
#define DP_CMD_CLEAR_ERRORS_H

#include "cmd/command.h"

struct dp_clear_errors_options {
	uint64_t offset, length; /* length 0: one page */
	bool force, dry_run;
	const char *journal;
};

/* Returns enum dp_exit. */
int dp_clear_errors_run(const struct dp_globals *globals, const char *name,
			const struct dp_clear_errors_options *o);

#endif
