/* SPDX-License-Identifier: GPL-2.0-only */
/* The observer at work: what of a view is mapped. Two ways, one interface; see
 * enum dp_observer. */
#ifndef DP_RUN_LOOKER_H
#define DP_RUN_LOOKER_H

#include "run/edges.h"
#include "sys/map.h"
#include "run/senses.h"
#include "model/observation.h"

/* Witness views: with the primary view, this many places of each unit are
 * asked about after one injection. */
#define DP_WITNESSES 3

struct dp_looker {
	const struct dp_case *c;
	struct dp_observation *o;
	char *primary;		/* where c->map is mapped */
	struct dp_pagemap *pagemap; /* of the process's senses */
	uint32_t n_witnesses;
	struct dp_area witness[DP_WITNESSES + DP_EDGE_WITNESSES];
};

/* Prepare to look at c->map, mapped at `primary` and not touched yet; fd is
 * the target. Notes whether the untouched mapping looks absent. The senses must
 * outlive it. 0 or -errno. */
int dp_looker_init(struct dp_looker *l, struct dp_senses *senses,
		   const struct dp_case *c, struct dp_observation *o,
		   char *primary, int fd);
void dp_looker_deinit(struct dp_looker *l);

/* Touch the byte that is to be touched first; measure what that one fault has
 * mapped, into o->view.unit, and whether it looks present. Then map all of the
 * view and of the witnesses by touching each unit. 0 or -errno. */
int dp_looker_fault_in(struct dp_looker *l);

/* Before the injection: look twice, then touch, into o->view.before and
 * o->proof. 0 or -errno. */
int dp_looker_baseline(struct dp_looker *l);

/* After the injection: what is gone, into o->view.unmapped. 0 or -errno. */
int dp_looker_after(struct dp_looker *l);

/* By DP_OBSERVER_EDGES, after the four places of each unit were asked about:
 * between which pages the loss lies. The places must agree with what is found,
 * or neither is believed. */
void dp_looker_edges(struct dp_looker *l);

/* Touch the poisoned page and its neighbours, into o->touches. Counting faults
 * has touched them already: then nothing is done. */
void dp_looker_touch(struct dp_looker *l);

/* The page that the case poisons, and what is on either side of its unit, with fewer
 * calls: dp_touch_first(). */
void dp_looker_touch_beside(struct dp_looker *l);

/* Reserve an area and map the case's part of the target there, at addresses
 * c->skew bytes off from its offsets modulo its largest unit; fd is the
 * target. Fills o->view's place. 0 or -errno. */
int dp_area_map_case(struct dp_area *area, const struct dp_case *c,
		     struct dp_observation *o, int fd);

/* The target, opened as whoever maps it beside the injector does: a descriptor
 * to close, or -errno. */
int dp_open_beside(const struct dp_case *c, const struct dp_bystander *b);

#endif
