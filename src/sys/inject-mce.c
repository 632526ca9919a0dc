/* SPDX-License-Identifier: GPL-2.0-only */
/* A machine check, asked of the host by way of the guest's first process. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/inject.h"

static int dp_agent_connect(unsigned int wait)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX,
				  .sun_path = "/" DP_AGENT_SOCKET };
	struct timeval limit = { .tv_sec = wait };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
					0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ||
	    connect(fd, (struct sockaddr *)&at, sizeof(at)))
		return -errno;
	return TAKE_FD(fd);
}

/* 0, or what the host has against it. */
static int dp_agent_ask(int fd, uint64_t phys)
{
	char text[128];
	ssize_t n;

	snprintf(text, sizeof(text), "mce 0x%" PRIx64, phys);
	if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		return -errno;
	n = recv(fd, text, sizeof(text) - 1, 0);
	if (n < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	text[n] = '\0';
	if (!strcmp(text, "done"))
		return 0;
	return !strncmp(text, "outside", strlen("outside")) ? -ERANGE : -EIO;
}

int dp_inject_mce(const struct dp_injection *i)
{
	uint64_t was = dp_corrupted_kb();
	_cleanup_close_ int fd = -1;
	int rc;

	fd = dp_agent_connect(i->wait);
	if (fd < 0)
		return fd;
	rc = dp_agent_ask(fd, i->at.phys);
	return rc ? rc : dp_await_poison(i, was, -1);
}
