/* SPDX-License-Identifier: GPL-2.0-only */
/* Touching one byte and counting the page faults that it takes. A fault means
 * that the place was not mapped; counting disturbs nothing else. */
#ifndef DP_SYS_TOUCH_H
#define DP_SYS_TOUCH_H

#include "model/observation.h"

/* Read the byte at addr (or write back what it holds) under the SIGBUS guard
 * and fill t->faults, t->signal and t->write. t->offset is the caller's.
 * Faults are those of the calling thread: getrusage(2), RUSAGE_THREAD. */
void dp_touch(volatile char *addr, bool write, struct dp_touch *t);

/* Prove the counter on memory with a known answer: a fresh page must cost one
 * fault, the same page again none. Also maps the code and stack that dp_touch
 * needs, so that they are not counted later. 0, -errno, or -ENOTRECOVERABLE
 * when the counter does not count. */
int dp_touch_selftest(void);

#endif
