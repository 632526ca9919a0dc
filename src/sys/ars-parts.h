/* SPDX-License-Identifier: GPL-2.0-only */
/* What injecting errors into a platform and clearing them have in common. */
#ifndef DP_SYS_ARS_PARTS_H
#define DP_SYS_ARS_PARTS_H

#include "model/target.h"
#include "sys/ndctl.h"

/* The namespace, as libndctl knows it. 0; -ERANGE where its data does not begin
 * where we reckon, so that blocks would be others. */
int dp_ars_namespace(struct ndctl_ctx *ctx, const struct dp_target *t,
		     struct ndctl_namespace **found);

/* Wait for a scrub under way, which could list again what is cleared meanwhile.
 * 0 or -ETIMEDOUT. */
int dp_ars_wait_idle(struct ndctl_namespace *ns);

/* Stop the namespace, clear these ranges of physical addresses, start it again.
 * 0; -EBUSY its device is in use; or another negative errno. */
int dp_ars_clear_stopped(struct ndctl_namespace *ns,
			 const struct dp_range *ranges, size_t n);

#endif
