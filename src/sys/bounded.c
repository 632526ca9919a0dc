/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "sys/bounded.h"

/* How often to ask for an end of which no descriptor tells, in ms. */
#define DP_ASK_MS 10

static int64_t dp_bounded_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Whether the process has ended within so many ms; its status goes to `out`.
 * `end` is a pipe that closes when it does: to be woken, not to be believed,
 * as files are closed before a process is gone. */
static bool dp_bounded_wait(pid_t pid, int end, int64_t ms,
			    struct dp_bounded *out)
{
	const int64_t until = dp_bounded_now() + ms * 1000000;
	int64_t left = ms;
	int status;
	pid_t rc;

	for (;;) {
		struct pollfd p = { .fd = end };

		if (poll(&p, 1, dp_max(left, 0)) > 0)
			poll(NULL, 0, 1);
		rc = waitpid(pid, &status, WNOHANG);
		if (rc == pid)
			break;
		left = (until - dp_bounded_now()) / 1000000;
		if (left <= 0 || (rc < 0 && errno != EINTR))
			return false;
	}
	out->status = WIFEXITED(status) ? WEXITSTATUS(status)
					: 128 + WTERMSIG(status);
	return true;
}

int dp_bounded_reap(pid_t pid, int64_t ms, int *status)
{
	const int64_t until = dp_bounded_now() + ms * 1000000;
	/* Linux 5.3; -1 is a descriptor that poll passes over. */
	struct pollfd p = {
		.fd = syscall(SYS_pidfd_open, pid, 0),
		.events = POLLIN,
	};
	int64_t left = ms;
	int rc = 0;
	pid_t got;

	for (;;) {
		got = waitpid(pid, status, WNOHANG);
		if (got == pid)
			break;
		if (got < 0 && errno != EINTR) {
			rc = -errno;
			break;
		}
		if (left <= 0) {
			rc = -ETIMEDOUT;
			break;
		}
		/* Ended, says the descriptor, but not to be had yet. */
		if (poll(&p, 1, p.fd < 0 ? DP_ASK_MS : left) > 0 &&
		    waitpid(pid, status, WNOHANG) == pid)
			break;
		if (p.revents)
			poll(NULL, 0, DP_ASK_MS);
		left = (until - dp_bounded_now()) / 1000000;
	}
	if (p.fd >= 0)
		close(p.fd);
	return rc;
}

int dp_bounded_run(int (*fn)(void *arg), void *arg, unsigned int seconds,
		   struct dp_bounded *out)
{
	int64_t began = dp_bounded_now();
	int ends[2];
	pid_t pid;

	*out = (struct dp_bounded){ .status = -1 };
	/* Not closed on exec: a program holds it until it ends. */
	if (pipe(ends))
		return -errno;
	pid = fork();
	if (!pid)
		_exit(fn(arg) & 127);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return -errno;
	}
	if (!dp_bounded_wait(pid, ends[0], seconds * 1000LL, out)) {
		out->late = true;
		kill(pid, SIGKILL);
		out->stuck = !dp_bounded_wait(pid, ends[0], DP_GONE_MS, out);
		out->status = -1;
	}
	close(ends[0]);
	out->ns = dp_bounded_now() - began;
	return 0;
}
