/* SPDX-License-Identifier: GPL-2.0-only */
/* Why nothing was done, for machines. */
#ifndef DP_OUT_REFUSAL_H
#define DP_OUT_REFUSAL_H

#include <stdio.h>

#include <json-c/json.h>

#include "model/kernel.h"

/* The id of the row of model/refusal.h that the reason comes from, or null, and
 * the reason. Owned by the caller. */
struct json_object *dp_json_refusal(const char *reason);

/* A whole document with nothing else in it. 0 or negative errno. */
int dp_refusal_print(FILE *out, const struct dp_kernel *kernel,
		     const char *reason);

#endif
