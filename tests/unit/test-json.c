/* SPDX-License-Identifier: GPL-2.0-only */
/* What is printed is what json-c makes of it, byte for byte. */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "out/json.h"
#include "text-of.h"
#include "unit.h"

static void dp_expect_same(struct json_object *doc)
{
	_cleanup_free_ char *text = dp_text_of(dp_json_print, doc);
	size_t n = strlen(text);

	ck_assert_int_eq(text[n - 1], '\n');
	text[n - 1] = '\0';
	ck_assert_str_eq(text, json_object_to_json_string_ext(
		doc, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(doc);
}

START_TEST(documents)
{
	static const char *const texts[] = {
		"{}", "[]", "null", "true", "-1", "\"\"",
		"{\"a\":[],\"b\":{},\"c\":[[],{}],\"d\":null}",
		"[1,-9223372036854775808,18446744073709551615,0]",
		"[1.50,1e300,-0.0]",
		"{\"a\\\"b\":\"\\u0001\\u001f\\b\\f\\n\\r\\t/\\\\\\\"\\u00e4\\u007f\"}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		dp_expect_same(json_tokener_parse(texts[i]));
}
END_TEST

START_TEST(a_string_may_hold_anything)
{
	char all[256];

	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = i;
	dp_expect_same(json_object_new_string_len(all, sizeof(all)));
}
END_TEST

/* A disk that is full, a reader that has gone. */
START_TEST(what_cannot_be_written_is_told)
{
	struct json_object *doc = json_object_new_object();
	FILE *full = fopen("/dev/full", "w");

	ck_assert_ptr_nonnull(full);
	ck_assert_int_eq(dp_json_print(full, doc), -EIO);
	fclose(full);
	json_object_put(doc);
}
END_TEST

UNIT_SUITE("json", &documents, &a_string_may_hold_anything,
	   &what_cannot_be_written_is_told)
