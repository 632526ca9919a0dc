/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "run/victim.h"

struct dp_observation *dp_observation_new(void)
{
	void *o = mmap(NULL, sizeof(struct dp_observation),
		       PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		       0);

	return o == MAP_FAILED ? NULL : o;
}

void dp_observation_free(struct dp_observation *o)
{
	if (o)
		munmap(o, sizeof(*o));
}

static int64_t dp_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

void dp_enter(struct dp_observation *o, enum dp_step step)
{
	o->step = step;
	o->began[step] = dp_now();
}

void dp_give_up(struct dp_observation *o, int err)
{
	o->error = err;
	o->failed_at = o->step;
}

/* How the child ended. True: it has. */
static bool dp_reap(pid_t pid, int flags, struct dp_observation *o)
{
	int status;
	pid_t got;

	do
		got = waitpid(pid, &status, flags);
	while (got < 0 && errno == EINTR);
	if (got != pid)
		return false;
	o->end = WIFSIGNALED(status) ? DP_END_KILLED : DP_END_EXITED;
	o->end_detail = WIFSIGNALED(status) ? WTERMSIG(status)
					    : WEXITSTATUS(status);
	return true;
}

static void dp_wait(pid_t pid, struct dp_observation *o, unsigned int timeout)
{
	_cleanup_close_ int pidfd = syscall(SYS_pidfd_open, pid, 0);
	struct pollfd pfd = { .fd = pidfd, .events = POLLIN };
	int64_t until = dp_now() + timeout * 1000000000LL;
	int64_t left;

	while ((left = until - dp_now()) > 0) {
		/* A kernel without pidfds (before 5.3) is asked now and then. */
		int rc = poll(&pfd, pidfd >= 0,
			      pidfd >= 0 ? left / 1000000 + 1 : 10);

		if (dp_reap(pid, WNOHANG, o))
			return;
		if (rc < 0 && errno != EINTR)
			break;
	}
	kill(pid, SIGKILL);
	dp_reap(pid, 0, o);
	o->end = DP_END_TIMEOUT;
	o->end_detail = timeout;
}

int dp_victim_run(const struct dp_case *c, struct dp_observation *o,
		  unsigned int timeout,
		  void (*body)(const struct dp_case *c,
			       struct dp_observation *o))
{
	pid_t parent = getpid(), pid;

	memset(o, 0, sizeof(*o));
	/* What the parent has buffered is not the child's to write. */
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		o->pid = getpid();
		dp_enter(o, DP_STEP_START);
		body(c, o);
		_exit(0);
	}
	dp_wait(pid, o, timeout);
	return 0;
}
