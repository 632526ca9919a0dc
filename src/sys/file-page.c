/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/falloc.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "sys/fiemap.h"
#include "sys/file-page.h"
#include "sys/region-blocks.h"

/* Whether the page reads as `was`. 1, 0, or negative errno of read(2). The end
 * of the file may lie in the page: what is behind it reads as zeroes. */
static int dp_page_is(int fd, uint64_t offset, const void *was, uint64_t page)
{
	_cleanup_free_ char *now = calloc(1, page);
	ssize_t n;

	if (!now)
		return -ENOMEM;
	n = pread(fd, now, page, offset);
	if (n < 0)
		return -errno;
	return !was || !memcmp(now, was, page);
}

static int dp_page_write(int fd, uint64_t offset, const void *was,
			 uint64_t page)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st))
		return -errno;
	/* Not beyond the end: the file must keep its size. */
	page = dp_min(page, (uint64_t)st.st_size - offset);
	n = pwrite(fd, was, page, offset);
	if (n != (ssize_t)page)
		return n < 0 ? -errno : -EIO;
	return fsync(fd) ? -errno : 0;
}

/* Writing in place clears a bad block only where the device can. */
int dp_file_page_write(int fd, uint64_t offset, const void *was, uint64_t page)
{
	int rc = dp_page_write(fd, offset, was, page), same;

	if (rc)
		return rc;
	same = dp_page_is(fd, offset, was, page);
	return same < 0 ? same : same ? 0 : -EIO;
}

static int dp_page_punch(int fd, uint64_t offset, const void *was,
			 uint64_t page)
{
	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset,
		      page))
		return -errno;
	return dp_file_page_write(fd, offset, was, page);
}

int64_t dp_file_bad_blocks(int fd, uint64_t from, uint64_t length)
{
	const struct dp_range blocks = { from / 512, length / 512 };
	struct stat st;

	return fstat(fd, &st) ? -errno
			      : dp_disk_bad_ranges(st.st_dev, blocks, NULL);
}

static void dp_page_place(int fd, uint64_t offset, uint64_t page,
			  uint64_t fs_phys, struct dp_file_after *after)
{
	struct dp_layout layout = { 0 };

	after->phys_after = DP_PHYS_UNKNOWN;
	if (!dp_fiemap_read(fd, fs_phys, &layout))
		after->phys_after = dp_layout_phys(&layout, offset);
	dp_layout_deinit(&layout);
	if (after->phys_before != DP_PHYS_UNKNOWN && fs_phys != DP_PHYS_UNKNOWN)
		after->listed_bad =
			dp_file_bad_blocks(fd, after->phys_before - fs_phys,
					   page) > 0;
}

int dp_file_page_restore(int fd, uint64_t offset, const void *was,
			 uint64_t page, uint64_t fs_phys,
			 struct dp_file_after *after)
{
	int rc = dp_page_is(fd, offset, was, page);

	after->looked = true;
	after->read_errno = rc < 0 ? -rc : 0;
	after->read_same = was && rc == 1;
	after->restored = DP_RESTORED_NOT_NEEDED;
	rc = rc == 1 ? 0 : -EIO;
	if (rc && was) {
		after->restored = DP_RESTORED_REWRITTEN;
		rc = dp_file_page_write(fd, offset, was, page);
		after->error = -rc;
	}
	if (rc && was) {
		after->restored = DP_RESTORED_PUNCHED;
		rc = dp_page_punch(fd, offset, was, page);
		after->error = -rc;
	}
	if (rc)
		after->restored = DP_RESTORED_NOT;
	dp_page_place(fd, offset, page, fs_phys, after);
	return rc;
}
