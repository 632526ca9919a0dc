/* SPDX-License-Identifier: GPL-2.0-only */
/* What src/run/series*.c share. */
#ifndef DP_RUN_SERIES_PARTS_H
#define DP_RUN_SERIES_PARTS_H

#include "run/looker.h"
#include "run/series.h"

/* Have the looker, and its observation, see what this case maps: all of it there,
 * nothing lost. The case must live on. */
void dp_series_view(const struct dp_series *s, struct dp_looker *l,
		    const struct dp_case *c);

/* After the last injection of a lane, a look at all of the mapping: what is gone but
 * for what the cases before it have lost, into o->view.unmapped. 0 or negative
 * errno. */
int dp_series_look(const struct dp_series *s, struct dp_looker *l);

/* Touch again what each case of the lane that was as the pattern has lost, and beside
 * it; up to where faults can no longer be counted. 0 or negative errno. */
int dp_series_touch(struct dp_series *s, struct dp_looker *l);

/* Whether another lane can begin: all has been touched again, and is there. */
bool dp_series_is_whole(struct dp_series *s, struct dp_looker *l);

#endif
