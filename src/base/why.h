/* SPDX-License-Identifier: GPL-2.0-only */
/* A reason that travels up beside a negative errno: the layer that knows what
 * went wrong words it, the layer that talks to the user prints it, once. */
#ifndef DP_BASE_WHY_H
#define DP_BASE_WHY_H

#include "base/macros.h"

struct dp_why {
	char text[384];
};

/* Word the reason (over any older one) and return `err`, which is a negative
 * errno. `why` may be NULL. */
int dp_why(struct dp_why *why, int err, const char *fmt, ...) dp_printf(3, 4);

/* The reason, or the errno's own text where none was worded. */
const char *dp_why_text(const struct dp_why *why, int err);

#endif
