/* SPDX-License-Identifier: GPL-2.0-only */
/* What comes from a guest or goes to it, and the kernel that it boots. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "parsers.h"
#include "vm/host-parts.h"
#include "vm/kernel-image.h"
#include "vm/orders.h"
#include "vm/vmlinux.h"

/* What a stream of frames amounts to. */
struct dp_heard {
	unsigned int frames;
	uint32_t sum;
	bool bad, torn;
};

/* Feed the decoder `step` bytes at a time; 0: as many as it takes. */
static struct dp_heard dp_listen(struct dp_decoder *d, const uint8_t *data,
				 size_t n, size_t step)
{
	struct dp_heard heard = { 0 };
	struct dp_why why = { "" };
	struct dp_frame frame;
	size_t room;
	int rc = 0;

	while (rc >= 0) {
		uint8_t *at;

		while ((rc = dp_decoder_next(d, &frame, &why)) > 0) {
			struct dp_frame_winsize size;
			struct dp_frame_exit ended;

			HOLDS(frame.length <= DP_FRAME_MAX);
			heard.frames++;
			for (uint32_t i = 0; i < frame.length; i++)
				heard.sum = heard.sum * 31 + frame.data[i];
			if (!dp_frame_get_exit(&frame, &ended))
				heard.sum += ended.code + ended.n_stdout;
			if (!dp_frame_get_winsize(&frame, &size))
				heard.sum += size.rows;
		}
		if (rc < 0 || !n)
			break;
		at = dp_decoder_room(d, &room);
		HOLDS(room);
		room = dp_min(room, n);
		if (step)
			room = dp_min(room, step);
		memcpy(at, data, room);
		dp_decoder_fed(d, room);
		data += room;
		n -= room;
	}
	heard.bad = rc < 0;
	heard.torn = dp_decoder_is_torn(d);
	HOLDS(!heard.bad || why.text[0]);
	return heard;
}

/* However the bytes are cut up, they say the same. The first one tells the side
 * that listens, and the size of the pieces. */
void dp_fuzz_frame(const uint8_t *data, size_t n)
{
	static struct dp_decoder d;
	struct dp_heard whole, pieces;

	if (!n)
		return;
	dp_decoder_init(&d, data[0] & 1);
	whole = dp_listen(&d, data + 1, n - 1, 0);
	dp_decoder_init(&d, data[0] & 1);
	pieces = dp_listen(&d, data + 1, n - 1, 1 + data[0] / 2);
	HOLDS(whole.frames == pieces.frames && whole.sum == pieces.sum);
	HOLDS(whole.bad == pieces.bad);
	HOLDS(whole.bad || whole.torn == pieces.torn);
}

void dp_fuzz_orders(const uint8_t *data, size_t n)
{
	_cleanup_free_ char *text = malloc(n ?: 1);
	static struct dp_orders orders;
	struct dp_why why = { "" };

	HOLDS(text);
	if (n)
		memcpy(text, data, n);
	if (dp_orders_parse(&orders, text, n, &why)) {
		HOLDS(why.text[0]);
		return;
	}
	HOLDS(orders.n_args && !orders.args[orders.n_args]);
	HOLDS(!orders.env[orders.n_env] && !orders.modules[orders.n_modules]);
	HOLDS(orders.n_pmem <= DP_PMEM_MAX);
}

/* A guest may ask for anything; here is no QEMU to pass it on to. */
void dp_fuzz_request(const uint8_t *data, size_t n)
{
	_cleanup_free_ char *text = dp_fuzz_text(data, n);
	char reply[96] = "";

	dp_host_request(-1, text, reply, sizeof(reply));
	HOLDS(*reply && strcmp(reply, "done"));
}

/* QEMU's answers, all there before it is asked; then its end of the line. */
void dp_fuzz_qmp(const uint8_t *data, size_t n)
{
	static const char *const replies[] = {
		"QEMU does not answer", "outside of the emulated NVDIMMs",
		"QEMU refuses", "QEMU cannot do it", "done",
	};
	char reply[96] = "";
	bool known = false;
	int ends[2];

	HOLDS(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	HOLDS(send(ends[1], data, n, MSG_DONTWAIT) == (ssize_t)n);
	HOLDS(!shutdown(ends[1], SHUT_WR));
	dp_host_request(ends[0], "mce 0x140001000", reply, sizeof(reply));
	for (size_t i = 0; i < ARRAY_SIZE(replies); i++)
		known |= !strcmp(reply, replies[i]);
	HOLDS(known);
	close(ends[0]);
	close(ends[1]);
}

void dp_fuzz_bzimage(const uint8_t *data, size_t n)
{
	struct dp_why why = { "" };
	char release[128];

	if (dp_bzimage_check(data, n, n, release, sizeof(release), &why)) {
		HOLDS(why.text[0]);
		return;
	}
	HOLDS(*release && !strchr(release, ' '));
}

void dp_fuzz_vmlinux(const uint8_t *data, size_t n)
{
	dp_vmlinux_has_pvh(data, n);
}
