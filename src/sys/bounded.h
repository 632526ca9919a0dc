/* SPDX-License-Identifier: GPL-2.0-only */
/* Work that may never end (a file system on bad memory hangs, and with it
 * whoever asks it), done in a process of its own for a limited time. */
#ifndef DP_SYS_BOUNDED_H
#define DP_SYS_BOUNDED_H

#include <stdint.h>
#include <sys/types.h>

#include "base/macros.h"

struct dp_bounded {
	int status;		/* what `fn` returned, or 128 + the signal that
				 * ended its process; -1: it did not end */
	bool late;		/* killed when its time was over */
	bool stuck;		/* ... and not gone even then */
	int64_t ns;		/* how long it took */
};

/* Run fn(arg) in a child of this process for at most `seconds`. It returns 0 to
 * 127; what else it has to tell goes through shared memory. It may exec. SIGINT
 * and the like stay as they are. 0, or negative errno where no child could be
 * made. */
int dp_bounded_run(int (*fn)(void *arg), void *arg, unsigned int seconds,
		   struct dp_bounded *out);

/* Wait at most `ms` for a child to end, whatever state it is in: one that sleeps
 * uninterruptibly does not end by SIGKILL, and one whose end a tracer has not
 * taken is not told to its parent. 0, with its status as of waitpid(2);
 * -ETIMEDOUT it has not ended; -ECHILD. */
int dp_bounded_reap(pid_t pid, int64_t ms, int *status);

/* How long a process that was sent SIGKILL may take to be gone, in ms. */
#define DP_GONE_MS 5000

#endif
