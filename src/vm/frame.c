/* SPDX-License-Identifier: GPL-2.0-only */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "vm/frame.h"

static const struct {
	const char *name;
	bool from_guest;
	bool last;
} dp_frame_types[DP_FRAME_TYPE_MAX] = {
	[DP_FRAME_HELLO] = { "hello", true, false },
	[DP_FRAME_NOTE] = { "note", true, false },
	[DP_FRAME_STARTED] = { "started", true, false },
	[DP_FRAME_STDOUT] = { "stdout", true, false },
	[DP_FRAME_STDERR] = { "stderr", true, false },
	[DP_FRAME_EXIT] = { "exit", true, true },
	[DP_FRAME_ERROR] = { "error", true, true },
	[DP_FRAME_REQUEST] = { "request", true, false },
	[DP_FRAME_STDIN] = { "stdin", false, false },
	[DP_FRAME_WINSIZE] = { "winsize", false, false },
	[DP_FRAME_REPLY] = { "reply", false, false },
};

const char *dp_frame_type_name(int type)
{
	if (type <= 0 || type >= DP_FRAME_TYPE_MAX)
		return "unknown";
	return dp_frame_types[type].name;
}

static void dp_put_u16(uint8_t *p, uint16_t n)
{
	n = htole16(n);
	memcpy(p, &n, sizeof(n));
}

static void dp_put_u32(uint8_t *p, uint32_t n)
{
	n = htole32(n);
	memcpy(p, &n, sizeof(n));
}

static void dp_put_u64(uint8_t *p, uint64_t n)
{
	n = htole64(n);
	memcpy(p, &n, sizeof(n));
}

static uint16_t dp_get_u16(const uint8_t *p)
{
	uint16_t n;

	memcpy(&n, p, sizeof(n));
	return le16toh(n);
}

static uint32_t dp_get_u32(const uint8_t *p)
{
	uint32_t n;

	memcpy(&n, p, sizeof(n));
	return le32toh(n);
}

static uint64_t dp_get_u64(const uint8_t *p)
{
	uint64_t n;

	memcpy(&n, p, sizeof(n));
	return le64toh(n);
}

void dp_frame_header(uint8_t header[DP_FRAME_HEADER], enum dp_frame_type type,
		     uint32_t length)
{
	header[0] = type;
	dp_put_u32(header + 1, length);
}

size_t dp_frame_put_hello(uint8_t payload[DP_FRAME_FIXED], uint32_t version)
{
	dp_put_u32(payload, version);
	return 4;
}

int dp_frame_get_hello(const struct dp_frame *frame, uint32_t *version)
{
	if (frame->length != 4)
		return -EBADMSG;
	*version = dp_get_u32(frame->data);
	return 0;
}

size_t dp_frame_put_exit(uint8_t payload[DP_FRAME_FIXED],
			 const struct dp_frame_exit *ended)
{
	payload[0] = ended->signalled;
	payload[1] = ended->code;
	dp_put_u64(payload + 2, ended->n_stdout);
	dp_put_u64(payload + 10, ended->n_stderr);
	return 18;
}

int dp_frame_get_exit(const struct dp_frame *frame,
		      struct dp_frame_exit *ended)
{
	if (frame->length != 18 || frame->data[0] > 1)
		return -EBADMSG;
	/* Signal 0 kills nothing. */
	if (frame->data[0] && (!frame->data[1] || frame->data[1] > 64))
		return -EBADMSG;
	*ended = (struct dp_frame_exit){
		.signalled = frame->data[0],
		.code = frame->data[1],
		.n_stdout = dp_get_u64(frame->data + 2),
		.n_stderr = dp_get_u64(frame->data + 10),
	};
	return 0;
}

size_t dp_frame_put_winsize(uint8_t payload[DP_FRAME_FIXED],
			    const struct dp_frame_winsize *size)
{
	dp_put_u16(payload, size->rows);
	dp_put_u16(payload + 2, size->cols);
	return 4;
}

int dp_frame_get_winsize(const struct dp_frame *frame,
			 struct dp_frame_winsize *size)
{
	if (frame->length != 4)
		return -EBADMSG;
	size->rows = dp_get_u16(frame->data);
	size->cols = dp_get_u16(frame->data + 2);
	return 0;
}

void dp_decoder_init(struct dp_decoder *d, bool from_guest)
{
	d->from_guest = from_guest;
	d->greeted = false;
	d->ended = false;
	d->used = 0;
	d->taken = 0;
}

uint8_t *dp_decoder_room(struct dp_decoder *d, size_t *room)
{
	if (d->taken) {
		memmove(d->buf, d->buf + d->taken, d->used - d->taken);
		d->used -= d->taken;
		d->taken = 0;
	}
	*room = sizeof(d->buf) - d->used;
	return d->buf + d->used;
}

void dp_decoder_fed(struct dp_decoder *d, size_t n)
{
	d->used += n;
}

/* Whether a frame of this type may come now. */
static int dp_check_order(const struct dp_decoder *d, int type, uint32_t length,
			  struct dp_why *why)
{
	const char *name = dp_frame_type_name(type);

	if (type <= 0 || type >= DP_FRAME_TYPE_MAX)
		return dp_why(why, -EBADMSG, "a frame of unknown type %d",
			      type);
	if (dp_frame_types[type].from_guest != d->from_guest)
		return dp_why(why, -EBADMSG,
			      "a %s frame, which only the other side may send",
			      name);
	if (length > DP_FRAME_MAX)
		return dp_why(why, -EBADMSG,
			      "a %s frame of %u bytes; at most %d are allowed",
			      name, length, DP_FRAME_MAX);
	if (d->ended)
		return dp_why(why, -EBADMSG, "a %s frame after the last one",
			      name);
	if (d->from_guest && d->greeted == (type == DP_FRAME_HELLO))
		return dp_why(why, -EBADMSG, "%s",
			      d->greeted ? "a second hello frame"
					 : "no hello frame at the start");
	return 0;
}

static int dp_check_hello(const struct dp_frame *frame, struct dp_why *why)
{
	uint32_t version;
	int rc;

	rc = dp_frame_get_hello(frame, &version);
	if (rc)
		return dp_why(why, rc, "a hello frame of %u bytes",
			      frame->length);
	if (version != DP_FRAME_VERSION)
		return dp_why(why, -EBADMSG,
			      "protocol version %u, this daxpoison speaks %d",
			      version, DP_FRAME_VERSION);
	return 0;
}

int dp_decoder_next(struct dp_decoder *d, struct dp_frame *frame,
		    struct dp_why *why)
{
	const uint8_t *p = d->buf + d->taken;
	size_t left = d->used - d->taken;
	uint32_t length;
	int rc;

	if (left < DP_FRAME_HEADER)
		return 0;
	length = dp_get_u32(p + 1);
	rc = dp_check_order(d, p[0], length, why);
	if (rc)
		return rc;
	if (left - DP_FRAME_HEADER < length)
		return 0;
	*frame = (struct dp_frame){
		.type = p[0],
		.length = length,
		.data = p + DP_FRAME_HEADER,
	};
	if (frame->type == DP_FRAME_HELLO) {
		rc = dp_check_hello(frame, why);
		if (rc)
			return rc;
		d->greeted = true;
	}
	d->ended = dp_frame_types[frame->type].last;
	d->taken += DP_FRAME_HEADER + length;
	return 1;
}

bool dp_decoder_is_torn(const struct dp_decoder *d)
{
	return d->used != d->taken;
}
