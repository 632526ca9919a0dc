/* SPDX-License-Identifier: GPL-2.0-only */
/* What the planners share. */
#ifndef DP_MODEL_PLAN_PARTS_H
#define DP_MODEL_PLAN_PARTS_H

#include "model/plan.h"

/* plan-add.c */

/* A new zeroed case at the end, or NULL when memory is short. */
struct dp_case *dp_plan_add(struct dp_plan *plan);

/* Append `c`, a place that was given; it need not be stored if it is the last one,
 * moved as far as those before it. 0 or -ENOMEM. */
int dp_plan_add_given(struct dp_plan *plan, const struct dp_case *c);

/* Give the case a copy of these `n` bystanders, which the plan owns. 0 or
 * -ENOMEM. */
int dp_plan_accompany(struct dp_plan *plan, struct dp_case *c,
		    const struct dp_bystander *list, unsigned int n);

/* Note that the case `id` is not run, and why. 0 or -ENOMEM. */
int dp_plan_drop(struct dp_plan *plan, const char *id, const char *fmt, ...)
	dp_printf(3, 4);

/* Take the case as `id`, or drop it where the target is too small. 0 or
 * -ENOMEM. */
int dp_plan_take(struct dp_plan *plan, const struct dp_case *probe,
		 const char *id);

/* Where in a unit the page at this place starts, in bytes. */
uint64_t dp_place_offset(enum dp_place place, uint64_t unit, uint64_t page);

/* plan-files.c */

/* As dp_plan_verify(), for a file. */
int dp_plan_files(struct dp_plan *plan, const struct dp_target *target,
		  const struct dp_plan_options *options);

/* Foretell the unit of a file's case into c->unit and c->unit_why, from its
 * target, map, skew and poison. False: the page is on no block; c->unit_why
 * says why. */
bool dp_plan_forecast(struct dp_case *c);

#endif
