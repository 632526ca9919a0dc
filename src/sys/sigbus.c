/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "sys/sigbus.h"

/* A signal handler is told nothing but the signal: the one place where state
 * cannot be handed over as an argument. One set per thread. */
static __thread struct {
	struct dp_observation *o;
	pid_t tid;
	sigjmp_buf back;
	volatile sig_atomic_t armed;
	volatile sig_atomic_t unguarded;
} dp_sigbus;

/* Without a guard the handler returns to where the signal came from. Were that
 * an access that faults, it would come again without end. */
#define DP_UNGUARDED_MAX 64

static void dp_sigbus_handler(int signo, siginfo_t *info, void *context)
{
	struct dp_observation *o = dp_sigbus.o;
	struct timespec now;
	uint32_t i;

	(void)signo;
	(void)context;
	/* Two threads may be told at once. */
	i = __atomic_fetch_add(&o->n_signals, 1, __ATOMIC_RELAXED);
	if (i < DP_SIGNALS_MAX) {
		struct dp_signal *s = &o->signals[i];

		clock_gettime(CLOCK_MONOTONIC, &now);
		s->code = info->si_code;
		s->addr = (uintptr_t)info->si_addr;
		s->lsb = info->si_addr_lsb;
		s->when = now.tv_sec * 1000000000LL + now.tv_nsec;
		s->tid = dp_sigbus.tid;
		s->step = o->step;
	}
	if (dp_sigbus.armed)
		siglongjmp(dp_sigbus.back, 1);
	if (++dp_sigbus.unguarded > DP_UNGUARDED_MAX)
		signal(SIGBUS, SIG_DFL);
}

static int dp_sigbus_unblock(void)
{
	sigset_t bus;

	sigemptyset(&bus);
	sigaddset(&bus, SIGBUS);
	return pthread_sigmask(SIG_UNBLOCK, &bus, NULL);
}

void dp_sigbus_expect(void)
{
	dp_sigbus.unguarded = 0;
}

int dp_sigbus_install(struct dp_observation *o)
{
	struct sigaction sa = {
		.sa_sigaction = dp_sigbus_handler,
		.sa_flags = SA_SIGINFO,
	};

	dp_sigbus.o = o;
	dp_sigbus.tid = syscall(SYS_gettid);
	dp_sigbus_expect();
	if (sigaction(SIGBUS, &sa, NULL))
		return -errno;
	return -dp_sigbus_unblock();
}

int dp_sigbus_policy(enum dp_policy policy)
{
	static const unsigned long policies[DP_POLICY_MAX] = {
		[DP_POLICY_EARLY] = PR_MCE_KILL_EARLY,
		[DP_POLICY_LATE] = PR_MCE_KILL_LATE,
		[DP_POLICY_DEFAULT] = PR_MCE_KILL_DEFAULT,
	};

	return prctl(PR_MCE_KILL, PR_MCE_KILL_SET, policies[policy], 0, 0)
		       ? -errno
		       : 0;
}

int dp_sigbus_guard(void (*fn)(void *arg), void *arg)
{
	/* Without the mask, which takes a system call for each of thousands of
	 * pages: it is the handler alone that blocks a signal, and that ran
	 * since it was not blocked. */
	if (sigsetjmp(dp_sigbus.back, 0)) {
		dp_sigbus.armed = 0;
		dp_sigbus_unblock();
		return dp_sigbus.o->n_signals - 1;
	}
	dp_sigbus.armed = 1;
	fn(arg);
	dp_sigbus.armed = 0;
	return -1;
}
