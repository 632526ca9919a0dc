/* SPDX-License-Identifier: GPL-2.0-only */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "model/checks.h"

void dp_found(struct dp_finding *f, enum dp_outcome outcome,
	      enum dp_deviation deviation, const char *fmt, ...)
{
	va_list ap;

	f->outcome = outcome;
	f->deviation = deviation;
	va_start(ap, fmt);
	vsnprintf(f->detail, sizeof(f->detail), fmt, ap);
	va_end(ap);
}

const char *dp_range_text(char *buf, size_t size, struct dp_range r)
{
	char length[DP_SIZE_TEXT];

	snprintf(buf, size, "%s at 0x%" PRIx64,
		 dp_size_text(length, r.length, false), r.offset);
	return buf;
}

/* Whether the case got far enough to say anything. */
bool dp_carried_out(const struct dp_observation *o,
			   struct dp_finding *f)
{
	if (o->error) {
		dp_unknown(f, "could not be carried out: %s: %s",
			   dp_step_name(o->failed_at), strerror(-o->error));
		return false;
	}
	if (o->end == DP_END_TIMEOUT) {
		dp_unknown(f, "the injector did not end within %d s (step %s)",
			   o->end_detail, dp_step_name(o->step));
		return false;
	}
	if (o->end == DP_END_EXITED && o->step != DP_STEP_DONE) {
		dp_unknown(f, "the injector left early, with status %d (step %s)",
			   o->end_detail, dp_step_name(o->step));
		return false;
	}
	if (o->end == DP_END_KILLED && o->step < DP_STEP_INJECT) {
		dp_unknown(f, "the injector was killed by signal %d before the injection (step %s)",
			   o->end_detail, dp_step_name(o->step));
		return false;
	}
	return true;
}

bool dp_was_injected(const struct dp_observation *o,
			    struct dp_finding *f)
{
	if (!dp_carried_out(o, f))
		return false;
	if (!o->injected) {
		dp_unknown(f, "nothing was injected");
		return false;
	}
	if (o->inject_errno) {
		dp_unknown(f, "the injection was refused: %s",
			   strerror(o->inject_errno));
		return false;
	}
	return true;
}

/* Whether what was lost is known, and may be believed. */
bool dp_was_measured(const struct dp_case *c,
			    const struct dp_observation *o,
			    struct dp_finding *f)
{
	const char *fault = dp_proof_fault(&o->proof);

	if (!dp_was_injected(o, f))
		return false;
	if (o->step <= DP_STEP_OBSERVE) {
		dp_unknown(f, "the injector ended before the loss was measured (step %s)",
			   dp_step_name(o->step));
		return false;
	}
	if (fault) {
		dp_unknown(f, "the observer (%s) cannot be believed: %s",
			   dp_observer_name(c->observer), fault);
		return false;
	}
	if (o->view.unmapped.truncated || o->view.before.truncated) {
		dp_unknown(f, "too many separate ranges to keep");
		return false;
	}
	return true;
}

const struct dp_signal *dp_was_told(const struct dp_observation *o,
					   struct dp_finding *f)
{
	const struct dp_signal *told;

	if (!dp_was_injected(o, f))
		return NULL;
	told = dp_observation_told(o);
	if (!told)
		dp_unknown(f, "the injector was told nothing");
	return told;
}
