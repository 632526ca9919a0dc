/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "sys/pagemap.h"

#define DP_PM_PRESENT (1ULL << 63)
#define DP_PM_PFN_MASK ((1ULL << 55) - 1)

int dp_pagemap_init(struct dp_pagemap *pm, uint64_t page)
{
	pm->page = page;
	pm->fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	return pm->fd < 0 ? -errno : 0;
}

void dp_pagemap_deinit(struct dp_pagemap *pm)
{
	if (pm->fd >= 0)
		close(pm->fd);
	pm->fd = -1;
}

int dp_pagemap_present(struct dp_pagemap *pm, uint64_t start, uint64_t length,
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

uint64_t dp_pagemap_pfn(struct dp_pagemap *pm, uint64_t addr)
{
	uint64_t entry;

	if (pread(pm->fd, &entry, sizeof(entry), addr / pm->page * 8) !=
	    sizeof(entry))
		return 0;
	return entry & DP_PM_PRESENT ? entry & DP_PM_PFN_MASK : 0;
}
