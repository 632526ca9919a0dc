/* SPDX-License-Identifier: GPL-2.0-only */
/* The ways to inject, a row each: what it simulates, what it needs, whom it
 * strikes, what it leaves behind and how that is undone. */
#ifndef DP_MODEL_METHOD_H
#define DP_MODEL_METHOD_H

#include "model/axes.h"
#include "model/bystander.h"

/* What a method needs of kernel, process and target, beside a target that can
 * be opened and mapped. */
enum dp_need {
	DP_NEED_MEMORY_FAILURE,	/* CONFIG_MEMORY_FAILURE */
	DP_NEED_SYS_ADMIN,	/* CAP_SYS_ADMIN */
	DP_NEED_PHYS,		/* the target's physical address is known */
	DP_NEED_HWPOISON_INJECT, /* debugfs file hwpoison/corrupt-pfn */
	DP_NEED_HARD_OFFLINE,	/* sysfs file hard_offline_page */
	DP_NEED_SOFT_OFFLINE,	/* sysfs file soft_offline_page */
	DP_NEED_ARS,		/* a bus that can be told of errors */
	DP_NEED_EINJ,		/* debugfs files apei/einj */
	DP_NEED_AGENT,		/* a guest of daxpoison vm, and its host */
	DP_NEED_MAX,
};

struct dp_method_info {
	const char *name;
	const char *summary;	/* what is called */
	const char *simulates;	/* what it stands for */
	unsigned int needs;	/* of DP_BIT(enum dp_need) */
	/* Done by a process that does not map the page, so that none of those
	 * that do is the one whose access failed: they are told "action
	 * optional", if they asked for early kill. */
	bool from_outside;
	bool refused;		/* DAX memory must be refused */
	bool on_demand;		/* in no plan unless it was asked for */
	bool medium;		/* strikes the medium: no page is mapped, nobody
				 * is told, only bad blocks are judged */
	bool announced;		/* someone else injects: tell where */
	unsigned int wait;	/* seconds until it has shown, by default */
	const char *caveat;	/* what to know before it is trusted; or NULL */
	const char *leaves;	/* what stays behind */
	const char *undo;
};

const struct dp_method_info *dp_method_info(enum dp_method method);

/* "the module hwpoison_inject and debugfs" */
const char *dp_need_text(enum dp_need need);

/* What an injecting process should ask of the kernel by default, so that this
 * method has something to tell it. */
enum dp_policy dp_method_policy(enum dp_method method);

/* Why an injection did not take place: negative errno. The codes that mean
 * something of their own here are worded, the others are the system's. */
const char *dp_method_error(int err);

/* All names, in order, joined by "|"; the buffer is returned. */
#define DP_METHOD_NAMES 256
const char *dp_method_names(char buf[DP_METHOD_NAMES]);

#endif
