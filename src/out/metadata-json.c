/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/format.h"
#include "out/metadata.h"

#define dp_add json_object_object_add
#define dp_str json_object_new_string
#define dp_int json_object_new_int64
#define dp_bool json_object_new_boolean

struct json_object *dp_metadata_document(const struct dp_kernel *kernel,
					 const struct dp_node *node,
					 const char *fs)
{
	struct json_object *doc = dp_json_document(kernel), *target;

	if (!doc)
		return NULL;
	dp_add(doc, "schema", dp_str("daxpoison-metadata/1"));
	json_object_object_del(doc, "targets");
	json_object_object_del(doc, "dropped");
	target = json_object_new_object();
	dp_add(target, "name", dp_str(node->name));
	dp_add(target, "device", dp_json_text(node->devnode));
	dp_add(target, "size", json_object_new_uint64(node->size));
	dp_add(target, "phys", dp_json_hex(node->data_phys));
	dp_add(target, "file_system", dp_str(fs));
	dp_add(doc, "target", target);
	return doc;
}

static struct json_object *dp_json_step(enum dp_metadata_step step,
					const struct dp_metadata_result *r)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *lines = json_object_new_array();
	bool counts = dp_metadata_counts(step) && r->tried;
	char said[DP_METADATA_LINE];

	dp_add(obj, "step", dp_str(dp_metadata_step_name(step)));
	dp_add(obj, "phase",
	       dp_str(dp_metadata_phase_name(dp_metadata_phase(step))));
	dp_add(obj, "tried", dp_bool(r->tried));
	dp_add(obj, "late", dp_bool(r->late));
	dp_add(obj, "stuck", dp_bool(r->stuck));
	dp_add(obj, "errno", r->err ? dp_str(dp_errno_name(r->err)) : NULL);
	dp_add(obj, "call", dp_json_text(r->call));
	dp_add(obj, "exit_status", r->status < 0 ? NULL : dp_int(r->status));
	dp_add(obj, "said",
	       *r->said ? dp_str(dp_printable(said, sizeof(said), r->said))
			: NULL);
	dp_add(obj, "ns", dp_int(r->ns));
	dp_add(obj, "good", counts ? dp_int(r->good) : NULL);
	dp_add(obj, "failed", counts ? dp_int(r->failed) : NULL);
	dp_add(obj, "wrong", counts ? dp_int(r->wrong) : NULL);
	dp_add(obj, "nameless", counts ? dp_int(r->nameless) : NULL);
	dp_add(obj, "near_failed", counts ? dp_int(r->near_failed) : NULL);
	for (uint32_t i = 0; i < dp_min(r->n_lines, DP_METADATA_LINES); i++)
		json_object_array_add(lines, dp_str(r->lines[i]));
	dp_add(obj, "kernel_log", lines);
	dp_add(obj, "kernel_log_lines", dp_int(r->n_lines));
	return obj;
}

static struct json_object *dp_json_poison(const struct dp_metadata_run *run)
{
	struct json_object *obj = json_object_new_object();

	dp_add(obj, "place", dp_str(dp_metadata_place_name(run->place)));
	dp_add(obj, "method", dp_str(dp_metadata_how_info(run->how)->name));
	dp_add(obj, "offset", json_object_new_uint64(run->at));
	dp_add(obj, "length", json_object_new_uint64(run->page));
	dp_add(obj, "block", json_object_new_uint64(run->at / 512));
	dp_add(obj, "phys", dp_json_hex(run->phys));
	dp_add(obj, "pfn",
	       dp_json_hex(run->phys == DP_PHYS_UNKNOWN
				   ? DP_PHYS_UNKNOWN
				   : run->phys / run->page));
	dp_add(obj, "listed", dp_bool(run->listed));
	dp_add(obj, "healed_by_file_system", dp_bool(run->mended));
	dp_add(obj, "healed_by_writing", dp_bool(run->healed));
	dp_add(obj, "cleared", dp_bool(run->cleared));
	dp_add(obj, "contents", dp_str(run->keep || run->mended ? "kept" : "lost"));
	return obj;
}

struct json_object *dp_metadata_json(const char *fs,
				     const struct dp_metadata_run *run,
				     const struct dp_metadata_verdict *v)
{
	struct json_object *obj = json_object_new_object(), *row;
	struct json_object *steps = json_object_new_array();
	struct json_object *did = json_object_new_object();
	struct json_object *promises = json_object_new_array();
	char id[DP_METADATA_ID];

	dp_add(obj, "id", dp_str(dp_metadata_id(id, fs, run)));
	dp_add(obj, "poison",
	       run->place == DP_PLACE_NOTHING ? NULL : dp_json_poison(run));
	dp_add(obj, "files", dp_int(DP_METADATA_FILES));
	dp_add(obj, "files_in_block", dp_int(run->near));
	dp_add(obj, "rmapbt", dp_bool(run->map.rmapbt));
	for (int p = DP_PHASE_WARM; p <= DP_PHASE_AGAIN; p++)
		dp_add(did, dp_metadata_phase_name(p),
		       dp_str(dp_metadata_did_name(dp_metadata_did(run, p))));
	dp_add(obj, "did", did);
	for (int s = 0; s < DP_METADATA_STEPS; s++)
		json_object_array_add(steps,
				      dp_json_step(s, &run->at_step[s]));
	dp_add(obj, "steps", steps);
	for (unsigned int i = 0; i < v->n; i++) {
		const struct dp_metadata_judgement *j = &v->at[i];

		row = json_object_new_object();
		dp_add(row, "id", dp_str(j->promise->id));
		dp_add(row, "strength",
		       dp_str(dp_strength_name(j->promise->strength)));
		dp_add(row, "verdict", dp_str(dp_verdict_name(j->verdict)));
		dp_add(row, "deviation",
		       j->deviation ? dp_str(dp_deviation_name(j->deviation))
				    : NULL);
		dp_add(row, "detail", dp_json_text(j->detail));
		json_object_array_add(promises, row);
	}
	dp_add(obj, "guarantees", promises);
	dp_add(obj, "verdict", dp_str(dp_verdict_name(v->verdict)));
	return obj;
}
