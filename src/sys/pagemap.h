/* SPDX-License-Identifier: GPL-2.0-only */
/* Presence by page tables: Documentation/admin-guide/mm/pagemap.rst. Never to
 * be asked about a mapping of PUD units: the walk destroys what it looks at. */
#ifndef DP_SYS_PAGEMAP_H
#define DP_SYS_PAGEMAP_H

#include "model/ranges.h"

#define DP_PAGEMAP_CHUNK 8192	/* entries read at once */

struct dp_pagemap {
	int fd;
	bool scans;		/* PAGEMAP_SCAN, until the kernel says ENOTTY */
	uint64_t page;		/* base page size, bytes */
	uint64_t entries[DP_PAGEMAP_CHUNK];
};

/* Of the calling process. `page` in bytes. 0 or negative errno. */
int dp_pagemap_init(struct dp_pagemap *pm, uint64_t page);
void dp_pagemap_deinit(struct dp_pagemap *pm);

/* Which pages of [start, + length) are present, as ranges of the target whose
 * offset `offset` is mapped at start: by reading an entry for each page, or, of
 * many pages and where the kernel has it, by PAGEMAP_SCAN. 0 or negative errno. */
int dp_pagemap_present(struct dp_pagemap *pm, uint64_t start, uint64_t length,
		       uint64_t offset, struct dp_ranges *present);

/* Either way by itself. -ENOTTY: this kernel has no PAGEMAP_SCAN. */
int dp_pagemap_read(struct dp_pagemap *pm, uint64_t start, uint64_t length,
		    uint64_t offset, struct dp_ranges *present);
int dp_pagemap_scan(struct dp_pagemap *pm, uint64_t start, uint64_t length,
		    uint64_t offset, struct dp_ranges *present);

/* The page frame at an address; 0 where there is none or it is hidden from us
 * (without CAP_SYS_ADMIN all are 0). */
uint64_t dp_pagemap_pfn(struct dp_pagemap *pm, uint64_t addr);

#endif
