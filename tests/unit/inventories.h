/* SPDX-License-Identifier: GPL-2.0-only */
/* Recorded inventories for unit tests. */
#ifndef DP_TESTS_INVENTORIES_H
#define DP_TESTS_INVENTORIES_H

#include <stdio.h>

#include "base/cleanup.h"
#include "out/json-inventory.h"
#include "unit.h"

/* The text of tests/dumps/NAME.json; owned by the caller. */
static inline char *dp_dump_text(const char *name)
{
	const char *srcdir = getenv("srcdir");
	_cleanup_fclose_ FILE *f = NULL;
	char path[512], *text = calloc(1, 65536);

	snprintf(path, sizeof(path), "%s/tests/dumps/%s.json",
		 srcdir ? srcdir : ".", name);
	f = fopen(path, "r");
	ck_assert_msg(f && text, "no dump %s", path);
	ck_assert_uint_lt(fread(text, 1, 65535, f), 65535);
	return text;
}

static inline void dp_dump_read(const char *name, struct dp_inventory *inv,
				struct dp_kernel *kernel)
{
	_cleanup_free_ char *text = dp_dump_text(name);
	struct dp_why why = { "" };
	int rc;

	rc = dp_json_inventory_read(text, strlen(text), inv, kernel, &why);
	ck_assert_msg(rc == 0, "%s: %s", name, why.text);
}

#endif
