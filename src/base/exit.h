/* SPDX-License-Identifier: GPL-2.0-only */
/* The exit status of every command; documented in every man page. */
#ifndef DP_BASE_EXIT_H
#define DP_BASE_EXIT_H

enum dp_exit {
	DP_EXIT_HELD = 0,	/* ran, and every guarantee judged was held */
	DP_EXIT_VIOLATED = 1,	/* a guarantee was violated */
	DP_EXIT_USAGE = 2,	/* the command line made no sense */
	DP_EXIT_NOT_JUDGED = 3, /* unsupported, not permitted, no target */
	DP_EXIT_FAILED = 4,	/* daxpoison itself failed, or lost its guest */
};

#endif
