/* SPDX-License-Identifier: GPL-2.0-only */
/* The JSON document: one fixed shape, whatever it holds. */
#ifndef DP_OUT_JSON_H
#define DP_OUT_JSON_H

#include <stdint.h>
#include <stdio.h>

#include <json-c/json.h>

#include "model/account.h"
#include "model/judge.h"
#include "model/kernel.h"
#include "model/plan.h"
#include "out/json-must.h"

/* A document with empty targets, cases and summary; every key is always there.
 * Owned by the caller (json_object_put). NULL when memory is short. */
struct json_object *dp_json_document(const struct dp_kernel *kernel);

/* The tool, as every document names it. Owned by the caller. */
struct json_object *dp_json_tool(void);

/* "0x1000"; null for DP_PHYS_UNKNOWN. */
struct json_object *dp_json_hex(uint64_t n);
/* A string; null for NULL or "". */
struct json_object *dp_json_text(const char *text);
struct json_object *dp_json_range(struct dp_range r);
struct json_object *dp_json_ranges(const struct dp_ranges *ranges);

/* Print the document and a newline. 0 or -EIO. */
int dp_json_print(FILE *out, struct json_object *document);

/* "kernel_account"; NULL for a case that was not run. */
struct json_object *dp_json_account(const struct dp_account *account);

/* One element of "targets" for a resolved target, and one of "cases"; `scene`
 * and `v` are NULL for a case that was planned and not run. */
struct json_object *dp_json_target(const struct dp_target *target);
struct json_object *dp_json_case(const struct dp_kernel *kernel,
				 const struct dp_case *c,
				 const struct dp_scene *scene,
				 const struct dp_case_verdict *v);

#endif
