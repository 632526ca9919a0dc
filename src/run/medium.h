/* SPDX-License-Identifier: GPL-2.0-only */
/* A case of a method that strikes the medium: nothing is mapped beforehand and
 * nobody is told; what user space gets of it, and taking it back. */
#ifndef DP_RUN_MEDIUM_H
#define DP_RUN_MEDIUM_H

#include "model/record.h"
#include "run/cast.h"

/* The injector's part: save the page, stand aside while the platform is asked,
 * then use the blocks as a program does. */
void dp_medium_body(const struct dp_part *part);

/* The platform's error taken back, the contents that the record holds written,
 * and the bad blocks counted that are left. Fills `seen`. 0, or negative errno
 * with a reason. */
int dp_medium_undo(const struct dp_record *r, const struct dp_target *t,
		   struct dp_platform_seen *seen, struct dp_why *why);

#endif
