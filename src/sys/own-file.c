/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "sys/find-file.h"
#include "sys/own-file.h"

/* How often another file is tried when no aligned stretch was found. */
#define DP_OWN_TRIES 4

/* Ask for extents in multiples of the unit: xfs(5), ioctl_xfs_fsgetxattr(2).
 * Only a hint; file systems without it say so, and are taken as they come. */
static void dp_hint_extents(int fd, uint64_t unit)
{
	struct fsxattr x;

	if (ioctl(fd, FS_IOC_FSGETXATTR, &x))
		return;
	x.fsx_xflags |= FS_XFLAG_EXTSIZE;
	x.fsx_extsize = unit;
	if (ioctl(fd, FS_IOC_FSSETXATTR, &x))
		errno = 0;
}

/* Fill [from, to) with words that name their own place. 0 or negative errno. */
static int dp_write_words(int fd, uint64_t from, uint64_t to, uint64_t chunk)
{
	_cleanup_free_ uint64_t *words = malloc(chunk);
	size_t done;
	ssize_t n;

	if (!words)
		return -ENOMEM;
	for (; from < to; from += chunk) {
		size_t length = dp_min(chunk, to - from);

		for (size_t i = 0; i < length / sizeof(*words); i++)
			words[i] = from + i * sizeof(*words) + 1;
		for (done = 0; done < length; done += n) {
			n = pwrite(fd, (char *)words + done, length - done,
				   from + done);
			if (n < 0)
				return -errno;
		}
	}
	return 0;
}

/* Write `size` bytes and look where they came to lie. 0 or negative errno;
 * -ENOENT: not aligned as wanted. */
static int dp_try_run(struct dp_target *t, const struct dp_own_file *own,
		      const struct dp_units *units, uint64_t size,
		      struct dp_why *why)
{
	uint64_t at = units->pmd;
	int rc;

	/* In one piece, where the file system can. */
	rc = fallocate(t->fd, 0, 0, size) ? -errno : 0;
	if (!rc)
		rc = dp_write_words(t->fd, 0, size, units->pmd);
	if (!rc && fsync(t->fd))
		rc = -errno;
	if (rc)
		return dp_why(why, rc, "cannot write a file of %" PRIu64 " MiB in %s: %s",
			      size >> 20, t->name, strerror(-rc));
	rc = dp_file_layout(t, why);
	if (!rc && !own->any_layout)
		rc = dp_layout_find_units(&t->layout, units, own->units, at,
					  &at, why);
	if (rc)
		return rc;
	t->run = (struct dp_range){ at, own->units * units->pmd };
	if (ftruncate(t->fd, dp_range_end(t->run)))
		return dp_why(why, -errno, "cannot cut a file in %s: %s",
			      t->name, strerror(errno));
	return 0;
}

static int dp_open_own(struct dp_target *t, const char *dir,
		       const struct dp_units *units, struct dp_why *why)
{
	t->fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (t->fd < 0)
		return dp_why(why, -errno, "cannot make a file in %s: %s", dir,
			      strerror(errno));
	/* All who take part inherit it, and can open it anew. */
	snprintf(t->path, sizeof(t->path), "/proc/self/fd/%d", t->fd);
	if (!dp_file_is_dax(t->fd))
		return dp_why(why, -ENODEV, "a file made in %s is not mapped directly (STATX_ATTR_DAX is not set): poison would hit ordinary memory. Mount with -o dax=always, or set the directory's DAX attribute",
			      dir);
	dp_hint_extents(t->fd, units->pmd);
	return 0;
}

/* Cut a file that came to lie badly so that the free space behind it starts at
 * a multiple of the unit; the next one is likely to be put there. */
static int dp_cut_filler(const struct dp_target *t, uint64_t unit)
{
	uint64_t phys = dp_layout_phys(&t->layout, 0);

	return phys == DP_PHYS_UNKNOWN ||
	       ftruncate(t->fd, dp_align_up(phys, unit) - phys);
}

/* A file that has a run of aligned units, in up to DP_OWN_TRIES attempts. 0 or
 * negative errno. */
static int dp_find_run(struct dp_target *t, const char *dir,
		       const struct dp_own_file *own,
		       const struct dp_units *units, struct dp_why *why)
{
	uint64_t size = (own->units + 1) * units->pmd;
	int fillers[DP_OWN_TRIES], n = 0, rc;
	struct dp_why missing = { "" };

	for (;;) {
		rc = dp_open_own(t, dir, units, why);
		if (rc)
			break;
		rc = dp_try_run(t, own, units, size, &missing);
		if (rc != -ENOENT) {
			dp_why(why, rc, "%s", missing.text);
			break;
		}
		if (n == DP_OWN_TRIES || dp_cut_filler(t, units->pmd)) {
			dp_why(why, rc, "%s gave %d files of %" PRIu64 " MiB; in the last, %s",
			       dir, n + 1, size >> 20, missing.text);
			break;
		}
		fillers[n++] = t->fd;
		t->fd = -1;
		size += units->pmd;
	}
	while (n)
		close(fillers[--n]);
	return rc;
}

/* One entry of the smallest size in the midst of a unit, made by a mapping too
 * small for any other. It stays in the file's tree when the mapping has gone
 * (fs/dax.c:dax_insert_entry). */
static int dp_make_stray(struct dp_target *t, uint64_t page, uint64_t offset)
{
	volatile char *at = mmap(NULL, page, PROT_READ, MAP_SHARED, t->fd, offset);
	char byte;

	if (at == MAP_FAILED)
		return -errno;
	byte = *at;
	(void)byte;
	munmap((void *)at, page);
	dp_ranges_append(&t->layout.small, (struct dp_range){ offset, page });
	return 0;
}

static int dp_make_other(struct dp_target *t, const char *dir, uint64_t from,
			 uint64_t length)
{
	struct file_clone_range clone = {
		.src_fd = t->fd,
		.src_offset = from,
		.src_length = length,
		.dest_offset = from,
	};

	t->other_fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (t->other_fd < 0 || ftruncate(t->other_fd, t->size) ||
	    ioctl(t->other_fd, FICLONERANGE, &clone))
		return -errno;
	return 0;
}

/* The place within the middle unit at which preparations are made. */
static uint64_t dp_prepare_at(const struct dp_target *t,
			      const struct dp_own_file *own, uint64_t unit)
{
	return t->run.offset + own->units / 2 * unit + unit / 2;
}

static int dp_prepare(struct dp_target *t, const char *dir,
		      const struct dp_own_file *own,
		      const struct dp_units *units)
{
	uint64_t at = dp_prepare_at(t, own, units->pmd);
	int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	int rc = 0;

	switch (own->prop) {
	case DP_PROP_PLAIN:
	case DP_PROP_SMALL:
	case DP_PROP_MAX:
		return 0;
	case DP_PROP_STRAY:
		return dp_make_stray(t, units->pte, at);
	case DP_PROP_HOLE:
		for (int i = -1; i <= 1 && !rc; i += 2)
			if (fallocate(t->fd, mode, at + i * (int64_t)units->pmd,
				      16 * units->pte))
				rc = -errno;
		return rc;
	case DP_PROP_REFLINK:
		return dp_make_other(t, dir, t->run.offset, t->run.length);
	case DP_PROP_HALF_REFLINK:
		return dp_make_other(t, dir, at, units->pmd / 2);
	}
	return -EINVAL;
}

static int dp_make(struct dp_target *t, const struct dp_own_file *own,
		   const struct dp_units *units, struct dp_why *why)
{
	char dir[sizeof(t->path)];
	int rc;

	memcpy(dir, t->path, sizeof(dir));
	rc = dp_find_run(t, dir, own, units, why);
	if (rc)
		return rc;
	rc = dp_file_layout(t, why);
	if (rc)
		return rc;
	rc = dp_prepare(t, dir, own, units);
	if (rc && t->other_fd >= 0 && (rc == -EOPNOTSUPP || rc == -EINVAL))
		return dp_why(why, -EOPNOTSUPP, "%s has no reflinks here", t->fs);
	if (rc)
		return dp_why(why, rc, "cannot prepare a file in %s (%s): %s",
			      dir, dp_prop_name(own->prop), strerror(-rc));
	if (fsync(t->fd))
		return dp_why(why, -errno, "cannot sync a file in %s: %s", dir,
			      strerror(errno));
	return dp_file_layout(t, why);
}

int dp_own_file_make(const struct dp_target *dir, const struct dp_own_file *own,
		     struct dp_target *target, struct dp_why *why)
{
	const struct dp_units units = dp_units_of(sysconf(_SC_PAGESIZE));
	int rc;

	*target = *dir;
	target->is_dir = false;
	target->own = true;
	target->prop = own->prop;
	target->fd = target->other_fd = -1;
	rc = dp_make(target, own, &units, why);
	if (rc)
		dp_find_release(target);
	return rc;
}
