/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/ioctl.h>

#include "sys/pagemap.h"

#define DP_PM_PRESENT (1ULL << 63)
#define DP_PM_PFN_MASK ((1ULL << 55) - 1)

/* Linux 6.7, include/uapi/linux/fs.h: PAGEMAP_SCAN, which a Debian of 2023 does
 * not have in its headers. The same walk of page tables as that of reading, but
 * it takes a huge entry in one step and tells of ranges. */
struct dp_page_region {
	uint64_t start, end;	/* addresses */
	uint64_t categories;
};

struct dp_pm_scan_arg {
	uint64_t size, flags;
	uint64_t start, end, walk_end;
	uint64_t vec, vec_len;	/* where regions go, and for how many is room */
	uint64_t max_pages;
	uint64_t category_inverted, category_mask;
	uint64_t category_anyof_mask, return_mask;
};

#define DP_PAGEMAP_SCAN _IOWR('f', 16, struct dp_pm_scan_arg)
#define DP_PAGE_IS_PRESENT (1 << 3)
#define DP_SCAN_REGIONS 32

/* Below this many pages reading takes no longer. */
#define DP_SCAN_PAGES 256

int dp_pagemap_init(struct dp_pagemap *pm, uint64_t page)
{
	pm->page = page;
	pm->scans = true;
	pm->fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	return pm->fd < 0 ? -errno : 0;
}

void dp_pagemap_deinit(struct dp_pagemap *pm)
{
	if (pm->fd >= 0)
		close(pm->fd);
	pm->fd = -1;
}

int dp_pagemap_scan(struct dp_pagemap *pm, uint64_t start, uint64_t length,
		    uint64_t offset, struct dp_ranges *present)
{
	/* Who looks on (valgrind) may not know that the kernel writes to it. */
	struct dp_page_region regions[DP_SCAN_REGIONS] = { 0 };
	struct dp_pm_scan_arg arg = {
		.size = sizeof(arg),
		.start = start,
		.end = start + length,
		.vec = (uintptr_t)regions,
		.vec_len = DP_SCAN_REGIONS,
		.category_mask = DP_PAGE_IS_PRESENT,
		.return_mask = DP_PAGE_IS_PRESENT,
	};
	int n;

	present->n = 0;
	present->truncated = false;
	while (arg.start < arg.end) {
		n = ioctl(pm->fd, DP_PAGEMAP_SCAN, &arg);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (arg.walk_end <= arg.start || arg.walk_end > arg.end)
			return -EIO;
		for (int i = 0; i < n; i++)
			dp_ranges_append(present, (struct dp_range){
				offset + (regions[i].start - start),
				regions[i].end - regions[i].start });
		arg.start = arg.walk_end;
	}
	return 0;
}

int dp_pagemap_read(struct dp_pagemap *pm, uint64_t start, uint64_t length,
		    uint64_t offset, struct dp_ranges *present)
{
	uint64_t pages = length / pm->page, done = 0;

	present->n = 0;
	present->truncated = false;
	while (done < pages) {
		uint64_t want = dp_min(pages - done, (uint64_t)DP_PAGEMAP_CHUNK);
		uint64_t run = 0, i, got;
		ssize_t n;

		n = pread(pm->fd, pm->entries, want * sizeof(uint64_t),
			  (start / pm->page + done) * sizeof(uint64_t));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		got = n / sizeof(uint64_t);
		if (!got)
			return -EIO;
		for (i = 0; i <= got; i++) {
			if (i < got && pm->entries[i] & DP_PM_PRESENT) {
				run++;
				continue;
			}
			dp_ranges_append(present, (struct dp_range){
				offset + (done + i - run) * pm->page,
				run * pm->page });
			run = 0;
		}
		done += got;
	}
	return 0;
}

int dp_pagemap_present(struct dp_pagemap *pm, uint64_t start, uint64_t length,
		       uint64_t offset, struct dp_ranges *present)
{
	int rc;

	if (pm->scans && length / pm->page >= DP_SCAN_PAGES) {
		rc = dp_pagemap_scan(pm, start, length, offset, present);
		if (rc != -ENOTTY)
			return rc;
		pm->scans = false;
	}
	return dp_pagemap_read(pm, start, length, offset, present);
}

uint64_t dp_pagemap_pfn(struct dp_pagemap *pm, uint64_t addr)
{
	uint64_t entry;

	if (pread(pm->fd, &entry, sizeof(entry), addr / pm->page * 8) !=
	    sizeof(entry))
		return 0;
	return entry & DP_PM_PRESENT ? entry & DP_PM_PFN_MASK : 0;
}
