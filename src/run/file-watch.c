/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run/file-watch.h"
#include "run/safety.h"
#include "run/sums.h"
#include "sys/file-page.h"

/* Read at once: enough to make the calls cheap. */
#define DP_WATCH_CHUNK (256 * 1024)

/* The sums of all pages; one that cannot be read counts as changed. 0 or
 * negative errno. */
static int dp_sums(const struct dp_file_watch *w, uint64_t *sums)
{
	_cleanup_free_ char *chunk = malloc(DP_WATCH_CHUNK);
	uint64_t per = DP_WATCH_CHUNK / w->page;
	ssize_t got;

	if (!chunk)
		return -ENOMEM;
	for (uint64_t i = 0; i < w->n; i += per) {
		memset(chunk, 0, DP_WATCH_CHUNK);
		got = pread(w->target->fd, chunk, DP_WATCH_CHUNK, i * w->page);
		if (got < 0)
			return -errno;
		for (uint64_t j = 0; j < per && i + j < w->n; j++)
			sums[i + j] = dp_sum_page(
				(uint64_t *)(chunk + j * w->page), w->page);
	}
	return 0;
}

/* Why the file cannot be read: the first of its pages that cannot. */
static int dp_watch_failed(const struct dp_file_watch *w, int rc,
			   struct dp_why *why)
{
	_cleanup_free_ char *page = malloc(w->page);

	for (uint64_t i = 0; page && rc == -EIO && i < w->n; i++)
		if (pread(w->target->fd, page, w->page, i * w->page) < 0 &&
		    errno == EIO)
			return dp_safety_unreadable(w->target, i * w->page,
						    w->page, why);
	return dp_why(why, rc, "cannot read %s: %s", w->target->name,
		      strerror(-rc));
}

int dp_file_watch(struct dp_file_watch *w, const struct dp_case *c,
		  struct dp_why *why)
{
	int rc;

	if (w->target == c->target)
		return 0;
	rc = dp_file_watch_end(w, why);
	if (rc || c->target->kind != DP_KIND_FSDAX)
		return rc;
	*w = (struct dp_file_watch){ .target = c->target, .page = c->page };
	if (fstat(c->target->fd, &w->st))
		return dp_why(why, -errno, "cannot look at %s: %s",
			      c->target->name, strerror(errno));
	if ((uint64_t)w->st.st_size > DP_WATCH_MAX)
		return 0;
	w->n = dp_align_up(w->st.st_size, w->page) / w->page;
	w->sums = calloc(w->n, sizeof(*w->sums));
	rc = w->sums ? dp_sums(w, w->sums) : -ENOMEM;
	if (!rc)
		return 0;
	rc = dp_watch_failed(w, rc, why);
	/* There is nothing to compare with. */
	free(w->sums);
	w->sums = NULL;
	return rc;
}

static const void *dp_saved_page(const struct dp_record *saved,
				 const struct dp_case *c)
{
	for (uint32_t i = 0; i < saved->n && c->access != DP_ACCESS_NONE; i++)
		if (saved->offsets[i] == c->poison.offset)
			return saved->pages + i * c->page;
	return NULL;
}

int dp_file_watch_page(const struct dp_file_watch *w, const struct dp_case *c,
		       const struct dp_record *saved,
		       struct dp_file_after *after, struct dp_why *why)
{
	struct dp_place_bases bases;
	int rc;

	*after = (struct dp_file_after){ 0 };
	if (!w->target || c->type != DP_CASE_POISON)
		return 0;
	bases = dp_target_bases(c->target, c->poison.offset, c->page);
	after->phys_before = bases.phys;
	rc = dp_file_page_restore(c->target->fd, c->poison.offset,
				  dp_saved_page(saved, c), c->page,
				  c->target->fs_phys, after);
	if (rc)
		dp_why(why, rc, "the page at 0x%" PRIx64 " of %s could not be put back: %s",
		       c->poison.offset, c->target->name,
		       strerror(after->error ?: after->read_errno));
	return rc;
}

/* 0; -EUCLEAN with a reason. */
static int dp_compare(const struct dp_file_watch *w, struct dp_why *why)
{
	_cleanup_free_ uint64_t *sums = calloc(w->n, sizeof(*sums));
	uint64_t changed = 0, first = 0;
	struct stat st;
	int rc;

	rc = sums ? dp_sums(w, sums) : -ENOMEM;
	if (!rc && fstat(w->target->fd, &st))
		rc = -errno;
	if (rc)
		return dp_why(why, rc, "cannot read %s again: %s",
			      w->target->name, strerror(-rc));
	if (st.st_size != w->st.st_size)
		return dp_why(why, -EUCLEAN, "%s had %jd bytes before, and has %jd now",
			      w->target->name, (intmax_t)w->st.st_size,
			      (intmax_t)st.st_size);
	for (uint64_t i = 0; i < w->n; i++)
		if (sums[i] != w->sums[i] && !changed++)
			first = i * w->page;
	return changed ? dp_why(why, -EUCLEAN, "%" PRIu64 " pages of %s are not as before, the first at 0x%" PRIx64,
				changed, w->target->name, first)
		       : 0;
}

int dp_file_watch_end(struct dp_file_watch *w, struct dp_why *why)
{
	int rc = 0;

	if (!w->target)
		return 0;
	if (w->sums)
		rc = dp_compare(w, why);
	/* Mapping and reading have touched them. */
	if (!w->target->own) {
		const struct timespec times[2] = { w->st.st_atim,
						   w->st.st_mtim };

		futimens(w->target->fd, times);
	}
	free(w->sums);
	*w = (struct dp_file_watch){ 0 };
	return rc;
}
