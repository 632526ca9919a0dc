/* SPDX-License-Identifier: GPL-2.0-only */
/* Touching the poisoned page and what lies around it again. */
#include "run/looker.h"
#include "sys/touch.h"

/* Places to touch, where the mapping has them. */
struct dp_places {
	volatile char *addr[DP_TOUCHES_MAX];
	uint32_t n;
};

static void dp_place(const struct dp_looker *l, struct dp_places *p,
		     uint64_t offset)
{
	const struct dp_case *c = l->c;

	if (offset - c->map.offset >= c->map.length || p->n == DP_TOUCHES_MAX)
		return;
	l->o->touches[p->n].offset = offset;
	p->addr[p->n++] = l->primary + (offset - c->map.offset);
}

/* The poisoned page first: its fault maps the unit again, so that what comes
 * after costs nothing unless the unit is smaller than it should be. */
static void dp_places_around(const struct dp_looker *l, struct dp_places *p)
{
	const struct dp_case *c = l->c;
	struct dp_range unit = dp_view_unit_at(c, l->o, c->poison.offset);

	dp_place(l, p, c->poison.offset);
	dp_place(l, p, unit.offset - 1);
	dp_place(l, p, dp_range_end(unit));
}

static void dp_places_within(const struct dp_looker *l, struct dp_places *p)
{
	const struct dp_case *c = l->c;
	struct dp_range unit = dp_view_unit_at(c, l->o, c->poison.offset);

	if (unit.length == c->page)
		return;
	if (c->poison.offset != unit.offset)
		dp_place(l, p, unit.offset);
	if (dp_range_end(c->poison) != dp_range_end(unit))
		dp_place(l, p, dp_range_end(unit) - 1);
	if (c->poison.offset > unit.offset)
		dp_place(l, p, c->poison.offset - 1);
	if (dp_range_end(c->poison) < dp_range_end(unit))
		dp_place(l, p, dp_range_end(c->poison));
}

static void dp_places_touch(struct dp_looker *l, struct dp_places *p)
{
	dp_touch_each(p->addr, p->n, l->c->access == DP_ACCESS_WRITE,
		      l->o->touches);
	l->o->n_touches = p->n;
}

void dp_looker_touch(struct dp_looker *l)
{
	struct dp_places p = { .n = 0 };

	if (l->c->observer != DP_OBSERVER_PAGEMAP)
		return;
	dp_places_around(l, &p);
	dp_places_within(l, &p);
	dp_places_touch(l, &p);
}

void dp_looker_touch_beside(struct dp_looker *l)
{
	struct dp_places p = { .n = 0 };

	dp_places_around(l, &p);
	dp_touch_first(p.addr, p.n, l->c->access == DP_ACCESS_WRITE,
		       l->o->touches);
	l->o->n_touches = p.n;
}
