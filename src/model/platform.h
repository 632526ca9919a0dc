/* SPDX-License-Identifier: GPL-2.0-only */
/* What was seen of an error of the medium that the platform was asked for: what
 * it says itself, how the kernel learned of it, what user space gets, and what
 * is left when it was taken back. Plain data, part of an observation. */
#ifndef DP_MODEL_PLATFORM_H
#define DP_MODEL_PLATFORM_H

#include <stdbool.h>
#include <stdint.h>

#define DP_READS_MAX 3		/* the page before, the page, the one behind */

/* One read(2) of a page. */
struct dp_read {
	uint64_t offset;	/* into the target */
	int32_t err;		/* errno, 0: it was read */
};

struct dp_platform_seen {
	bool injected;		/* the platform took it */
	int32_t status_errno;	/* of asking what it has injected; 0: it told */
	uint64_t said;		/* of the blocks, how many it names; of 512 */
	bool listed_early;	/* the kernel listed them before a scrub was
				 * asked for */
	bool scrubbed;		/* a scrub was asked for */
	uint32_t n_reads;
	struct dp_read reads[DP_READS_MAX];
	bool clearing;		/* it was taken back, and the blocks cleared */
	int32_t clear_errno;	/* 0: that went well */
	bool left_known;
	uint64_t left;		/* of the blocks, how many are still listed */
};

#endif
