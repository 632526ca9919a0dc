/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>

#include "base/format.h"
#include "out/decode.h"
#include "out/json.h"

#define dp_add json_object_object_add
#define dp_int json_object_new_int64
#define dp_str json_object_new_string

/* null for "". */
static struct json_object *dp_clean(const char *text)
{
	char clean[512];

	return *text ? dp_str(dp_printable(clean, sizeof(clean), text)) : NULL;
}

static struct json_object *dp_json_statements(const struct dp_statements *s)
{
	struct json_object *array = json_object_new_array(), *obj;

	for (unsigned int i = 0; i < s->n; i++) {
		const struct dp_guarantee *g = s->at[i].guarantee;

		obj = json_object_new_object();
		dp_add(obj, "topic", dp_str(dp_topic_name(s->at[i].topic)));
		dp_add(obj, "text", dp_clean(s->at[i].text));
		dp_add(obj, "guarantee", g ? dp_str(g->id) : NULL);
		dp_add(obj, "strength",
		       g ? dp_str(dp_strength_name(g->strength)) : NULL);
		json_object_array_add(array, obj);
	}
	return array;
}

static struct json_object *dp_json_part(const struct dp_told_part *part)
{
	struct json_object *obj = json_object_new_object();

	dp_add(obj, "path", dp_clean(part->map->path));
	dp_add(obj, "start", dp_json_hex(part->start));
	dp_add(obj, "offset", json_object_new_uint64(part->offset));
	dp_add(obj, "length",
	       json_object_new_uint64(part->end - part->start));
	return obj;
}

static struct json_object *dp_json_process(const char *comm, int pid)
{
	struct json_object *obj = json_object_new_object();

	dp_add(obj, "comm", dp_clean(comm));
	dp_add(obj, "pid", dp_int(pid));
	return obj;
}

static struct json_object *dp_json_told(const struct dp_decoding *d)
{
	const struct dp_told *t = d->told;
	const char *name = dp_signal_code_name(t->signal.code);
	struct dp_range r = dp_signal_reported(&t->signal);
	struct json_object *obj = json_object_new_object();
	struct json_object *parts = json_object_new_array();
	struct json_object *reported = NULL;
	struct dp_statements s;
	struct dp_told_part part;

	dp_add(obj, "code", dp_json_text(name));
	dp_add(obj, "si_code", dp_int(t->signal.code));
	dp_add(obj, "addr", dp_json_hex(t->signal.addr));
	dp_add(obj, "lsb", dp_int(t->signal.lsb));
	dp_add(obj, "process",
	       d->core && d->core->have_process
		       ? dp_json_process(d->core->comm, d->core->pid)
		       : NULL);
	if (r.length) {
		reported = json_object_new_object();
		dp_add(reported, "start", dp_json_hex(r.offset));
		dp_add(reported, "length",
		       json_object_new_uint64(r.length));
	}
	dp_add(obj, "reported", reported);
	for (size_t i = 0; i < t->n_maps; i++)
		if (dp_told_part(t, i, &part))
			json_object_array_add(parts, dp_json_part(&part));
	dp_add(obj, "parts", parts);
	dp_decode_signal(t, &s);
	dp_add(obj, "statements", dp_json_statements(&s));
	return obj;
}

static struct json_object *dp_json_incident(const struct dp_incident *in)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *told = json_object_new_array(), *one;
	struct dp_statements s;

	dp_add(obj, "line", json_object_new_uint64(in->line));
	dp_add(obj, "lines", dp_int(in->lines));
	dp_add(obj, "cause", dp_str(dp_klog_what_name(in->cause)));
	dp_add(obj, "pfn",
	       in->has & DP_KLOG_HAS_PFN ? dp_json_hex(in->pfn) : NULL);
	dp_add(obj, "phys",
	       in->has & DP_KLOG_HAS_PHYS ? dp_json_hex(in->phys) : NULL);
	dp_add(obj, "addr",
	       in->has & DP_KLOG_HAS_ADDR ? dp_json_hex(in->addr) : NULL);
	for (uint32_t i = 0; i < in->n_told && i < DP_INCIDENT_TOLD; i++) {
		one = dp_json_process(in->told[i].comm, in->told[i].pid);
		dp_add(one, "signal",
		       dp_str(in->told[i].what == DP_KLOG_KILLED ? "SIGKILL"
								 : "SIGBUS"));
		json_object_array_add(told, one);
	}
	dp_add(obj, "told", told);
	dp_add(obj, "told_count", dp_int(in->n_told));
	dp_add(obj, "ended", json_object_new_boolean(in->ended));
	dp_add(obj, "page_type", dp_clean(in->type));
	dp_add(obj, "result", dp_clean(in->result));
	dp_decode_incident(in, &s);
	dp_add(obj, "statements", dp_json_statements(&s));
	return obj;
}

int dp_decode_print_json(FILE *out, const struct dp_decoding *d)
{
	struct json_object *doc = json_object_new_object();
	struct json_object *signals = json_object_new_array();
	struct json_object *incidents = json_object_new_array();
	int rc;

	dp_add(doc, "schema", dp_str("daxpoison-decode/1"));
	dp_add(doc, "tool", dp_json_tool());
	if (d->told)
		json_object_array_add(signals, dp_json_told(d));
	for (size_t i = 0; d->log && i < d->log->n; i++)
		json_object_array_add(incidents,
				      dp_json_incident(&d->log->at[i]));
	dp_add(doc, "signals", signals);
	dp_add(doc, "incidents", incidents);
	dp_add(doc, "truncated",
	       json_object_new_boolean(d->log && d->log->truncated));
	rc = dp_json_print(out, doc);
	json_object_put(doc);
	return rc;
}
