/* SPDX-License-Identifier: GPL-2.0-only */
/* What was seen in one case: facts only, no opinion. Plain data of fixed size:
 * the victim writes it into memory shared with its parent as it goes, so that
 * whatever was seen before a sudden death is kept. */
#ifndef DP_MODEL_OBSERVATION_H
#define DP_MODEL_OBSERVATION_H

#include "model/case.h"
#include "model/platform.h"

#define DP_SIGNALS_MAX 64
#define DP_TOUCHES_MAX 64
#define DP_QUESTIONS_MAX 192

/* Where the victim is; the last one it reached is part of the observation. */
enum dp_step {
	DP_STEP_START,
	DP_STEP_OPEN,
	DP_STEP_MAP,
	DP_STEP_FIRST_FAULT,
	DP_STEP_POPULATE,
	DP_STEP_PATTERN,
	DP_STEP_BASELINE,
	DP_STEP_INJECT,
	DP_STEP_OBSERVE,
	DP_STEP_TOUCH,
	DP_STEP_COMPARE,
	DP_STEP_RESTORE,
	DP_STEP_DONE,
	DP_STEP_MAX,
};

const char *dp_step_name(enum dp_step step);

/* One SIGBUS, as the handler got it. */
struct dp_signal {
	int32_t code;		/* si_code: BUS_MCEERR_AR, ... */
	int32_t lsb;		/* si_addr_lsb; only BUS_MCEERR_* have one */
	uint64_t addr;		/* si_addr */
	int64_t when;		/* ns, CLOCK_MONOTONIC */
	int32_t tid;		/* the thread whose handler ran */
	enum dp_step step;	/* what the victim was doing */
	bool pending;		/* blocked: fetched afterwards, never delivered */
};

/* "BUS_MCEERR_AR", or NULL for a code without a name. From bits/siginfo-consts.h,
 * see sigaction(2). */
const char *dp_signal_code_name(int code);
bool dp_signal_is_mce(const struct dp_signal *signal);

/* One access to one byte, and what it cost. */
struct dp_touch {
	uint64_t offset;	/* into the target */
	bool write;
	int32_t faults;		/* page faults it took */
	int32_t signal;		/* index into signals, or -1 */
};

/* A touch whose only purpose is to learn whether the place was mapped: it
 * maps the unit again, so one view answers one question a unit. */
struct dp_question {
	uint32_t view;		/* 0: the primary view; else a witness */
	uint64_t offset;	/* into the target */
	int32_t before;		/* faults when asked before the injection */
	int32_t after;		/* ... and after; -1: not asked */
	int32_t signal;		/* index into signals, or -1 */
};

/* One mapping of the target in one process. */
struct dp_view {
	uint64_t start;		/* virtual address */
	struct dp_range range;	/* of the target */
	uint64_t unit;		/* as measured at the first fault, 0: not */
	struct dp_ranges before; /* present before the injection */
	struct dp_ranges unmapped; /* present before, not after */
};

/* Why the observer may be believed: it must have told absent from present on
 * this very mapping, told the same twice, and not changed what it looked at. */
struct dp_proof {
	bool absent_seen;	/* reported absent what was never touched */
	bool present_seen;	/* reported present what was just touched */
	bool repeats;		/* two looks in a row agreed */
	int32_t faults_after_look; /* faults of touching after looking; 0 */
};

/* Contents of the pages, each filled with a pattern of its own before, all of it
 * or one line (DP_RECORD_LINE). */
struct dp_data {
	uint64_t pages_mapped;
	uint64_t pages_compared; /* without the poisoned page */
	uint64_t lines_compared; /* pages of these, by a line of each */
	uint64_t pages_changed;	/* of pages_compared */
	uint64_t first_changed;	/* offset into the target */
	bool poisoned_compared;
	bool poisoned_changed;
	bool restored;		/* the contents from before are back */
};

#define DP_SHOWS_UNKNOWN UINT64_MAX

/* What became of an attempt. */
struct dp_attempt {
	bool made;
	int32_t err;		/* errno, 0: it succeeded */
	struct dp_touch then;	/* one touch afterwards */
	bool then_made;
	uint64_t asked;		/* a success: the target offset asked for */
	uint64_t shows;		/* ... and the one whose data is seen there */
	int32_t intact_faults;	/* touching the rest of the old mapping: 0 if
				 * the refusal left it alone, -1: not tried */
};

enum dp_end {
	DP_END_EXITED,		/* ran to its end */
	DP_END_KILLED,		/* by a signal: end_detail */
	DP_END_TIMEOUT,		/* killed by us: end_detail is seconds */
	DP_END_STUCK,		/* killed by us, and still not gone: the same */
	DP_END_MAX,
};

struct dp_observation {
	enum dp_step step;	/* the last one reached */
	enum dp_step failed_at;	/* where `error` happened */
	int32_t error;		/* negative errno: it could not be carried out */
	enum dp_end end;
	int32_t end_detail;
	int32_t pid;

	struct dp_view view;	/* the injector's own */
	uint32_t n_witnesses;	/* further views, asked one question each */
	struct dp_range witness_at[48]; /* their virtual addresses */
	struct dp_proof proof;

	int32_t first_fault_faults; /* 1 where the page was not mapped yet */
	uint64_t populate_faults;
	uint64_t pfn_seen;	/* pagemap's, 0: not asked or hidden */

	bool injected;		/* the call was made */
	int32_t inject_errno;	/* of the call, 0: success */

	uint32_t n_signals;	/* may exceed what was kept */
	struct dp_signal signals[DP_SIGNALS_MAX];
	struct dp_data data;
	struct dp_attempt attempt;
	struct dp_platform_seen platform; /* methods that strike the medium */

	int64_t began[DP_STEP_MAX]; /* ns, CLOCK_MONOTONIC; 0: not reached */
	int64_t inject_done;

	uint32_t n_touches;
	uint32_t n_questions;
	/* Large: beyond what the counts say they hold anything. */
	struct dp_touch touches[DP_TOUCHES_MAX];
	struct dp_question questions[DP_QUESTIONS_MAX];
};

/* Nothing has been seen yet. */
void dp_observation_reset(struct dp_observation *o);

/* [si_addr & ~(2^lsb - 1), + 2^lsb) as virtual addresses. An lsb that no
 * address space can hold gives length 0. */
struct dp_range dp_signal_reported(const struct dp_signal *signal);

/* The reported range as a range of the target, cut to what the view maps; its
 * length is 0 where nothing of it is mapped. False: si_addr is in no view of
 * this process (the range is then reckoned from the primary view). */
bool dp_observation_reported(const struct dp_observation *o,
			     const struct dp_signal *signal,
			     struct dp_range *out);

/* The first memory-failure SIGBUS that the injection itself caused, or NULL. */
const struct dp_signal *
dp_observation_told(const struct dp_observation *o);

/* Why the observer's account of the loss cannot be believed, or NULL when it
 * can. */
const char *dp_proof_fault(const struct dp_proof *proof);

/* Whether what this process lost was measured, and may be believed. */
bool dp_loss_known(const struct dp_observation *o);

/* The unit at this offset as this process maps it: device-dax has the unit that
 * is promised; of a file it is what was measured, where it was. */
struct dp_range dp_view_unit_at(const struct dp_case *c,
				const struct dp_observation *o,
				uint64_t offset);

/* Nanoseconds a step took, or -1 where it did not take place. */
int64_t dp_observation_took(const struct dp_observation *o, enum dp_step step);

#endif
