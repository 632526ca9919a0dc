/* SPDX-License-Identifier: GPL-2.0-only */
/* Catching SIGBUS. The handler copies siginfo into memory that outlives the
 * process and leaves; it decides nothing. */
#ifndef DP_SYS_SIGBUS_H
#define DP_SYS_SIGBUS_H

#include "model/observation.h"

/* Install the handler for this process, and unblock SIGBUS in this thread; each
 * thread that may get one calls it. Signals are kept in `o`, marked with
 * o->step at the time. `o` must stay valid. 0 or negative errno. */
int dp_sigbus_install(struct dp_observation *o);

/* A case begins: signals that were noted before it are no sign of an access that
 * faults without end. */
void dp_sigbus_expect(void);

/* What this process asks to be told of memory failures: prctl(2), PR_MCE_KILL.
 * 0 or negative errno. */
int dp_sigbus_policy(enum dp_policy policy);

/* Run fn(arg). When a SIGBUS arrives meanwhile, fn is left at once and the
 * index of the signal is returned (DP_SIGNALS_MAX or more: it came, but was
 * not kept); else -1. Outside of this call a SIGBUS is noted and execution
 * goes on, which suits a signal that a system call sends on its way out. */
int dp_sigbus_guard(void (*fn)(void *arg), void *arg);

#endif
