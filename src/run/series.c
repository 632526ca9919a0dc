/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run/looker.h"
#include "run/series.h"
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

void dp_series_set(struct dp_series *s, const struct dp_case *c, uint64_t by,
		   uint32_t n, const struct dp_accountant *accountant)
{
	s->cases = (struct dp_cases){ *c, by, n };
	s->wide = dp_series_wide(&s->cases);
	s->accountant = accountant;
	s->start = 0;
	s->begun = s->done = 0;
	s->departed = s->compared = false;
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
	if (rc)
		return rc;
	dp_enter(o, DP_STEP_BASELINE);
	rc = dp_looker_baseline(l);
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

/* What is in the scene is to be of this case. What it maps is there: it was before
 * the first case; whatever one of them lost where it looked was touched again, or
 * the series had ended with it; and what was lost further away is to be seen. */
static void dp_series_turn(struct dp_series *s, struct dp_looker *l,
			   const struct dp_case *c, bool last)
{
	const struct dp_case *seen = last ? &s->wide : c;
	struct dp_observation *o = l->o;

	l->c = seen;
	l->primary = (char *)s->start + (seen->map.offset - s->wide.map.offset);
	o->view.start = (uintptr_t)l->primary;
	o->view.range = seen->map;
	o->view.before.n = 1;
	o->view.before.at[0] = seen->map;
	o->view.unmapped.n = 0;
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
	bool last = i + 1 == s->cases.n;
	struct dp_injection injection = {
		.target = c->target,
		.addr = at,
		.length = c->poison.length,
	};
	int rc;

	dp_series_turn(s, l, c, last);
	dp_sigbus_expect();
	s->begun = i + 1;
	if (last)
		dp_accountant_skip(s->accountant);
	dp_enter(o, DP_STEP_INJECT);
	o->injected = true;
	o->inject_errno = -dp_inject(c->method, &injection);
	/* Only the call is timed. */
	o->step = DP_STEP_OBSERVE;
	rc = dp_looker_after(l);
	if (rc)
		return rc;
	if (last && dp_seen_narrow(c, o)) {
		l->c = c;
		l->primary = (char *)o->view.start;
	}
	o->step = DP_STEP_TOUCH;
	dp_looker_touch_beside(l, c);
	return 0;
}

static int dp_series_run(const struct dp_part *part, struct dp_looker *l,
			 struct dp_contents *ct, struct dp_area *area)
{
	struct dp_series *s = part->series;
	struct dp_observation *o = part->o;
	int rc;

	rc = dp_series_prepare(part, l, ct, area);
	if (rc)
		return rc;
	while (s->done < s->cases.n && !s->departed) {
		const struct dp_case c = dp_series_case(&s->cases, s->done);

		rc = dp_series_one(s, l, &c, s->done);
		/* It does not live on. */
		l->c = &s->wide;
		if (rc)
			return rc;
		if (dp_seen_alike(&s->pattern, &c, o)) {
			s->told[s->done] = dp_told_after(o);
			/* Only now: the director may look at any time. */
			__atomic_store_n(&s->done, s->done + 1,
					 __ATOMIC_RELEASE);
		} else {
			s->departed = true;
		}
	}
	dp_enter(o, DP_STEP_COMPARE);
	dp_contents_differ(ct, &s->differs);
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
