/* SPDX-License-Identifier: GPL-2.0-only */
/* Who maps the target beside the injector's own mapping: a process, with what
 * it asks of the kernel and how it takes a SIGBUS; or the injector itself once
 * more, a further view. */
#ifndef DP_MODEL_BYSTANDER_H
#define DP_MODEL_BYSTANDER_H

#include <stdint.h>

#include "base/why.h"

#define DP_BYSTANDERS_MAX 64
#define DP_BYSTANDER_TEXT 128
#define DP_VIEWS_MAX 24	/* of the bystanders: views of the injector */
/* The words of a specification, as help and completion show them. */
#define DP_BYSTANDER_WORDS                                                     \
	"early|late|default|catch|block|ignore|none|unfaulted|after|forked|skewed|readonly|tail|threaded"
#define DP_VIEW_WORDS "plain|unfaulted|after|lazy|skewed|readonly|tail"

/* PR_MCE_KILL, see prctl(2). */
enum dp_policy {
	DP_POLICY_EARLY,
	DP_POLICY_LATE,
	DP_POLICY_DEFAULT,
	DP_POLICY_MAX,
};

/* What it does about SIGBUS. */
enum dp_handler {
	DP_HANDLER_CATCH,
	DP_HANDLER_BLOCK,	/* blocked: it stays pending */
	DP_HANDLER_IGNORE,	/* SIG_IGN */
	DP_HANDLER_NONE,	/* SIG_DFL: it dies */
	DP_HANDLER_MAX,
};

struct dp_bystander {
	uint64_t offset;	/* bytes into the target; see `placed` */
	uint64_t length;	/* bytes; 0: to where the injector's mapping
				 * ends */
	bool placed;		/* maps from `offset` on, not from where the
				 * injector's mapping begins */
	bool view;		/* no process: a mapping of the injector's */
	uint8_t policy;		/* enum dp_policy */
	uint8_t handler;	/* enum dp_handler */
	bool unfaulted;		/* maps, but never touches */
	bool after;		/* maps after the injector, not before it */
	bool lazy;		/* a view: mapped before the injector's own,
				 * touched after that was */
	bool readonly;		/* maps what it has opened for reading only */
	bool tail;		/* maps from the unit with the poisoned page on;
				 * of a file, from that page on */
	bool skewed;		/* files: at an address that allows no unit but
				 * the smallest */
	bool other;		/* files: maps one that has the same blocks */
	bool forked;		/* from the injector, whose mapping it inherits;
				 * page tables it has to fill itself */
	bool threaded;		/* a second thread has the policy; the one that
				 * faults has none */
};

const char *dp_policy_name(enum dp_policy policy);
/* The value with this name, or -EINVAL. */
int dp_policy_from_name(const char *name);

/* "early", "late,block", "early,unfaulted,after", "default*64",
 * "late,skewed": words in any order, each axis at most once, and how many such
 * processes. Appends to list[*n], at most DP_BYSTANDERS_MAX in all. 0, -E2BIG
 * or -EINVAL with a reason. Besides, "offset=2M" and "length=4M": the part of
 * the target, where it is not that of the injector. */
int dp_bystander_parse(const char *text, struct dp_bystander *list,
		       unsigned int *n, struct dp_why *why);

/* "plain", "unfaulted", "skewed,lazy*2", ...: the same for views of the
 * injector, at most DP_VIEWS_MAX of them. */
int dp_view_parse(const char *text, struct dp_bystander *list, unsigned int *n,
		  struct dp_why *why);

/* The words that make it, leaving out what is the default. Returns buf. */
const char *dp_bystander_text(char buf[DP_BYSTANDER_TEXT],
			      const struct dp_bystander *b);

#endif
