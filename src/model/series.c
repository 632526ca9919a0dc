/* SPDX-License-Identifier: GPL-2.0-only */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "model/series.h"

/* Whether it can be in a series, whatever the others are. */
static bool dp_is_simple(const struct dp_case *c)
{
	return c->type == DP_CASE_POISON && c->target->kind == DP_KIND_DEVDAX &&
	       c->method == DP_METHOD_MADVISE && !c->n_bystanders &&
	       c->early_kill == DP_EARLY_KILL_LEAVE &&
	       c->observer == DP_OBSERVER_PAGEMAP &&
	       c->access != DP_ACCESS_NONE && c->sharing == DP_SHARING_SHARED &&
	       !c->readonly && !c->skew &&
	       /* All that is mapped is looked after in a series, too. */
	       c->map.length <= 3 * c->unit;
}

bool dp_case_moved(const struct dp_case *a, const struct dp_case *b)
{
	/* Downwards, too: all of it is arithmetic modulo 2^64. */
	uint64_t by = b->poison.offset - a->poison.offset;

	return dp_is_simple(a) && dp_is_simple(b) && a->target == b->target &&
	       a->page == b->page && a->unit == b->unit &&
	       dp_is_aligned(by, a->unit) &&
	       a->poison.length == b->poison.length &&
	       a->map.length == b->map.length &&
	       b->map.offset - a->map.offset == by &&
	       b->first_fault - a->first_fault == by &&
	       a->access == b->access && a->wait == b->wait &&
	       dp_case_policy(a) == dp_case_policy(b);
}

/* Whether a case so far behind this one hits nothing that this one maps, and maps
 * nothing that this one hits. */
static bool dp_are_apart(const struct dp_case *c, uint64_t by)
{
	struct dp_range unit = dp_case_unit_at(c, c->poison.offset);

	return dp_range_end(c->map) - unit.offset <= by &&
	       dp_range_end(unit) - c->map.offset <= by;
}

struct dp_cases dp_series_of(const struct dp_case *c, uint64_t by, size_t n)
{
	struct dp_cases cases = { *c, by, 1, 1 };

	if (!dp_is_simple(c) || !by || !dp_is_aligned(by, c->unit) ||
	    by > c->map.length)
		return cases;
	if (!dp_are_apart(c, by)) {
		if (!dp_are_apart(c, 2 * by))
			return cases;
		cases.lanes = 2;
	}
	/* What lies between them needs room, too. */
	cases.n = dp_min(n, by > c->unit ? (size_t)DP_SERIES_LANE
					 : (size_t)cases.lanes * DP_SERIES_LANE);
	return cases;
}

/* How many are in the first lane. */
static uint32_t dp_first_lane(const struct dp_cases *cases)
{
	return (cases->n + cases->lanes - 1) / cases->lanes;
}

uint32_t dp_series_place(const struct dp_cases *cases, uint32_t i)
{
	uint32_t first = dp_first_lane(cases);

	return i < first ? i * cases->lanes : (i - first) * cases->lanes + 1;
}

/* The case at a place. */
static uint32_t dp_series_at(const struct dp_cases *cases, uint32_t place)
{
	return place / cases->lanes +
	       (place % cases->lanes ? dp_first_lane(cases) : 0);
}

uint32_t dp_series_lane_end(const struct dp_cases *cases, uint32_t i)
{
	uint32_t first = dp_first_lane(cases);

	return i < first ? first : cases->n;
}

struct dp_case dp_series_case(const struct dp_cases *cases, uint32_t i)
{
	struct dp_case c = cases->first;

	dp_case_move(&c, dp_series_place(cases, i) * cases->by);
	return c;
}

struct dp_cases dp_series_part(const struct dp_cases *cases, uint32_t i,
			       uint32_t n)
{
	return (struct dp_cases){
		.first = dp_series_case(cases, i),
		.by = n == cases->n ? cases->by : cases->lanes * cases->by,
		.n = n,
		.lanes = 1,
	};
}

struct dp_case dp_series_wide(const struct dp_cases *cases)
{
	struct dp_case wide = cases->first;

	wide.map.length += (cases->n - 1) * cases->by;
	return wide;
}

static uint64_t dp_pfn_of(const struct dp_case *c)
{
	return dp_target_bases(c->target, c->poison.offset, c->page).pfn;
}

/* Whether all of its unit was there again, as it was, when the case was over. */
static bool dp_was_healed(const struct dp_observation *o)
{
	uint32_t n = dp_min(o->n_touches, (uint32_t)DP_TOUCHES_MAX);

	for (uint32_t i = 0; i < n; i++)
		if (o->touches[i].signal >= 0)
			return false;
	return n && !o->data.poisoned_changed && !o->data.pages_changed;
}

/* Whether the kernel's one event names the page, and not another of its unit. */
static bool dp_has_its_event(const struct dp_account *a, const struct dp_case *c)
{
	return dp_account_has(a, DP_SOURCE_TRACE) && a->n_events == 1 &&
	       dp_pfn_of(c) != DP_PHYS_UNKNOWN &&
	       a->events[0].pfn == dp_pfn_of(c);
}

bool dp_pattern_take(struct dp_pattern *p, const struct dp_case *c,
		     const struct dp_scene *scene,
		     const struct dp_case_verdict *v)
{
	const struct dp_observation *o = &scene->at[0];

	if (!dp_is_simple(c) || o->error || o->end != DP_END_EXITED ||
	    o->step != DP_STEP_DONE || !dp_was_healed(o) ||
	    !dp_has_its_event(&scene->account, c))
		return false;
	for (unsigned int i = 0; i < v->n; i++)
		if (v->at[i].verdict == DP_VERDICT_VIOLATED ||
		    v->at[i].verdict == DP_VERDICT_KNOWN)
			return false;
	p->taken = true;
	p->c = *c;
	p->seen = *o;
	p->account = scene->account;
	p->verdict.verdict = v->verdict;
	p->verdict.n = v->n;
	memcpy(p->verdict.at, v->at, v->n * sizeof(v->at[0]));
	return true;
}

/* How far a case is from the pattern, in bytes. */
static uint64_t dp_moved_by(const struct dp_pattern *p, const struct dp_case *c)
{
	return c->poison.offset - p->c.poison.offset;
}

static bool dp_ranges_alike(const struct dp_ranges *a, const struct dp_ranges *b,
			    uint64_t by)
{
	if (a->n != b->n || a->truncated || b->truncated)
		return false;
	for (uint32_t i = 0; i < a->n; i++)
		if (b->at[i].offset - a->at[i].offset != by ||
		    a->at[i].length != b->at[i].length)
			return false;
	return true;
}

static bool dp_signals_alike(const struct dp_observation *a,
			     const struct dp_observation *b)
{
	if (a->n_signals != b->n_signals || a->n_signals > DP_SIGNALS_MAX)
		return false;
	for (uint32_t i = 0; i < a->n_signals; i++) {
		const struct dp_signal *x = &a->signals[i], *y = &b->signals[i];

		if (x->code != y->code || x->lsb != y->lsb ||
		    x->step != y->step || x->pending != y->pending ||
		    x->addr - a->view.start != y->addr - b->view.start)
			return false;
	}
	return true;
}

bool dp_touched_alike(const struct dp_pattern *p, const struct dp_case *c,
		      const struct dp_observation *b)
{
	const struct dp_observation *a = &p->seen;
	uint64_t by = dp_moved_by(p, c);
	uint32_t i;

	for (uint32_t k = 0; k < b->n_touches; k++) {
		const struct dp_touch *t = &b->touches[k];

		for (i = 0; i < a->n_touches; i++)
			if (t->offset - a->touches[i].offset == by)
				break;
		if (i == a->n_touches || t->write != a->touches[i].write ||
		    t->faults != a->touches[i].faults ||
		    t->signal != a->touches[i].signal)
			return false;
	}
	return b->n_touches > 0;
}

bool dp_seen_alike(const struct dp_pattern *p, const struct dp_case *c,
		   const struct dp_observation *o)
{
	const struct dp_observation *a = &p->seen;
	uint64_t by = dp_moved_by(p, c);

	return !o->error && o->injected && o->inject_errno == a->inject_errno &&
	       o->view.unit == a->view.unit &&
	       o->view.range.length == a->view.range.length &&
	       o->view.range.offset - a->view.range.offset == by &&
	       !dp_proof_fault(&o->proof) && !dp_proof_fault(&a->proof) &&
	       dp_ranges_alike(&a->view.before, &o->view.before, by) &&
	       dp_ranges_alike(&a->view.unmapped, &o->view.unmapped, by) &&
	       dp_signals_alike(a, o);
}

void dp_lost_moved(const struct dp_pattern *p, const struct dp_case *c,
		   struct dp_ranges *lost)
{
	const struct dp_ranges *like = &p->seen.view.unmapped;
	uint64_t by = dp_moved_by(p, c);

	for (uint32_t i = 0; i < like->n; i++)
		dp_ranges_append(lost, (struct dp_range){
			like->at[i].offset + by, like->at[i].length });
}

bool dp_seen_narrow(const struct dp_case *c, struct dp_observation *o)
{
	struct dp_ranges before;

	for (uint32_t i = 0; i < o->view.unmapped.n; i++)
		if (!dp_range_contains(c->map, o->view.unmapped.at[i]))
			return false;
	dp_ranges_within(&before, &o->view.before, c->map);
	o->view.before = before;
	o->view.start += c->map.offset - o->view.range.offset;
	o->view.range = c->map;
	return true;
}

static void dp_ranges_move(struct dp_ranges *r, uint64_t by)
{
	for (uint32_t i = 0; i < r->n; i++)
		r->at[i].offset += by;
}

void dp_seen_moved(const struct dp_pattern *p, const struct dp_case *c,
		   uint64_t start, struct dp_observation *o)
{
	uint64_t by = dp_moved_by(p, c);

	*o = p->seen;
	o->view.start = start;
	o->view.range = c->map;
	dp_ranges_move(&o->view.before, by);
	dp_ranges_move(&o->view.unmapped, by);
	for (uint32_t i = 0; i < o->n_signals; i++) {
		o->signals[i].addr += start - p->seen.view.start;
		o->signals[i].when = 0;
	}
	for (uint32_t i = 0; i < o->n_touches; i++)
		o->touches[i].offset += by;
	o->pid = 0;
	o->pfn_seen = 0;
	o->inject_done = 0;
	memset(o->began, 0, sizeof(o->began));
	o->data = (struct dp_data){ 0 };
}

/* The number of the case that has poisoned this page, or -1. */
static int dp_series_case_of(const struct dp_series_account *a, uint64_t pfn)
{
	const struct dp_cases *cases = a->cases;
	uint64_t first = dp_pfn_of(&cases->first);
	uint64_t step = cases->by / cases->first.page;
	uint64_t place = (pfn - first) / step;
	uint32_t i;

	if (pfn < first || place >= cases->n || (pfn - first) % step)
		return -1;
	i = dp_series_at(cases, place);
	return i < a->n ? (int)i : -1;
}

static bool dp_event_alike(const struct dp_account_event *a,
			   const struct dp_account_event *b)
{
	return !strcmp(a->type, b->type) && !strcmp(a->result, b->result);
}

bool dp_series_meets(struct dp_series_account *a,
		     const struct dp_account_event *event)
{
	const struct dp_pattern *p = a->pattern;
	int i;

	if (!dp_event_alike(&p->account.events[0], event))
		return false;
	i = dp_series_case_of(a, event->pfn);
	if (i < 0 || (uint32_t)i == a->left || a->met[i])
		return false;
	a->met[i] = true;
	return true;
}

/* mm/madvise.c: "Injecting memory failure for pfn 0x140102 at process virtual
 * address 0x7f...". mm/memory-failure.c: "Memory failure: 0x140102: ...". */
bool dp_series_expects(struct dp_series_account *a, const char *line)
{
	static const char *const before[] = { "Memory failure: ", "for pfn " };
	const char *at = NULL;
	uint64_t pfn;
	int i;

	for (size_t k = 0; !at && k < ARRAY_SIZE(before); k++) {
		at = strstr(line, before[k]);
		if (at)
			at += strlen(before[k]);
	}
	if (!at || sscanf(at, "%" SCNx64, &pfn) != 1)
		return false;
	i = dp_series_case_of(a, pfn);
	if (i < 0 || (uint32_t)i == a->left ||
	    a->lines[i] >= dp_min(a->pattern->account.n_lines,
				  (uint32_t)UINT8_MAX))
		return false;
	a->lines[i]++;
	return true;
}

static void dp_account_unasked(struct dp_account *account, enum dp_source source)
{
	snprintf(account->missing[source], DP_ACCOUNT_WHY,
		 "asked once for many injections in a row");
}

void dp_series_rest(const struct dp_series_account *a,
		    struct dp_account *account)
{
	const struct dp_account *like = &a->pattern->account;
	uint32_t others = a->n - (a->left < a->n);

	/* Those of the last case were looked at, and only its own was poisoned by
	 * it alone. */
	account->n_pages = dp_min(account->n_pages, 1U);
	if (a->left + 1 != a->cases->n && account->n_pages) {
		account->n_pages = 0;
		dp_account_unasked(account, DP_SOURCE_KPAGEFLAGS);
	}
	account->corrupted_kb -= others * like->corrupted_kb;
	if (account->n_counters != like->n_counters)
		return;
	for (uint32_t i = 0; i < account->n_counters; i++)
		account->counters[i].delta -= others * like->counters[i].delta;
}

static bool dp_counters_alike(const struct dp_account *a,
			      const struct dp_account *b)
{
	if (a->n_counters != b->n_counters)
		return false;
	for (uint32_t i = 0; i < a->n_counters; i++)
		if (a->counters[i].node != b->counters[i].node ||
		    a->counters[i].delta != b->counters[i].delta ||
		    strcmp(a->counters[i].name, b->counters[i].name))
			return false;
	return true;
}

/* Nothing was listed then, nor is it now; or the very same. */
static bool dp_lists_alike(const struct dp_account *a,
			   const struct dp_account *b)
{
	if (a->n_lists != b->n_lists)
		return false;
	for (uint32_t i = 0; i < a->n_lists; i++) {
		const struct dp_account_list *x = &a->lists[i];
		const struct dp_account_list *y = &b->lists[i];

		if (strcmp(x->of, y->of) ||
		    !dp_ranges_equal(&x->before, &y->before) ||
		    !dp_ranges_equal(&x->after, &y->after))
			return false;
	}
	return true;
}

/* The poisoned page, which is the first. What is beside it may have been poisoned by
 * another case. */
static bool dp_pages_alike(const struct dp_account *a,
			   const struct dp_account *b, uint64_t by)
{
	const struct dp_account_page *x = &a->pages[0], *y = &b->pages[0];

	if (!a->n_pages || !b->n_pages)
		return a->n_pages == b->n_pages;
	return y->offset - x->offset == by && x->before == y->before &&
	       x->after == y->after;
}

bool dp_account_alike(const struct dp_pattern *p, const struct dp_case *c,
		      const struct dp_account *account)
{
	const struct dp_account *a = &p->account;

	for (int s = 0; s < DP_SOURCE_MAX; s++)
		if (dp_account_has(a, s) != dp_account_has(account, s))
			return false;
	return a->n_lines == account->n_lines &&
	       a->corrupted_kb == account->corrupted_kb &&
	       dp_has_its_event(account, c) &&
	       dp_event_alike(&a->events[0], &account->events[0]) &&
	       dp_counters_alike(a, account) && dp_lists_alike(a, account) &&
	       dp_pages_alike(a, account, dp_moved_by(p, c));
}

void dp_account_moved(const struct dp_pattern *p, const struct dp_case *c,
		      struct dp_account *account)
{
	static const enum dp_source counted[] = {
		DP_SOURCE_LOG, DP_SOURCE_HARDWARE_CORRUPTED, DP_SOURCE_NODES,
		DP_SOURCE_KPAGEFLAGS, DP_SOURCE_BADBLOCKS,
	};

	*account = p->account;
	account->events[0].pfn = dp_pfn_of(c);
	account->n_lines = account->n_counters = account->n_pages = 0;
	account->n_lists = 0;
	account->corrupted_kb = 0;
	for (size_t i = 0; i < ARRAY_SIZE(counted); i++)
		if (dp_account_has(account, counted[i]))
			dp_account_unasked(account, counted[i]);
}
