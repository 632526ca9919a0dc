/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "sys/bounded.h"
#include "sys/early-kill.h"

static const char dp_early_kill_path[] =
	"/proc/sys/vm/memory_failure_early_kill";

int dp_early_kill_open(void)
{
	return open(dp_early_kill_path, O_RDONLY | O_CLOEXEC);
}

bool dp_early_kill_get(int fd)
{
	char digit;

	return pread(fd, &digit, 1, 0) == 1 && digit == '1';
}

static int dp_early_kill_write(bool on)
{
	_cleanup_close_ int fd = open(dp_early_kill_path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return write(fd, on ? "1" : "0", 1) == 1 ? 0 : -errno;
}

/* Wait for a byte, which says that all is done, or for the end of the line. */
static void dp_early_kill_keep(int line, bool was) __attribute__((noreturn));

static void dp_early_kill_keep(int line, bool was)
{
	sigset_t all;
	char byte;
	ssize_t n;

	/* Whoever kills the group or the terminal means the other one. */
	setsid();
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	do
		n = read(line, &byte, 1);
	while (n < 0 && errno == EINTR);
	_exit(n == 1 || !dp_early_kill_write(was) ? 0 : 1);
}

int dp_early_kill_set(struct dp_early_kill_hold *hold, bool on)
{
	_cleanup_close_ int fd = dp_early_kill_open();
	int ends[2], rc;

	*hold = (struct dp_early_kill_hold){ .line = -1 };
	if (fd < 0)
		return -errno;
	hold->was = dp_early_kill_get(fd);
	/* The keeper first: there is no moment without it. */
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	hold->keeper = fork();
	if (!hold->keeper) {
		close(ends[1]);
		dp_early_kill_keep(ends[0], hold->was);
	}
	rc = -errno;
	close(ends[0]);
	if (hold->keeper < 0) {
		close(ends[1]);
		hold->keeper = 0;
		return rc;
	}
	hold->line = ends[1];
	rc = dp_early_kill_write(on);
	if (rc)
		dp_early_kill_restore(hold);
	return rc;
}

int dp_early_kill_restore(struct dp_early_kill_hold *hold)
{
	char byte = 0;
	int rc, status;

	if (!hold->keeper)
		return 0;
	rc = dp_early_kill_write(hold->was);
	/* Should that have failed, the keeper tries once more. */
	if (!rc && write(hold->line, &byte, 1) != 1)
		rc = -errno;
	close(hold->line);
	/* It has nothing to do but end; should it not, it is not waited for. */
	dp_bounded_reap(hold->keeper, DP_GONE_MS, &status);
	*hold = (struct dp_early_kill_hold){ .line = -1 };
	return rc;
}
