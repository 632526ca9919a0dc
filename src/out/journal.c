/* SPDX-License-Identifier: GPL-2.0-only */
#include <inttypes.h>

#include "base/format.h"
#include "out/journal.h"
#include "out/json.h"

void dp_record_print(FILE *out, const struct dp_record_row *row)
{
	const struct dp_record *r = row->record;
	char when[DP_WHEN_TEXT];

	fprintf(out, "%s: %s\n", row->id, row->said);
	if (!r)
		return;
	dp_when_text(when, r->when);
	fprintf(out, "    %s, page 0x%" PRIx64 ", %s; process %d, %s; %u pages saved, %s\n",
		r->name, r->poison, dp_method_name(r->method), r->pid, when,
		dp_record_pages(r), dp_record_state_name(r->state));
}

struct json_object *dp_json_record(const struct dp_record_row *row)
{
	struct json_object *obj = json_object_new_object();
	const struct dp_record *r = row->record;
	char when[DP_WHEN_TEXT];

	json_object_object_add(obj, "id", json_object_new_string(row->id));
	json_object_object_add(obj, "said", json_object_new_string(row->said));
	json_object_object_add(obj, "left", json_object_new_boolean(row->left));
	json_object_object_add(obj, "target", dp_json_text(r ? r->name : NULL));
	json_object_object_add(obj, "uuid", dp_json_text(r ? r->uuid : NULL));
	json_object_object_add(obj, "state", dp_json_text(
			r ? dp_record_state_name(r->state) : NULL));
	json_object_object_add(obj, "method", dp_json_text(
			r ? dp_method_name(r->method) : NULL));
	json_object_object_add(obj, "offset",
			       r ? json_object_new_uint64(r->poison) : NULL);
	json_object_object_add(obj, "pages",
			       r ? json_object_new_int64(dp_record_pages(r)) : NULL);
	json_object_object_add(obj, "pid",
			       r ? json_object_new_int(r->pid) : NULL);
	if (r)
		dp_when_text(when, r->when);
	json_object_object_add(obj, "when", dp_json_text(r ? when : NULL));
	json_object_object_add(obj, "boot_id",
			       dp_json_text(r ? r->boot_id : NULL));
	return obj;
}
