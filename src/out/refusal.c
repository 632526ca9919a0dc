/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>

#include "model/refusal.h"
#include "out/json.h"
#include "out/refusal.h"

struct json_object *dp_json_refusal(const char *reason)
{
	struct json_object *obj = json_object_new_object();
	enum dp_refusal refusal = dp_refusal_of(reason);

	json_object_object_add(obj, "id", dp_json_text(
			refusal == DP_REFUSED_MAX
				? NULL
				: dp_refusal_info(refusal)->id));
	json_object_object_add(obj, "reason", json_object_new_string(reason));
	return obj;
}

int dp_refusal_print(FILE *out, const struct dp_kernel *kernel,
		     const char *reason)
{
	struct json_object *doc = dp_json_document(kernel);
	int rc;

	if (!doc)
		return -ENOMEM;
	json_object_object_add(doc, "refusal", dp_json_refusal(reason));
	rc = dp_json_print(out, doc);
	json_object_put(doc);
	return rc;
}
