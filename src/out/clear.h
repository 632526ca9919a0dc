/* SPDX-License-Identifier: GPL-2.0-only */
/* What was bad in a part of a target and what came of clearing it. */
#ifndef DP_OUT_CLEAR_H
#define DP_OUT_CLEAR_H

#include <stdio.h>

#include <json-c/json.h>

#include "model/clear.h"

/* For people, in two parts: what there is and what will be done, before that is
 * done; what came of it. */
void dp_clearing_print_plan(FILE *out, const struct dp_clearing *c);
void dp_clearing_print_result(FILE *out, const struct dp_clearing *c);

/* An object, owned by the caller. */
struct json_object *dp_json_clearing(const struct dp_clearing *c);

#endif
