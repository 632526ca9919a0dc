/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <linux/kernel-page-flags.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "sys/ars-parts.h"
#include "sys/errors.h"
#include "sys/region-blocks.h"

bool dp_errors_piece(const struct dp_target *t, struct dp_range range,
		     uint64_t *at, struct dp_range *piece)
{
	const struct dp_extent *e = NULL;
	uint64_t page = sysconf(_SC_PAGESIZE), end = dp_range_end(range);

	*at = dp_max(*at, range.offset);
	if (t->kind == DP_KIND_FSDAX)
		while (*at < end && !(e = dp_layout_at(&t->layout, *at)))
			*at += page;
	if (*at >= end)
		return false;
	if (e)
		end = dp_min(end, dp_align_up(e->offset + e->length, page));
	*piece = (struct dp_range){ *at, end - *at };
	*at = end;
	return true;
}

/* What the block device lists and the region does not: added by hand. */
static int64_t dp_look_disk(const struct dp_target *t, uint64_t phys,
			    uint64_t length, struct dp_ranges *blocks)
{
	bool file = t->kind == DP_KIND_FSDAX;
	const uint64_t start = file ? t->fs_phys : t->data_phys;
	struct dp_ranges disk = { 0 }, more;
	struct stat st;

	if (t->kind == DP_KIND_DEVDAX || stat(t->path, &st) ||
	    start == DP_PHYS_UNKNOWN ||
	    dp_disk_bad_ranges(file ? st.st_dev : st.st_rdev, (struct dp_range){
			(phys - start) / DP_BLOCK_SIZE,
			length / DP_BLOCK_SIZE }, &disk) <= 0)
		return 0;
	for (uint32_t i = 0; i < disk.n; i++)
		disk.at[i].offset += start - t->region_phys;
	dp_ranges_subtract(&more, &disk, blocks);
	for (uint32_t i = 0; i < more.n; i++)
		dp_ranges_append(blocks, more.at[i]);
	return dp_ranges_total(&more) / DP_BLOCK_SIZE;
}

static void dp_look_listed(const struct dp_target *t, struct dp_range piece,
			   struct dp_errors *seen)
{
	const struct dp_place_bases at =
		dp_target_bases(t, piece.offset, sysconf(_SC_PAGESIZE));
	struct dp_ranges here = { 0 };
	int64_t n = -ENODATA;

	if (at.region_block != DP_PHYS_UNKNOWN)
		n = dp_region_bad_ranges(t->region, (struct dp_range){
				at.region_block, piece.length / DP_BLOCK_SIZE },
				&here);
	if (n >= 0)
		n += dp_look_disk(t, at.phys, piece.length, &here);
	for (uint32_t i = 0; i < here.n; i++)
		dp_ranges_append(&seen->blocks, here.at[i]);
	seen->blocks.truncated |= here.truncated;
	seen->listed = n < 0 || seen->listed < 0 ? dp_min(n, seen->listed)
						 : seen->listed + n;
}

static void dp_look_injected(const struct dp_target *t, struct dp_range piece,
			     struct ndctl_namespace *ns, struct dp_errors *seen)
{
	const struct dp_place_bases at =
		dp_target_bases(t, piece.offset, sysconf(_SC_PAGESIZE));
	uint64_t end = at.data_block + piece.length / DP_BLOCK_SIZE;
	struct ndctl_bb *bb;

	ndctl_namespace_bb_foreach (ns, bb) {
		uint64_t block = ndctl_bb_get_block(bb);
		uint64_t from = dp_max(block, at.data_block);
		uint64_t to = dp_min(block + ndctl_bb_get_count(bb), end);

		seen->injected += from < to ? to - from : 0;
	}
}

/* 1, 0, or negative errno: -ENODATA where the file has nothing of the page. It
 * ends before memory above all that the kernel manages (fs/proc/page.c:
 * get_max_dump_pfn), and up to 6.12 at least it calls pages of DAX, which are
 * not online, no pages (kpageflags_read). */
static int dp_is_flagged(int kpageflags, uint64_t pfn)
{
	uint64_t flags;
	ssize_t n = pread(kpageflags, &flags, sizeof(flags),
			  pfn * sizeof(flags));

	if (n < 0)
		return -errno;
	if (n != sizeof(flags) || flags & 1ULL << KPF_NOPAGE)
		return -ENODATA;
	return !!(flags & 1ULL << KPF_HWPOISON);
}

static void dp_look_flagged(const struct dp_target *t, struct dp_range piece,
			    int kpageflags, struct dp_errors *seen)
{
	uint64_t page = sysconf(_SC_PAGESIZE);
	int rc;

	/* A unit of device-dax is one folio, and its first page has the flag:
	 * mm/memory-failure.c:mf_generic_kill_procs. */
	if (t->kind == DP_KIND_DEVDAX && t->align > page &&
	    piece.offset % t->align)
		dp_look_flagged(t, (struct dp_range){
				piece.offset / t->align * t->align, page },
				kpageflags, seen);
	if (seen->flagged < 0)
		return;
	for (uint64_t at = piece.offset; at < dp_range_end(piece); at += page) {
		const struct dp_place_bases is = dp_target_bases(t, at, page);

		rc = is.pfn == DP_PHYS_UNKNOWN ? -ENODATA
					       : dp_is_flagged(kpageflags,
							       is.pfn);
		if (rc < 0) {
			seen->flagged = rc;
			return;
		}
		seen->flagged += rc;
	}
}

void dp_errors_look(const struct dp_target *t, struct dp_range range,
		    struct dp_errors *seen)
{
	_cleanup_close_ int flags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	_cleanup_ndctl_ struct ndctl_ctx *ctx = NULL;
	struct ndctl_namespace *ns = NULL;
	struct dp_range piece;
	uint64_t at = 0;
	int rc;

	*seen = (struct dp_errors){ .listed = t->region[0] ? 0 : -ENODATA };
	/* Pages that the kernel has no structures for have no flags. */
	if (flags < 0 && t->mode != DP_MODE_RAW)
		seen->flagged = -errno;
	rc = dp_ndctl_new(&ctx, NULL);
	if (!rc)
		rc = dp_ars_namespace(ctx, t, &ns);
	if (!rc)
		rc = ndctl_namespace_injection_status(ns);
	seen->injected = rc < 0 ? rc : 0;
	while (dp_errors_piece(t, range, &at, &piece)) {
		if (t->region[0])
			dp_look_listed(t, piece, seen);
		if (seen->injected >= 0)
			dp_look_injected(t, piece, ns, seen);
		if (seen->flagged >= 0 && t->mode != DP_MODE_RAW)
			dp_look_flagged(t, piece, flags, seen);
	}
}
