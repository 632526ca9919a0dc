/* SPDX-License-Identifier: GPL-2.0-only */
/* What the guest shall do: written by the host into the initramfs, read there
 * by the first process. Strings "key=value", each ended by a zero byte, since
 * arguments may hold anything else. */
#ifndef DP_VM_ORDERS_H
#define DP_VM_ORDERS_H

#include "base/why.h"
#include "model/pmem-spec.h"

#define DP_ORDERS_PATH "/daxpoison.orders"
#define DP_ORDERS_STRINGS 256	/* arguments, variables, modules: each */

struct dp_orders {
	char *args[DP_ORDERS_STRINGS + 1];    /* the command; NULL-terminated */
	char *env[DP_ORDERS_STRINGS + 1];	    /* "NAME=value"; NULL-terminated */
	char *modules[DP_ORDERS_STRINGS + 1]; /* what to load; NULL-terminated */
	struct dp_pmem_spec pmem[DP_PMEM_MAX];
	struct dp_pmem_spec nfit_test[DP_NFIT_TEST_MAX]; /* namespaces in it */
	unsigned int n_args, n_env, n_modules, n_pmem, n_nfit_test;
	bool tty;		/* the command gets a terminal */
	struct dp_buffer {
		char *data;	/* all of the above as one text; owned */
		size_t used, size;
	} text;
};

/* Zero-initialise to start; the strings given are copied. 0, -ENOMEM, or
 * -E2BIG where there are too many. */
int dp_orders_add_arg(struct dp_orders *orders, const char *arg);
int dp_orders_add_env(struct dp_orders *orders, const char *name, const char *value);
int dp_orders_add_module(struct dp_orders *orders, const char *name);
int dp_orders_add_pmem(struct dp_orders *orders, const struct dp_pmem_spec *spec);
int dp_orders_add_nfit_test(struct dp_orders *orders,
			    const struct dp_pmem_spec *spec);
int dp_orders_set_tty(struct dp_orders *orders);

/* Read a orders back. The pointers of `orders` point into `text`, which must live
 * as long. 0, or -EBADMSG with a reason. */
int dp_orders_parse(struct dp_orders *orders, char *text, size_t length,
		  struct dp_why *why);

void dp_orders_deinit(struct dp_orders *orders);

#endif
