/* SPDX-License-Identifier: GPL-2.0-only */
#include "run/looker.h"
#include "sys/touch.h"

static int dp_ask_edge(void *arg, uint32_t witness, uint64_t offset)
{
	struct dp_looker *l = arg;
	struct dp_touch t;

	dp_touch(l->witness[DP_WITNESSES + witness].start +
			 (offset - l->c->map.offset),
		 false, &t);
	return t.signal >= 0 ? -1 : t.faults > 0;
}

void dp_looker_edges(struct dp_looker *l)
{
	struct dp_observation *o = l->o;
	const struct dp_case *c = l->c;
	uint64_t gone = UINT64_MAX;
	struct dp_range found;
	uint32_t used;

	for (uint32_t i = 0; i < o->n_questions && gone == UINT64_MAX; i++)
		if (o->questions[i].signal < 0 &&
		    o->questions[i].after > o->questions[i].before)
			gone = o->questions[i].offset;
	if (gone == UINT64_MAX)
		return;
	if (dp_edges_find(c->map, gone, c->page, l->n_witnesses - DP_WITNESSES,
			  dp_ask_edge, l, &found, &used)) {
		o->proof.repeats = false;
		return;
	}
	for (uint32_t i = 0; i < o->n_questions; i++) {
		const struct dp_question *q = &o->questions[i];
		bool inside = q->offset - found.offset < found.length;

		if (q->signal < 0)
			o->proof.repeats &= (q->after > q->before) == inside;
	}
	o->view.unmapped.n = 0;
	dp_ranges_append(&o->view.unmapped, found);
}
