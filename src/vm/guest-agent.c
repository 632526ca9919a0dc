/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/cleanup.h"
#include "sys/inject.h"
#include "vm/guest.h"

int dp_agent_open(struct dp_guest *g)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX,
				  .sun_path = "/" DP_AGENT_SOCKET };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
					0);

	g->agent = g->asking = -1;
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) ||
	    chmod(at.sun_path, 0600) || listen(fd, 8))
		return -errno;
	g->agent = TAKE_FD(fd);
	return 0;
}

static void dp_agent_done(struct dp_guest *g)
{
	dp_closep(&g->asking);
	g->asking = -1;
}

int dp_agent_serve(struct dp_guest *g)
{
	char text[64];
	ssize_t n;

	if (g->asking < 0) {
		g->asking = accept4(g->agent, NULL, NULL, SOCK_CLOEXEC);
		return 0;
	}
	n = recv(g->asking, text, sizeof(text), MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		dp_agent_done(g);
		return 0;
	}
	return dp_guest_send(g, DP_FRAME_REQUEST, text, n);
}

void dp_agent_reply(struct dp_guest *g, const struct dp_frame *frame)
{
	if (g->asking >= 0)
		send(g->asking, frame->data, frame->length, MSG_NOSIGNAL);
	dp_agent_done(g);
}
