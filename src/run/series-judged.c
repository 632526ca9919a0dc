/* SPDX-License-Identifier: GPL-2.0-only */
/* What became of a series, case by case. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "run/rescue.h"
#include "run/series.h"
#include "run/stage.h"

/* A series that has been played. */
struct dp_played {
	const struct dp_series *s;
	uint32_t n;		/* injections: those alike, and perhaps one more */
	bool under_way;		/* one more than was alike had been injected */
	bool ended;		/* as it should, and all contents were compared */
	bool differs;		/* of some case they do */
	uint32_t ends;		/* the case under way when the injector ended */
	bool left_alike;	/* the account of the case that is left is */
	struct dp_series_account account;
	struct dp_observation last;	/* of the one that is not alike */
	struct dp_account rest;		/* of the case that is left */
};

static struct dp_data dp_data_of(const struct dp_stage *st,
				 const struct dp_played *p,
				 const struct dp_case *c)
{
	struct dp_data data = { .restored = true };

	if (p->s->compared)
		dp_contents_of_case(st->entry->record, &p->s->differs,
				    &p->s->sums, c, &data);
	return data;
}

/* Whether there is nothing about this case but what the pattern has. */
static bool dp_is_alike(const struct dp_stage *st, const struct dp_played *p,
			uint32_t i)
{
	struct dp_data data;
	struct dp_case c;

	if (i >= p->s->touched || !p->ended || p->s->odd[i] ||
	    !(i == p->account.left ? p->left_alike : p->account.met[i]))
		return false;
	if (!p->differs)
		return true;
	c = dp_series_case(&p->s->cases, i);
	data = dp_data_of(st, p, &c);
	return !data.poisoned_changed && !data.pages_changed;
}

/* The list of what is known has to see each case: what it names may be here, and
 * hold. Nothing of the pattern is violated, so no verdict changes. */
static void dp_known_alike(struct dp_stage *st, const struct dp_played *p,
			   uint32_t from, uint32_t to)
{
	const struct dp_case_verdict *v = &p->s->pattern.verdict;

	st->verdict->n = v->n;
	memcpy(st->verdict->at, v->at, v->n * sizeof(v->at[0]));
	for (uint32_t i = from; i < to; i++) {
		struct dp_case c = dp_series_case(&p->s->cases, i);

		dp_case_name(&c);
		dp_known_apply(st->s->known, &c, st->verdict);
	}
}

static void dp_judge_alike(struct dp_stage *st, const struct dp_played *p,
			   uint32_t from, uint32_t to)
{
	const struct dp_pattern *pattern = &p->s->pattern;
	struct dp_cases alike =
		dp_series_part(&p->s->cases, from, to - from);
	struct dp_timing *told;

	told = &st->summary->told.by[dp_scene_role(&alike.first, st->scene, 0)];
	for (uint32_t i = from; i < to; i++) {
		dp_summary_add(st->summary, &pattern->verdict);
		if (p->s->told[i] >= 0)
			dp_timing_add(told, p->s->told[i]);
	}
	if (st->s->known)
		dp_known_alike(st, p, from, to);
	st->s->alike(pattern, &alike, st->s->arg);
}

/* How it ended: as the injector, or, if that was in the midst of another case, as
 * any other case does. */
static void dp_end_of(const struct dp_played *p, uint32_t i,
		      struct dp_observation *o)
{
	const struct dp_observation *last =
		i == p->ends ? &p->last : &p->s->pattern.seen;

	o->end = last->end;
	o->end_detail = last->end_detail;
	o->step = last->step;
	o->error = last->error;
	o->failed_at = last->failed_at;
}

/* What it was told when it was touched. */
static void dp_signals_add(struct dp_observation *o,
			   const struct dp_signal *more, uint32_t n)
{
	for (uint32_t i = 0; i < n && o->n_signals < DP_SIGNALS_MAX; i++)
		o->signals[o->n_signals++] = more[i];
}

/* The touches of one that was as the pattern is until then, which are not known if
 * it did not come to them. */
static void dp_touches_of(const struct dp_series *s, uint32_t i,
			  struct dp_observation *o)
{
	const struct dp_touched *t = &s->touches[i];
	uint32_t before = o->n_signals;

	if (s->odd[i]) {
		o->n_touches = t->n_touches;
		memcpy(o->touches, t->touches, sizeof(t->touches));
		for (uint32_t k = 0; k < t->n_touches; k++)
			if (o->touches[k].signal >= 0)
				o->touches[k].signal += before;
		dp_signals_add(o, t->signals, t->n_signals);
	} else if (i >= s->touched) {
		o->n_touches = 0;
		if (s->touching && i == s->touched)
			dp_signals_add(o, s->again.signals,
				       s->again.n_signals);
	}
}

/* One of those that are not, or about which something is not known: what was seen
 * of it is put together again. */
static void dp_judge_one(struct dp_stage *st, const struct dp_played *p,
			 uint32_t i)
{
	const struct dp_series *s = p->s;
	struct dp_case c = dp_series_case(&s->cases, i);
	struct dp_observation *o = &st->scene->at[0];

	dp_case_name(&c);
	if (i < s->done) {
		dp_seen_moved(&s->pattern, &c,
			      s->start + (c.map.offset - s->wide.map.offset), o);
		if (o->n_signals)
			o->signals[0].when = s->told[i];
		dp_touches_of(s, i, o);
		o->pid = p->last.pid;
	} else {
		*o = p->last;
	}
	dp_end_of(p, i, o);
	o->data = dp_data_of(st, p, &c);
	if (i == p->account.left) {
		st->scene->account = p->rest;
	} else {
		dp_account_moved(&s->pattern, &c, &st->scene->account);
		st->scene->account.n_events = p->account.met[i];
		memcpy(st->scene->account.missing[DP_SOURCE_TRACE],
		       p->rest.missing[DP_SOURCE_TRACE], DP_ACCOUNT_WHY);
	}
	dp_stage_judge(st, &c);
}

static void dp_judge_series(struct dp_stage *st, const struct dp_played *p)
{
	uint32_t from = 0, end, i;

	while (from < p->n) {
		for (i = from; dp_is_alike(st, p, i); i++)
			;
		/* Those of two lanes are told together only if they are all. */
		end = dp_series_lane_end(&p->s->cases, from);
		if (i - from < p->s->cases.n && i > end)
			i = end;
		if (i > from)
			dp_judge_alike(st, p, from, i);
		else
			dp_judge_one(st, p, i++);
		from = i;
	}
}

/* What the injector left behind. */
static void dp_series_look(struct dp_stage *st, const struct dp_series *s,
			   struct dp_played *p)
{
	const struct dp_observation *o = &st->scene->at[0];
	struct dp_case left;

	p->s = s;
	/* Killed, say, when its next case had been injected. */
	p->under_way = s->begun > s->done && o->injected;
	p->n = s->done + p->under_way;
	p->account.pattern = &s->pattern;
	p->account.cases = &s->cases;
	p->account.left = p->under_way || !s->done ? s->done : s->done - 1;
	p->ends = s->touching && s->touched < s->done ? s->touched
						      : p->account.left;
	p->last = *o;
	p->ended = !o->error && o->end == DP_END_EXITED &&
		   o->step == DP_STEP_DONE && s->compared;
	p->differs = dp_differs_any(&s->differs) || dp_sums_any(&s->sums);
	if (!p->n)
		return;
	p->account.n = p->n;
	dp_accountant_end_series(&st->accountant, &p->account,
				 &st->scene->account);
	p->rest = st->scene->account;
	left = dp_series_case(&s->cases, p->account.left);
	p->left_alike = dp_account_alike(&s->pattern, &left, &p->rest);
}

int dp_series_play(struct dp_stage *st, uint32_t *taken)
{
	struct dp_series *s = st->series;
	_cleanup_free_ struct dp_played *p = calloc(1, sizeof(*p));
	struct dp_record *record = st->entry->record;
	struct dp_case last;
	int rc, left;

	*taken = 0;
	if (!p)
		return -ENOMEM;
	last = dp_series_case(&s->cases, s->cases.n - 1);
	dp_accountant_begin(&st->accountant, &last, &st->scene->account);
	record->n = record->n_lines = 0;
	rc = dp_stage_cast(st, &s->wide);
	left = dp_record_rescue(record, &s->wide);
	if (!rc) {
		/* Before the scene is used for others. */
		rc = dp_stage_check_ends(st);
		dp_series_look(st, s, p);
		dp_judge_series(st, p);
		*taken = p->n;
	}
	if (left)
		return dp_stage_torn(st, s->wide.target, left);
	return rc ? rc : dp_record_set(record, DP_RECORD_CLEAN);
}
