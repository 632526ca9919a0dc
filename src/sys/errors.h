/* SPDX-License-Identifier: GPL-2.0-only */
/* Errors of the medium and poisoned pages in a part of a target: to see them,
 * and to be rid of them. */
#ifndef DP_SYS_ERRORS_H
#define DP_SYS_ERRORS_H

#include "model/clear.h"

/* Everything that is known to be bad there. Sources: the region's badblocks;
 * libndctl, ndctl_namespace_injection_status(); /proc/kpageflags. */
void dp_errors_look(const struct dp_target *t, struct dp_range range,
		    struct dp_errors *seen);

/* Do one step to what was seen before. 0 or negative errno: -EBUSY in use.
 * After DP_CLEAR_STOPPED and DP_CLEAR_RENEW, the device has the same name.
 * `moved` counts the pages of a file that were given other blocks. */
int dp_errors_step(enum dp_clear_step step, const struct dp_target *t,
		   struct dp_range range, const struct dp_errors *seen,
		   uint64_t *moved);

/* errors-look.c: the next part of the range, from `*at` on, that lies in one
 * piece in memory; `*at` is moved behind it. False: there is none left. Holes
 * of a file are passed over. */
bool dp_errors_piece(const struct dp_target *t, struct dp_range range,
		     uint64_t *at, struct dp_range *piece);

#endif
