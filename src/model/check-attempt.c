/* SPDX-License-Identifier: GPL-2.0-only */
/* What became of an attempt that should be, or may be, refused. */
#include <inttypes.h>

#include "base/format.h"
#include "model/checks.h"

void dp_check_refused(const struct dp_guarantee *g, const struct dp_evidence *e,
		      struct dp_finding *f)
{
	const struct dp_observation *o = e->o;
	const struct dp_attempt *a = &o->attempt;

	if (!dp_carried_out(e, f) || !dp_check_alive(e, f))
		return;
	if (!a->made)
		dp_unknown(f, "the attempt was not made");
	else if (!a->err)
		dp_deviates(f, DP_DEVIATION_NOT_REFUSED, "it succeeded");
	else if (a->err != g->err)
		dp_deviates(f, DP_DEVIATION_WRONG_ERRNO, "%s, not %s",
			    dp_errno_name(a->err), dp_errno_name(g->err));
	else if (a->intact_faults > 0)
		dp_deviates(f, DP_DEVIATION_SIDE_EFFECT,
			    "%s, but the mapping was unmapped",
			    dp_errno_name(a->err));
	else
		dp_as_said(f, "%s", dp_errno_name(a->err));
}

void dp_check_offset(const struct dp_guarantee *g, const struct dp_evidence *e,
		     struct dp_finding *f)
{
	const struct dp_observation *o = e->o;
	const struct dp_attempt *a = &o->attempt;

	(void)g;
	if (!dp_carried_out(e, f) || !dp_check_alive(e, f))
		return;
	if (!a->made)
		dp_unknown(f, "the attempt was not made");
	else if (a->err)
		dp_as_said(f, "refused: %s", dp_errno_name(a->err));
	else if (a->then_made && a->then.signal >= 0)
		dp_as_said(f, "mapped, but touching it raises SIGBUS");
	else if (a->shows == DP_SHOWS_UNKNOWN)
		dp_unknown(f, "mapped, but what it shows could not be told");
	else if (a->shows != a->asked)
		dp_deviates(f, DP_DEVIATION_WRONG_OFFSET,
			    "mmap of offset 0x%" PRIx64 " succeeded and shows the data of offset 0x%" PRIx64,
			    a->asked, a->shows);
	else
		dp_as_said(f, "mapped, and shows the data of offset 0x%" PRIx64,
			   a->shows);
}

void dp_check_attempt(const struct dp_guarantee *g, const struct dp_evidence *e,
		      struct dp_finding *f)
{
	const struct dp_observation *o = e->o;
	const char *complaint = dp_account_complaint(&e->scene->account);
	const struct dp_attempt *a = &o->attempt;
	const struct dp_touch *t = &a->then;

	(void)g;
	if (!dp_carried_out(e, f) || !dp_check_alive(e, f))
		return;
	if (!a->made) {
		dp_unknown(f, "the attempt was not made");
		return;
	}
	if (a->err)
		dp_as_said(f, "refused: %s", dp_errno_name(a->err));
	else
		dp_as_said(f, "succeeded");
	if (a->intact_faults > 0)
		dp_append(f->detail, sizeof(f->detail),
			  "; the whole unit was unmapped");
	if (complaint)
		dp_append(f->detail, sizeof(f->detail),
			  "; the kernel logs \"%s\"", complaint);
	if (!a->then_made)
		return;
	if (t->signal >= 0 && t->signal < DP_SIGNALS_MAX)
		dp_append(f->detail, sizeof(f->detail),
			  "; touching it raises SIGBUS, %s",
			  dp_signal_code_name(o->signals[t->signal].code) ?:
				  "unknown si_code");
	else
		dp_append(f->detail, sizeof(f->detail),
			  "; touching it works (%d faults)", t->faults);
}
