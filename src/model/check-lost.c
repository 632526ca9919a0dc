/* SPDX-License-Identifier: GPL-2.0-only */
/* What was lost: mappings, units, contents; and what touching them showed. */
#include <inttypes.h>

#include "base/format.h"
#include "model/checks.h"
#include "model/record.h"

/* "2M at 0x200000, 4K at 0x600000, ..." */
static const char *dp_ranges_text(char *buf, size_t size,
				  const struct dp_ranges *ranges)
{
	char length[DP_SIZE_TEXT];

	buf[0] = '\0';
	for (uint32_t i = 0; i < ranges->n && i < 3; i++)
		dp_append(buf, size, "%s%s at 0x%" PRIx64, i ? ", " : "",
			  dp_size_text(length, ranges->at[i].length, false),
			  ranges->at[i].offset);
	if (ranges->n > 3)
		dp_append(buf, size, ", and %u more", ranges->n - 3);
	return ranges->n ? buf : "nothing";
}

/* Touching must agree with what the page tables said: a fault where the place
 * was unmapped (once a unit: the fault maps it all), none elsewhere. */
static bool dp_touches_agree(const struct dp_case *c,
			     const struct dp_observation *o,
			     struct dp_finding *f)
{
	uint32_t n = dp_min(o->n_touches, (uint32_t)DP_TOUCHES_MAX);

	if (c->observer != DP_OBSERVER_PAGEMAP)
		return true;
	for (uint32_t i = 0; i < n; i++) {
		const struct dp_touch *t = &o->touches[i];
		bool lost = dp_ranges_covering(&o->view.unmapped, t->offset)
				    .length != 0;
		bool again = false;

		/* A fault that ends in SIGBUS is not counted
		 * (mm/memory.c:mm_account_fault). */
		if (t->signal >= 0)
			continue;
		for (uint32_t j = 0; j < i; j++)
			again |= dp_view_unit_at(c, o, o->touches[j].offset)
					 .offset ==
				 dp_view_unit_at(c, o, t->offset).offset;
		if (again || (lost ? t->faults > 0 : t->faults == 0))
			continue;
		dp_unknown(f, "observers disagree at 0x%" PRIx64 ": pagemap says %s, touching took %d faults",
			   t->offset, lost ? "unmapped" : "mapped", t->faults);
		return false;
	}
	return true;
}

/* The process whose report there is to go by: this one; or, for one that was
 * not to be told anything, the first that was told. -1: none. */
static int dp_reporter(const struct dp_evidence *e)
{
	uint32_t own = dp_told_process(e->c, e->process);

	if (dp_observation_told(&e->scene->at[own]))
		return own;
	for (uint32_t i = 0; i < e->scene->n; i++)
		if (dp_observation_told(&e->scene->at[i]))
			return i;
	return -1;
}

/* Whether nobody in the scene was to be told anything. */
static bool dp_nobody_is_told(const struct dp_evidence *e)
{
	for (uint32_t i = 0; i < e->scene->n; i++)
		if (dp_role_is_told(dp_scene_role(e->c, e->scene, i)))
			return false;
	return true;
}

/* What a loss is held against. */
struct dp_report {
	bool made;		/* false: nobody was to be told, nobody was */
	struct dp_range range;	/* of the target, as reported */
};

/* Whether the loss is known and there is something to hold it against. */
static bool dp_loss_and_report(const struct dp_evidence *e,
			       struct dp_finding *f, struct dp_report *r)
{
	int from;

	*r = (struct dp_report){ .made = false };
	if (!dp_was_measured(e, f) || !dp_touches_agree(e->c, e->o, f))
		return false;
	if (!dp_was_told(e, f) && f->outcome != DP_OUTCOME_VACUOUS)
		return false;
	from = dp_reporter(e);
	if (from >= 0) {
		dp_scene_reported(e->c, e->scene, from,
				  dp_observation_told(&e->scene->at[from]),
				  &r->range, NULL);
		r->made = true;
		return true;
	}
	if (dp_nobody_is_told(e))
		return true;
	dp_unknown(f, "neither it nor anyone else was told anything");
	return false;
}

void dp_check_outside(const struct dp_guarantee *g, const struct dp_evidence *e,
		      struct dp_finding *f)
{
	const struct dp_observation *o = e->o;
	struct dp_ranges reported = { 0 }, outside;
	struct dp_report r;
	char text[128];

	(void)g;
	if (!dp_loss_and_report(e, f, &r))
		return;
	dp_ranges_append(&reported, r.range);
	dp_ranges_subtract(&outside, &o->view.unmapped, &reported);
	dp_ranges_text(text, sizeof(text), &outside);
	if (!outside.n && !r.made)
		dp_as_said(f, "nobody was told, and nothing was unmapped");
	else if (!outside.n)
		dp_as_said(f, "nothing outside was unmapped");
	else if (!r.made)
		dp_deviates(f, DP_DEVIATION_OVER_UNMAP,
			    "nobody was told, but unmapped: %s", text);
	else if (dp_ranges_total(&outside) ==
		 dp_ranges_total(&o->view.unmapped))
		dp_deviates(f, DP_DEVIATION_ELSEWHERE,
			    "all that was unmapped lies outside: %s", text);
	else
		dp_deviates(f, DP_DEVIATION_OVER_UNMAP,
			    "unmapped outside the report: %s", text);
}

void dp_check_inside(const struct dp_guarantee *g, const struct dp_evidence *e,
		     struct dp_finding *f)
{
	const struct dp_observation *o = e->o;
	struct dp_ranges present, left;
	struct dp_report r;
	char text[128];

	(void)g;
	if (!dp_loss_and_report(e, f, &r))
		return;
	if (!r.made) {
		dp_found(f, DP_OUTCOME_VACUOUS, DP_DEVIATION_NONE,
			 "nothing was reported");
		return;
	}
	dp_ranges_within(&present, &o->view.before, r.range);
	dp_ranges_subtract(&left, &present, &o->view.unmapped);
	if (!present.n)
		dp_deviates(f, DP_DEVIATION_ELSEWHERE,
			    "nothing of the reported range was mapped");
	else if (left.n)
		dp_deviates(f, DP_DEVIATION_UNDER_UNMAP,
			    "reported, but still mapped: %s",
			    dp_ranges_text(text, sizeof(text), &left));
	else
		dp_as_said(f, "all of the reported range was unmapped");
}

void dp_check_untouched(const struct dp_guarantee *g,
			const struct dp_evidence *e, struct dp_finding *f)
{
	const struct dp_observation *o = e->o;
	char text[128];

	(void)g;
	if (!dp_was_measured(e, f) || !dp_touches_agree(e->c, o, f))
		return;
	if (o->view.unmapped.n)
		dp_deviates(f, DP_DEVIATION_SIDE_EFFECT,
			    "unmapped: %s",
			    dp_ranges_text(text, sizeof(text),
					   &o->view.unmapped));
	else
		dp_as_said(f, "nothing was unmapped");
}

void dp_check_unit(const struct dp_guarantee *g, const struct dp_evidence *e,
		   struct dp_finding *f)
{
	const struct dp_observation *o = e->o;
	const struct dp_case *c = e->c;
	char got[DP_SIZE_TEXT], want[DP_SIZE_TEXT];

	(void)g;
	if (!dp_was_injected(e, f))
		return;
	if (!o->view.unit || !o->proof.absent_seen ||
	    !o->proof.present_seen) {
		dp_unknown(f, "the unit was not measured");
		return;
	}
	dp_size_text(got, o->view.unit, false);
	dp_size_text(want, c->unit, false);
	if (o->view.unit == c->unit)
		dp_as_said(f, "one fault mapped %s%s%s", got,
			   c->unit_why[0] ? ": " : "", c->unit_why);
	else
		dp_deviates(f, DP_DEVIATION_WRONG_UNIT,
			    "one fault mapped %s, not %s%s%s%s", got, want,
			    c->unit_why[0] ? " (expected: " : "", c->unit_why,
			    c->unit_why[0] ? ")" : "");
}

void dp_check_split(const struct dp_guarantee *g, const struct dp_evidence *e,
		    struct dp_finding *f)
{
	const struct dp_observation *o = e->o;
	const struct dp_case *c = e->c;
	const struct dp_ranges *lost = &o->view.unmapped;
	uint64_t unit = dp_view_unit_at(c, o, c->poison.offset).length;
	char text[64];

	(void)g;
	if (!dp_was_measured(e, f))
		return;
	for (uint32_t i = 0; i < lost->n; i++) {
		if (dp_is_aligned(lost->at[i].offset, unit) &&
		    dp_is_aligned(lost->at[i].length, unit))
			continue;
		dp_deviates(f, DP_DEVIATION_SPLIT,
			    "%s is not a whole number of units",
			    dp_range_text(text, sizeof(text), lost->at[i]));
		return;
	}
	dp_as_said(f, "%" PRIu64 " whole unit(s) lost",
		   dp_ranges_total(lost) / unit);
}

void dp_check_data(const struct dp_guarantee *g, const struct dp_evidence *e,
		   struct dp_finding *f)
{
	const struct dp_observation *o = e->o;
	const struct dp_case *c = e->c;
	const struct dp_data *d = &o->data;

	(void)g;
	if (!dp_was_injected(e, f))
		return;
	if (d->pages_mapped == 1)
		dp_found(f, DP_OUTCOME_VACUOUS, DP_DEVIATION_NONE,
			 "no other page is mapped");
	else if (!d->pages_compared)
		dp_unknown(f, c->access == DP_ACCESS_NONE
				      ? "no page was read afterwards, as asked"
				      : "no page was compared");
	else if (d->pages_changed)
		dp_deviates(f, DP_DEVIATION_LOST_NEIGHBOUR_DATA,
			    "%" PRIu64 " of %" PRIu64 " pages compared have changed, the first at 0x%" PRIx64,
			    d->pages_changed, d->pages_compared,
			    d->first_changed);
	else if (d->lines_compared)
		dp_as_said(f, "%" PRIu64 " of the %" PRIu64 " other pages compared, %" PRIu64 " of them by a line of %d bytes, all as before",
			   d->pages_compared, d->pages_mapped - 1,
			   d->lines_compared, DP_RECORD_LINE);
	else
		dp_as_said(f, "%" PRIu64 " of the %" PRIu64 " other pages compared, all as before",
			   d->pages_compared, d->pages_mapped - 1);
}

void dp_check_retouch(const struct dp_guarantee *g, const struct dp_evidence *e,
		      struct dp_finding *f)
{
	const struct dp_observation *o = e->o;
	const struct dp_case *c = e->c;
	uint32_t n = dp_min(o->n_touches, (uint32_t)DP_TOUCHES_MAX);

	(void)g;
	if (!dp_was_injected(e, f))
		return;
	for (uint32_t i = 0; i < n; i++) {
		const struct dp_touch *t = &o->touches[i];

		if (!dp_range_contains(c->poison,
				       (struct dp_range){ t->offset, 1 }))
			continue;
		if (t->signal < 0)
			dp_as_said(f, "%s took %d fault(s), no signal",
				   t->write ? "write" : "read", t->faults);
		else
			dp_deviates(f, DP_DEVIATION_EXTRA_SIGNAL,
				    "%s raised SIGBUS, si_code %d",
				    t->write ? "write" : "read",
				    t->signal < DP_SIGNALS_MAX
					    ? o->signals[t->signal].code
					    : 0);
		return;
	}
	dp_unknown(f, "the poisoned page was not touched again");
}
