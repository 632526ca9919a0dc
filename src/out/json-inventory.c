/* SPDX-License-Identifier: GPL-2.0-only */
#include "out/columns.h"
#include "out/json-inventory.h"

struct json_object *dp_json_inventory(const struct dp_inventory *inv,
				      const struct dp_kernel *kernel)
{
	struct json_object *doc = dp_json_document(kernel);
	struct json_object *targets;

	if (!doc)
		return NULL;
	targets = json_object_object_get(doc, "targets");
	for (size_t i = 0; i < inv->n; i++) {
		const struct dp_cell cell = { .inv = inv, .index = i };
		struct json_object *node = json_object_new_object();

		for (int c = 0; node && c < DP_COL_MAX; c++)
			if (dp_columns[c].key)
				json_object_object_add(node, dp_columns[c].key,
						       dp_columns[c].json(&cell));
		if (!node || json_object_array_add(targets, node)) {
			json_object_put(node);
			json_object_put(doc);
			return NULL;
		}
	}
	return doc;
}
