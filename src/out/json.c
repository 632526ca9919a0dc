/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

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

/* By hand: json-c prints into a buffer, and leaves out what it gets no memory
 * for without a word. Errors stay with the stream. */
static void dp_print_string(FILE *out, const char *text, size_t n)
{
	static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";

	fputc('"', out);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = text[i];
		const char *at = c ? strchr(plain, c) : NULL;

		if (at)
			fprintf(out, "\\%c", letters[at - plain]);
		else if (c < ' ')
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void dp_print_value(FILE *out, struct json_object *value, int depth);

static void dp_print_object(FILE *out, struct json_object *obj, int depth)
{
	const char *before = "\n";

	fputc('{', out);
	json_object_object_foreach(obj, key, value) {
		fprintf(out, "%s%*s", before, 2 * depth + 2, "");
		dp_print_string(out, key, strlen(key));
		fputc(':', out);
		dp_print_value(out, value, depth + 1);
		before = ",\n";
	}
	fprintf(out, "\n%*s}", 2 * depth, "");
}

static void dp_print_array(FILE *out, struct json_object *array, int depth)
{
	size_t n = json_object_array_length(array);

	fputc('[', out);
	for (size_t i = 0; i < n; i++) {
		fprintf(out, "%s\n%*s", i ? "," : "", 2 * depth + 2, "");
		dp_print_value(out, json_object_array_get_idx(array, i),
			       depth + 1);
	}
	fprintf(out, "\n%*s]", 2 * depth, "");
}

static void dp_print_value(FILE *out, struct json_object *value, int depth)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		fputs("null", out);
		break;
	case json_type_boolean:
		fputs(json_object_get_boolean(value) ? "true" : "false", out);
		break;
	case json_type_int:
		if (json_object_get_int64(value) < 0)
			fprintf(out, "%" PRId64, json_object_get_int64(value));
		else
			fprintf(out, "%" PRIu64, json_object_get_uint64(value));
		break;
	case json_type_double:
		/* Of somebody else's document, as it stood there. */
		fputs(json_object_get_string(value) ?: "null", out);
		break;
	case json_type_string:
		dp_print_string(out, json_object_get_string(value),
				json_object_get_string_len(value));
		break;
	case json_type_object:
		dp_print_object(out, value, depth);
		break;
	case json_type_array:
		dp_print_array(out, value, depth);
		break;
	}
}

int dp_json_print(FILE *out, struct json_object *document)
{
	dp_print_value(out, document, 0);
	fputc('\n', out);
	return fflush(out) || ferror(out) ? -EIO : 0;
}
