/* SPDX-License-Identifier: GPL-2.0-only */
/* What the checks share: wording a finding, and the doubts that come first. */
#ifndef DP_MODEL_CHECKS_H
#define DP_MODEL_CHECKS_H

#include "model/judge.h"

void dp_found(struct dp_finding *f, enum dp_outcome outcome,
	      enum dp_deviation deviation, const char *fmt, ...)
	dp_printf(4, 5);

#define dp_as_said(f, ...)                                                     \
	dp_found(f, DP_OUTCOME_AS_SAID, DP_DEVIATION_NONE, __VA_ARGS__)
#define dp_deviates(f, deviation, ...)                                         \
	dp_found(f, DP_OUTCOME_DEVIATES, deviation, __VA_ARGS__)
#define dp_unknown(f, ...)                                                     \
	dp_found(f, DP_OUTCOME_UNKNOWN, DP_DEVIATION_NONE, __VA_ARGS__)

/* Each returns false, with the finding worded as unknown, when the case did
 * not get so far: this process carried out its part at all; the page was
 * injected; the loss measured by an observer that may be believed. */
bool dp_carried_out(const struct dp_evidence *e, struct dp_finding *f);
bool dp_was_injected(const struct dp_evidence *e, struct dp_finding *f);
bool dp_was_measured(const struct dp_evidence *e, struct dp_finding *f);

/* False, with the finding a deviation, when the process was killed. */
bool dp_check_alive(const struct dp_evidence *e, struct dp_finding *f);

/* The bystander that the evidence is about; NULL for the injector. */
const struct dp_bystander *dp_bystander_of(const struct dp_evidence *e);

/* The signal that told this process of the injection. NULL, with the finding
 * worded: there was no injection, or it was told nothing. A process that is
 * not to be told anything makes the question vacuous. */
const struct dp_signal *dp_was_told(const struct dp_evidence *e,
				    struct dp_finding *f);

/* "2M at 0x200000" */
const char *dp_range_text(char *buf, size_t size, struct dp_range r);

#endif
