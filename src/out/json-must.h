/* SPDX-License-Identifier: GPL-2.0-only */
/* A document in which a value is missing since memory was short looks like a
 * whole one. json-c tells it at each step by NULL or -1; here any of them ends
 * the process, with a word and status 4, as if it had been killed: what must be
 * put back, the journal knows. So nothing that builds documents has to look. */
#ifndef DP_OUT_JSON_MUST_H
#define DP_OUT_JSON_MUST_H

#include <json-c/json.h>

#include "base/log.h"

static inline struct json_object *dp_json_made(struct json_object *obj)
{
	if (!obj)
		dp_out_of_memory();
	return obj;
}

static inline int dp_json_done(int rc)
{
	if (rc)
		dp_out_of_memory();
	return 0;
}

#define json_object_new_object() dp_json_made((json_object_new_object)())
#define json_object_new_array() dp_json_made((json_object_new_array)())
#define json_object_new_string(text)                                           \
	dp_json_made((json_object_new_string)(text))
#define json_object_new_string_len(text, n)                                    \
	dp_json_made((json_object_new_string_len)(text, n))
#define json_object_new_boolean(n) dp_json_made((json_object_new_boolean)(n))
#define json_object_new_int(n) dp_json_made((json_object_new_int)(n))
#define json_object_new_int64(n) dp_json_made((json_object_new_int64)(n))
#define json_object_new_uint64(n) dp_json_made((json_object_new_uint64)(n))
#define json_object_object_add(obj, key, value)                                \
	dp_json_done((json_object_object_add)(obj, key, value))
#define json_object_array_add(array, value)                                    \
	dp_json_done((json_object_array_add)(array, value))

#endif
