/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "run/policy.h"
#include "sys/sigbus.h"

static int dp_block(void)
{
	sigset_t bus;

	sigemptyset(&bus);
	sigaddset(&bus, SIGBUS);
	return -pthread_sigmask(SIG_BLOCK, &bus, NULL);
}

/* A signal that is blocked was sent all the same: fetch it. */
static void dp_fetch_pending(struct dp_observation *o)
{
	struct timespec now, none = { 0, 0 };
	struct dp_signal *s;
	siginfo_t info;
	sigset_t bus;

	sigemptyset(&bus);
	sigaddset(&bus, SIGBUS);
	if (sigtimedwait(&bus, &info, &none) != SIGBUS ||
	    o->n_signals >= DP_SIGNALS_MAX)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	s = &o->signals[o->n_signals++];
	*s = (struct dp_signal){
		.code = info.si_code,
		.addr = (uintptr_t)info.si_addr,
		.lsb = info.si_addr_lsb,
		.when = now.tv_sec * 1000000000LL + now.tv_nsec,
		.tid = syscall(SYS_gettid),
		.step = DP_STEP_INJECT,
		.pending = true,
	};
}

static int dp_line_wait(int fd)
{
	char byte;
	ssize_t n;

	do
		n = read(fd, &byte, 1);
	while (n < 0 && errno == EINTR);
	return n == 1 ? 0 : -EPIPE;
}

static void dp_line_tell(int fd)
{
	char byte = 0;

	while (send(fd, &byte, 1, MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
}

/* The second thread: it has the policy, and touches nothing. */
static void *dp_policy_thread(void *arg)
{
	struct dp_policy_holder *h = arg;
	bool block = h->b->handler == DP_HANDLER_BLOCK;

	h->rc = dp_sigbus_install(h->o);
	if (!h->rc)
		h->rc = dp_sigbus_policy(h->b->policy);
	if (!h->rc && block)
		h->rc = dp_block();
	dp_line_tell(h->line[1]);
	dp_line_wait(h->line[1]);
	if (block)
		dp_fetch_pending(h->o);
	return NULL;
}

int dp_policy_begin(struct dp_policy_holder *h, const struct dp_bystander *b,
		    struct dp_observation *o)
{
	int rc;

	*h = (struct dp_policy_holder){ .b = b, .o = o, .line = { -1, -1 } };
	/* Policies are those of threads, and handed down to what they start. */
	rc = dp_sigbus_policy(b->threaded ? DP_POLICY_DEFAULT : b->policy);
	if (rc || !b->threaded)
		return rc;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, h->line))
		return -errno;
	rc = -pthread_create(&h->thread, NULL, dp_policy_thread, h);
	if (rc)
		return rc;
	h->started = true;
	rc = dp_line_wait(h->line[0]);
	return rc ? rc : h->rc;
}

int dp_policy_stand(struct dp_policy_holder *h)
{
	switch ((enum dp_handler)h->b->handler) {
	case DP_HANDLER_CATCH:
	case DP_HANDLER_MAX:
		return 0;
	case DP_HANDLER_BLOCK:
		return dp_block();
	case DP_HANDLER_IGNORE:
		return signal(SIGBUS, SIG_IGN) == SIG_ERR ? -errno : 0;
	case DP_HANDLER_NONE:
		return signal(SIGBUS, SIG_DFL) == SIG_ERR ? -errno : 0;
	}
	return -EINVAL;
}

int dp_policy_end(struct dp_policy_holder *h)
{
	if (h->started) {
		dp_line_tell(h->line[0]);
		pthread_join(h->thread, NULL);
		h->started = false;
	}
	for (int i = 0; i < 2 && h->line[0] >= 0; i++)
		close(h->line[i]);
	h->line[0] = h->line[1] = -1;
	if (h->b->handler == DP_HANDLER_BLOCK)
		dp_fetch_pending(h->o);
	return dp_sigbus_install(h->o);
}
