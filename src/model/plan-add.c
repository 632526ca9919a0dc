/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/format.h"
#include "model/plan-parts.h"

/* The bystanders of one or more cases. */
struct dp_company {
	struct dp_company *next;
	unsigned int n;
	struct dp_bystander at[];
};

void dp_plan_deinit(struct dp_plan *plan)
{
	while (plan->companies) {
		struct dp_company *next = plan->companies->next;

		free(plan->companies);
		plan->companies = next;
	}
	free(plan->cases);
	free(plan->dropped);
	*plan = (struct dp_plan){ 0 };
}

int dp_plan_accompany(struct dp_plan *plan, struct dp_case *c,
		    const struct dp_bystander *list, unsigned int n)
{
	struct dp_company *company = plan->companies;

	if (!n)
		return 0;
	/* Thousands of cases, one after another, have the same. */
	if (!company || company->n != n ||
	    memcmp(company->at, list, n * sizeof(*list))) {
		company = malloc(sizeof(*company) + n * sizeof(*list));
		if (!company)
			return -ENOMEM;
		company->next = plan->companies;
		company->n = n;
		memcpy(company->at, list, n * sizeof(*list));
		plan->companies = company;
	}
	c->bystanders = company->at;
	c->n_bystanders = n;
	return 0;
}

struct dp_case *dp_plan_add(struct dp_plan *plan)
{
	struct dp_case *cases;

	/* Grown by doubling: a long run has thousands. */
	if (!(plan->n & (plan->n - 1))) {
		cases = reallocarray(plan->cases, plan->n ? plan->n * 2 : 1,
				     sizeof(*cases));
		if (!cases)
			return NULL;
		plan->cases = cases;
	}
	plan->cases[plan->n] = (struct dp_case){ 0 };
	return &plan->cases[plan->n++];
}

int dp_plan_drop(struct dp_plan *plan, const char *id, const char *fmt, ...)
{
	struct dp_dropped *dropped;
	va_list ap;

	dropped = reallocarray(plan->dropped, plan->n_dropped + 1,
			       sizeof(*dropped));
	if (!dropped)
		return -ENOMEM;
	plan->dropped = dropped;
	dropped += plan->n_dropped++;
	snprintf(dropped->id, sizeof(dropped->id), "%s", id);
	va_start(ap, fmt);
	vsnprintf(dropped->reason, sizeof(dropped->reason), fmt, ap);
	va_end(ap);
	return 0;
}

uint64_t dp_place_offset(enum dp_place place, uint64_t unit, uint64_t page)
{
	switch (place) {
	case DP_PLACE_FIRST:
		return 0;
	case DP_PLACE_LAST:
		return unit - page;
	default:
		/* Off the exact middle: a middle page that is aligned to
		 * half the unit could hide a mistake. */
		return dp_align_down(unit / 2 + 2 * page, page) % unit;
	}
}

int dp_plan_take(struct dp_plan *plan, const struct dp_case *probe,
		 const char *id)
{
	char need[DP_SIZE_TEXT], have[DP_SIZE_TEXT];
	struct dp_case *c;

	if (dp_range_end(probe->map) > dp_align_up(probe->target->size,
						   probe->page))
		return dp_plan_drop(plan, id, "needs %s of the target, which has %s",
				    dp_size_text(need, dp_range_end(probe->map), false),
				    dp_size_text(have, probe->target->size, true));
	c = dp_plan_add(plan);
	if (!c)
		return -ENOMEM;
	*c = *probe;
	snprintf(c->id, sizeof(c->id), "%s", id);
	return 0;
}
