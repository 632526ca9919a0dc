/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>

#include "out/json.h"

static void dp_add(struct json_object *to, const char *key,
		   struct json_object *value)
{
	json_object_object_add(to, key, value);
}

struct json_object *dp_json_hex(uint64_t n)
{
	char text[24];

	if (n == DP_PHYS_UNKNOWN)
		return NULL;
	snprintf(text, sizeof(text), "0x%" PRIx64, n);
	return json_object_new_string(text);
}

struct json_object *dp_json_text(const char *text)
{
	return text && *text ? json_object_new_string(text) : NULL;
}

struct json_object *dp_json_range(struct dp_range r)
{
	struct json_object *obj = json_object_new_object();

	dp_add(obj, "offset", json_object_new_uint64(r.offset));
	dp_add(obj, "length", json_object_new_uint64(r.length));
	return obj;
}

struct json_object *dp_json_ranges(const struct dp_ranges *ranges)
{
	struct json_object *array = json_object_new_array();

	for (uint32_t i = 0; i < ranges->n; i++)
		json_object_array_add(array, dp_json_range(ranges->at[i]));
	return array;
}

struct json_object *dp_json_tool(void)
{
	struct json_object *tool = json_object_new_object();

	dp_add(tool, "name", json_object_new_string("daxpoison"));
	dp_add(tool, "version", json_object_new_string(PACKAGE_VERSION));
	return tool;
}

struct json_object *dp_json_document(const struct dp_kernel *kernel)
{
	struct json_object *doc = json_object_new_object();
	struct json_object *k = json_object_new_object();

	if (!doc || !k) {
		json_object_put(doc);
		json_object_put(k);
		return NULL;
	}
	dp_add(k, "release", json_object_new_string(kernel->release));
	dp_add(k, "version", json_object_new_string(kernel->version));
	dp_add(k, "machine", json_object_new_string(kernel->machine));
	dp_add(doc, "schema", json_object_new_string("daxpoison/1"));
	dp_add(doc, "tool", dp_json_tool());
	dp_add(doc, "kernel", k);
	dp_add(doc, "targets", json_object_new_array());
	dp_add(doc, "cases", json_object_new_array());
	dp_add(doc, "dropped", json_object_new_array());
	dp_add(doc, "summary", json_object_new_object());
	return doc;
}

int dp_json_print(FILE *out, struct json_object *document)
{
	const char *text = json_object_to_json_string_ext(
		document, JSON_C_TO_STRING_PRETTY |
				  JSON_C_TO_STRING_NOSLASHESCAPE);

	if (!text || fputs(text, out) < 0 || fputc('\n', out) < 0 ||
	    fflush(out))
		return -EIO;
	return 0;
}
