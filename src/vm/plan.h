/* SPDX-License-Identifier: GPL-2.0-only */
/* What the guest shall do: written by the host into the initramfs, read there
 * by the first process. Strings "key=value", each ended by a zero byte, since
 * arguments may hold anything else. */
#ifndef DP_VM_PLAN_H
#define DP_VM_PLAN_H

#include "base/why.h"
#include "model/pmem-spec.h"

#define DP_PLAN_PATH "/daxpoison.plan"
#define DP_PLAN_STRINGS 256	/* arguments, variables, modules: each */

struct dp_plan {
	char *args[DP_PLAN_STRINGS + 1];    /* the command; NULL-terminated */
	char *env[DP_PLAN_STRINGS + 1];	    /* "NAME=value"; NULL-terminated */
	char *modules[DP_PLAN_STRINGS + 1]; /* what to load; NULL-terminated */
	struct dp_pmem_spec pmem[DP_PMEM_MAX];
	unsigned int n_args, n_env, n_modules, n_pmem;
	bool tty;		/* the command gets a terminal */
	struct dp_buffer {
		char *data;	/* all of the above as one text; owned */
		size_t used, size;
	} text;
};

/* Zero-initialise to start; the strings given are copied. 0, -ENOMEM, or
 * -E2BIG where there are too many. */
int dp_plan_add_arg(struct dp_plan *plan, const char *arg);
int dp_plan_add_env(struct dp_plan *plan, const char *name, const char *value);
int dp_plan_add_module(struct dp_plan *plan, const char *name);
int dp_plan_add_pmem(struct dp_plan *plan, const struct dp_pmem_spec *spec);
int dp_plan_set_tty(struct dp_plan *plan);

/* Read a plan back. The pointers of `plan` point into `text`, which must live
 * as long. 0, or -EBADMSG with a reason. */
int dp_plan_parse(struct dp_plan *plan, char *text, size_t length,
		  struct dp_why *why);

void dp_plan_deinit(struct dp_plan *plan);

#endif
