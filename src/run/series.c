/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run/looker.h"
#include "run/series.h"
#include "run/series-parts.h"
#include "sys/account.h"
#include "sys/inject.h"
#include "sys/sigbus.h"
#include "sys/touch.h"

struct dp_series *dp_series_new(void)
{
	return dp_shared_new(sizeof(struct dp_series));
}

void dp_series_free(struct dp_series *series)
{
	dp_shared_free(series, sizeof(*series));
}

void dp_series_set(struct dp_series *s, const struct dp_cases *cases,
		   const struct dp_accountant *accountant)
{
	s->cases = *cases;
	s->wide = dp_series_wide(&s->cases);
	s->accountant = accountant;
	s->start = 0;
	s->begun = s->done = s->progress = s->touched = 0;
	s->departed = s->touching = s->compared = false;
	memset(s->odd, 0, sizeof(s->odd));
}

/* The mapping of all cases, its contents taken, and proven. 0 or negative errno;
 * -EAGAIN: it is not as the pattern's was. */
static int dp_series_prepare(const struct dp_part *part, struct dp_looker *l,
			     struct dp_contents *ct, struct dp_area *area)
{
	struct dp_series *s = part->series;
	struct dp_observation *o = part->o;
	_cleanup_close_ int fd = -1;
	uint64_t units;
	int rc;

	dp_enter(o, DP_STEP_OPEN);
	rc = dp_sigbus_install(o);
	if (!rc)
		rc = dp_sigbus_policy(dp_case_policy(&s->wide));
	if (rc)
		return rc;
	fd = open(s->wide.target->path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	dp_enter(o, DP_STEP_MAP);
	rc = dp_area_map_case(area, &s->wide, o, fd);
	if (rc)
		return rc;
	s->start = (uintptr_t)area->start;
	rc = dp_looker_init(l, part->senses, &s->wide, o, area->start, fd);
	if (!rc)
		rc = dp_looker_fault_in(l);
	if (rc)
		return rc;
	dp_enter(o, DP_STEP_PATTERN);
	rc = dp_contents_init_series(ct, &s->wide, &s->cases, area->start,
				     part->saved);
	if (!rc)
		rc = dp_contents_fill(ct);
	if (!rc)
		rc = dp_sums_take(&s->sums, &s->cases, s->wide.map, area->start);
	if (rc)
		return rc;
	dp_enter(o, DP_STEP_BASELINE);
	rc = dp_looker_baseline(l);
	/* If faults cannot be counted, that is to be known now. */
	if (!rc)
		rc = dp_touch_steady();
	if (rc)
		return rc;
	units = s->wide.map.length / s->wide.unit;
	return !dp_proof_fault(&o->proof) &&
			       /* None, if the kernel was asked to map them. */
			       (!o->populate_faults ||
				o->populate_faults == units - 1) &&
			       o->view.unit == s->pattern.seen.view.unit &&
			       o->view.before.n == 1 &&
			       o->view.before.at[0].offset ==
				       s->wide.map.offset &&
			       o->view.before.at[0].length ==
				       s->wide.map.length
		       ? 0
		       : -EAGAIN;
}

void dp_series_view(const struct dp_series *s, struct dp_looker *l,
		    const struct dp_case *c)
{
	struct dp_view *view = &l->o->view;

	l->c = c;
	l->primary = (char *)s->start + (c->map.offset - s->wide.map.offset);
	view->start = (uintptr_t)l->primary;
	view->range = c->map;
	view->unit = s->pattern.seen.view.unit;
	view->before.n = 1;
	view->before.at[0] = c->map;
	view->unmapped.n = 0;
}

/* What is in the scene is to be of this case. What it maps is there: it was before
 * the first case, and before the first of another lane; and no other case of this one
 * hits it. Had one lost it all the same where it looked, the series had ended with it;
 * and what was lost further away is to be seen. */
static void dp_series_turn(struct dp_series *s, struct dp_looker *l,
			   const struct dp_case *c)
{
	struct dp_observation *o = l->o;

	dp_series_view(s, l, c);
	o->n_signals = 0;
	o->n_touches = 0;
	o->injected = false;
	o->inject_errno = 0;
	o->inject_done = 0;
	memset(&o->began[DP_STEP_INJECT], 0,
	       (DP_STEP_MAX - DP_STEP_INJECT) * sizeof(o->began[0]));
}

static int64_t dp_told_after(const struct dp_observation *o)
{
	const struct dp_signal *told = dp_observation_told(o);

	return told ? told->when - o->began[DP_STEP_INJECT] : -1;
}

/* One case, the i-th. 0, or negative errno. */
static int dp_series_one(struct dp_series *s, struct dp_looker *l,
			 const struct dp_case *c, uint32_t i)
{
	struct dp_observation *o = l->o;
	char *at = (char *)s->start + (c->poison.offset - s->wide.map.offset);
	bool last = i + 1 == dp_series_lane_end(&s->cases, i);
	const struct dp_case *seen = last ? &s->wide : c;
	struct dp_injection injection = {
		.target = c->target,
		.addr = at,
		.length = c->poison.length,
	};
	int rc;

	dp_series_turn(s, l, seen);
	dp_sigbus_expect();
	s->begun = i + 1;
	if (i + 1 == s->cases.n)
		dp_accountant_skip(s->accountant);
	dp_enter(o, DP_STEP_INJECT);
	o->injected = true;
	o->inject_errno = -dp_inject(c->method, &injection);
	/* Only the call is timed. */
	o->step = DP_STEP_OBSERVE;
	rc = last ? dp_series_look(s, l) : dp_looker_after(l);
	if (!rc && last && dp_seen_narrow(c, o)) {
		l->c = c;
		l->primary = (char *)o->view.start;
	}
	return rc;
}

/* One that departs is touched as if it were alone. */
static void dp_series_depart(struct dp_series *s, struct dp_looker *l,
			     const struct dp_case *c)
{
	struct dp_case as_seen = *c;

	/* If it lost more than it maps, that is all of the mapping. */
	as_seen.map = l->c->map;
	l->c = &as_seen;
	l->o->step = DP_STEP_TOUCH;
	dp_looker_touch(l);
	l->c = &s->wide;
	s->departed = true;
}

/* Those of one lane, or up to the first that departs, and what they lost touched
 * again. 0 or negative errno. */
static int dp_series_lane(struct dp_series *s, struct dp_looker *l)
{
	uint32_t end = dp_series_lane_end(&s->cases, s->done);
	struct dp_observation *o = l->o;
	int rc;

	while (s->done < end && !s->departed) {
		const struct dp_case c = dp_series_case(&s->cases, s->done);

		rc = dp_series_one(s, l, &c, s->done);
		if (!rc && dp_seen_alike(&s->pattern, &c, o)) {
			s->told[s->done] = dp_told_after(o);
			/* Only now: the director may look at any time. */
			__atomic_store_n(&s->done, s->done + 1,
					 __ATOMIC_RELEASE);
			__atomic_store_n(&s->progress, s->progress + 1,
					 __ATOMIC_RELAXED);
		} else if (!rc) {
			dp_series_depart(s, l, &c);
		}
		/* It does not live on. */
		l->c = &s->wide;
		if (rc)
			return rc;
	}
	return dp_series_touch(s, l);
}

static int dp_series_run(const struct dp_part *part, struct dp_looker *l,
			 struct dp_contents *ct, struct dp_area *area)
{
	struct dp_series *s = part->series;
	int rc;

	rc = dp_series_prepare(part, l, ct, area);
	while (!rc && s->done < s->cases.n && !s->departed) {
		rc = dp_series_lane(s, l);
		if (!rc && !dp_series_is_whole(s, l))
			break;
	}
	if (rc)
		return rc;
	dp_enter(part->o, DP_STEP_COMPARE);
	dp_contents_differ(ct, &s->differs);
	dp_sums_compare(&s->sums, s->wide.map, area->start, s->wide.page);
	s->compared = true;
	return 0;
}

void dp_series_body(const struct dp_part *part)
{
	struct dp_observation *o = part->o;
	struct dp_contents ct = { 0 };
	struct dp_area area = { 0 };
	struct dp_looker l = { 0 };
	int rc;

	rc = dp_series_run(part, &l, &ct, &area);
	if (rc)
		dp_give_up(o, rc);
	/* Whatever went wrong, the contents go back. */
	dp_enter(o, DP_STEP_RESTORE);
	o->data.restored = !dp_contents_restore(&ct);
	dp_looker_deinit(&l);
	dp_area_deinit(&area);
	dp_enter(o, DP_STEP_DONE);
}
