/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "out/bugline.h"
#include "out/json.h"

#define dp_add json_object_object_add
#define dp_int json_object_new_int64
#define dp_size json_object_new_uint64
#define dp_bool json_object_new_boolean
#define dp_str json_object_new_string

static struct json_object *dp_json_bases(const struct dp_case *c,
					 const struct dp_observation *o)
{
	struct dp_place_bases b =
		dp_target_bases(c->target, c->poison.offset, c->page);
	struct json_object *obj = dp_json_range(c->poison);

	dp_add(obj, "pfn", dp_json_hex(b.pfn));
	dp_add(obj, "pfn_seen", o && o->pfn_seen ? dp_json_hex(o->pfn_seen)
						 : NULL);
	dp_add(obj, "phys", dp_json_hex(b.phys));
	dp_add(obj, "namespace_block",
	       b.namespace_block == DP_PHYS_UNKNOWN
		       ? NULL
		       : dp_size(b.namespace_block));
	dp_add(obj, "data_block", b.data_block == DP_PHYS_UNKNOWN
					  ? NULL
					  : dp_size(b.data_block));
	dp_add(obj, "region_block", b.region_block == DP_PHYS_UNKNOWN
					    ? NULL
					    : dp_size(b.region_block));
	return obj;
}

/* A signal that the process got whose view (or whose own view) `process` is. */
static struct json_object *dp_json_signal(const struct dp_case *c,
					  const struct dp_scene *scene,
					  uint32_t process,
					  const struct dp_signal *s)
{
	int64_t since = scene->at[0].began[DP_STEP_INJECT];
	char who[DP_PROCESS_NAME];
	struct json_object *obj = json_object_new_object();
	const char *name = dp_signal_code_name(s->code);
	struct dp_range reported;
	uint32_t named;
	bool held;

	held = dp_scene_reported(c, scene, process, s, &reported, &named);
	dp_add(obj, "code", dp_json_text(name));
	dp_add(obj, "si_code", dp_int(s->code));
	dp_add(obj, "addr", dp_json_hex(s->addr));
	dp_add(obj, "lsb", dp_signal_is_mce(s) ? dp_int(s->lsb) : NULL);
	dp_add(obj, "step", dp_str(dp_step_name(s->step)));
	dp_add(obj, "pending", dp_bool(s->pending));
	dp_add(obj, "tid", dp_int(s->tid));
	dp_add(obj, "after_ns", dp_int(s->when - since));
	dp_add(obj, "reported",
	       dp_signal_is_mce(s) ? dp_json_range(reported) : NULL);
	dp_add(obj, "view",
	       held ? dp_str(dp_process_name(who, c, named)) : NULL);
	return obj;
}

static struct json_object *dp_json_touch(const struct dp_touch *t)
{
	struct json_object *obj = json_object_new_object();

	dp_add(obj, "offset", dp_size(t->offset));
	dp_add(obj, "access", dp_str(t->write ? "write" : "read"));
	dp_add(obj, "faults", dp_int(t->faults));
	dp_add(obj, "signal", t->signal < 0 ? NULL : dp_int(t->signal));
	return obj;
}

static struct json_object *dp_json_question(const struct dp_question *q)
{
	struct json_object *obj = json_object_new_object();

	dp_add(obj, "witness", dp_int(q->view));
	dp_add(obj, "offset", dp_size(q->offset));
	dp_add(obj, "faults_before", dp_int(q->before));
	dp_add(obj, "faults_after", q->after < 0 ? NULL : dp_int(q->after));
	return obj;
}

/* Why what is said of the view may be believed. */
static struct json_object *dp_json_observer(const struct dp_case *c,
					    const struct dp_observation *o)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *questions = json_object_new_array();

	dp_add(obj, "method", dp_str(dp_observer_name(c->observer)));
	dp_add(obj, "absent_seen", dp_bool(o->proof.absent_seen));
	dp_add(obj, "present_seen", dp_bool(o->proof.present_seen));
	dp_add(obj, "repeats", dp_bool(o->proof.repeats));
	dp_add(obj, "faults_after_look", dp_int(o->proof.faults_after_look));
	dp_add(obj, "witness_views", dp_int(o->n_witnesses));
	for (uint32_t i = 0; i < o->n_questions; i++)
		json_object_array_add(questions,
				      dp_json_question(&o->questions[i]));
	dp_add(obj, "questions", questions);
	return obj;
}

static struct json_object *dp_json_end(const struct dp_observation *o)
{
	static const char *const how[DP_END_MAX] = {
		[DP_END_EXITED] = "exited",
		[DP_END_KILLED] = "killed",
		[DP_END_TIMEOUT] = "timeout",
		[DP_END_STUCK] = "stuck",
	};
	struct json_object *obj = json_object_new_object();

	dp_add(obj, "how", dp_str(how[o->end]));
	dp_add(obj, "detail", dp_int(o->end_detail));
	dp_add(obj, "last_step", dp_str(dp_step_name(o->step)));
	dp_add(obj, "errno", dp_int(-o->error));
	dp_add(obj, "error", o->error ? dp_str(dp_errno_name(-o->error)) : NULL);
	return obj;
}

static struct json_object *dp_json_view(const struct dp_case *c,
					const struct dp_scene *scene,
					uint32_t process)
{
	const struct dp_observation *o = &scene->at[process];
	const struct dp_observation *told =
		&scene->at[dp_told_process(c, process)];
	uint32_t kept = dp_min(told->n_signals, (uint32_t)DP_SIGNALS_MAX);
	bool view = dp_is_view(c, process);
	uint32_t received = o->n_signals, named;
	char name[DP_PROCESS_NAME], spec[DP_BYSTANDER_TEXT];
	struct json_object *obj = json_object_new_object();
	struct json_object *signals = json_object_new_array();
	struct json_object *touches = json_object_new_array();
	struct dp_range reported;

	dp_add(obj, "process", dp_str(dp_process_name(name, c, process)));
	dp_add(obj, "role",
	       dp_str(dp_role_name(dp_scene_role(c, scene, process))));
	if (process)
		dp_bystander_text(spec, &c->bystanders[process - 1]);
	dp_add(obj, "bystander",
	       process && !view ? dp_str(spec) : NULL);
	dp_add(obj, "view", view ? dp_str(spec) : NULL);
	dp_add(obj, "pid", dp_int(o->pid));
	dp_add(obj, "start", dp_json_hex(o->view.start));
	dp_add(obj, "offset", dp_size(o->view.range.offset));
	dp_add(obj, "length", dp_size(o->view.range.length));
	dp_add(obj, "unit", dp_size(o->view.unit));
	for (uint32_t i = 0; i < kept; i++) {
		const struct dp_signal *s = &told->signals[i];

		/* A further view has those of its process that name it. */
		if (view && (!dp_scene_reported(c, scene, process, s, &reported,
						&named) ||
			     named != process))
			continue;
		received += view;
		json_object_array_add(signals,
				      dp_json_signal(c, scene, process, s));
	}
	dp_add(obj, "signals", signals);
	dp_add(obj, "signals_received", dp_int(received));
	dp_add(obj, "present_before", dp_json_ranges(&o->view.before));
	dp_add(obj, "unmapped", dp_loss_known(o)
					? dp_json_ranges(&o->view.unmapped)
					: NULL);
	for (uint32_t i = 0; i < o->n_touches; i++)
		json_object_array_add(touches, dp_json_touch(&o->touches[i]));
	dp_add(obj, "touches", touches);
	dp_add(obj, "observer", dp_json_observer(c, o));
	dp_add(obj, "end", dp_json_end(o));
	return obj;
}

static struct json_object *dp_json_data(const struct dp_data *d)
{
	struct json_object *obj = json_object_new_object();

	dp_add(obj, "pages_mapped", dp_size(d->pages_mapped));
	dp_add(obj, "pages_compared", dp_size(d->pages_compared));
	dp_add(obj, "lines_compared", dp_size(d->lines_compared));
	dp_add(obj, "pages_changed", dp_size(d->pages_changed));
	dp_add(obj, "first_changed",
	       d->pages_changed ? dp_size(d->first_changed) : NULL);
	dp_add(obj, "poisoned_page_changed",
	       d->poisoned_compared ? dp_bool(d->poisoned_changed) : NULL);
	dp_add(obj, "restored", dp_bool(d->restored));
	return obj;
}

static struct json_object *dp_json_attempt(const struct dp_observation *o)
{
	struct json_object *obj = json_object_new_object();
	const struct dp_attempt *a = &o->attempt;

	dp_add(obj, "made", dp_bool(a->made));
	dp_add(obj, "errno", a->made ? dp_int(a->err) : NULL);
	dp_add(obj, "error", a->err ? dp_str(dp_errno_name(a->err)) : NULL);
	dp_add(obj, "then", a->then_made ? dp_json_touch(&a->then) : NULL);
	dp_add(obj, "shows_offset",
	       !a->made || a->shows == DP_SHOWS_UNKNOWN ? NULL : dp_size(a->shows));
	dp_add(obj, "rest_faults",
	       !a->made || a->intact_faults < 0 ? NULL : dp_int(a->intact_faults));
	return obj;
}

static struct json_object *dp_json_times(const struct dp_observation *o)
{
	struct json_object *obj = json_object_new_object();
	int64_t took;

	for (int s = DP_STEP_OPEN; s < DP_STEP_DONE; s++) {
		took = dp_observation_took(o, s);
		dp_add(obj, dp_step_name(s), took < 0 ? NULL : dp_int(took));
	}
	return obj;
}

static struct json_object *dp_json_judgement(const struct dp_case *c,
					     const struct dp_judgement *j)
{
	struct json_object *obj = json_object_new_object();
	char name[DP_PROCESS_NAME];

	dp_add(obj, "id", dp_str(j->guarantee->id));
	dp_add(obj, "process", dp_str(dp_process_name(name, c, j->process)));
	dp_add(obj, "verdict", dp_str(dp_verdict_name(j->verdict)));
	dp_add(obj, "deviation",
	       j->finding.deviation
		       ? dp_str(dp_deviation_name(j->finding.deviation))
		       : NULL);
	dp_add(obj, "strength",
	       dp_str(dp_strength_name(j->guarantee->strength)));
	dp_add(obj, "detail", dp_str(j->finding.detail));
	return obj;
}

/* A line for each process that has something to report. */
static struct json_object *dp_json_bugs(const struct dp_kernel *kernel,
					const struct dp_case *c,
					const struct dp_scene *scene,
					const struct dp_case_verdict *v)
{
	struct json_object *lines = json_object_new_array();

	for (uint32_t i = 0; scene && v && i < scene->n; i++) {
		_cleanup_free_ char *line = dp_bug_line(kernel, c, scene, v, i);

		if (line)
			json_object_array_add(lines, dp_str(line));
	}
	return lines;
}

static struct json_object *dp_json_file(const struct dp_file_after *f)
{
	struct json_object *obj;

	if (!f->looked)
		return NULL;
	obj = json_object_new_object();
	dp_add(obj, "read_errno", dp_int(f->read_errno));
	dp_add(obj, "read_same", dp_bool(f->read_same));
	dp_add(obj, "restored", dp_str(dp_restored_name(f->restored)));
	dp_add(obj, "error", dp_int(f->error));
	dp_add(obj, "phys_before", dp_json_hex(f->phys_before));
	dp_add(obj, "phys_after", dp_json_hex(f->phys_after));
	dp_add(obj, "listed_bad", dp_bool(f->listed_bad));
	return obj;
}

static struct json_object *dp_json_platform(const struct dp_platform_seen *p)
{
	struct json_object *obj, *reads;

	if (!p->injected)
		return NULL;
	obj = json_object_new_object();
	reads = json_object_new_array();
	dp_add(obj, "status_errno", dp_int(p->status_errno));
	dp_add(obj, "names_blocks", dp_size(p->said));
	dp_add(obj, "listed_before_scrub", dp_bool(p->listed_early));
	dp_add(obj, "scrubbed", dp_bool(p->scrubbed));
	for (uint32_t i = 0; i < p->n_reads; i++) {
		struct json_object *read = json_object_new_object();

		dp_add(read, "offset", dp_size(p->reads[i].offset));
		dp_add(read, "errno", dp_int(p->reads[i].err));
		json_object_array_add(reads, read);
	}
	dp_add(obj, "reads", reads);
	dp_add(obj, "clear_errno", p->clearing ? dp_int(p->clear_errno) : NULL);
	dp_add(obj, "left_blocks", p->left_known ? dp_size(p->left) : NULL);
	return obj;
}

struct json_object *dp_json_case(const struct dp_kernel *kernel,
				 const struct dp_case *c,
				 const struct dp_scene *scene,
				 const struct dp_case_verdict *v)
{
	const struct dp_observation *o = scene ? &scene->at[0] : NULL;
	struct json_object *obj = json_object_new_object();
	struct json_object *views = json_object_new_array();
	struct json_object *judged = json_object_new_array();
	_cleanup_free_ char *repeat = dp_case_repeat(c);
	bool poison = c->type == DP_CASE_POISON;
	char command[sizeof(c->target->name) + 512];

	dp_add(obj, "id", dp_str(c->id));
	dp_add(obj, "type", dp_str(dp_case_type_name(c->type)));
	dp_add(obj, "target", dp_str(c->target->name));
	dp_add(obj, "kind", dp_str(dp_kind_name(c->target->kind)));
	dp_add(obj, "unit", dp_size(c->unit));
	dp_add(obj, "unit_why", dp_json_text(c->unit_why));
	dp_add(obj, "sharing", dp_str(dp_sharing_name(c->sharing)));
	dp_add(obj, "skew", dp_size(c->skew));
	dp_add(obj, "method", poison ? dp_str(dp_method_name(c->method)) : NULL);
	dp_add(obj, "policy", poison ? dp_str(dp_policy_name(dp_case_policy(c))) : NULL);
	dp_add(obj, "operation", poison ? NULL : dp_str(dp_op_name(c->op)));
	dp_add(obj, "map", dp_json_range(c->map));
	dp_add(obj, "first_fault", dp_size(c->first_fault));
	dp_add(obj, "poison", poison ? dp_json_bases(c, o) : NULL);
	dp_add(obj, "inject_errno",
	       o && o->injected ? dp_int(o->inject_errno) : NULL);
	for (uint32_t i = 0; scene && poison && i < scene->n; i++)
		json_object_array_add(views, dp_json_view(c, scene, i));
	dp_add(obj, "views", views);
	dp_add(obj, "data", o && poison ? dp_json_data(&o->data) : NULL);
	dp_add(obj, "platform", o ? dp_json_platform(&o->platform) : NULL);
	dp_add(obj, "file", scene ? dp_json_file(&scene->file) : NULL);
	dp_add(obj, "attempt", o && !poison ? dp_json_attempt(o) : NULL);
	dp_add(obj, "end", o ? dp_json_end(o) : NULL);
	dp_add(obj, "took_ns", o ? dp_json_times(o) : NULL);
	for (unsigned int i = 0; v && i < v->n; i++)
		json_object_array_add(judged, dp_json_judgement(c, &v->at[i]));
	dp_add(obj, "guarantees", judged);
	dp_add(obj, "verdict", v ? dp_str(dp_verdict_name(v->verdict)) : NULL);
	dp_add(obj, "disagreements", dp_json_bugs(kernel, c, scene, v));
	dp_add(obj, "kernel_account", dp_json_account(scene ? &scene->account : NULL));
	snprintf(command, sizeof(command), "daxpoison %s", repeat ? repeat : "");
	dp_add(obj, "repeat", dp_str(command));
	return obj;
}

struct json_object *dp_json_target(const struct dp_target *t)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *medium = json_object_new_object();

	dp_add(obj, "name", dp_str(t->name));
	dp_add(obj, "path", dp_str(t->path));
	dp_add(obj, "bus", dp_json_text(t->bus));
	dp_add(obj, "region", dp_json_text(t->region));
	dp_add(obj, "namespace", dp_json_text(t->namespace));
	dp_add(obj, "uuid", dp_json_text(t->uuid));
	dp_add(obj, "kind", dp_str(dp_kind_name(t->kind)));
	dp_add(obj, "mode", dp_str(dp_mode_name(t->mode)));
	dp_add(obj, "size", dp_size(t->size));
	dp_add(obj, "align", dp_size(t->align));
	dp_add(obj, "phys", dp_json_hex(t->phys));
	dp_add(obj, "numa_node",
	       t->numa_node < 0 ? NULL : dp_int(t->numa_node));
	dp_add(obj, "fs", dp_json_text(t->fs));
	dp_add(obj, "own_file", t->own ? dp_str(dp_prop_name(t->prop)) : NULL);
	dp_add(medium, "emulated", dp_bool(t->medium.emulated));
	dp_add(medium, "evidence", dp_str(t->medium.evidence));
	dp_add(obj, "medium", medium);
	return obj;
}
