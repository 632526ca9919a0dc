/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "run/attempt.h"
#include "sys/map.h"
#include "sys/sigbus.h"
#include "sys/touch.h"

/* include/uapi/asm-generic/mman-common.h; glibc leaves it out. */
#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE 101
#endif

/* A mapping of two whole units to try things on, and room for another. */
struct dp_attempt_room {
	const struct dp_case *c;
	int fd;
	struct dp_area area;	/* holds the mapping, once it is made */
	struct dp_area spare;	/* reserved, empty */
	char *result;		/* where a success may be touched, or NULL */
	uint64_t asked;		/* the target offset wanted at `result` */
};

static int dp_map_new(struct dp_attempt_room *r, uint64_t at, uint64_t length,
		      uint64_t offset, int flags)
{
	void *got = mmap(r->spare.start + at, length, PROT_READ | PROT_WRITE,
			 flags | MAP_FIXED, r->fd, offset);

	if (got == MAP_FAILED)
		return -errno;
	r->result = got;
	return 0;
}

static int dp_try_offset(struct dp_attempt_room *r)
{
	r->asked = r->c->page;
	return dp_map_new(r, 0, r->c->unit, r->c->page, MAP_SHARED);
}

static int dp_try_length(struct dp_attempt_room *r)
{
	return dp_map_new(r, 0, r->c->unit + r->c->page, 0, MAP_SHARED);
}

static int dp_try_address(struct dp_attempt_room *r)
{
	return dp_map_new(r, r->c->page, r->c->unit, 0, MAP_SHARED);
}

static int dp_try_private(struct dp_attempt_room *r)
{
	/* Not to be refused for want of memory before the driver is asked. */
	return dp_map_new(r, 0, r->c->unit, 0, MAP_PRIVATE | MAP_NORESERVE);
}

static int dp_try_munmap(struct dp_attempt_room *r)
{
	return munmap(r->area.start + r->c->page, r->c->page) ? -errno : 0;
}

static int dp_try_mprotect(struct dp_attempt_room *r)
{
	return mprotect(r->area.start + r->c->page, r->c->page, PROT_READ)
		       ? -errno
		       : 0;
}

static int dp_try_shrink(struct dp_attempt_room *r)
{
	void *got = mremap(r->area.start, 2 * r->c->unit,
			   r->c->unit + r->c->page, 0);

	return got == MAP_FAILED ? -errno : 0;
}

static int dp_try_move(struct dp_attempt_room *r)
{
	void *got = mremap(r->area.start, 2 * r->c->unit, 2 * r->c->unit,
			   MREMAP_MAYMOVE | MREMAP_FIXED,
			   r->spare.start + r->c->page);

	if (got == MAP_FAILED)
		return -errno;
	r->result = got;
	return 0;
}

static int dp_try_dontneed(struct dp_attempt_room *r)
{
	return madvise(r->area.start + r->c->page, r->c->page, MADV_DONTNEED)
		       ? -errno
		       : 0;
}

static int dp_try_soft_offline(struct dp_attempt_room *r)
{
	char *at = r->area.start + r->c->poison.offset;

	return madvise(at, r->c->page, MADV_SOFT_OFFLINE) ? -errno : 0;
}

static const struct {
	int (*fn)(struct dp_attempt_room *r);
	bool wants_mapping;	/* two units, mapped and touched before */
	bool look_after;	/* is the rest of the mapping still there? */
} dp_attempts[] = {
	[DP_OP_NONE] = { NULL, false, false },
	[DP_OP_MMAP_OFFSET] = { dp_try_offset, true, false },
	[DP_OP_MMAP_LENGTH] = { dp_try_length, true, false },
	[DP_OP_MMAP_ADDRESS] = { dp_try_address, true, false },
	[DP_OP_MMAP_PRIVATE] = { dp_try_private, true, false },
	[DP_OP_MUNMAP_PART] = { dp_try_munmap, true, true },
	[DP_OP_MPROTECT_PART] = { dp_try_mprotect, true, true },
	[DP_OP_MREMAP_SHRINK] = { dp_try_shrink, true, true },
	[DP_OP_MREMAP_MOVE] = { dp_try_move, true, false },
	[DP_OP_DONTNEED_PART] = { dp_try_dontneed, true, true },
	[DP_OP_SOFT_OFFLINE] = { dp_try_soft_offline, true, true },
};
static_assert(ARRAY_SIZE(dp_attempts) == DP_OP_MAX, "an attempt has no row");

static int dp_touch_both(struct dp_attempt_room *r, int *faults)
{
	struct dp_touch t;

	for (uint64_t at = 0; at < 2 * r->c->unit; at += r->c->unit) {
		/* Not the page that the attempt names: a unit that lost any
		 * part must show it here. */
		dp_touch(r->area.start + at + r->c->unit - 1, false, &t);
		if (t.signal >= 0)
			return -EFAULT;
		*faults += t.faults;
	}
	return 0;
}

/* The one byte at the result of an attempt, read under the guard. */
struct dp_peek {
	volatile char *at;
	char got;
};

static void dp_peek(void *p)
{
	struct dp_peek *peek = p;

	peek->got = *peek->at;
}

/* Which of the first two pages is seen through the new mapping: each is given
 * a byte of its own through the old one, and gets its own back. */
static uint64_t dp_shows(struct dp_attempt_room *r)
{
	volatile char *zero = r->area.start, *one = zero + r->c->page;
	struct dp_peek first = { .at = r->result }, second = first;
	char was_zero = *zero, was_one = *one;
	uint64_t shows = DP_SHOWS_UNKNOWN;

	/* Two rounds: contents that match by chance do not follow. */
	*zero = 0x5a;
	*one = 0x25;
	if (dp_sigbus_guard(dp_peek, &first) < 0) {
		*zero = 0x13;
		*one = 0x6c;
		if (dp_sigbus_guard(dp_peek, &second) < 0) {
			if (first.got == 0x5a && second.got == 0x13)
				shows = 0;
			else if (first.got == 0x25 && second.got == 0x6c)
				shows = r->c->page;
		}
	}
	*zero = was_zero;
	*one = was_one;
	return shows;
}

static int dp_attempt(struct dp_attempt_room *r, struct dp_observation *o)
{
	struct dp_attempt *a = &o->attempt;
	enum dp_attempt_op op = r->c->op;
	int faults = 0, rc;

	dp_enter(o, DP_STEP_MAP);
	rc = dp_touch_selftest();
	if (!rc)
		rc = dp_area_init(&r->area, 2 * r->c->unit, r->c->unit);
	if (!rc)
		rc = dp_area_init(&r->spare, 3 * r->c->unit, r->c->unit);
	if (rc)
		return rc;
	if (dp_attempts[op].wants_mapping) {
		rc = dp_area_map(&r->area, 0, r->fd, 0, 2 * r->c->unit);
		if (!rc)
			rc = dp_touch_both(r, &faults);
		if (rc)
			return rc;
		o->view.start = (uintptr_t)r->area.start;
		o->view.range = r->c->map;
		o->populate_faults = faults;
	}
	dp_enter(o, DP_STEP_INJECT);
	a->err = -dp_attempts[op].fn(r);
	a->made = true;
	a->intact_faults = -1;
	a->asked = r->asked;
	a->shows = DP_SHOWS_UNKNOWN;
	dp_enter(o, DP_STEP_TOUCH);
	if (dp_attempts[op].look_after &&
	    (a->err || op == DP_OP_DONTNEED_PART)) {
		faults = 0;
		rc = dp_touch_both(r, &faults);
		a->intact_faults = faults;
	}
	if (!a->err && r->result) {
		a->then.offset = 0;
		dp_touch(r->result + r->c->unit / 2, false, &a->then);
		a->then_made = true;
		if (op == DP_OP_MMAP_OFFSET && a->then.signal < 0)
			a->shows = dp_shows(r);
	}
	return rc;
}

void dp_attempt_body(const struct dp_part *part)
{
	const struct dp_case *c = part->c;
	struct dp_observation *o = part->o;
	struct dp_attempt_room room = { .c = c, .fd = -1 };
	int rc;

	dp_enter(o, DP_STEP_OPEN);
	rc = dp_sigbus_install(o);
	if (!rc) {
		room.fd = open(c->target->path, O_RDWR | O_CLOEXEC);
		rc = room.fd < 0 ? -errno : dp_attempt(&room, o);
	}
	if (rc)
		dp_give_up(o, rc);
	dp_enter(o, DP_STEP_DONE);
	/* The mappings may be in any state now; they go with the process. */
	dp_closep(&room.fd);
}
