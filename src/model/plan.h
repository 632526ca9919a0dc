/* SPDX-License-Identifier: GPL-2.0-only */
/* From a target to the cases to run, and why each other cell is not run. */
#ifndef DP_MODEL_PLAN_H
#define DP_MODEL_PLAN_H

#include "model/case.h"
#include "base/why.h"

/* A cell of the product of all axes that is not run. */
struct dp_dropped {
	char id[DP_CASE_ID_MAX];
	char reason[160];
};

/* A stored case, and those behind it that differ only in where. */
struct dp_span {
	size_t first;		/* its number */
	uint64_t by;		/* bytes from one to the next */
};

struct dp_plan {
	size_t n;		/* cases; dp_plan_case() tells them */
	size_t n_stored;
	struct dp_case *cases;	/* as they are stored */
	struct dp_span *spans;	/* of each of these */
	struct dp_dropped *dropped;
	size_t n_dropped;
	struct dp_company *companies; /* what cases have as bystanders */
};

struct dp_plan_options {
	uint64_t page;		/* base page size in bytes */
	bool exhaustive;	/* the whole product, not only single steps */
	unsigned int methods;	/* only these, of DP_BIT(enum dp_method), in
				 * full; 0: madvise, and a few cells of others */
	enum dp_access access;
	bool risky;		/* cells that may end the kernel, too */
};

/* What `inject` was asked; sizes and offsets in bytes, 0 lengths: choose. */
struct dp_inject_options {
	uint64_t page;
	uint64_t offset;	/* of the first poisoned page, into the target */
	uint64_t length;	/* poison this many bytes from there, a page each */
	uint64_t count;		/* ... or this many pages */
	uint64_t stride;	/* ... so far apart; 0: one page */
	bool have_map_offset;
	uint64_t map_offset;	/* of the mapping, into the target */
	uint64_t map_size;
	bool have_first_fault;
	uint64_t first_fault;	/* the byte of the target touched first */
	enum dp_access access;
	enum dp_sharing sharing; /* files */
	uint64_t skew;		/* files; see struct dp_case */
	uint64_t unit;		/* files: only if this is the unit; 0: any */
	enum dp_method method;
	unsigned int wait;	/* seconds, 0: what suits the method */
	bool quiet, leave;	/* of an error of the medium; see dp_case */
	bool have_policy;	/* else what suits the method */
	enum dp_policy policy;
	int observer;		/* enum dp_observer, or -1: what is harmless */
	enum dp_early_kill early_kill;
	unsigned int n_bystanders;
	struct dp_bystander bystanders[DP_BYSTANDERS_MAX];
};

void dp_plan_deinit(struct dp_plan *plan);

/* The i-th case: where it is stored, or in `room`. */
const struct dp_case *dp_plan_case(const struct dp_plan *plan, size_t i,
				   struct dp_case *room);

/* How many cases from the i-th on, itself included, are each *by bytes behind the
 * one before, and else alike. */
size_t dp_plan_span(const struct dp_plan *plan, size_t i, uint64_t *by);

/* The cases of verify-alignment for this target (which must outlive the plan),
 * appended to `plan`. 0 or -ENOMEM. */
int dp_plan_verify(struct dp_plan *plan, const struct dp_target *target,
		   const struct dp_plan_options *options);

/* Those for files that could not be prepared like this: dropped with the
 * reason. `unit` is the largest that a file is mapped by. 0 or -ENOMEM. */
int dp_plan_without(struct dp_plan *plan, enum dp_prop prop,
		    const struct dp_plan_options *options, const char *reason);

/* The cases of one `inject`: one a page. 0, -ENOMEM, or -EINVAL with a reason:
 * beyond the target, not a multiple of a page, nothing to poison. */
int dp_plan_inject(struct dp_plan *plan, const struct dp_target *target,
		   const struct dp_inject_options *options,
		   struct dp_why *why);

#endif
