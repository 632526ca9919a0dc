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

/* The same for n places, at most DP_TOUCHES_MAX, one after another: t[i] is for
 * addr[i]. It takes fewer system calls. */
void dp_touch_each(volatile char *const *addr, uint32_t n, bool write,
		   struct dp_touch *t);

/* The same, with fewer calls still, in the midst of a series: t[0] is for addr[0],
 * t[1] has the faults of all others together. dp_touch_steady() must have been
 * called since this process began; memory of our own that was taken from us since
 * counts, too. */
void dp_touch_first(volatile char *const *addr, uint32_t n, bool write,
		    struct dp_touch *t);

/* See that dp_touch_first() takes no faults itself. 0, or -ENOTRECOVERABLE. */
int dp_touch_steady(void);

/* Read n bytes, `step` bytes apart, and count the faults of all together. Stops at
 * the first that raises SIGBUS, which is t->signal. */
void dp_touch_steps(volatile char *addr, uint64_t step, uint64_t n,
		    struct dp_touch *t);

/* Prove the counter on memory with a known answer: a fresh page must cost one
 * fault, the same page again none. Also maps the code and stack that dp_touch
 * needs, so that they are not counted later. 0, -errno, or -ENOTRECOVERABLE
 * when the counter does not count. */
int dp_touch_selftest(void);

#endif
