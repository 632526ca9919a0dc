/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DP_TESTS_TEXT_OF_H
#define DP_TESTS_TEXT_OF_H

#include <check.h>
#include <stdio.h>
#include <json-c/json_object.h>

/* What `print` makes of a document; the caller frees it. */
static inline char *dp_text_of(int (*print)(FILE *, struct json_object *),
			struct json_object *doc)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	ck_assert_int_eq(print(f, doc), 0);
	fclose(f);
	return text;
}

#endif
