/* SPDX-License-Identifier: GPL-2.0-only */
/* Further views of the injector's: the same target mapped again in the same
 * process, each with an observation of its own. */
#ifndef DP_RUN_VIEWS_H
#define DP_RUN_VIEWS_H

#include "run/cast.h"

struct dp_views {
	const struct dp_part *part;
	uint32_t n;		/* as many as the scene has, views or not */
	struct dp_one_view *at;	/* [n] */
};

/* 0 or -ENOMEM. _deinit unmaps them, and says of each that it came to its
 * end. */
int dp_views_init(struct dp_views *v, const struct dp_part *part);
void dp_views_deinit(struct dp_views *v);

/* Map, and touch, what comes before the injector's own view, or after it.
 * What goes wrong is noted in the view's observation: the others go on. */
void dp_views_map(struct dp_views *v, bool after);

/* All of them: look before the injection; look after it; touch. */
void dp_views_baseline(struct dp_views *v);
void dp_views_look(struct dp_views *v);
void dp_views_touch(struct dp_views *v);

#endif
