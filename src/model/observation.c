/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "model/observation.h"

static const char *const dp_step_names[] = {
	[DP_STEP_START] = "start",
	[DP_STEP_OPEN] = "open",
	[DP_STEP_MAP] = "map",
	[DP_STEP_FIRST_FAULT] = "first_fault",
	[DP_STEP_POPULATE] = "populate",
	[DP_STEP_PATTERN] = "pattern",
	[DP_STEP_BASELINE] = "baseline",
	[DP_STEP_INJECT] = "inject",
	[DP_STEP_OBSERVE] = "observe",
	[DP_STEP_TOUCH] = "touch",
	[DP_STEP_COMPARE] = "compare",
	[DP_STEP_RESTORE] = "restore",
	[DP_STEP_DONE] = "done",
};
static_assert(ARRAY_SIZE(dp_step_names) == DP_STEP_MAX, "a step has no name");

const char *dp_step_name(enum dp_step step)
{
	return dp_step_names[step];
}

void dp_observation_reset(struct dp_observation *o)
{
	memset(o, 0, offsetof(struct dp_observation, touches));
}

const char *dp_signal_code_name(int code)
{
	switch (code) {
	case BUS_ADRALN:
		return "BUS_ADRALN";
	case BUS_ADRERR:
		return "BUS_ADRERR";
	case BUS_OBJERR:
		return "BUS_OBJERR";
	case BUS_MCEERR_AR:
		return "BUS_MCEERR_AR";
	case BUS_MCEERR_AO:
		return "BUS_MCEERR_AO";
	}
	return NULL;
}

bool dp_signal_is_mce(const struct dp_signal *signal)
{
	return signal->code == BUS_MCEERR_AR || signal->code == BUS_MCEERR_AO;
}

struct dp_range dp_signal_reported(const struct dp_signal *signal)
{
	struct dp_range r = { signal->addr, 0 };

	if (!dp_signal_is_mce(signal) || signal->lsb < 0 || signal->lsb > 62)
		return r;
	r.length = 1ULL << signal->lsb;
	r.offset = dp_align_down(signal->addr, r.length);
	return r;
}

/* Where the view or witness that holds this address starts. */
static bool dp_view_of(const struct dp_observation *o, uint64_t addr,
		       uint64_t *start)
{
	*start = o->view.start;
	if (addr - o->view.start < o->view.range.length)
		return true;
	for (uint32_t i = 0; i < o->n_witnesses; i++) {
		if (addr - o->witness_at[i].offset < o->witness_at[i].length) {
			*start = o->witness_at[i].offset;
			return true;
		}
	}
	return false;
}

bool dp_observation_reported(const struct dp_observation *o,
			     const struct dp_signal *signal,
			     struct dp_range *out)
{
	struct dp_range told = dp_signal_reported(signal);
	uint64_t start, from, to;
	bool held = dp_view_of(o, signal->addr, &start);

	/* A report larger than its view begins before it: cut first, since a
	 * target has no offsets below 0. */
	from = dp_max(told.offset, start);
	to = dp_min(dp_range_end(told), start + o->view.range.length);
	out->offset = o->view.range.offset;
	out->length = 0;
	if (from < to) {
		out->offset += from - start;
		out->length = to - from;
	}
	return held;
}

const struct dp_signal *dp_observation_told(const struct dp_observation *o)
{
	uint32_t kept = dp_min(o->n_signals, (uint32_t)DP_SIGNALS_MAX);

	for (uint32_t i = 0; i < kept; i++)
		if (o->signals[i].step == DP_STEP_INJECT &&
		    dp_signal_is_mce(&o->signals[i]))
			return &o->signals[i];
	return NULL;
}

const char *dp_proof_fault(const struct dp_proof *p)
{
	if (!p->absent_seen)
		return "it saw what was never mapped";
	if (!p->present_seen)
		return "it missed what was mapped";
	if (!p->repeats)
		return "two looks disagreed";
	if (p->faults_after_look)
		return "looking unmapped what it looked at";
	return NULL;
}

bool dp_loss_known(const struct dp_observation *o)
{
	return !o->error && o->step > DP_STEP_OBSERVE &&
	       !dp_proof_fault(&o->proof);
}

struct dp_range dp_view_unit_at(const struct dp_case *c,
				const struct dp_observation *o,
				uint64_t offset)
{
	uint64_t unit = c->unit;

	if (c->target->kind == DP_KIND_FSDAX &&
	    dp_is_power_of_2(o->view.unit))
		unit = o->view.unit;
	return (struct dp_range){ dp_align_down(offset, unit), unit };
}

int64_t dp_observation_took(const struct dp_observation *o, enum dp_step step)
{
	if (step == DP_STEP_INJECT && o->inject_done)
		return o->inject_done - o->began[step];
	if (!o->began[step])
		return -1;
	for (int next = step + 1; next < DP_STEP_MAX; next++)
		if (o->began[next])
			return o->began[next] - o->began[step];
	return -1;
}
