/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "run/journal.h"
#include "run/medium.h"
#include "sys/inject.h"
#include "sys/region-blocks.h"
#include "sys/sigbus.h"
#include "sys/touch.h"

#define DP_BLOCK 512

struct dp_medium_use {
	const struct dp_case *c;
	struct dp_observation *o;
	int fd;			/* -1: what cannot be read with read(2) */
	char *page;		/* aligned, for O_DIRECT */
};

/* The error must be seen where it is, not in a copy from before. O_EXCL: not
 * beside a file system, on a partition of it perhaps, or another device that is
 * made of it; open(2) says EBUSY then. */
static int dp_use_open(struct dp_medium_use *u)
{
	const struct dp_target *t = u->c->target;
	int more = t->kind == DP_KIND_BLOCK ? O_DIRECT | O_EXCL : 0;

	if (t->kind == DP_KIND_DEVDAX)
		return 0;
	u->page = aligned_alloc(u->c->page, u->c->page);
	u->fd = open(t->path, O_RDONLY | O_CLOEXEC | more);
	if (!u->page)
		return -ENOMEM;
	return u->fd < 0 ? -errno : 0;
}

static void dp_use_close(struct dp_medium_use *u)
{
	dp_closep(&u->fd);
	free(u->page);
}

static int dp_use_read(struct dp_medium_use *u, uint64_t offset)
{
	memset(u->page, 0, u->c->page);
	return pread(u->fd, u->page, u->c->page, offset) < 0 ? -errno : 0;
}

/* What is to be written to the blocks when they are cleared. */
static int dp_use_save(struct dp_medium_use *u, struct dp_record *saved)
{
	const struct dp_case *c = u->c;
	int rc = 0;

	saved->n = saved->n_lines = 0;
	saved->method = c->method;
	saved->poison = c->poison.offset;
	if (u->fd >= 0) {
		rc = dp_use_read(u, c->poison.offset);
		if (rc)
			return rc;
		memcpy(saved->pages, u->page, c->page);
		saved->offsets[0] = c->poison.offset;
		saved->n = 1;
	}
	return dp_record_set(saved, DP_RECORD_STRUCK);
}

/* The page before, the page, the one behind: those that there are. */
static uint32_t dp_pages_beside(const struct dp_case *c,
				uint64_t offsets[DP_READS_MAX])
{
	uint64_t at = c->poison.offset;
	uint32_t n = 0;

	if (at >= c->page)
		offsets[n++] = at - c->page;
	offsets[n++] = at;
	if (at + c->page < c->target->size)
		offsets[n++] = at + c->page;
	return n;
}

static void dp_use_reads(struct dp_medium_use *u)
{
	struct dp_platform_seen *seen = &u->o->platform;
	uint64_t offsets[DP_READS_MAX];
	uint32_t n = dp_pages_beside(u->c, offsets);

	for (uint32_t i = 0; i < n && u->fd >= 0; i++) {
		seen->reads[i].offset = offsets[i];
		seen->reads[i].err = -dp_use_read(u, offsets[i]);
		seen->n_reads++;
	}
}

/* Through the page cache, which holds no copy now: each page has to be read. */
static int dp_use_touches(struct dp_medium_use *u)
{
	uint64_t offsets[DP_READS_MAX], first;
	uint32_t n = dp_pages_beside(u->c, offsets);
	struct dp_observation *o = u->o;
	_cleanup_close_ int fd = -1;
	size_t length;
	char *at;

	if (u->c->target->kind != DP_KIND_BLOCK ||
	    u->c->access == DP_ACCESS_NONE)
		return 0;
	fd = open(u->c->target->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	first = offsets[0];
	length = offsets[n - 1] + u->c->page - first;
	posix_fadvise(fd, first, length, POSIX_FADV_DONTNEED);
	/* No neighbour is to be read along with another page. */
	posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
	at = mmap(NULL, length, PROT_READ, MAP_SHARED, fd, first);
	if (at == MAP_FAILED)
		return -errno;
	o->view.start = (uintptr_t)at;
	o->view.range = (struct dp_range){ first, length };
	for (uint32_t i = 0; i < n; i++) {
		o->touches[i].offset = offsets[i];
		dp_touch(at + (offsets[i] - first), false, &o->touches[i]);
		o->n_touches++;
	}
	munmap(at, length);
	return 0;
}

void dp_medium_body(const struct dp_part *part)
{
	struct dp_observation *o = part->o;
	struct dp_medium_use u = { .c = part->c, .o = o, .fd = -1 };
	int rc;

	dp_enter(o, DP_STEP_OPEN);
	rc = dp_sigbus_install(o);
	if (!rc)
		rc = dp_use_open(&u);
	dp_enter(o, DP_STEP_PATTERN);
	if (!rc)
		rc = dp_use_save(&u, part->saved);
	if (!rc) {
		dp_part_wait(part);
		dp_enter(o, DP_STEP_INJECT);
		dp_part_wait(part);
		dp_enter(o, DP_STEP_OBSERVE);
		if (!o->inject_errno)
			dp_use_reads(&u);
		dp_part_wait(part);
		dp_enter(o, DP_STEP_TOUCH);
		if (!o->inject_errno)
			rc = dp_use_touches(&u);
		dp_part_wait(part);
	}
	if (rc)
		dp_give_up(o, rc);
	dp_use_close(&u);
	/* Nothing was written. */
	o->data.restored = true;
	dp_enter(o, DP_STEP_DONE);
}

int dp_medium_undo(const struct dp_record *r, const struct dp_target *t,
		   struct dp_platform_seen *seen, struct dp_why *why)
{
	const struct dp_place_bases at = dp_target_bases(t, r->poison, r->page);
	const struct dp_range blocks = { at.region_block, r->page / DP_BLOCK };
	bool saved = r->n && r->offsets[0] == r->poison;
	int64_t left;
	int rc;

	rc = r->poison < dp_align_up(t->size, r->page)
		     ? dp_clear_ars(t, &at, r->page, saved ? r->pages : NULL)
		     : -ERANGE;
	seen->clearing = true;
	seen->clear_errno = -rc;
	left = at.region_block == DP_PHYS_UNKNOWN
		       ? -ENODATA
		       : dp_region_bad_blocks(t->region, blocks);
	seen->left_known = left >= 0;
	seen->left = left >= 0 ? left : 0;
	if (rc)
		return dp_why(why, rc, "the platform's error at 0x%" PRIx64 " of %s could not be cleared: %s; 'ndctl inject-error --uninject' and 'ndctl clear-errors %s' may",
			      r->poison, t->name, strerror(-rc), t->namespace);
	return 0;
}
