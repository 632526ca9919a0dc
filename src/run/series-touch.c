/* SPDX-License-Identifier: GPL-2.0-only */
/* A lane of a series, when all of its cases have been injected: looking at
 * everything, and touching again what each has lost. */
#include <string.h>

#include "run/series-parts.h"
#include "sys/sigbus.h"
#include "sys/touch.h"

/* So many places are looked at at once: what was lost there are ranges that must
 * have room (DP_RANGES_MAX). */
#define DP_PLACES_A_LOOK 16

/* What is gone of one part of the mapping, up to a place. *next: the case whose loss
 * is known and has not come up yet. */
static int dp_look_part(const struct dp_series *s, struct dp_looker *l,
			struct dp_range part, uint32_t to, uint32_t *next,
			struct dp_ranges *gone)
{
	struct dp_ranges whole = { .n = 1, .at = { part } };
	struct dp_ranges there, absent, more, lost = { 0 };
	int rc;

	rc = dp_pagemap_present(l->pagemap,
				s->start + (part.offset - s->wide.map.offset),
				part.length, part.offset, &there);
	if (rc)
		return rc;
	for (; *next < s->done && dp_series_place(&s->cases, *next) < to;
	     ++*next) {
		const struct dp_case c = dp_series_case(&s->cases, *next);

		dp_lost_moved(&s->pattern, &c, &lost);
	}
	dp_ranges_subtract(&absent, &whole, &there);
	dp_ranges_subtract(&more, &absent, &lost);
	for (uint32_t i = 0; i < more.n; i++)
		dp_ranges_append(gone, more.at[i]);
	gone->truncated |= there.truncated || absent.truncated || more.truncated;
	return 0;
}

int dp_series_look(const struct dp_series *s, struct dp_looker *l)
{
	struct dp_ranges *gone = &l->o->view.unmapped;
	uint64_t at = s->wide.map.offset, to;
	uint64_t unit = dp_case_unit_at(&s->wide, s->wide.poison.offset).offset;
	/* Those of another lane have been touched again. */
	uint32_t next = s->touched;
	int rc = 0;

	gone->n = 0;
	gone->truncated = false;
	/* Each part ends where the unit begins that is hit next. */
	for (uint32_t i = DP_PLACES_A_LOOK; !rc; i += DP_PLACES_A_LOOK, at = to) {
		to = i < s->cases.n ? unit + i * s->cases.by
				    : dp_range_end(s->wide.map);
		rc = dp_look_part(s, l, (struct dp_range){ at, to - at }, i,
				  &next, gone);
		if (i >= s->cases.n)
			break;
	}
	return rc;
}

/* It is kept only where it was not as with the pattern. */
static void dp_touched_keep(struct dp_touched *t, const struct dp_observation *o)
{
	t->n_touches = dp_min(o->n_touches, (uint32_t)DP_TOUCHED_MAX);
	t->n_signals = dp_min(o->n_signals, (uint32_t)DP_TOUCHED_MAX);
	memcpy(t->touches, o->touches, t->n_touches * sizeof(t->touches[0]));
	memcpy(t->signals, o->signals, t->n_signals * sizeof(t->signals[0]));
}

static void dp_touch_all(struct dp_series *s, struct dp_looker *l)
{
	struct dp_observation *o = l->o;
	int rc;

	/* Its pages are not to be touched for the first time while faults count. */
	memset(o->touches, 0, DP_TOUCHED_MAX * sizeof(o->touches[0]));
	rc = dp_touch_steady();
	for (uint32_t i = s->touched; i < s->done && !rc; i++) {
		const struct dp_case c = dp_series_case(&s->cases, i);

		dp_series_view(s, l, &c);
		dp_looker_touch_beside(l);
		l->c = &s->wide;
		if (o->n_signals || !dp_touched_alike(&s->pattern, &c, o)) {
			dp_touched_keep(&s->touches[i], o);
			__atomic_store_n(&s->odd[i], true, __ATOMIC_RELEASE);
			rc = dp_touch_steady();
		}
		/* What is there now is of the next one. */
		o->n_signals = o->n_touches = 0;
		__atomic_store_n(&s->touched, i + 1, __ATOMIC_RELEASE);
		__atomic_store_n(&s->progress, s->progress + 1,
				 __ATOMIC_RELAXED);
	}
}

int dp_series_touch(struct dp_series *s, struct dp_looker *l)
{
	struct dp_observation *o = l->o;
	int rc;

	/* That of the last case stays as it is. */
	dp_enter(o, DP_STEP_TOUCH);
	dp_observation_reset(&s->again);
	s->again.step = DP_STEP_TOUCH;
	l->o = &s->again;
	rc = dp_sigbus_install(l->o);
	s->touching = true;
	if (!rc)
		dp_touch_all(s, l);
	s->touching = false;
	l->o = o;
	return rc ? rc : dp_sigbus_install(o);
}

bool dp_series_is_whole(struct dp_series *s, struct dp_looker *l)
{
	const struct dp_ranges *gone = &s->again.view.unmapped;
	struct dp_observation *o = l->o;
	int rc;

	if (s->touched < s->done)
		return false;
	if (s->done == s->cases.n)
		return true;
	l->o = &s->again;
	rc = dp_series_look(s, l);
	l->o = o;
	return !rc && !gone->n && !gone->truncated;
}
