/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>

#include <json-c/json.h>

#include "base/format.h"
#include "model/method.h"
#include "out/json.h"
#include "out/methods.h"
#include "out/wrap.h"

static void dp_print_method(FILE *out, const struct dp_method_info *info)
{
	char needs[512] = "";

	for (int n = 0; n < DP_NEED_MAX; n++)
		if (info->needs & DP_BIT(n))
			dp_append(needs, sizeof(needs), "%s%s",
				  *needs ? "; " : "", dp_need_text(n));
	fprintf(out, "%s%s\n", info->name,
		info->refused ? " (must be refused)" : "");
	dp_wrap(out, 2, "does", info->summary);
	if (info->caveat)
		dp_wrap(out, 2, "but", info->caveat);
	dp_wrap(out, 2, "simulates", info->simulates);
	dp_wrap(out, 2, "needs", needs);
	dp_wrap(out, 2, "leaves", info->leaves);
	dp_wrap(out, 2, "undo", info->undo);
	fputc('\n', out);
}

static struct json_object *dp_json_method(const struct dp_method_info *info)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *needs = json_object_new_array();

	json_object_object_add(obj, "method", dp_json_text(info->name));
	json_object_object_add(obj, "does", dp_json_text(info->summary));
	json_object_object_add(obj, "simulates", dp_json_text(info->simulates));
	for (int n = 0; n < DP_NEED_MAX; n++)
		if (info->needs & DP_BIT(n))
			json_object_array_add(needs,
					      dp_json_text(dp_need_text(n)));
	json_object_object_add(obj, "needs", needs);
	json_object_object_add(obj, "from_outside",
			       json_object_new_boolean(info->from_outside));
	json_object_object_add(obj, "refused",
			       json_object_new_boolean(info->refused));
	json_object_object_add(obj, "caveat", dp_json_text(info->caveat));
	json_object_object_add(obj, "leaves", dp_json_text(info->leaves));
	json_object_object_add(obj, "undo", dp_json_text(info->undo));
	return obj;
}

static int dp_print_json(FILE *out)
{
	struct json_object *array = json_object_new_array();
	int rc;

	if (!array)
		return -ENOMEM;
	for (int m = 0; m < DP_METHOD_MAX; m++)
		json_object_array_add(array, dp_json_method(dp_method_info(m)));
	rc = dp_json_print(out, array);
	json_object_put(array);
	return rc;
}

int dp_methods_print(FILE *out, bool json)
{
	if (json)
		return dp_print_json(out);
	for (int m = 0; m < DP_METHOD_MAX; m++)
		dp_print_method(out, dp_method_info(m));
	return ferror(out) ? -EIO : 0;
}

void dp_methods_names(FILE *out)
{
	for (int m = 0; m < DP_METHOD_MAX; m++)
		fprintf(out, "%s\n", dp_method_name(m));
}
