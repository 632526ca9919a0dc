/* SPDX-License-Identifier: GPL-2.0-only */
/* Everyone who takes part in a case, and what each of them saw. Lives in
 * memory that all of them share. */
#ifndef DP_MODEL_SCENE_H
#define DP_MODEL_SCENE_H

#include "model/account.h"
#include "model/observation.h"

#define DP_PROCESSES_MAX (1 + DP_BYSTANDERS_MAX)

/* How the poisoned page of a file got its contents back. */
enum dp_restored {
	DP_RESTORED_NOT_NEEDED,	/* read(2) gives what was there before */
	DP_RESTORED_REWRITTEN,	/* by writing in place */
	DP_RESTORED_PUNCHED,	/* by punching it out and writing it anew */
	DP_RESTORED_NOT,	/* not at all: `error` says why */
	DP_RESTORED_MAX,
};

const char *dp_restored_name(enum dp_restored restored);

/* The poisoned page of a file, looked at after the case by who did not map
 * it. */
struct dp_file_after {
	bool looked;
	int32_t read_errno;	/* of read(2) of the page; 0: it could be read */
	bool read_same;		/* ... and was as before */
	int32_t restored;	/* enum dp_restored */
	int32_t error;		/* errno of the last attempt, 0: none failed */
	uint64_t phys_before;	/* where the page lay */
	uint64_t phys_after;	/* where it lies now: another place if moved */
	bool listed_bad;	/* the old place is in the device's list of bad
				 * blocks */
};

struct dp_scene {
	struct dp_file_after file; /* of files only */
	uint32_t n;		/* processes, and views of the first one, the
				 * injector, in the order of the case */
	struct dp_account account;
	bool default_is_early;	/* vm.memory_failure_early_kill is set */
	struct dp_observation at[DP_PROCESSES_MAX];
};

/* Who a process is; what it is promised depends on it. */
enum dp_role {
	DP_ROLE_INJECTOR,	/* its own access is what failed */
	DP_ROLE_MAPPER_EARLY,	/* first process, where the injection comes from
				 * outside of it; asked for early kill */
	DP_ROLE_MAPPER_LATE,	/* ... late kill, or the default */
	DP_ROLE_EARLY,		/* bystander, faulted the page, early kill */
	DP_ROLE_LATE,		/* ... late kill, or the default */
	DP_ROLE_UNFAULTED,	/* bystander that never touched the page */
	DP_ROLE_VIEW,		/* no process: a further view of the first one */
	DP_ROLE_VIEW_UNFAULTED,	/* ... that never touched the page */
	DP_ROLE_MAX,
};

const char *dp_role_name(enum dp_role role);

/* Whether this is the first process: the one that injects, or for which it is
 * done from outside. */
bool dp_role_is_first(enum dp_role role);

/* Whether a process in this role is to be told of the page early, or struck. */
bool dp_role_is_told(enum dp_role role);

/* Of the process with this index. */
enum dp_role dp_scene_role(const struct dp_case *c,
			   const struct dp_scene *scene, uint32_t process);

/* Whether this is no process, but a further view of the first one. */
bool dp_is_view(const struct dp_case *c, uint32_t process);

/* Who gets the signals for it: a view of the first process has none itself. */
uint32_t dp_told_process(const struct dp_case *c, uint32_t process);

/* dp_observation_reported() for a signal of this process (or of the process
 * that this is a view of), by whichever of its views si_addr is in. `named`
 * gets the index of that view; NULL: not wanted. */
bool dp_scene_reported(const struct dp_case *c, const struct dp_scene *scene,
		       uint32_t process, const struct dp_signal *signal,
		       struct dp_range *out, uint32_t *named);

#define DP_PROCESS_NAME 32
/* "injector", "bystander-1", "view-1". Returns buf. */
const char *dp_process_name(char buf[DP_PROCESS_NAME], const struct dp_case *c,
			    uint32_t process);

#endif
