/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/ars-parts.h"
#include "sys/errors.h"
#include "sys/fiemap.h"
#include "sys/file-page.h"

/* The block device of the namespace's data. O_EXCL: not beside a file system,
 * on a partition of it perhaps; open(2) says EBUSY then. */
static int dp_open_block(struct ndctl_namespace *ns, int flags)
{
	struct ndctl_pfn *pfn = ndctl_namespace_get_pfn(ns);
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/%.50s",
		 pfn ? ndctl_pfn_get_block_device(pfn)
		     : ndctl_namespace_get_block_device(ns));
	fd = open(path, flags | O_DIRECT | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int dp_step_uninject(const struct dp_target *t, struct dp_range range,
			    struct ndctl_namespace *ns)
{
	struct dp_range piece;
	uint64_t at = 0;
	int rc = 0;

	while (!rc && dp_errors_piece(t, range, &at, &piece)) {
		const struct dp_place_bases is =
			dp_target_bases(t, piece.offset, sysconf(_SC_PAGESIZE));

		rc = ndctl_namespace_uninject_error2(
			ns, is.data_block, piece.length / DP_BLOCK_SIZE, 0);
	}
	/* Else it would list them when they are cleared. */
	return rc ? rc : dp_ars_wait_idle(ns);
}

/* Writing clears, drivers/nvdimm/pmem.c:pmem_do_write; nothing but the bad
 * blocks is written to. */
static int dp_write_blocks(const struct dp_target *t, int fd,
			   const struct dp_errors *seen)
{
	uint64_t skip = t->data_phys - t->region_phys;
	_cleanup_free_ void *zeroes =
		aligned_alloc(DP_BLOCK_SIZE, DP_BLOCK_SIZE);

	if (!zeroes)
		return -ENOMEM;
	memset(zeroes, 0, DP_BLOCK_SIZE);
	for (uint32_t i = 0; i < seen->blocks.n; i++) {
		const struct dp_range r = seen->blocks.at[i];

		for (uint64_t o = r.offset; o < dp_range_end(r);
		     o += DP_BLOCK_SIZE)
			if (pwrite(fd, zeroes, DP_BLOCK_SIZE, o - skip) !=
			    DP_BLOCK_SIZE)
				return -errno;
	}
	return fsync(fd) ? -errno : 0;
}

static int dp_step_write(const struct dp_target *t, struct ndctl_namespace *ns,
			 const struct dp_errors *seen)
{
	_cleanup_close_ int fd = dp_open_block(ns, O_RDWR | O_EXCL);

	return fd < 0 ? fd : dp_write_blocks(t, fd, seen);
}

/* What can be had of the page, and zeroes for the rest. A read through the file
 * gives nothing of a page with one bad block; the device is read by blocks. */
static void dp_read_rest(int block, uint64_t from, uint64_t page, char *was)
{
	_cleanup_free_ void *buf = aligned_alloc(DP_BLOCK_SIZE, DP_BLOCK_SIZE);

	memset(was, 0, page);
	for (uint64_t o = 0; buf && o < page; o += DP_BLOCK_SIZE)
		if (pread(block, buf, DP_BLOCK_SIZE, from + o) == DP_BLOCK_SIZE)
			memcpy(was + o, buf, DP_BLOCK_SIZE);
}

/* Where the page is now; DP_PHYS_UNKNOWN: nowhere, or it cannot be learned. */
static uint64_t dp_page_phys(const struct dp_target *t, int fd, uint64_t offset)
{
	struct dp_layout now = { 0 };
	uint64_t phys = DP_PHYS_UNKNOWN;

	if (!dp_fiemap_read(fd, t->fs_phys, &now))
		phys = dp_layout_phys(&now, offset);
	dp_layout_deinit(&now);
	return phys;
}

/* Through the file, where the driver lets that clear (pmem_recovery_write);
 * else, if the file system has not moved them, to its blocks. They are not given
 * back to the file system: it would give a bad one to another file. */
static int dp_rewrite_page(const struct dp_target *t, uint64_t offset,
			   int block, const struct dp_errors *seen,
			   uint64_t *moved)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);
	const uint64_t before = dp_layout_phys(&t->layout, offset);
	_cleanup_free_ char *was = malloc(page);
	_cleanup_close_ int fd = -1;
	int rc;

	fd = open(t->path, O_RDWR | O_CLOEXEC);
	if (!was || fd < 0)
		return was ? -errno : -ENOMEM;
	dp_read_rest(block, before - t->data_phys, page, was);
	rc = dp_file_page_write(fd, offset, was, page);
	if (rc && dp_page_phys(t, fd, offset) == before)
		rc = dp_write_blocks(t, block, seen);
	*moved += dp_page_phys(t, fd, offset) != before;
	return rc;
}

static int dp_step_rewrite(const struct dp_target *t, struct dp_range range,
			   struct ndctl_namespace *ns, uint64_t *moved)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);
	_cleanup_close_ int block = dp_open_block(ns, O_RDWR);
	struct dp_errors seen;
	int rc = block < 0 ? block : 0;

	for (uint64_t o = range.offset; o < dp_range_end(range) && !rc;
	     o += page) {
		if (!dp_layout_at(&t->layout, o))
			continue;
		dp_errors_look(t, (struct dp_range){ o, page }, &seen);
		if (seen.listed > 0)
			rc = dp_rewrite_page(t, o, block, &seen, moved);
	}
	return rc;
}

static int dp_step_stopped(const struct dp_target *t,
			   struct ndctl_namespace *ns,
			   const struct dp_errors *seen)
{
	struct dp_range ranges[DP_RANGES_MAX];

	for (uint32_t i = 0; i < seen->blocks.n; i++)
		ranges[i] = (struct dp_range){
			t->region_phys + seen->blocks.at[i].offset,
			seen->blocks.at[i].length };
	return dp_ars_clear_stopped(ns, ranges, seen->blocks.n);
}

int dp_errors_step(enum dp_clear_step step, const struct dp_target *t,
		   struct dp_range range, const struct dp_errors *seen,
		   uint64_t *moved)
{
	_cleanup_ndctl_ struct ndctl_ctx *ctx = NULL;
	struct ndctl_namespace *ns;
	int rc;

	rc = dp_ndctl_new(&ctx, NULL);
	if (!rc)
		rc = dp_ars_namespace(ctx, t, &ns);
	if (rc)
		return rc;
	switch (step) {
	case DP_CLEAR_UNINJECT:
		return dp_step_uninject(t, range, ns);
	case DP_CLEAR_REWRITE:
		return dp_step_rewrite(t, range, ns, moved);
	case DP_CLEAR_WRITE:
		return dp_step_write(t, ns, seen);
	case DP_CLEAR_STOPPED:
		return dp_step_stopped(t, ns, seen);
	case DP_CLEAR_RENEW:
		return dp_ars_clear_stopped(ns, NULL, 0);
	case DP_CLEAR_STEP_MAX:
		break;
	}
	return -EINVAL;
}
