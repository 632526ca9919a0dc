/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>

#include "unit.h"
#include "vm/frame.h"

/* One direction of a channel as bytes. */
struct dp_stream {
	uint8_t data[4 * DP_FRAME_MAX];
	size_t used;
};

static struct dp_stream stream;
static struct dp_decoder decoder;

static void dp_put(enum dp_frame_type type, const void *data, size_t length)
{
	ck_assert_uint_le(stream.used + DP_FRAME_HEADER + length,
			  sizeof(stream.data));
	dp_frame_header(stream.data + stream.used, type, length);
	stream.used += DP_FRAME_HEADER;
	if (length)
		memcpy(stream.data + stream.used, data, length);
	stream.used += length;
}

static void dp_put_hello(uint32_t version)
{
	uint8_t payload[DP_FRAME_FIXED];

	dp_put(DP_FRAME_HELLO, payload, dp_frame_put_hello(payload, version));
}

/* Feed the stream in pieces of `step` bytes. Returns how many frames came, or
 * the decoder's error. */
static int dp_feed(size_t step, struct dp_frame *last, struct dp_why *why)
{
	size_t at = 0, room;
	struct dp_frame frame;
	int rc, n = 0;

	while (at < stream.used) {
		uint8_t *p = dp_decoder_room(&decoder, &room);
		size_t k = dp_min(dp_min(step, room), stream.used - at);

		ck_assert_uint_gt(room, 0);
		memcpy(p, stream.data + at, k);
		dp_decoder_fed(&decoder, k);
		at += k;
		while ((rc = dp_decoder_next(&decoder, &frame, why)) > 0) {
			n++;
			if (last)
				*last = frame;
		}
		if (rc < 0)
			return rc;
	}
	return n;
}

static void dp_begin(bool from_guest)
{
	stream.used = 0;
	dp_decoder_init(&decoder, from_guest);
}

START_TEST(layout_is_fixed)
{
	static const uint8_t wanted[] = {
		1, 4, 0, 0, 0, 1, 0, 0, 0, 4, 3, 0, 0, 0, 'a', 0, 'b',
	};

	dp_begin(true);
	dp_put_hello(DP_FRAME_VERSION);
	dp_put(DP_FRAME_STDOUT, "a\0b", 3);
	ck_assert_mem_eq(stream.data, wanted, sizeof(wanted));
	ck_assert_uint_eq(stream.used, sizeof(wanted));
}
END_TEST

START_TEST(any_pieces)
{
	static const size_t steps[] = { 1, 2, 3, 5, 7, 4096, 1 << 20 };
	static uint8_t big[DP_FRAME_MAX];
	struct dp_frame last;

	memset(big, 'x', sizeof(big));
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		dp_begin(true);
		dp_put_hello(DP_FRAME_VERSION);
		dp_put(DP_FRAME_STARTED, NULL, 0);
		dp_put(DP_FRAME_STDOUT, big, sizeof(big));
		dp_put(DP_FRAME_STDERR, big, sizeof(big));
		dp_put(DP_FRAME_NOTE, "bye", 3);
		ck_assert_int_eq(dp_feed(steps[i], &last, NULL), 5);
		ck_assert_int_eq(last.type, DP_FRAME_NOTE);
		ck_assert_uint_eq(last.length, 3);
		ck_assert_mem_eq(last.data, "bye", 3);
		ck_assert(!dp_decoder_is_torn(&decoder));
	}
}
END_TEST

START_TEST(every_cut_is_noticed)
{
	uint8_t payload[DP_FRAME_FIXED];
	struct dp_frame_exit e = { .code = 3 };
	size_t whole, starts[3], i, cut;

	dp_begin(true);
	dp_put_hello(DP_FRAME_VERSION);
	starts[0] = stream.used;
	dp_put(DP_FRAME_STDOUT, "abc", 3);
	starts[1] = stream.used;
	dp_put(DP_FRAME_EXIT, payload, dp_frame_put_exit(payload, &e));
	starts[2] = whole = stream.used;
	for (cut = 1; cut <= whole; cut++) {
		bool edge = false;

		dp_decoder_init(&decoder, true);
		stream.used = cut;
		ck_assert_int_ge(dp_feed(4096, NULL, NULL), 0);
		for (i = 0; i < ARRAY_SIZE(starts); i++)
			edge = edge || cut == starts[i];
		ck_assert_msg(dp_decoder_is_torn(&decoder) == !edge,
			      "cut at %zu", cut);
		ck_assert_msg(decoder.ended == (cut == whole), "cut at %zu",
			      cut);
	}
}
END_TEST

START_TEST(order_is_checked)
{
	struct dp_why why = { "" };
	uint8_t payload[DP_FRAME_FIXED];
	struct dp_frame_exit e = { .code = 0 };

	dp_begin(true);
	dp_put(DP_FRAME_STDOUT, "x", 1);
	ck_assert_int_eq(dp_feed(64, NULL, &why), -EBADMSG);
	ck_assert_str_eq(why.text, "no hello frame at the start");

	dp_begin(true);
	dp_put_hello(DP_FRAME_VERSION);
	dp_put_hello(DP_FRAME_VERSION);
	ck_assert_int_eq(dp_feed(64, NULL, &why), -EBADMSG);
	ck_assert_str_eq(why.text, "a second hello frame");

	dp_begin(true);
	dp_put_hello(DP_FRAME_VERSION);
	dp_put(DP_FRAME_EXIT, payload, dp_frame_put_exit(payload, &e));
	dp_put(DP_FRAME_STDOUT, "x", 1);
	ck_assert_int_eq(dp_feed(64, NULL, &why), -EBADMSG);
	ck_assert_str_eq(why.text, "a stdout frame after the last one");

	dp_begin(true);
	dp_put_hello(DP_FRAME_VERSION + 1);
	ck_assert_int_eq(dp_feed(64, NULL, &why), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(why.text, "protocol version"));

	dp_begin(true);
	dp_put_hello(DP_FRAME_VERSION);
	dp_put(DP_FRAME_STDIN, "x", 1);
	ck_assert_int_eq(dp_feed(64, NULL, &why), -EBADMSG);
	dp_begin(false);
	dp_put(DP_FRAME_STDOUT, "x", 1);
	ck_assert_int_eq(dp_feed(64, NULL, &why), -EBADMSG);
	dp_begin(false);
	dp_put(DP_FRAME_STDIN, "x", 1);
	ck_assert_int_eq(dp_feed(64, NULL, &why), 1);
}
END_TEST

START_TEST(bad_headers)
{
	struct dp_why why = { "" };

	for (int type = 0; type < 256; type++) {
		dp_begin(true);
		dp_put_hello(DP_FRAME_VERSION);
		dp_put(type, NULL, 0);
		if (type > 0 && type < DP_FRAME_TYPE_MAX)
			continue;
		ck_assert_int_eq(dp_feed(64, NULL, &why), -EBADMSG);
		ck_assert_ptr_nonnull(strstr(why.text, "unknown type"));
		ck_assert_str_eq(dp_frame_type_name(type), "unknown");
	}
	dp_begin(true);
	dp_put_hello(DP_FRAME_VERSION);
	dp_frame_header(stream.data + stream.used, DP_FRAME_STDOUT,
			DP_FRAME_MAX + 1);
	stream.used += DP_FRAME_HEADER;
	ck_assert_int_eq(dp_feed(64, NULL, &why), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(why.text, "at most 65536"));
}
END_TEST

START_TEST(fixed_payloads)
{
	uint8_t p[DP_FRAME_FIXED];
	struct dp_frame_exit e = { true, 9, 1ULL << 40, 7 }, back;
	struct dp_frame_winsize w = { 50, 300 }, w2;
	struct dp_frame f = { .data = p };

	f.length = dp_frame_put_exit(p, &e);
	ck_assert_int_eq(dp_frame_get_exit(&f, &back), 0);
	ck_assert(back.signalled && back.code == 9);
	ck_assert_uint_eq(back.n_stdout, 1ULL << 40);
	ck_assert_uint_eq(back.n_stderr, 7);
	f.length--;
	ck_assert_int_eq(dp_frame_get_exit(&f, &back), -EBADMSG);
	f.length += 2;
	ck_assert_int_eq(dp_frame_get_exit(&f, &back), -EBADMSG);
	f.length--;
	p[0] = 2;
	ck_assert_int_eq(dp_frame_get_exit(&f, &back), -EBADMSG);
	p[0] = 1;
	p[1] = 0;
	ck_assert_int_eq(dp_frame_get_exit(&f, &back), -EBADMSG);
	f.length = dp_frame_put_winsize(p, &w);
	ck_assert_int_eq(dp_frame_get_winsize(&f, &w2), 0);
	ck_assert(w2.rows == 50 && w2.cols == 300);
	f.length = 3;
	ck_assert_int_eq(dp_frame_get_winsize(&f, &w2), -EBADMSG);
}
END_TEST

/* Whatever comes, the decoder stays within its buffer and says what is wrong. */
START_TEST(noise)
{
	struct dp_why why;

	srandom(1);
	for (int round = 0; round < 2000; round++) {
		dp_begin(round & 1);
		if (round & 1)
			dp_put_hello(DP_FRAME_VERSION);
		for (int i = 0; i < 200; i++)
			stream.data[stream.used++] = random() % 16;
		why.text[0] = '\0';
		if (dp_feed(1 + random() % 64, NULL, &why) < 0)
			ck_assert_int_ne(why.text[0], '\0');
		ck_assert_uint_le(decoder.used, sizeof(decoder.buf));
		ck_assert_uint_le(decoder.taken, decoder.used);
	}
}
END_TEST

UNIT_SUITE("frame", &layout_is_fixed, &any_pieces, &every_cut_is_noticed,
	   &order_is_checked, &bad_headers, &fixed_payloads, &noise)
