/* SPDX-License-Identifier: GPL-2.0-only */
/* vm.memory_failure_early_kill: Documentation/admin-guide/sysctl/vm.rst. */
#ifndef DP_SYS_EARLY_KILL_H
#define DP_SYS_EARLY_KILL_H

#include <sys/types.h>

#include "base/macros.h"

/* The setting as it was, and a process that puts it back should we be killed. */
struct dp_early_kill_hold {
	pid_t keeper;		/* 0: nothing was set */
	int line;		/* its end tells the keeper that we are gone */
	bool was;
};

/* A descriptor to ask with, which stays good; the caller closes it. Negative:
 * there is none. */
int dp_early_kill_open(void);

/* Whether it is set now; false also where this kernel has no such setting. */
bool dp_early_kill_get(int fd);

/* Set it, until dp_early_kill_restore() or the end of this process, however it
 * ends. 0 or negative errno; then nothing is held. */
int dp_early_kill_set(struct dp_early_kill_hold *hold, bool on);

/* Put it back. 0, also where nothing was set; or negative errno. */
int dp_early_kill_restore(struct dp_early_kill_hold *hold);

#endif
