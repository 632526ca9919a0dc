/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "run/cast.h"
#include "run/looker.h"
#include "sys/touch.h"

/* Beyond this many pages the kernel is asked to map them in one call. Not units
 * of several pages: populating goes on by a page at a time within them, too
 * (mm/huge_memory.c:follow_devmap_pmd), a touch from one to the next. */
#define DP_TOUCH_PAGES_MAX 64

static char *dp_view_base(const struct dp_looker *l, uint32_t view)
{
	return view ? l->witness[view - 1].start : l->primary;
}

static char *dp_addr(const struct dp_looker *l, uint32_t view, uint64_t offset)
{
	return dp_view_base(l, view) + (offset - l->c->map.offset);
}

static uint64_t dp_units(const struct dp_looker *l)
{
	return l->c->map.length / l->c->unit;
}

static int dp_prot(const struct dp_case *c)
{
	return c->readonly ? PROT_READ : PROT_READ | PROT_WRITE;
}

int dp_looker_init(struct dp_looker *l, struct dp_senses *senses,
		   const struct dp_case *c, struct dp_observation *o,
		   char *primary, int fd)
{
	struct dp_ranges seen;
	int rc;

	*l = (struct dp_looker){ .c = c, .o = o, .primary = primary };
	rc = dp_senses_touch(senses);
	if (rc)
		return rc;
	if (c->observer == DP_OBSERVER_PAGEMAP) {
		rc = dp_senses_pagemap(senses, c->page);
		if (rc)
			return rc;
		l->pagemap = senses->pagemap;
		rc = dp_pagemap_present(l->pagemap, (uintptr_t)primary,
					c->map.length, c->map.offset, &seen);
		o->proof.absent_seen = !rc && !seen.n;
		return rc;
	}
	l->n_witnesses = DP_WITNESSES;
	if (c->observer == DP_OBSERVER_EDGES)
		l->n_witnesses += dp_min(
			dp_edge_witnesses(c->map.length / c->page),
			(uint32_t)DP_EDGE_WITNESSES);
	for (uint32_t w = 0; w < l->n_witnesses; w++) {
		struct dp_area *area = &l->witness[w];

		rc = dp_area_init(area, c->map.length, c->unit);
		if (!rc)
			rc = dp_area_map_as(area, DP_SHARING_SHARED,
					    dp_prot(c), fd, c->map.offset,
					    c->map.length);
		if (rc)
			return rc;
		o->witness_at[w] = (struct dp_range){ (uintptr_t)area->start,
						      c->map.length };
		o->n_witnesses = w + 1;
	}
	return 0;
}

void dp_looker_deinit(struct dp_looker *l)
{
	for (uint32_t w = 0; w < l->n_witnesses; w++)
		dp_area_deinit(&l->witness[w]);
}

/* By faults: each place of the unit that costs no further fault was mapped by
 * the first one. Asked from the far end, since each question maps. */
static int dp_unit_by_faults(struct dp_looker *l)
{
	const struct dp_case *c = l->c;
	struct dp_range unit = dp_case_unit_at(c, c->first_fault);
	struct dp_touch again = { 0 }, first = { 0 }, last = { 0 }, next = { 0 };
	bool neighbour;

	neighbour = dp_range_end(unit) < dp_range_end(c->map);
	dp_touch(dp_addr(l, 0, c->first_fault), false, &again);
	dp_touch(dp_addr(l, 0, dp_range_end(unit) - 1), false, &last);
	dp_touch(dp_addr(l, 0, unit.offset), false, &first);
	if (neighbour)
		dp_touch(dp_addr(l, 0, dp_range_end(unit)), false, &next);
	/* What was never touched costs one fault, the very same byte none. */
	l->o->proof.absent_seen = l->o->first_fault_faults == 1;
	l->o->proof.present_seen = !again.faults;
	/* A neighbour that cost nothing: the fault had mapped more. */
	if (!first.faults && !last.faults)
		l->o->view.unit = neighbour && !next.faults ? c->map.length
							    : c->unit;
	else
		l->o->view.unit = c->page;
	return 0;
}

static int dp_unit_of_poisoned(struct dp_looker *l)
{
	const struct dp_case *c = l->c;
	struct dp_ranges before, now, more;
	struct dp_touch t;
	int rc;

	rc = dp_pagemap_present(l->pagemap, (uintptr_t)l->primary,
				c->map.length, c->map.offset, &before);
	dp_touch(dp_addr(l, 0, c->poison.offset), false, &t);
	if (!rc)
		rc = dp_pagemap_present(l->pagemap, (uintptr_t)l->primary,
					c->map.length, c->map.offset, &now);
	if (rc)
		return rc;
	dp_ranges_subtract(&more, &now, &before);
	l->o->view.unit = dp_ranges_covering(&more, c->poison.offset).length;
	l->o->pfn_seen = dp_pagemap_pfn(
		l->pagemap,
		(uintptr_t)dp_addr(l, 0, c->poison.offset));
	return 0;
}

/* After the first touch: what it has mapped. */
static int dp_looker_unit(struct dp_looker *l)
{
	const struct dp_case *c = l->c;
	struct dp_ranges seen;
	struct dp_range at;
	int rc;

	if (c->observer != DP_OBSERVER_PAGEMAP)
		return dp_unit_by_faults(l);
	rc = dp_pagemap_present(l->pagemap, (uintptr_t)l->primary,
				c->map.length, c->map.offset, &seen);
	if (rc)
		return rc;
	at = dp_ranges_covering(&seen, c->first_fault);
	l->o->view.unit = at.length;
	l->o->proof.present_seen = at.length != 0;
	l->o->pfn_seen = dp_pagemap_pfn(
		l->pagemap,
		(uintptr_t)dp_addr(l, 0, c->poison.offset));
	/* Units of a file may differ: the one that counts is the one with the
	 * poisoned page, if the first fault has not mapped it. */
	if (c->target->kind != DP_KIND_FSDAX ||
	    dp_range_contains(at, c->poison))
		return 0;
	return dp_unit_of_poisoned(l);
}

static int dp_populate_view(struct dp_looker *l, uint32_t view)
{
	const struct dp_case *c = l->c;
	/* Of a file, neighbouring units may be smaller than the one that is
	 * expected here. */
	uint64_t step = c->target->kind == DP_KIND_FSDAX ? c->page : c->unit;
	char *base = dp_view_base(l, view);
	struct dp_touch t;

	if (step == c->page && c->map.length / step > DP_TOUCH_PAGES_MAX &&
	    !madvise(base, c->map.length, MADV_POPULATE_READ))
		return 0;
	dp_touch_steps(base, step, c->map.length / step, &t);
	if (t.signal >= 0)
		return -EFAULT;
	l->o->populate_faults += t.faults;
	return 0;
}

/* The questions to put to each unit, one a view: the poisoned page itself (or
 * the page that is as far into a neighbour), the next page, first, last. */
static int dp_plan_questions(struct dp_looker *l)
{
	const struct dp_case *c = l->c;
	uint64_t in = c->poison.offset % c->unit;
	uint64_t beside = in + c->page < c->unit ? in + c->page
			  : in			 ? in - c->page
						 : 0;
	uint64_t places[DP_WITNESSES + 1] = { in, 0, c->unit - c->page, beside };
	uint32_t views = DP_WITNESSES + 1;
	uint64_t units = dp_units(l), first = 0;
	uint64_t hit = (c->poison.offset - c->map.offset) / c->unit;

	/* More units than there is room to ask: those around the poison. */
	if (units > DP_QUESTIONS_MAX / views) {
		units = DP_QUESTIONS_MAX / views;
		first = hit > units / 2 ? hit - units / 2 : 0;
		first = dp_min(first, dp_units(l) - units);
	}
	l->o->n_questions = 0;
	for (uint64_t u = first; u < first + units; u++) {
		for (uint32_t v = 0; v < views; v++) {
			/* With no access wanted, the page is left alone. */
			if (!v && u == hit && c->access == DP_ACCESS_NONE)
				continue;
			l->o->questions[l->o->n_questions++] =
				(struct dp_question){
					.view = v,
					.offset = c->map.offset + u * c->unit +
						  places[v],
					.after = -1,
					.signal = -1,
				};
		}
	}
	return 0;
}

static int dp_looker_populate(struct dp_looker *l)
{
	int rc = dp_populate_view(l, 0);

	if (l->c->observer == DP_OBSERVER_PAGEMAP)
		return rc;
	for (uint32_t w = 0; w < l->n_witnesses && !rc; w++)
		rc = dp_populate_view(l, w + 1);
	return rc ? rc : dp_plan_questions(l);
}

int dp_looker_fault_in(struct dp_looker *l)
{
	struct dp_touch first;
	int rc;

	dp_enter(l->o, DP_STEP_FIRST_FAULT);
	dp_touch(dp_addr(l, 0, l->c->first_fault), false, &first);
	l->o->first_fault_faults = first.faults;
	if (first.signal >= 0)
		return -EFAULT;
	rc = dp_looker_unit(l);
	dp_enter(l->o, DP_STEP_POPULATE);
	return rc ? rc : dp_looker_populate(l);
}

/* One question before the injection: the faults of touching the place. */
static int32_t dp_ask(struct dp_looker *l, const struct dp_question *q)
{
	struct dp_touch t;

	dp_touch(dp_addr(l, q->view, q->offset), false, &t);
	return t.faults;
}

static int dp_baseline_by_faults(struct dp_looker *l)
{
	struct dp_observation *o = l->o;
	const struct dp_case *c = l->c;
	uint64_t last = UINT64_MAX;
	int32_t again;

	o->proof.repeats = true;
	for (uint32_t i = 0; i < o->n_questions; i++) {
		struct dp_question *q = &o->questions[i];

		q->before = dp_ask(l, q);
		again = dp_ask(l, q);
		o->proof.repeats &= q->before == again;
		o->proof.faults_after_look += again;
		/* All of a unit that answers is present: it was populated,
		 * and no place of it costs a fault. */
		if (q->before || dp_align_down(q->offset, c->unit) == last)
			continue;
		last = dp_align_down(q->offset, c->unit);
		dp_ranges_append(&o->view.before,
				 (struct dp_range){ last, c->unit });
	}
	/* Those that will be asked where is not known yet: all is there. */
	for (uint32_t w = DP_WITNESSES; w < l->n_witnesses; w++)
		for (uint64_t at = 0; at < c->map.length; at += c->unit)
			o->proof.faults_after_look += dp_ask(
				l, &(struct dp_question){
					   .view = w + 1,
					   .offset = c->map.offset + at,
				   });
	return 0;
}

static int dp_baseline_by_pagemap(struct dp_looker *l)
{
	struct dp_observation *o = l->o;
	const struct dp_case *c = l->c;
	volatile char *places[] = {
		dp_addr(l, 0, c->poison.offset),
		dp_addr(l, 0, c->map.offset),
		dp_addr(l, 0, dp_range_end(c->map) - 1),
	};
	struct dp_touch t[ARRAY_SIZE(places)];
	struct dp_ranges again;
	int rc;

	rc = dp_pagemap_present(l->pagemap, (uintptr_t)l->primary,
				c->map.length, c->map.offset, &o->view.before);
	if (!rc)
		rc = dp_pagemap_present(l->pagemap, (uintptr_t)l->primary,
					c->map.length, c->map.offset, &again);
	if (rc)
		return rc;
	o->proof.repeats = dp_ranges_equal(&o->view.before, &again);
	/* Touching is the second opinion: what was looked at is still there. */
	dp_touch_each(places, ARRAY_SIZE(places), false, t);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		o->proof.faults_after_look += t[i].faults;
	return 0;
}

int dp_looker_baseline(struct dp_looker *l)
{
	return l->c->observer != DP_OBSERVER_PAGEMAP
		       ? dp_baseline_by_faults(l)
		       : dp_baseline_by_pagemap(l);
}

/* From answers to ranges. A unit whose every place is gone is gone whole; of
 * one that answers differently only the pages asked about are known. */
static void dp_ranges_from_answers(const struct dp_looker *l)
{
	const struct dp_observation *o = l->o;
	struct dp_ranges *out = &l->o->view.unmapped;
	const struct dp_case *c = l->c;
	uint32_t i = 0, j;

	out->n = 0;
	while (i < o->n_questions) {
		struct dp_range unit =
			dp_case_unit_at(c, o->questions[i].offset);
		uint64_t pages[DP_WITNESSES + 1];
		uint32_t asked = 0, gone = 0;

		for (j = i; j < o->n_questions &&
			    o->questions[j].offset - unit.offset < unit.length;
		     j++) {
			/* A fault that ends in SIGBUS is not counted: such a
			 * place says neither that it is gone nor that it is
			 * there. */
			if (o->questions[j].signal >= 0)
				continue;
			asked++;
			if (o->questions[j].after > o->questions[j].before)
				pages[gone++] = dp_align_down(
					o->questions[j].offset, c->page);
		}
		if (asked && gone == asked)
			dp_ranges_append(out, unit);
		/* Few enough for the simplest of sorts: pick the lowest. */
		for (; gone && gone < asked; gone--) {
			uint32_t low = 0;

			for (uint32_t k = 1; k < gone; k++)
				if (pages[k] < pages[low])
					low = k;
			dp_ranges_append(out, (struct dp_range){ pages[low],
								 c->page });
			pages[low] = pages[gone - 1];
			asked--;
		}
		i = j;
	}
}

static void dp_after_by_faults(struct dp_looker *l)
{
	struct dp_observation *o = l->o;
	struct dp_touch t = { 0 };

	for (uint32_t i = 0; i < o->n_questions; i++) {
		struct dp_question *q = &o->questions[i];
		bool write = !q->view && l->c->access == DP_ACCESS_WRITE;

		dp_touch(dp_addr(l, q->view, q->offset), write, &t);
		q->after = t.faults;
		q->signal = t.signal;
		if (q->view || o->n_touches == DP_TOUCHES_MAX)
			continue;
		/* In the primary view the question is also the touch. */
		t.offset = q->offset;
		o->touches[o->n_touches++] = t;
	}
	dp_ranges_from_answers(l);
	if (l->c->observer == DP_OBSERVER_EDGES)
		dp_looker_edges(l);
}

int dp_looker_after(struct dp_looker *l)
{
	const struct dp_case *c = l->c;
	struct dp_ranges now;
	int rc;

	if (c->observer != DP_OBSERVER_PAGEMAP) {
		dp_after_by_faults(l);
		return 0;
	}
	rc = dp_pagemap_present(l->pagemap, (uintptr_t)l->primary,
				c->map.length, c->map.offset, &now);
	if (!rc)
		dp_ranges_subtract(&l->o->view.unmapped, &l->o->view.before,
				   &now);
	return rc;
}

int dp_area_map_case(struct dp_area *area, const struct dp_case *c,
		     struct dp_observation *o, int fd)
{
	uint64_t align = dp_case_largest(c);
	int rc;

	rc = dp_area_init(area, c->map.length, align);
	if (rc)
		return rc;
	/* Congruent with the file, but for the skew. */
	dp_area_skew(area, (c->map.offset + c->skew) % align);
	rc = dp_area_map_as(area, c->sharing, dp_prot(c), fd, c->map.offset,
			    c->map.length);
	if (rc)
		return rc;
	o->view.start = (uintptr_t)area->start;
	o->view.range = c->map;
	return 0;
}

int dp_open_beside(const struct dp_case *c, const struct dp_bystander *b)
{
	int fd = b->other ? fcntl(c->target->other_fd, F_DUPFD_CLOEXEC, 0)
			  : open(c->target->path,
				 (b->readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}
