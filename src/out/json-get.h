/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading documents that somebody else wrote: what is missing or of another
 * type reads as nothing, and never crashes. Everything returned is borrowed. */
#ifndef DP_OUT_JSON_GET_H
#define DP_OUT_JSON_GET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out/json-must.h"

/* A member of an object; NULL for null, for no such member, for no object. */
struct json_object *dp_get(struct json_object *obj, const char *key);

/* A member that is a string; "" for anything else. */
const char *dp_get_text(struct json_object *obj, const char *key);

/* A member that is a number of 0 or more; 0 for anything else. */
uint64_t dp_get_u64(struct json_object *obj, const char *key);
bool dp_get_bool(struct json_object *obj, const char *key);

/* Elements of a member that is an array; none for anything else. */
size_t dp_get_n(struct json_object *obj, const char *key);
struct json_object *dp_get_at(struct json_object *obj, const char *key,
			      size_t i);

#endif
