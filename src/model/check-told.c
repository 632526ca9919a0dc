/* SPDX-License-Identifier: GPL-2.0-only */
/* What the process was told: the signal, its code, address and extent. */
#include <inttypes.h>
#include <signal.h>

#include "base/format.h"
#include "model/checks.h"

/* SIGBUS that came with the injection, not with a touch afterwards. */
static uint32_t dp_signals_at_injection(const struct dp_observation *o)
{
	uint32_t kept = dp_min(o->n_signals, (uint32_t)DP_SIGNALS_MAX), n = 0;

	for (uint32_t i = 0; i < kept; i++)
		n += o->signals[i].step == DP_STEP_INJECT;
	return n;
}

void dp_check_method_refused(const struct dp_guarantee *g,
			     const struct dp_evidence *e,
			     struct dp_finding *f)
{
	const struct dp_observation *o = e->o;
	uint32_t n = dp_signals_at_injection(o);

	if (!dp_was_injected(e, f) || !dp_check_alive(e, f))
		return;
	if (!o->inject_errno)
		dp_deviates(f, DP_DEVIATION_NOT_REFUSED, "it succeeded");
	else if (o->inject_errno != g->err)
		dp_deviates(f, DP_DEVIATION_WRONG_ERRNO, "%s, not %s",
			    dp_errno_name(o->inject_errno),
			    dp_errno_name(g->err));
	else if (n)
		dp_deviates(f, DP_DEVIATION_EXTRA_SIGNAL,
			    "%s, and %u SIGBUS", dp_errno_name(g->err), n);
	else
		dp_as_said(f, "%s", dp_errno_name(o->inject_errno));
}

/* Exactly one signal, with this si_code. */
static void dp_check_one_signal(const struct dp_evidence *e, int code,
				struct dp_finding *f)
{
	const struct dp_signal *told = dp_observation_told(e->o);
	uint32_t n = dp_signals_at_injection(e->o);

	if (!told)
		dp_deviates(f, DP_DEVIATION_NO_SIGNAL,
			    n ? "no memory-failure SIGBUS, only si_code %d"
			      : "no SIGBUS",
			    n ? e->o->signals[0].code : 0);
	else if (told->code != code)
		dp_deviates(f, DP_DEVIATION_WRONG_CODE, "si_code is %s",
			    dp_signal_code_name(told->code));
	else if (n > 1)
		dp_deviates(f, DP_DEVIATION_EXTRA_SIGNAL,
			    "%u SIGBUS for one injection", n);
	else
		dp_as_said(f, "one SIGBUS, %s%s", dp_signal_code_name(code),
			   told->pending ? ", pending as it is blocked" : "");
}

void dp_check_prompt(const struct dp_guarantee *g, const struct dp_evidence *e,
		     struct dp_finding *f)
{
	(void)g;
	if (dp_was_injected(e, f) && dp_check_alive(e, f))
		dp_check_one_signal(e, BUS_MCEERR_AR, f);
}

void dp_check_early(const struct dp_guarantee *g, const struct dp_evidence *e,
		    struct dp_finding *f)
{
	const struct dp_bystander *b = dp_bystander_of(e);
	const struct dp_observation *o = e->o;

	(void)g;
	if (!dp_was_injected(e, f))
		return;
	if (b && b->handler == DP_HANDLER_NONE) {
		if (o->end == DP_END_KILLED && o->end_detail == SIGBUS)
			dp_as_said(f, "killed by SIGBUS, having no handler to see its code");
		else if (dp_check_alive(e, f))
			dp_deviates(f, DP_DEVIATION_NO_SIGNAL,
				    "it has no handler and lives on");
		return;
	}
	if (!dp_check_alive(e, f))
		return;
	/* SIG_IGN drops the signal at its source: whether there was one cannot
	 * be told. */
	if (b && b->handler == DP_HANDLER_IGNORE)
		dp_found(f, DP_OUTCOME_VACUOUS, DP_DEVIATION_NONE,
			 "it ignores SIGBUS");
	else
		dp_check_one_signal(e, BUS_MCEERR_AO, f);
}

void dp_check_silent(const struct dp_guarantee *g, const struct dp_evidence *e,
		     struct dp_finding *f)
{
	const struct dp_bystander *b = dp_bystander_of(e);
	uint32_t n = dp_signals_at_injection(e->o);

	(void)g;
	if (!dp_was_injected(e, f) || !dp_check_alive(e, f))
		return;
	if (b && b->handler == DP_HANDLER_IGNORE)
		dp_found(f, DP_OUTCOME_VACUOUS, DP_DEVIATION_NONE,
			 "it ignores SIGBUS");
	else if (n)
		dp_deviates(f, DP_DEVIATION_EXTRA_SIGNAL,
			    "%u SIGBUS, the first with si_code %d", n,
			    e->o->signals[0].code);
	else
		dp_as_said(f, "no signal");
}

void dp_check_named(const struct dp_guarantee *g, const struct dp_evidence *e,
		    struct dp_finding *f)
{
	bool unfaulted = e->role == DP_ROLE_VIEW_UNFAULTED;
	const struct dp_signal *told;
	char name[DP_PROCESS_NAME];
	struct dp_range reported;
	uint32_t named;

	(void)g;
	told = dp_was_told(e, f);
	if (!told)
		return;
	if (!dp_scene_reported(e->c, e->scene, e->process, told, &reported,
			       &named))
		dp_unknown(f, "si_addr 0x%" PRIx64 " is in no mapping of the target",
			   told->addr);
	else if (named != e->process)
		dp_as_said(f, "the SIGBUS names %s",
			   named ? dp_process_name(name, e->c, named)
				 : "the injector's own view");
	else if (unfaulted)
		dp_deviates(f, DP_DEVIATION_EXTRA_SIGNAL,
			    "the SIGBUS names this view, which has nothing mapped");
	else
		dp_as_said(f, "the SIGBUS names this view");
}

void dp_check_contains(const struct dp_guarantee *g, const struct dp_evidence *e,
		       struct dp_finding *f)
{
	const struct dp_case *c = e->c;
	const struct dp_signal *told;
	struct dp_range reported;
	char text[64];
	bool in_view;

	(void)g;
	told = dp_was_told(e, f);
	if (!told)
		return;
	in_view = dp_scene_reported(c, e->scene, e->process, told, &reported,
				    NULL);
	dp_range_text(text, sizeof(text), reported);
	if (in_view && dp_range_contains(reported, c->poison))
		dp_as_said(f, "0x%" PRIx64 " is in the reported %s",
			   c->poison.offset, text);
	else if (!in_view)
		dp_deviates(f, DP_DEVIATION_ELSEWHERE,
			    "si_addr 0x%" PRIx64 " is in no mapping of the target",
			    told->addr);
	else
		dp_deviates(f, DP_DEVIATION_ELSEWHERE,
			    "0x%" PRIx64 " is not in the reported %s",
			    c->poison.offset, text);
}

void dp_check_lsb(const struct dp_guarantee *g, const struct dp_evidence *e,
		  struct dp_finding *f)
{
	const struct dp_case *c = e->c;
	uint64_t want = c->unit;
	char want_text[DP_SIZE_TEXT], told_text[DP_SIZE_TEXT];
	const struct dp_signal *told;
	struct dp_range reported;
	uint64_t length;
	uint32_t named;

	(void)g;
	told = dp_was_told(e, f);
	if (!told)
		return;
	dp_scene_reported(c, e->scene, e->process, told, &reported, &named);
	if (c->target->kind != DP_KIND_DEVDAX)
		want = e->scene->at[named].view.unit;
	length = dp_signal_reported(told).length;
	dp_size_text(told_text, length, false);
	dp_size_text(want_text, want, false);
	if (!want)
		dp_unknown(f, "the unit was not measured");
	else if (length == want)
		dp_as_said(f, "lsb %d: %s", told->lsb, told_text);
	else
		dp_deviates(f, DP_DEVIATION_WRONG_LSB,
			    "lsb %d says %s, the unit is %s", told->lsb,
			    told_text, want_text);
}

void dp_check_addr(const struct dp_guarantee *g, const struct dp_evidence *e,
		   struct dp_finding *f)
{
	const struct dp_observation *o;
	const struct dp_case *c = e->c;
	const struct dp_signal *told;
	struct dp_signal exact;
	struct dp_range at;
	uint32_t named;

	(void)g;
	told = dp_was_told(e, f);
	if (!told)
		return;
	/* The same signal with the extent of one byte: where it points. */
	exact = *told;
	exact.lsb = 0;
	if (!dp_scene_reported(c, e->scene, e->process, &exact, &at, &named)) {
		dp_deviates(f, DP_DEVIATION_ELSEWHERE,
			    "si_addr is in no mapping of the target");
		return;
	}
	o = &e->scene->at[named];
	if (at.offset == c->poison.offset &&
		 at.offset == dp_view_unit_at(c, o, at.offset).offset)
		dp_as_said(f, "si_addr is the poisoned page, which starts its unit");
	else if (at.offset == c->poison.offset)
		dp_as_said(f, "si_addr is the poisoned page");
	else if (at.offset == dp_view_unit_at(c, o, c->poison.offset).offset)
		dp_as_said(f, "si_addr is the start of the unit");
	else
		dp_as_said(f, "si_addr is 0x%" PRIx64 ", neither the page nor the start of its unit",
			   at.offset);
}
