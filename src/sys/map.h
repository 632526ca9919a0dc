/* SPDX-License-Identifier: GPL-2.0-only */
/* Mapping a target at an address of our own choosing. */
#ifndef DP_SYS_MAP_H
#define DP_SYS_MAP_H

#include "model/axes.h"

/* A stretch of address space that nobody else gets, with room around the part
 * that is used, so that a report that strays is recognised as straying. */
struct dp_area {
	char *base;		/* as reserved */
	uint64_t reserved;	/* bytes */
	char *start;		/* aligned; the part for mappings */
	uint64_t length;	/* bytes */
};

/* Reserve `length` bytes at a multiple of `align`, plus one `align` on each
 * side, without access. 0 or negative errno. _deinit unmaps all of it. */
int dp_area_init(struct dp_area *area, uint64_t length, uint64_t align);
void dp_area_deinit(struct dp_area *area);

/* Move the start of the part for mappings up by `skew` bytes (less than twice
 * the alignment that the area was made with). */
void dp_area_skew(struct dp_area *area, uint64_t skew);

/* Map [offset, + length) of fd, shared, readable and writable, at `at` bytes
 * into the area. 0 or negative errno of mmap. */
int dp_area_map(struct dp_area *area, uint64_t at, int fd, uint64_t offset,
		uint64_t length);

/* The same at the start of the area, private or synchronous where that is
 * asked for; `prot` as mmap(2) takes it. */
int dp_area_map_as(struct dp_area *area, enum dp_sharing sharing, int prot,
		   int fd, uint64_t offset, uint64_t length);

/* Zeroed memory that is shared with children; NULL when there is none. */
void *dp_shared_new(uint64_t length);
void dp_shared_free(void *p, uint64_t length);

#endif
