/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of what the kernel promises, and how each promise is checked. */
#ifndef DP_MODEL_GUARANTEE_H
#define DP_MODEL_GUARANTEE_H

#include "model/scene.h"

/* One question about a case. For each case and each aspect that applies to its
 * type, exactly one row of the table, the most specific that matches, says
 * what is promised; where nothing is, a row says that. */
enum dp_aspect {
	DP_ASPECT_PROMPT,	/* who is told, and with which si_code */
	DP_ASPECT_NAMED,	/* which of its views a process is told of */
	DP_ASPECT_CONTAINS,	/* the poisoned page is in the reported range */
	DP_ASPECT_OUTSIDE,	/* nothing lost outside the reported range */
	DP_ASPECT_INSIDE,	/* everything lost inside it */
	DP_ASPECT_UNIT,		/* the unit that was mapped */
	DP_ASPECT_LSB,		/* the reported size */
	DP_ASPECT_SPLIT,	/* units are lost whole */
	DP_ASPECT_DATA,		/* other pages' contents */
	DP_ASPECT_ADDR,		/* si_addr itself: page or start of the unit */
	DP_ASPECT_RETOUCH,	/* touching the poisoned page afterwards */
	DP_ASPECT_MEDIUM,	/* the bad blocks that are listed */
	DP_ASPECT_INJECTED,	/* what the platform says it has injected */
	DP_ASPECT_NOTIFIED,	/* when the kernel lists it */
	DP_ASPECT_CONSUMED,	/* what user space gets for bad blocks */
	DP_ASPECT_CLEARED,	/* what is listed after clearing */
	DP_ASPECT_ACCOUNT,	/* what the kernel itself says of it */
	DP_ASPECT_ATTEMPT,	/* an attempt is refused */
	/* Of a file system whose own blocks are poisoned, which no case of a
	 * process asks: dp_metadata_judge(). */
	DP_ASPECT_FS_READ,	/* what reading its files gives */
	DP_ASPECT_FS_MEDIUM,	/* what is on the medium beside the block */
	DP_ASPECT_FS_ANSWER,	/* what the file system does */
	DP_ASPECT_FS_REACH,	/* how many files cannot be read */
	DP_ASPECT_FS_BACK,	/* what comes back */
	DP_ASPECT_MAX,
};

/* How firm a promise is. */
enum dp_strength {
	DP_STRENGTH_ABI,	/* documented to user space */
	DP_STRENGTH_DRIVER,	/* promised by a subsystem */
	DP_STRENGTH_BEHAVIOUR,	/* what the code does; no promise */
	DP_STRENGTH_NONE,	/* explicitly unspecified */
	DP_STRENGTH_MAX,
};

enum dp_verdict {
	DP_VERDICT_HELD,
	DP_VERDICT_VIOLATED,
	DP_VERDICT_KNOWN,	/* violated, and named in the --known list */
	DP_VERDICT_RECORDED,	/* nothing is promised; the fact is kept */
	DP_VERDICT_NOT_JUDGED,
	DP_VERDICT_MAX,
};

/* What exactly was violated. */
enum dp_deviation {
	DP_DEVIATION_NONE,
	DP_DEVIATION_OVER_UNMAP,
	DP_DEVIATION_UNDER_UNMAP,
	DP_DEVIATION_ELSEWHERE,
	DP_DEVIATION_WRONG_LSB,
	DP_DEVIATION_WRONG_CODE,
	DP_DEVIATION_WRONG_UNIT,
	DP_DEVIATION_WRONG_OFFSET,
	DP_DEVIATION_LOST_NEIGHBOUR_DATA,
	DP_DEVIATION_SPLIT,
	DP_DEVIATION_NO_SIGNAL,
	DP_DEVIATION_EXTRA_SIGNAL,
	DP_DEVIATION_KILLED,
	DP_DEVIATION_NOT_REFUSED,
	DP_DEVIATION_WRONG_ERRNO,
	DP_DEVIATION_SIDE_EFFECT,
	DP_DEVIATION_CONTRADICTION,
	DP_DEVIATION_MAX,
};

const char *dp_aspect_name(enum dp_aspect aspect);
const char *dp_strength_name(enum dp_strength strength);
const char *dp_verdict_name(enum dp_verdict verdict);
const char *dp_deviation_name(enum dp_deviation deviation);

/* What a check found. It knows the facts, not how firm the promise is. */
enum dp_outcome {
	DP_OUTCOME_AS_SAID,
	DP_OUTCOME_DEVIATES,
	DP_OUTCOME_UNKNOWN,	/* could not be seen: not judged */
	DP_OUTCOME_VACUOUS,	/* this case does not ask it: left out */
};

struct dp_finding {
	enum dp_outcome outcome;
	enum dp_deviation deviation;
	char detail[192];	/* one line with the numbers */
};

struct dp_guarantee;

/* What a check looks at: one process of a case. */
struct dp_evidence {
	const struct dp_case *c;
	const struct dp_scene *scene;
	uint32_t process;	/* index into the scene */
	enum dp_role role;
	const struct dp_observation *o; /* of that process */
};

typedef void (*dp_check_fn)(const struct dp_guarantee *g,
			    const struct dp_evidence *e, struct dp_finding *f);

struct dp_guarantee {
	const char *id;
	enum dp_aspect aspect;
	/* Where it applies: bit masks, 0 means anywhere. */
	unsigned int kinds;	/* of DP_BIT(enum dp_kind) */
	unsigned int methods;	/* of DP_BIT(enum dp_method) */
	unsigned int ops;	/* of DP_BIT(enum dp_attempt_op) */
	unsigned int roles;	/* of DP_BIT(enum dp_role) */
	enum dp_strength strength;
	int err;		/* of what is refused: the errno expected */
	const char *must;	/* what must be seen, in one sentence */
	const char *source;	/* man page, document, file:function, commit */
	const char *note;	/* history and limits, or NULL */
	dp_check_fn check;	/* NULL: of a file system's metadata */
};

/* The table; *n rows. */
const struct dp_guarantee *dp_guarantees(size_t *n);

/* The kinds of target that it applies to: DP_BIT(enum dp_kind). */
unsigned int dp_guarantee_kinds(const struct dp_guarantee *g);

/* The row with this id, or NULL. */
const struct dp_guarantee *dp_guarantee_named(const char *id);

/* Whether the aspect is one of a file system's metadata. */
bool dp_aspect_is_of_metadata(enum dp_aspect aspect);

/* Whether the aspect is asked of such a process in this case at all. */
bool dp_aspect_applies(enum dp_aspect aspect, const struct dp_case *c,
		       enum dp_role role);

/* The most specific row that matches, or NULL (a hole in the table; a unit
 * test makes sure that there is none). */
const struct dp_guarantee *dp_guarantee_for(const struct dp_case *c,
					    enum dp_role role,
					    enum dp_aspect aspect);

/* Whether the row can be asked of units of this size, and of a page of that
 * (bytes): a unit of one page has no parts, and no file is mapped by entries
 * larger than a PMD (fs/dax.c:dax_iomap_fault). */
bool dp_guarantee_asks_unit(const struct dp_guarantee *g, uint64_t unit,
			    uint64_t page);

/* How many of its fields restrict a row. */
unsigned int dp_guarantee_specificity(const struct dp_guarantee *g);
bool dp_guarantee_matches(const struct dp_guarantee *g,
			  const struct dp_case *c, enum dp_role role);

#endif
