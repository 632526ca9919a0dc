/* SPDX-License-Identifier: GPL-2.0-only */
/* The exact edges of what was unmapped, without a walk of page tables: by
 * touching witness views, each of which can answer once, since the touch of a
 * place that is gone maps it again, with its neighbours. */
#ifndef DP_RUN_EDGES_H
#define DP_RUN_EDGES_H

#include "model/ranges.h"

/* Two searches by halves through 2^20 pages: a mapping of 4G of 4K. */
#define DP_EDGE_WITNESSES 40

/* Ask witness number `witness` (each is asked once, in order from 0) about the
 * page at `offset`: 1, it was gone; 0, it was there; -1, it cannot tell. */
typedef int (*dp_edge_ask)(void *arg, uint32_t witness, uint64_t offset);

/* How many witnesses a search through this many pages may need. */
uint32_t dp_edge_witnesses(uint64_t pages);

/* The stretch of pages that are gone around `gone`, a page that is known to be:
 * within `within`, both in bytes, pages of `page` bytes. What is gone is taken
 * to be in one piece. Uses up to dp_edge_witnesses() of `witnesses`; *used
 * counts them. 0; -EAGAIN when one could not tell; -ENOBUFS when there are too
 * few. */
int dp_edges_find(struct dp_range within, uint64_t gone, uint64_t page,
		  uint32_t witnesses, dp_edge_ask ask, void *arg,
		  struct dp_range *out, uint32_t *used);

#endif
