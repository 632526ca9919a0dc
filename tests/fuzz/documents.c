/* SPDX-License-Identifier: GPL-2.0-only */
/* JSON that was recorded elsewhere. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "out/json-inventory.h"
#include "out/matrix.h"
#include "parsers.h"

/* What `print` writes, which must be text; it ends where the caller frees it. */
static char *dp_printed(int (*print)(FILE *, struct json_object *),
			struct json_object *doc)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	HOLDS(f);
	HOLDS(!print(f, doc));
	HOLDS(!fclose(f));
	HOLDS(size && strlen(text) == size);
	return text;
}

/* Whatever the document says, all forms of it can be printed; and what is
 * written can be merged again. */
void dp_fuzz_matrix(const uint8_t *data, size_t n)
{
	static int (*const forms[])(FILE *, struct json_object *) = {
		dp_matrix_print, dp_matrix_ktap, dp_matrix_junit,
		dp_matrix_html,	 dp_matrix_svg,
	};
	_cleanup_free_ char *text = dp_fuzz_text(data, n);
	struct json_object *doc, *matrix, *again;
	struct dp_why why = { "" };
	char *written;

	doc = dp_matrix_parse(text, n, &why);
	if (!doc) {
		HOLDS(why.text[0]);
		return;
	}
	matrix = dp_matrix_new();
	if (dp_matrix_take(matrix, doc, &why)) {
		HOLDS(why.text[0]);
		goto out;
	}
	dp_matrix_compare(matrix);
	HOLDS(dp_matrix_status(matrix) >= 0 && dp_matrix_status(matrix) <= 4);
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		free(dp_printed(forms[i], matrix));
	written = dp_printed(dp_json_print, matrix);
	again = dp_matrix_parse(written, strlen(written), NULL);
	HOLDS(again);
	json_object_put(again);
	free(written);
out:
	json_object_put(matrix);
	json_object_put(doc);
}

void dp_fuzz_inventory(const uint8_t *data, size_t n)
{
	_cleanup_free_ char *text = dp_fuzz_text(data, n), *written = NULL;
	struct dp_inventory inv = { 0 }, again = { 0 };
	struct dp_why why = { "" };
	struct json_object *doc;
	struct dp_kernel kernel;
	int rc;

	if (dp_json_inventory_read(text, n, &inv, &kernel, &why)) {
		HOLDS(why.text[0] && !inv.n);
		return;
	}
	doc = dp_json_inventory(&inv, &kernel);
	HOLDS(doc);
	written = dp_printed(dp_json_print, doc);
	json_object_put(doc);
	rc = dp_json_inventory_read(written, strlen(written), &again, &kernel,
				    &why);
	if (rc)
		fprintf(stderr, "%s\n", why.text);
	HOLDS(!rc && again.n == inv.n);
	for (size_t i = 0; i < inv.n; i++) {
		const struct dp_node *one = &inv.nodes[i],
				     *other = &again.nodes[i];

		HOLDS(one->type == other->type);
		HOLDS(one->size == other->size);
		HOLDS(one->available == other->available);
		HOLDS(one->align == other->align);
		HOLDS(one->phys == other->phys);
		HOLDS(!strcmp(one->name, other->name));
		HOLDS(!strcmp(one->uuid, other->uuid));
	}
	dp_inventory_deinit(&inv);
	dp_inventory_deinit(&again);
}
