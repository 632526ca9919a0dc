/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "vm/guest.h"

int dp_guest_send(struct dp_guest *g, enum dp_frame_type type,
		  const void *data, size_t length)
{
	uint8_t frame[DP_FRAME_HEADER + 4096];
	size_t done = 0, size = DP_FRAME_HEADER + length;
	ssize_t n;

	if (g->channel < 0)
		return -ENOTCONN;
	if (size > sizeof(frame))
		return -EMSGSIZE;
	dp_frame_header(frame, type, length);
	if (length)
		memcpy(frame + DP_FRAME_HEADER, data, length);
	while (done < size) {
		n = write(g->channel, frame + done, size - done);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			done += n;
	}
	return 0;
}

void dp_guest_note(struct dp_guest *g, const char *fmt, ...)
{
	char text[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	dp_guest_send(g, DP_FRAME_NOTE, text, strlen(text));
}

void dp_guest_fail(struct dp_guest *g, const struct dp_why *why, int err)
{
	const char *text = dp_why_text(why, err);
	_cleanup_close_ int console = -1;

	if (g->channel >= 0) {
		dp_guest_send(g, DP_FRAME_ERROR, text, strlen(text));
		return;
	}
	console = open("/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (console >= 0)
		dprintf(console, "daxpoison in the guest: %s\n", text);
}
