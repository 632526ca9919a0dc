/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>

#include "out/json.h"
#include "out/refusal.h"
#include "out/report.h"

struct dp_json_report {
	const struct dp_report_options *options;
	struct json_object *doc;
	struct json_object *cases;
	struct json_object *dropped;
};

static int dp_json_init(const struct dp_report_options *options, void **state)
{
	struct dp_json_report *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->options = options;
	r->doc = dp_json_document(options->kernel);
	if (!r->doc) {
		free(r);
		return -ENOMEM;
	}
	r->cases = json_object_object_get(r->doc, "cases");
	r->dropped = json_object_object_get(r->doc, "dropped");
	*state = r;
	return 0;
}

static void dp_json_deinit(void *state)
{
	struct dp_json_report *r = state;

	json_object_put(r->doc);
	free(r);
}

static int dp_json_begin(void *state, const struct dp_report_part *part)
{
	const struct dp_plan *plan = part->plan;
	struct dp_json_report *r = state;
	struct json_object *targets, *cell;

	targets = json_object_object_get(r->doc, "targets");
	for (size_t i = 0; i < part->n_targets; i++)
		json_object_array_add(targets,
				      dp_json_target(&part->targets[i]));
	for (size_t i = 0; i < plan->n_dropped; i++) {
		cell = json_object_new_object();
		json_object_object_add(
			cell, "id", json_object_new_string(plan->dropped[i].id));
		json_object_object_add(
			cell, "reason",
			json_object_new_string(plan->dropped[i].reason));
		json_object_array_add(r->dropped, cell);
	}
	return 0;
}

static int dp_json_each(void *state, const struct dp_case *c,
			const struct dp_scene *scene,
			const struct dp_case_verdict *v)
{
	struct dp_json_report *r = state;

	return json_object_array_add(r->cases, dp_json_case(r->options->kernel, c, scene, v));
}

static void dp_add_counts(struct json_object *to, const char *key,
			  const unsigned int counts[DP_VERDICT_MAX])
{
	struct json_object *obj = json_object_new_object();
	char name[32];

	for (int v = 0; v < DP_VERDICT_MAX; v++) {
		snprintf(name, sizeof(name), "%s", dp_verdict_name(v));
		for (char *p = name; *p; p++)
			if (*p == '-')
				*p = '_';
		json_object_object_add(obj, name,
				       json_object_new_int64(counts[v]));
	}
	json_object_object_add(to, key, obj);
}

static struct json_object *dp_known_rows(const struct dp_known_list *known)
{
	struct json_object *array = json_object_new_array(), *row;

	for (size_t i = 0; i < known->n; i++) {
		const struct dp_known *k = &known->rows[i];

		row = json_object_new_object();
		json_object_object_add(row, "id",
				       json_object_new_string(k->id));
		json_object_object_add(
			row, "state",
			json_object_new_string(
				dp_known_state_name(dp_known_state(k))));
		json_object_object_add(row, "shown",
				       json_object_new_int64(k->shown));
		json_object_object_add(row, "held",
				       json_object_new_int64(k->held));
		json_object_object_add(row, "reference",
				       json_object_new_string(k->reference));
		json_object_array_add(array, row);
	}
	return array;
}

static struct json_object *dp_json_timing(enum dp_role role,
					  const struct dp_timing *t)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *buckets = json_object_new_array(), *bucket;
	const struct {
		const char *key;
		int64_t ns;
	} rows[] = {
		{ "min_ns", t->min },
		{ "median_ns", dp_timing_quantile(t, 500) },
		{ "p99_ns", dp_timing_quantile(t, 990) },
		{ "max_ns", t->max },
	};

	json_object_object_add(obj, "role",
			       json_object_new_string(dp_role_name(role)));
	json_object_object_add(obj, "n", json_object_new_uint64(t->n));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		json_object_object_add(obj, rows[i].key,
				       json_object_new_int64(rows[i].ns));
	for (unsigned int b = 0; b < DP_TIMING_BUCKETS; b++) {
		if (!t->buckets[b])
			continue;
		bucket = json_object_new_object();
		json_object_object_add(
			bucket, "up_to_ns",
			json_object_new_int64(dp_timing_bucket_end(b)));
		json_object_object_add(bucket, "n",
				       json_object_new_int64(t->buckets[b]));
		json_object_array_add(buckets, bucket);
	}
	json_object_object_add(obj, "buckets", buckets);
	return obj;
}

static struct json_object *dp_json_timings(const struct dp_timings *timings)
{
	struct json_object *array = json_object_new_array();

	for (int role = 0; role < DP_ROLE_MAX; role++)
		if (timings->by[role].n)
			json_object_array_add(
				array,
				dp_json_timing(role, &timings->by[role]));
	return array;
}

static int dp_json_end_report(void *state, const struct dp_summary *s,
			      const struct dp_known_list *known)
{
	struct dp_json_report *r = state;
	struct json_object *summary =
		json_object_object_get(r->doc, "summary");

	json_object_object_add(summary, "planned",
			       json_object_new_int64(s->planned));
	json_object_object_add(summary, "broke_off",
			       json_object_new_boolean(s->broke_off));
	dp_add_counts(summary, "cases", s->cases);
	dp_add_counts(summary, "guarantees", s->guarantees);
	json_object_object_add(summary, "known", dp_known_rows(known));
	json_object_object_add(summary, "told_after",
			       dp_json_timings(&s->told));
	if (s->refused)
		json_object_object_add(r->doc, "refusal",
				       dp_json_refusal(s->refused));
	return dp_json_print(r->options->out, r->doc);
}

static int dp_json_plan(void *state, const struct dp_report_part *part)
{
	struct dp_json_report *r = state;
	struct dp_case room;
	int rc;

	rc = dp_json_begin(state, part);
	for (size_t i = 0; i < part->plan->n && !rc; i++)
		rc = json_object_array_add(
			r->cases,
			dp_json_case(r->options->kernel,
				     dp_plan_case(part->plan, i, &room), NULL,
				     NULL));
	return rc;
}

const struct dp_report_form dp_report_json = {
	.init = dp_json_init,
	.deinit = dp_json_deinit,
	.begin = dp_json_begin,
	.each = dp_json_each,
	.end = dp_json_end_report,
	.plan = dp_json_plan,
};
