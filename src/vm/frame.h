/* SPDX-License-Identifier: GPL-2.0-only */
/* The frames that host and guest exchange over a port of their own: one byte
 * of type, four bytes of length (little endian), payload. Pure code: what
 * comes from the other side is never trusted. */
#ifndef DP_VM_FRAME_H
#define DP_VM_FRAME_H

#include <stdint.h>

#include "base/macros.h"
#include "base/why.h"

#define DP_FRAME_VERSION 1
#define DP_FRAME_HEADER 5
#define DP_FRAME_MAX 65536	/* bytes of payload */

enum dp_frame_type {
	DP_FRAME_HELLO = 1,	/* guest: u32 version; the first frame */
	DP_FRAME_NOTE,		/* guest: text, what it is doing */
	DP_FRAME_STARTED,	/* guest: nothing; the command runs now */
	DP_FRAME_STDOUT,	/* guest: bytes of the command's output */
	DP_FRAME_STDERR,	/* guest */
	DP_FRAME_EXIT,		/* guest: struct dp_frame_exit; the last frame */
	DP_FRAME_ERROR,		/* guest: text, why no command ran; the last */
	DP_FRAME_REQUEST,	/* guest: text, something the host shall do */
	DP_FRAME_STDIN,		/* host: bytes; none: end of file */
	DP_FRAME_WINSIZE,	/* host: struct dp_frame_winsize */
	DP_FRAME_REPLY,		/* host: text, the answer to a request */
	DP_FRAME_TYPE_MAX,
};

/* "stdout"; "unknown" for what is no type. */
const char *dp_frame_type_name(int type);

struct dp_frame {
	enum dp_frame_type type;
	uint32_t length;
	const uint8_t *data;	/* points into the decoder; borrowed */
};

/* How the command ended. The totals prove that nothing got lost. */
struct dp_frame_exit {
	bool signalled;
	uint8_t code;		/* exit status, or number of the signal */
	uint64_t n_stdout;	/* bytes sent in stdout frames */
	uint64_t n_stderr;
};

struct dp_frame_winsize {
	uint16_t rows, cols;
};

/* Write the header of a frame to `header`. */
void dp_frame_header(uint8_t header[DP_FRAME_HEADER], enum dp_frame_type type,
		     uint32_t length);

/* Payloads of a fixed shape. _put writes and returns the length; _get is
 * strict: 0, or -EBADMSG for any other length or a value out of range. */
#define DP_FRAME_FIXED 24
size_t dp_frame_put_hello(uint8_t payload[DP_FRAME_FIXED], uint32_t version);
int dp_frame_get_hello(const struct dp_frame *frame, uint32_t *version);
size_t dp_frame_put_exit(uint8_t payload[DP_FRAME_FIXED],
			 const struct dp_frame_exit *ended);
int dp_frame_get_exit(const struct dp_frame *frame,
		      struct dp_frame_exit *ended);
size_t dp_frame_put_winsize(uint8_t payload[DP_FRAME_FIXED],
			    const struct dp_frame_winsize *size);
int dp_frame_get_winsize(const struct dp_frame *frame,
			 struct dp_frame_winsize *size);

/* Turns a stream of bytes into frames. */
struct dp_decoder {
	bool from_guest;	/* which side's frames are allowed */
	bool greeted;		/* a hello came */
	bool ended;		/* an exit or error came: nothing may follow */
	size_t used, taken;	/* bytes in buf; bytes given out already */
	uint8_t buf[2 * (DP_FRAME_HEADER + DP_FRAME_MAX)];
};

void dp_decoder_init(struct dp_decoder *d, bool from_guest);

/* Where the next bytes go, and how many fit (never 0 after dp_decoder_next()
 * returned 0). dp_decoder_fed tells how many were written there. Frames given
 * out before become invalid. */
uint8_t *dp_decoder_room(struct dp_decoder *d, size_t *room);
void dp_decoder_fed(struct dp_decoder *d, size_t n);

/* The next whole frame: 1 and fills it, 0 if more bytes are needed, or
 * -EBADMSG with a reason: unknown type, wrong side, too long, no hello first,
 * another protocol version, anything after the last frame. */
int dp_decoder_next(struct dp_decoder *d, struct dp_frame *frame,
		    struct dp_why *why);

/* Whether the stream stopped inside a frame. */
bool dp_decoder_is_torn(const struct dp_decoder *d);

#endif
