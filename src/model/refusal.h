/* SPDX-License-Identifier: GPL-2.0-only */
/* Why nothing is injected into a target, a row each. Facts in, refusal out:
 * src/run/safety.c gathers the facts. */
#ifndef DP_MODEL_REFUSAL_H
#define DP_MODEL_REFUSAL_H

#include "base/why.h"
#include "model/target.h"

/* In the order in which they are looked for: first what nothing overrides, and
 * of that first what explains the others. */
enum dp_refusal {
	DP_REFUSED_SYSTEM_RAM,
	DP_REFUSED_NOT_DAX,
	DP_REFUSED_PRIVILEGE,
	DP_REFUSED_LOCKDOWN,
	DP_REFUSED_METHOD,
	DP_REFUSED_CHANGED,
	DP_REFUSED_MOUNTED,
	DP_REFUSED_UNREADABLE,
	DP_REFUSED_HARDWARE,
	DP_REFUSED_IN_USE,
	DP_REFUSED_BAD_BLOCK,
	DP_REFUSED_SHARED,
	DP_REFUSED_MAX,
};

struct dp_refusal_info {
	const char *id;		/* as messages and the manual call it */
	const char *when;
	const char *advice;	/* what to do about it */
	bool forced;		/* --force overrides it */
	int err;		/* negative errno that stands for it */
};

const struct dp_refusal_info *dp_refusal_info(enum dp_refusal refusal);

/* What is known. A fact that is zero, NULL or empty speaks against nothing. */
struct dp_refusal_facts {
	const char *name;	/* of the target; never NULL */
	const char *path;	/* what is opened */
	enum dp_method method;
	enum dp_mode mode;
	const struct dp_method_state *state; /* the method on the target */
	const struct dp_medium *medium;
	const char *lockdown;	/* what the kernel is locked down for */
	const char *mount;	/* where it is mounted and must not be */
	const char *changed;	/* what is not as it was planned */
	int user;		/* pid of who has it open */
	int64_t bad_blocks;	/* of the page at bad_at, that are listed */
	uint64_t bad_at;	/* bytes into the target */
	bool unreadable;	/* a page of the file, at bad_at; bad_blocks is
				 * below 0 where that is not known */
	bool shared_blindly;	/* see dp_case_shared_blindly(); at bad_at */
	bool no_dax;		/* it cannot be mapped in the mode it is in */
	bool no_sys_admin;	/* CAP_SYS_ADMIN is not effective */
	bool clearing;		/* errors are to be cleared, not injected */
};

/* The first row that holds, or DP_REFUSED_MAX. `force` passes over those that
 * it overrides. */
enum dp_refusal dp_refusal_find(const struct dp_refusal_facts *facts,
				bool force);

/* The same as an error: 0, or the row's errno with a reason that begins with
 * its id and ends with what to do. */
int dp_refuse(const struct dp_refusal_facts *facts, bool force,
	      struct dp_why *why);

/* The row that a reason worded by dp_refuse() comes from, or DP_REFUSED_MAX. */
enum dp_refusal dp_refusal_of(const char *reason);

/* What a kernel says in /sys/kernel/security/lockdown ("[none] integrity
 * confidentiality"): the level in brackets goes to `level`, empty where it is
 * "none" or not understood. Source: security/lockdown/lockdown.c. */
#define DP_LOCKDOWN_MAX 32
void dp_lockdown_parse(const char *text, char level[DP_LOCKDOWN_MAX]);

/* In what a target differs from what it was when the plan was made: a word, or
 * NULL where it is the same. */
const char *dp_target_changed(const struct dp_target *was,
			      const struct dp_target *is);

#endif
