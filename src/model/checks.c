/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
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

const struct dp_bystander *dp_bystander_of(const struct dp_evidence *e)
{
	return e->process ? &e->c->bystanders[e->process - 1] : NULL;
}

/* Whether this process got far enough to say anything. */
static bool dp_process_carried_out(const struct dp_evidence *e,
				   uint32_t process, struct dp_finding *f)
{
	const struct dp_observation *o = &e->scene->at[process];
	char name[DP_PROCESS_NAME];

	dp_process_name(name, e->c, process);
	if (o->error == -ESTALE && o->failed_at == DP_STEP_INJECT) {
		dp_unknown(f, "not injected: the %s has mapped a page (pfn 0x%" PRIx64 ") that is not the target's",
			   name, o->pfn_seen);
		return false;
	}
	if (o->error) {
		dp_unknown(f, "could not be carried out: %s: %s: %s", name,
			   dp_step_name(o->failed_at), strerror(-o->error));
		return false;
	}
	if (o->end == DP_END_TIMEOUT) {
		dp_unknown(f, "the %s did not end within %d s (step %s)", name,
			   o->end_detail, dp_step_name(o->step));
		return false;
	}
	if (o->end == DP_END_STUCK) {
		dp_unknown(f, "the %s did not end within %d s, not even by SIGKILL (step %s)",
			   name, o->end_detail, dp_step_name(o->step));
		return false;
	}
	if (o->end == DP_END_EXITED && o->step != DP_STEP_DONE) {
		dp_unknown(f, "the %s left early, with status %d (step %s)",
			   name, o->end_detail, dp_step_name(o->step));
		return false;
	}
	if (o->end == DP_END_KILLED && o->step < DP_STEP_INJECT) {
		dp_unknown(f, "the %s was killed by signal %d before the injection (step %s)",
			   name, o->end_detail, dp_step_name(o->step));
		return false;
	}
	return true;
}

bool dp_carried_out(const struct dp_evidence *e, struct dp_finding *f)
{
	return dp_process_carried_out(e, e->process, f);
}

bool dp_was_injected(const struct dp_evidence *e, struct dp_finding *f)
{
	const struct dp_observation *injector = &e->scene->at[0];

	if (!dp_process_carried_out(e, 0, f) || !dp_carried_out(e, f))
		return false;
	if (!injector->injected) {
		dp_unknown(f, "nothing was injected");
		return false;
	}
	if (injector->inject_errno &&
	    !dp_method_info(e->c->method)->refused) {
		dp_unknown(f, "the injection was refused: %s",
			   dp_method_error(-injector->inject_errno));
		return false;
	}
	return true;
}

bool dp_was_measured(const struct dp_evidence *e, struct dp_finding *f)
{
	const char *fault = dp_proof_fault(&e->o->proof);
	const struct dp_bystander *b = dp_bystander_of(e);
	const struct dp_observation *o = e->o;
	char name[DP_PROCESS_NAME];

	if (!dp_was_injected(e, f))
		return false;
	/* Who dies of the signal, as it asked for, has nothing left to lose. */
	if (b && b->handler == DP_HANDLER_NONE && o->end == DP_END_KILLED) {
		dp_found(f, DP_OUTCOME_VACUOUS, DP_DEVIATION_NONE,
			 "the process is gone");
		return false;
	}
	if (o->step <= DP_STEP_OBSERVE) {
		dp_unknown(f, "the %s ended before the loss was measured (step %s)",
			   dp_process_name(name, e->c, e->process),
			   dp_step_name(o->step));
		return false;
	}
	if (fault) {
		dp_unknown(f, "the observer (%s) cannot be believed: %s",
			   dp_observer_name(e->c->observer), fault);
		return false;
	}
	if (o->view.unmapped.truncated || o->view.before.truncated) {
		dp_unknown(f, "too many separate ranges to keep");
		return false;
	}
	return true;
}

const struct dp_signal *dp_was_told(const struct dp_evidence *e,
				    struct dp_finding *f)
{
	const struct dp_bystander *b = dp_bystander_of(e);
	const struct dp_signal *told;
	char name[DP_PROCESS_NAME];

	if (!dp_was_injected(e, f))
		return NULL;
	told = dp_observation_told(
		&e->scene->at[dp_told_process(e->c, e->process)]);
	if (told)
		return told;
	if (!dp_role_is_told(e->role) || (b && b->handler > DP_HANDLER_BLOCK))
		dp_found(f, DP_OUTCOME_VACUOUS, DP_DEVIATION_NONE,
			 "it was not to be told");
	else
		dp_unknown(f, "the %s was told nothing",
			   dp_process_name(name, e->c, e->process));
	return NULL;
}

bool dp_check_alive(const struct dp_evidence *e, struct dp_finding *f)
{
	char name[DP_PROCESS_NAME];

	if (e->o->end != DP_END_KILLED)
		return true;
	dp_deviates(f, DP_DEVIATION_KILLED,
		    "the %s was killed by signal %d (step %s)",
		    dp_process_name(name, e->c, e->process), e->o->end_detail,
		    dp_step_name(e->o->step));
	return false;
}
