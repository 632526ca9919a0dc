/* SPDX-License-Identifier: GPL-2.0-only */
/* The sources of an account that have a file of their own. */
#ifndef DP_SYS_ACCOUNT_PARTS_H
#define DP_SYS_ACCOUNT_PARTS_H

#include "sys/account.h"

void dp_account_lacks(char missing[DP_SOURCE_MAX][DP_ACCOUNT_WHY],
		      enum dp_source source, const char *fmt, ...)
	dp_printf(3, 4);

/* All of a file of /proc or /sys that is generated for each read from its
 * start, ended by a NUL: at most `size` - 1 bytes, by one read. Its length, or
 * negative errno. */
int dp_account_reread(int fd, char *buf, size_t size);
int dp_account_reread_u64(int fd, uint64_t *n);

/* memory_failure_event, of whichever event system has it, in a trace instance
 * of our own that goes with the tracer. NULL with the reason in `missing`.
 * Instances that a killed daxpoison has left behind are removed. */
struct dp_tracer *
dp_tracer_new(char missing[DP_SOURCE_MAX][DP_ACCOUNT_WHY]);
void dp_tracer_free(struct dp_tracer *t);
/* Forget what was traced up to here; take what has been traced since. */
void dp_tracer_begin(struct dp_tracer *t);
void dp_tracer_end(struct dp_tracer *t, struct dp_account *out);

/* /sys/devices/system/node/nodeN/memory_failure/NAME; Documentation/ABI/
 * testing/sysfs-memory-failure (mm/memory-failure.c). */
void dp_account_nodes_open(struct dp_accountant *a);
void dp_account_nodes_close(struct dp_accountant *a);
void dp_account_nodes_begin(struct dp_accountant *a, struct dp_account *out);
void dp_account_nodes_end(struct dp_accountant *a, struct dp_account *out);

/* /proc/kpageflags of the poisoned page, its neighbours, and the ends of its
 * unit, all of them pages of the target; Documentation/admin-guide/mm/
 * pagemap.rst. */
void dp_account_pages_begin(struct dp_accountant *a, const struct dp_case *c,
			    struct dp_account *out);
void dp_account_pages_end(struct dp_accountant *a, struct dp_account *out);

/* The badblocks files of the target's region, and of the block devices on it;
 * block/badblocks.c:badblocks_show, drivers/nvdimm/region_devs.c. They stay
 * open until a case has another target. */
void dp_account_lists_close(struct dp_accountant *a);
void dp_account_lists_begin(struct dp_accountant *a, const struct dp_case *c,
			    struct dp_account *out);
void dp_account_lists_end(struct dp_accountant *a, struct dp_account *out);

#endif
