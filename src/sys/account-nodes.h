/* SPDX-License-Identifier: GPL-2.0-only */
/* /sys/devices/system/node/nodeN/memory_failure/NAME; Documentation/ABI/
 * testing/sysfs-memory-failure (mm/memory-failure.c). */
#ifndef DP_SYS_ACCOUNT_NODES_H
#define DP_SYS_ACCOUNT_NODES_H

#include "sys/account-read.h"

struct dp_account_nodes {
	uint32_t n;
	struct dp_account_file at[DP_ACCOUNT_COUNTERS];
};

/* `root` is an open directory, below which sys/ is. */
void dp_account_nodes_open(struct dp_account_nodes *a, int root);
void dp_account_nodes_close(struct dp_account_nodes *a);
void dp_account_nodes_begin(struct dp_account_nodes *a, struct dp_account *out);
void dp_account_nodes_end(struct dp_account_nodes *a, struct dp_account *out);

#endif
