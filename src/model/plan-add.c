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
	free(plan->spans);
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
	size_t n = plan->n_stored;
	struct dp_case *cases;
	struct dp_span *spans;

	/* Grown by doubling: a long run has thousands. */
	if (!(n & (n - 1))) {
		cases = reallocarray(plan->cases, n ? n * 2 : 1, sizeof(*cases));
		if (cases)
			plan->cases = cases;
		spans = reallocarray(plan->spans, n ? n * 2 : 1, sizeof(*spans));
		if (spans)
			plan->spans = spans;
		if (!cases || !spans)
			return NULL;
	}
	memset(&plan->cases[n], 0, sizeof(*cases));
	plan->spans[n] = (struct dp_span){ .first = plan->n++ };
	plan->n_stored++;
	return &plan->cases[n];
}

/* Whether it is the stored case, moved; but for its name. */
static bool dp_is_moved(const struct dp_case *stored, const struct dp_case *c,
			uint64_t by)
{
	struct dp_case moved;

	memcpy(&moved, stored, sizeof(moved));
	dp_case_move(&moved, by);
	memcpy(moved.id, c->id, sizeof(moved.id));
	/* With what lies between its fields, too: at worst one is stored that need
	 * not be. A field that is added must not be forgotten here. */
	/* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
	return !memcmp(&moved, c, sizeof(moved));
}

int dp_plan_add_given(struct dp_plan *plan, const struct dp_case *c)
{
	size_t last = plan->n_stored - 1, times;
	struct dp_case *stored;
	uint64_t by;

	if (plan->n_stored) {
		times = plan->n - plan->spans[last].first;
		by = c->poison.offset - plan->cases[last].poison.offset;
		if ((times > 1 ? by == times * plan->spans[last].by : by > 0) &&
		    dp_is_moved(&plan->cases[last], c, by)) {
			plan->spans[last].by = by / times;
			plan->n++;
			return 0;
		}
	}
	stored = dp_plan_add(plan);
	if (!stored)
		return -ENOMEM;
	memcpy(stored, c, sizeof(*stored));
	dp_case_name(stored);
	return 0;
}

/* The stored case from which the i-th is made. */
static size_t dp_plan_stored(const struct dp_plan *plan, size_t i)
{
	size_t from = 0, to = plan->n_stored;

	while (to - from > 1) {
		size_t middle = from + (to - from) / 2;

		if (plan->spans[middle].first <= i)
			from = middle;
		else
			to = middle;
	}
	return from;
}

const struct dp_case *dp_plan_case(const struct dp_plan *plan, size_t i,
				   struct dp_case *room)
{
	size_t k = dp_plan_stored(plan, i);
	const struct dp_span *span = &plan->spans[k];

	if (i == span->first)
		return &plan->cases[k];
	*room = plan->cases[k];
	dp_case_move(room, (i - span->first) * span->by);
	dp_case_name(room);
	return room;
}

size_t dp_plan_span(const struct dp_plan *plan, size_t i, uint64_t *by)
{
	size_t k = dp_plan_stored(plan, i);

	*by = plan->spans[k].by;
	return (k + 1 < plan->n_stored ? plan->spans[k + 1].first : plan->n) - i;
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
