/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "sys/inherited.h"

/* By descriptor: the mode in which it is of no use. Of the diagnostics nothing
 * depends. */
static const int dp_useless[] = {
	[STDIN_FILENO] = O_WRONLY,
	[STDOUT_FILENO] = O_RDONLY,
	[STDERR_FILENO] = O_RDWR,
};

int dp_inherited_settle(void)
{
	umask(umask(0) | S_IWGRP | S_IWOTH);
	signal(SIGCHLD, SIG_DFL);
	for (int fd = 0; fd < (int)ARRAY_SIZE(dp_useless); fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* The lowest that is free, so this one. */
		if (open("/dev/null", dp_useless[fd]) != fd)
			return errno ? -errno : -EBADF;
	}
	return 0;
}
