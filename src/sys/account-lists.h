/* SPDX-License-Identifier: GPL-2.0-only */
/* The badblocks files of the target's region, and of the block devices on it;
 * block/badblocks.c:badblocks_show, drivers/nvdimm/region_devs.c. They stay
 * open until a case has another target. */
#ifndef DP_SYS_ACCOUNT_LISTS_H
#define DP_SYS_ACCOUNT_LISTS_H

#include "model/case.h"
#include "sys/account-read.h"

struct dp_account_lists {
	int root;		/* an open directory, below which sys/ is */
	uint32_t n;
	struct dp_account_file at[DP_ACCOUNT_LISTS];
	const struct dp_target *of; /* NULL: no target's */
};

void dp_account_lists_close(struct dp_account_lists *a);
void dp_account_lists_begin(struct dp_account_lists *a, const struct dp_case *c,
			    struct dp_account *out);
void dp_account_lists_end(struct dp_account_lists *a, struct dp_account *out);

#endif
