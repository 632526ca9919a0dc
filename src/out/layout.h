/* SPDX-License-Identifier: GPL-2.0-only */
/* How a file lies in memory, and by what units it can be mapped. */
#ifndef DP_OUT_LAYOUT_H
#define DP_OUT_LAYOUT_H

#include <stdio.h>

#include <json-c/json.h>

#include "model/target.h"

/* As a table for people. `page` is the base page size in bytes. 0 or negative
 * errno. */
int dp_layout_print(FILE *out, const struct dp_target *target, uint64_t page);

/* {"offset", "length", "phys", "state", "unit", "why"}: an array of stretches.
 * Owned by the caller; NULL when memory is short. */
struct json_object *dp_json_layout(const struct dp_target *target,
				   uint64_t page);

#endif
