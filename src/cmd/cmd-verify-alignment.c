/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "base/parse.h"
#include "cmd/refused.h"
#include "cmd/run-plan.h"
#include "run/put-back.h"
#include "run/safety.h"
#include "sys/find-file.h"
#include "sys/find.h"
#include "sys/own-file.h"
#include "sys/provision.h"

enum {
	OPT_ALIGN = 256,
	OPT_RECONFIGURE,
	OPT_EXHAUSTIVE,
	OPT_CASE,
	OPT_ACCESS,
	OPT_METHOD,
};

static const struct dp_option dp_verify_rows[] = {
	{ 'a', "align", "SIZE[,SIZE...]", "only units of this size: 4K, 2M, 1G" },
	{ OPT_RECONFIGURE, "reconfigure", NULL, "take the named namespace through these alignments; its data is LOST" },
	{ OPT_EXHAUSTIVE, "exhaustive", NULL, "the whole product of all axes" },
	{ OPT_CASE, "case", "ID", "only the case with this id" },
	{ OPT_METHOD, "method", "METHOD", "only cases of this method, all of them; may be repeated" },
	{ OPT_ACCESS, "access", "read|write|none", "how to touch pages afterwards (default read)" },
	{ 0, NULL, NULL, NULL },
};

#define DP_VERIFY_ALIGNS_MAX 8

struct dp_verify_args {
	struct dp_plan_options plan;
	struct dp_run_options run;
	uint64_t aligns[DP_VERIFY_ALIGNS_MAX];
	unsigned int n_aligns;
	bool reconfigure;
	const char *only;
};

/* What a run works on. */
struct dp_verify {
	const struct dp_verify_args *args;
	const struct dp_globals *globals;
	char *const *names;
	int n_names;
	struct dp_inventory inv;
	struct dp_target *targets;
	size_t n_targets;
	/* Files that could not be prepared so, and why. */
	struct dp_why missing[DP_PROP_MAX];
};

static int dp_verify_aligns(struct dp_verify_args *a, const char *arg,
			    struct dp_why *why)
{
	_cleanup_free_ char *copy = strdup(arg);
	char *word, *rest = copy;
	uint64_t align;
	int rc;

	if (!copy)
		return -ENOMEM;
	while ((word = strsep(&rest, ","))) {
		rc = dp_parse_size(word, &align, why);
		if (rc)
			return rc;
		if (!dp_is_power_of_2(align))
			return dp_why(why, -EINVAL, "'%s' is not an alignment; expected 4K, 2M or 1G",
				      word);
		if (a->n_aligns == DP_VERIFY_ALIGNS_MAX)
			return dp_why(why, -E2BIG, "too many alignments");
		a->aligns[a->n_aligns++] = align;
	}
	return 0;
}

static int dp_verify_option(struct dp_verify_args *a, int id, const char *arg,
			    struct dp_why *why)
{
	char names[DP_METHOD_NAMES];
	int value;

	switch (id) {
	case 'a':
		return dp_verify_aligns(a, arg, why);
	case OPT_RECONFIGURE:
		a->reconfigure = true;
		a->run.several_plans = true;
		return 0;
	case OPT_EXHAUSTIVE:
		a->plan.exhaustive = true;
		return 0;
	case OPT_CASE:
		/* Whatever it names, the default plan must not have cut it. */
		a->only = arg;
		a->plan.exhaustive = true;
		a->plan.risky = true;
		return 0;
	case OPT_METHOD:
		value = dp_method_from_name(arg);
		if (value < 0)
			return dp_why(why, -EINVAL, "'%s' is not known; expected %s",
				      arg, dp_method_names(names));
		a->plan.methods |= DP_BIT(value);
		return 0;
	case OPT_ACCESS:
		value = dp_access_from_name(arg);
		a->plan.access = value;
		return value < 0 ? dp_why(why, -EINVAL, "'%s' is not known; expected read, write or none",
					  arg)
				 : 0;
	}
	return dp_run_option(&a->run, id, arg, why);
}

static int dp_verify_parse(struct dp_verify_args *a,
			   struct dp_globals *globals, int argc, char **argv)
{
	struct dp_options o;
	int id, rc;

	if (dp_options_init(&o, &dp_cmd_verify_alignment, globals))
		return DP_OPTIONS_USAGE;
	while ((id = dp_options_next(&o, argc, argv)) >= 0) {
		struct dp_why why = { "" };

		rc = dp_verify_option(a, id, o.arg, &why);
		if (!rc)
			continue;
		dp_usage(&dp_cmd_verify_alignment, "%s",
			 dp_why_text(&why, rc));
		id = DP_OPTIONS_USAGE;
		break;
	}
	dp_options_deinit(&o);
	return id;
}

static bool dp_verify_wants(const struct dp_verify *v, uint64_t align)
{
	for (unsigned int i = 0; i < v->args->n_aligns; i++)
		if (v->args->aligns[i] == align)
			return true;
	return !v->args->n_aligns;
}

static struct dp_target *dp_verify_room(struct dp_verify *v)
{
	struct dp_target *targets;

	targets = reallocarray(v->targets, v->n_targets + 1, sizeof(*targets));
	if (!targets)
		return NULL;
	v->targets = targets;
	targets += v->n_targets;
	memset(targets, 0, sizeof(*targets));
	return targets;
}

/* Files of our own in this directory, one for each preparation. */
static int dp_verify_files(struct dp_verify *v, const struct dp_target *dir,
			   struct dp_why *why)
{
	struct dp_own_file own = { .units = DP_OWN_UNITS };
	struct dp_target *t;
	int rc = 0, made = 0;

	for (own.prop = 0; own.prop < DP_PROP_MAX; own.prop++) {
		t = dp_verify_room(v);
		if (!t)
			return -ENOMEM;
		/* Small units can be had anywhere. */
		own.any_layout = own.prop == DP_PROP_SMALL;
		rc = dp_own_file_make(dir, &own, t, &v->missing[own.prop]);
		made += !rc;
		v->n_targets += !rc;
	}
	return made ? 0 : dp_why(why, rc, "%s", v->missing[0].text);
}

static int dp_verify_add(struct dp_verify *v, const char *name,
			 struct dp_why *why)
{
	struct dp_target *t = dp_verify_room(v);
	_cleanup_free_ struct dp_target *dir = NULL;
	int rc;

	if (!t)
		return -ENOMEM;
	rc = dp_find_target(&v->inv, name, t, why);
	if (rc)
		return rc;
	if (t->is_dir) {
		dir = malloc(sizeof(*dir));
		if (!dir)
			return -ENOMEM;
		*dir = *t;
		rc = v->args->run.dry_run
			     ? 0
			     : dp_safety_check(dir, DP_METHOD_MADVISE,
					       v->args->run.force, why);
		return rc ? rc : dp_verify_files(v, dir, why);
	}
	if (t->kind == DP_KIND_FSDAX || dp_verify_wants(v, t->align))
		v->n_targets++;
	return 0;
}

/* Small units first, then as they lie in memory: names follow the order of
 * probing, which changes from boot to boot. */
static int dp_verify_order(const void *a, const void *b)
{
	const struct dp_target *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->kind == DP_KIND_FSDAX) {
		if (x->fs_phys != y->fs_phys)
			return x->fs_phys < y->fs_phys ? -1 : 1;
		return (int)x->prop - (int)y->prop;
	}
	if (x->align != y->align)
		return x->align < y->align ? -1 : 1;
	return x->phys < y->phys ? -1 : x->phys > y->phys;
}

/* What "all" stands for. */
static bool dp_verify_is_target(const struct dp_node *node)
{
	if (node->type == DP_NODE_DAX)
		return node->mode == DP_MODE_DEVDAX;
	/* A file system that is not mounted, or a namespace without one, holds
	 * nothing that could be mapped. */
	return node->type == DP_NODE_NAMESPACE && node->enabled &&
	       node->mode == DP_MODE_FSDAX && dp_is_mounted(node);
}

/* All targets named, or all that the filters let pass. */
static int dp_verify_collect(struct dp_verify *v, struct dp_why *why)
{
	bool all = !v->n_names || !strcmp(v->names[0], "all");
	int rc;

	rc = dp_find_all(&v->inv, why);
	for (size_t i = 0; all && !rc && i < v->inv.n; i++)
		if (dp_verify_is_target(&v->inv.nodes[i]) &&
		    dp_filter_match(&v->globals->filter, &v->inv, i))
			rc = dp_verify_add(v, v->inv.nodes[i].name, why);
	if (all && v->n_targets)
		qsort(v->targets, v->n_targets, sizeof(*v->targets),
		      dp_verify_order);
	for (int i = 0; !all && !rc && i < v->n_names; i++)
		rc = dp_verify_add(v, v->names[i], why);
	if (!rc && !v->n_targets)
		rc = dp_why(why, -ENOENT, "no device-dax or fsdax target matches; 'daxpoison list' shows what there is, 'daxpoison vm' boots a guest that has some");
	return rc;
}

static void dp_verify_reset(struct dp_verify *v)
{
	dp_inventory_deinit(&v->inv);
	for (size_t i = 0; i < v->n_targets; i++)
		dp_find_release(&v->targets[i]);
	memset(v->missing, 0, sizeof(v->missing));
	free(v->targets);
	v->targets = NULL;
	v->n_targets = 0;
}

/* Keep only the case that --case names. */
static void dp_verify_only(struct dp_plan *plan, const char *id)
{
	size_t kept = 0;

	/* Each is stored by itself. */
	for (size_t i = 0; i < plan->n_stored; i++)
		if (!strcmp(plan->cases[i].id, id))
			plan->cases[kept++] = plan->cases[i];
	plan->n = plan->n_stored = kept;
	plan->n_dropped = 0;
}

/* Plan and run for the targets collected. */
static int dp_verify_part(struct dp_verify *v, struct dp_runner *runner,
			  struct dp_why *why)
{
	struct dp_plan plan = { 0 };
	struct dp_report_part part = { &plan, v->targets, v->n_targets };
	int rc = 0;

	for (size_t i = 0; i < v->n_targets && !rc; i++) {
		if (!v->args->run.dry_run)
			rc = dp_safety_check(&v->targets[i], DP_METHOD_MADVISE,
					     v->args->run.force, why);
		if (!rc)
			rc = dp_plan_verify(&plan, &v->targets[i],
					    &v->args->plan);
	}
	for (int p = 0; p < DP_PROP_MAX && !rc; p++)
		if (v->missing[p].text[0])
			rc = dp_plan_without(&plan, p, &v->args->plan,
					     v->missing[p].text);
	if (!rc && v->args->only)
		dp_verify_only(&plan, v->args->only);
	/* A plan that is only shown may well be empty: it says why. */
	if (!rc && !plan.n && (v->args->only || !v->args->run.dry_run))
		rc = dp_why(why, -ENOENT, v->args->only
				    ? "no case is called '%s'; --dry-run --exhaustive lists them"
				    : "nothing can be run on it%s",
			    v->args->only ? v->args->only : "");
	if (!rc)
		rc = dp_runner_run(runner, &part);
	dp_plan_deinit(&plan);
	return rc;
}

/* --dry-run of the below: plan as if the target had these alignments. Its size
 * may come out a little smaller, for the page structures and the alignment. */
static int dp_verify_imagine(struct dp_verify *v, struct dp_runner *runner,
			     const struct dp_target *was, const uint64_t *aligns,
			     size_t n, struct dp_why *why)
{
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++) {
		if (!dp_verify_wants(v, aligns[i]))
			continue;
		v->targets[0] = *was;
		v->targets[0].align = aligns[i];
		v->targets[0].size = dp_align_down(was->size, aligns[i]);
		rc = dp_verify_part(v, runner, why);
	}
	return rc;
}

/* Take one namespace through the alignments, and put it back as it was. */
static int dp_verify_reconfigure(struct dp_verify *v, struct dp_runner *runner,
				 struct dp_why *why)
{
	const struct dp_units units = dp_units_of(v->args->plan.page);
	const uint64_t all[] = { units.pte, units.pmd, units.pud };
	char name[DP_NAME_MAX], *const names[] = { name };
	char *const *given = v->names;
	struct dp_put_back put_back;
	struct dp_why left = { "" };
	struct dp_target was;
	int rc, back;

	if (v->n_targets != 1 || !v->targets[0].namespace[0])
		return dp_why(why, -EINVAL, "--reconfigure wants one namespace by name");
	was = v->targets[0];
	if (v->args->run.dry_run)
		return dp_verify_imagine(v, runner, &was, all, ARRAY_SIZE(all),
					 why);
	rc = dp_safety_check(&was, DP_METHOD_MADVISE, v->args->run.force, why);
	if (!rc && dp_runner_journal(runner) < 0)
		rc = runner->journal;
	if (!rc)
		rc = dp_put_back_begin(&put_back, &was, runner->journal);
	if (rc)
		return rc;
	snprintf(name, sizeof(name), "%s", was.namespace);
	v->names = names;
	for (size_t i = 0; i < ARRAY_SIZE(all) && !rc; i++) {
		if (!dp_verify_wants(v, all[i]))
			continue;
		rc = dp_provision_namespace(name, DP_MODE_DEVDAX, all[i], name,
					    sizeof(name), why);
		if (rc)
			break;
		dp_verify_reset(v);
		rc = dp_verify_collect(v, why);
		if (!rc)
			rc = dp_verify_part(v, runner, why);
	}
	/* It ends here. */
	v->names = given;
	back = dp_put_back_end(&put_back, &left);
	if (back)
		dp_error("%s could not be put back as it was: %s", was.namespace,
			 dp_why_text(&left, back));
	return rc ? rc : back;
}

static int dp_verify_all(struct dp_verify *v, struct dp_runner *runner)
{
	const struct dp_verify_args *a = v->args;
	struct dp_why why = { "" };
	int rc;

	/* With --reconfigure, --align says where to go, not what to pick. */
	if (a->reconfigure) {
		struct dp_verify_args any = *a;

		any.n_aligns = 0;
		v->args = &any;
		rc = dp_verify_collect(v, &why);
		v->args = a;
	} else {
		rc = dp_verify_collect(v, &why);
	}
	if (!rc)
		rc = a->reconfigure ? dp_verify_reconfigure(v, runner, &why)
				    : dp_verify_part(v, runner, &why);
	if (!rc || rc == -EINTR || !why.text[0])
		return dp_runner_end(runner, rc);
	/* Refused before anything ran, unless something had run before. */
	if (!runner->summary.planned)
		return dp_refused(v->globals, dp_why_text(&why, rc));
	runner->summary.broke_off = true;
	runner->summary.refused = dp_why_text(&why, rc);
	dp_runner_end(runner, 0);
	dp_error("%s", dp_why_text(&why, rc));
	return runner->summary.guarantees[DP_VERDICT_VIOLATED]
		       ? DP_EXIT_VIOLATED
		       : DP_EXIT_NOT_JUDGED;
}

static int dp_run_verify(struct dp_globals *globals, int argc, char **argv)
{
	struct dp_verify_args a = {
		.plan = { .page = sysconf(_SC_PAGESIZE) },
		.run = { .timeout = DP_RUN_TIMEOUT },
	};
	struct dp_verify v = { .args = &a, .globals = globals };
	const struct dp_filter *f = &globals->filter;
	struct dp_why why = { "" };
	struct dp_runner runner;
	int rc;

	rc = dp_verify_parse(&a, globals, argc, argv);
	if (rc == DP_OPTIONS_DONE)
		return DP_EXIT_HELD;
	if (rc == DP_OPTIONS_USAGE)
		return DP_EXIT_USAGE;
	v.names = argv + optind;
	v.n_names = argc - optind;
	if (!v.n_names && !f->bus && !f->region && !f->namespace && !f->dev)
		return dp_usage(&dp_cmd_verify_alignment,
				"name the targets, such as dax0.0 or namespace0.0, or 'all'");
	if (a.reconfigure && v.n_names != 1)
		return dp_usage(&dp_cmd_verify_alignment,
				"--reconfigure wants one namespace by name");
	rc = dp_runner_init(&runner, globals, &a.run, &why);
	if (rc)
		return dp_usage(&dp_cmd_verify_alignment, "%s",
				dp_why_text(&why, rc));
	rc = dp_verify_all(&v, &runner);
	dp_runner_deinit(&runner);
	dp_verify_reset(&v);
	return rc;
}

const struct dp_command dp_cmd_verify_alignment = {
	.name = "verify-alignment",
	.summary = "run the planned sweep and judge it against the guarantees",
	.operands = "TARGET...|all",
	.options = dp_verify_rows,
	.shared = dp_run_rows,
	.filters = true,
	.run = dp_run_verify,
};
