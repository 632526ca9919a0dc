/* SPDX-License-Identifier: GPL-2.0-only */
/* One case: what is mapped, what is done to it. Everything is decided here,
 * before anything is touched; the executor only follows. */
#ifndef DP_MODEL_CASE_H
#define DP_MODEL_CASE_H

#include "model/bystander.h"
#include "model/method.h"
#include "model/ranges.h"
#include "model/target.h"

enum dp_case_type {
	DP_CASE_POISON,		/* inject, and measure */
	DP_CASE_ATTEMPT,	/* try what should be refused */
	DP_CASE_TYPE_MAX,
};

/* What an attempt tries; each would break "the unit is the alignment". */
enum dp_attempt_op {
	DP_OP_NONE,		/* not an attempt */
	DP_OP_MMAP_OFFSET,	/* file offset not a multiple of the unit */
	DP_OP_MMAP_LENGTH,	/* length not a multiple of the unit */
	DP_OP_MMAP_ADDRESS,	/* MAP_FIXED at an address that is not */
	DP_OP_MMAP_PRIVATE,	/* MAP_PRIVATE */
	DP_OP_MUNMAP_PART,	/* munmap of one page */
	DP_OP_MPROTECT_PART,	/* mprotect of one page */
	DP_OP_MREMAP_SHRINK,	/* mremap to a length that is not a multiple */
	DP_OP_MREMAP_MOVE,	/* mremap to an address that is not */
	DP_OP_DONTNEED_PART,	/* MADV_DONTNEED of one page */
	DP_OP_SOFT_OFFLINE,	/* MADV_SOFT_OFFLINE of one page */
	DP_OP_MAX,
};

const char *dp_case_type_name(enum dp_case_type type);
const char *dp_op_name(enum dp_attempt_op op);

/* How presence is measured. */
enum dp_observer {
	DP_OBSERVER_PAGEMAP,	/* /proc/self/pagemap; destroys PUD entries */
	DP_OBSERVER_FAULTS,	/* touch witness views, count faults */
	DP_OBSERVER_EDGES,	/* the same, and search for the edges */
	DP_OBSERVER_MAX,
};

const char *dp_observer_name(enum dp_observer observer);
/* The value with this name, or -EINVAL. */
int dp_observer_from_name(const char *name);

/* vm.memory_failure_early_kill while the case runs. */
enum dp_early_kill {
	DP_EARLY_KILL_LEAVE,	/* as it is */
	DP_EARLY_KILL_OFF,
	DP_EARLY_KILL_ON,
	DP_EARLY_KILL_MAX,
};

/* "off" or "on"; NULL for DP_EARLY_KILL_LEAVE. */
const char *dp_early_kill_name(enum dp_early_kill value);
/* The value with this name, or -EINVAL. */
int dp_early_kill_from_name(const char *name);

#define DP_CASE_ID_MAX 96

struct dp_case {
	char id[DP_CASE_ID_MAX];	/* devdax/2M/mid/madvise */
	enum dp_case_type type;
	const struct dp_target *target;
	enum dp_method method;
	bool own_policy;	/* not the one that suits the method, but... */
	enum dp_policy policy;	/* ... what the injector asks of the kernel */
	enum dp_attempt_op op;
	unsigned int wait;	/* seconds until an injection must show; 0:
				 * what suits the method */
	bool quiet;		/* the platform does not notify the kernel */
	bool leave;		/* an error of the medium is not taken back */
	bool dared;		/* asked for by name, though it may end the
				 * kernel */
	enum dp_observer observer;
	enum dp_place place;
	enum dp_access access;
	uint64_t page;		/* base page size in bytes */
	uint64_t unit;		/* the unit that is expected, in bytes */
	char unit_why[120];	/* files: why that unit; else empty */
	struct dp_range map;	/* of the target */
	enum dp_sharing sharing; /* files; device-dax is always shared */
	uint64_t skew;		/* files: bytes that the injector's addresses
				 * are off from the file offsets, modulo the
				 * largest unit */
	bool readonly;		/* mapped for reading only; see dp_case_seen_by() */
	uint64_t first_fault;	/* the byte of the target touched first */
	struct dp_range poison;	/* one page of the target */
	enum dp_early_kill early_kill;
	unsigned int n_bystanders;
	const struct dp_bystander *bystanders; /* the plan's */
};

/* What the injector asks to be told of memory failures. */
enum dp_policy dp_case_policy(const struct dp_case *c);

/* The largest unit that the target can be mapped by, in bytes; what is mapped
 * starts at a multiple of it, but for the skew. */
uint64_t dp_case_largest(const struct dp_case *c);

/* Whether files share the page that is hit, by a file system that cannot find
 * them all: that may end the kernel (xfs-shared-no-rmapbt). */
bool dp_case_shared_blindly(const struct dp_case *c);

/* The same case `by` bytes further in the target; its id stays. */
void dp_case_move(struct dp_case *c, uint64_t by);

/* Give a case at a place that the user named its id: "devdax/2M/0x402000/madvise". */
void dp_case_name(struct dp_case *c);

/* The unit that holds this offset. */
struct dp_range dp_case_unit_at(const struct dp_case *c, uint64_t offset);

/* The case as it is for whoever maps the target beside the injector: what it
 * maps, where, and how it touches. */
struct dp_case dp_case_seen_by(const struct dp_case *c,
			       const struct dp_bystander *b);

/* The observer that does not harm units of this size (bytes). */
enum dp_observer dp_case_observer(uint64_t unit, uint64_t page);

/* The arguments of daxpoison that run this case again; owned by the caller,
 * NULL when memory is short. */
char *dp_case_repeat(const struct dp_case *c);

#endif
