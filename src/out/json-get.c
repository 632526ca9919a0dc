/* SPDX-License-Identifier: GPL-2.0-only */
#include "out/json-get.h"

struct json_object *dp_get(struct json_object *obj, const char *key)
{
	struct json_object *value = NULL;

	if (json_object_is_type(obj, json_type_object))
		json_object_object_get_ex(obj, key, &value);
	return value;
}

const char *dp_get_text(struct json_object *obj, const char *key)
{
	struct json_object *value = dp_get(obj, key);

	return json_object_is_type(value, json_type_string)
		       ? json_object_get_string(value)
		       : "";
}

uint64_t dp_get_u64(struct json_object *obj, const char *key)
{
	struct json_object *value = dp_get(obj, key);

	/* A negative number reads as 0: json_object_get_uint64(). */
	return json_object_is_type(value, json_type_int)
		       ? json_object_get_uint64(value)
		       : 0;
}

bool dp_get_bool(struct json_object *obj, const char *key)
{
	struct json_object *value = dp_get(obj, key);

	return json_object_is_type(value, json_type_boolean) &&
	       json_object_get_boolean(value);
}

size_t dp_get_n(struct json_object *obj, const char *key)
{
	struct json_object *value = dp_get(obj, key);

	return json_object_is_type(value, json_type_array)
		       ? json_object_array_length(value)
		       : 0;
}

struct json_object *dp_get_at(struct json_object *obj, const char *key,
			      size_t i)
{
	return i < dp_get_n(obj, key)
		       ? json_object_array_get_idx(dp_get(obj, key), i)
		       : NULL;
}
