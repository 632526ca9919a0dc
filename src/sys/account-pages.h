/* SPDX-License-Identifier: GPL-2.0-only */
/* /proc/kpageflags of the poisoned page, its neighbours, and the ends of its
 * unit, all of them pages of the target; Documentation/admin-guide/mm/
 * pagemap.rst. */
#ifndef DP_SYS_ACCOUNT_PAGES_H
#define DP_SYS_ACCOUNT_PAGES_H

#include "model/account.h"
#include "model/case.h"

/* `kpageflags` is the file, open. */
void dp_account_pages_begin(int kpageflags, const struct dp_case *c,
			    struct dp_account *out);
void dp_account_pages_end(int kpageflags, struct dp_account *out);

#endif
