/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/list-files.h"
#include "out/json.h"
#include "out/layout.h"
#include "sys/find-file.h"
#include "sys/find.h"
#include "sys/kernel.h"

/* One file, onto stdout or as an element of `list`. 0 or negative errno with a
 * reason. */
static int dp_list_file(const struct dp_inventory *inv, const char *name,
			struct json_object *list, struct dp_why *why)
{
	_cleanup_free_ struct dp_target *t = calloc(1, sizeof(*t));
	uint64_t page = sysconf(_SC_PAGESIZE);
	struct json_object *obj;
	int rc;

	if (!t)
		return -ENOMEM;
	rc = dp_find_file(inv, name, t, why);
	if (!rc && t->is_dir)
		rc = dp_why(why, -EISDIR, "%s is a directory; name a file", name);
	if (rc)
		return rc;
	if (list) {
		obj = dp_json_target(t);
		json_object_object_add(obj, "layout", dp_json_layout(t, page));
		json_object_array_add(list, obj);
	} else {
		rc = dp_layout_print(stdout, t, page);
	}
	dp_find_release(t);
	return rc;
}

int dp_list_files(const struct dp_globals *globals, char *const *names,
		  int n_names)
{
	_cleanup_(dp_inventory_deinit) struct dp_inventory inv = { 0 };
	struct json_object *doc = NULL, *list = NULL;
	int status = DP_EXIT_HELD, rc;
	struct dp_why why = { "" };
	struct dp_kernel kernel;

	dp_kernel_get(&kernel);
	rc = dp_find_all(&inv, &why);
	if (!rc && globals->json) {
		doc = dp_json_document(&kernel);
		list = json_object_object_get(doc, "targets");
	}
	for (int i = 0; i < n_names && !rc; i++) {
		struct dp_why one = { "" };
		int bad = dp_list_file(&inv, names[i], list, &one);

		if (!bad)
			continue;
		dp_error("%s", dp_why_text(&one, bad));
		status = DP_EXIT_NOT_JUDGED;
	}
	if (doc)
		rc = dp_json_print(stdout, doc);
	json_object_put(doc);
	if (!rc)
		return status;
	dp_error("%s", dp_why_text(&why, rc));
	return DP_EXIT_FAILED;
}
