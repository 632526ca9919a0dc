/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "cmd/refused.h"
#include "cmd/run-plan.h"
#include "run/safety.h"
#include "sys/find-file.h"
#include "sys/find.h"
#include "sys/own-file.h"

enum {
	OPT_OFFSET = 256,
	OPT_LENGTH,
	OPT_COUNT,
	OPT_STRIDE,
	OPT_MAP_OFFSET,
	OPT_MAP_SIZE,
	OPT_FIRST_FAULT,
	OPT_ACCESS,
	OPT_METHOD,
	OPT_POLICY,
	OPT_WAIT,
	OPT_NO_NOTIFY,
	OPT_LEAVE,
	OPT_OBSERVER,
	OPT_BYSTANDER,
	OPT_VIEWS,
	OPT_UNIT,
	OPT_SKEW,
	OPT_SHARING,
	OPT_EARLY_KILL,
};

static const struct dp_option dp_inject_rows[] = {
	{ OPT_OFFSET, "offset", "OFFSET", "poison the page at this offset of the target (default 0)" },
	{ OPT_LENGTH, "length", "SIZE", "poison all pages of this length, one by one" },
	{ OPT_COUNT, "count", "N", "poison N pages, one by one (default 1)" },
	{ OPT_STRIDE, "stride", "SIZE", "distance from page to page (default one page)" },
	{ OPT_MAP_OFFSET, "map-offset", "OFFSET", "map the target from here on (default: the unit before)" },
	{ OPT_MAP_SIZE, "map-size", "SIZE", "map this much of it (default: up to the unit after)" },
	{ OPT_FIRST_FAULT, "first-fault", "OFFSET", "byte of the target that is touched first" },
	{ OPT_ACCESS, "access", "read|write|none", "how to touch pages afterwards (default read)" },
	{ OPT_METHOD, "method", "METHOD", "the way to inject (default madvise); 'list --methods' shows all" },
	{ OPT_WAIT, "wait", "SECONDS", "how long an injection may take to show (default: external 60, ars 30, mce 10)" },
	{ OPT_NO_NOTIFY, "no-notify", NULL, "ars: the platform does not notify the kernel; a scrub finds the error" },
	{ OPT_LEAVE, "leave", NULL, "ars: do not take the error back, nor clear the bad blocks" },
	{ OPT_POLICY, "policy", "early|late|default", "what the injector asks to be told (default: what suits the method)" },
	{ OPT_BYSTANDER, "bystander", DP_BYSTANDER_WORDS "|offset=OFFSET|length=SIZE[,...][*N]", "a process that maps the page too; see the manual page" },
	{ OPT_VIEWS, "views", DP_VIEW_WORDS "|offset=OFFSET|length=SIZE[,...][*N]", "further mappings in the injector itself; see the manual page" },
	{ OPT_EARLY_KILL, "early-kill-sysctl", "on|off", "vm.memory_failure_early_kill during the run, then as it was" },
	{ OPT_UNIT, "unit", "SIZE", "files: only in a unit of this size, 4K or 2M; in a directory, makes a file that has it" },
	{ OPT_SKEW, "skew", "SIZE", "files: map this far off from the file's own alignment" },
	{ OPT_SHARING, "sharing", "shared|private|sync", "files: how to map (default shared)" },
	{ OPT_OBSERVER, "observer", "pagemap|faults|edges", "how to measure the loss (default: what is harmless)" },
	{ 0, NULL, NULL, NULL },
};

struct dp_inject_args {
	struct dp_inject_options inject;
	bool have_offset;
	struct dp_run_options run;
};

static int dp_inject_size(const char *arg, uint64_t *n, bool *have,
			  struct dp_why *why)
{
	if (have)
		*have = true;
	return dp_parse_size(arg, n, why);
}

static int dp_inject_name(int value, const char *arg, const char *wanted,
			  struct dp_why *why)
{
	return value < 0 ? dp_why(why, -EINVAL, "'%s' is not known; expected %s",
				  arg, wanted)
			 : 0;
}

static int dp_inject_unit(struct dp_inject_options *i, const char *arg,
			  struct dp_why *why)
{
	const struct dp_units units = dp_units_of(i->page);
	int rc = dp_parse_size(arg, &i->unit, why);

	return rc || i->unit == units.pte || i->unit == units.pmd
		       ? rc
		       : dp_why(why, -EINVAL, "'%s' is not a unit of a file; expected 4K or 2M",
				arg);
}

static int dp_inject_option(struct dp_inject_args *a, int id, const char *arg,
			    struct dp_why *why)
{
	struct dp_inject_options *i = &a->inject;
	char names[DP_METHOD_NAMES];
	int value, rc;

	switch (id) {
	case OPT_OFFSET:
		return dp_inject_size(arg, &i->offset, &a->have_offset, why);
	case OPT_LENGTH:
		rc = dp_parse_size(arg, &i->length, why);
		return rc || i->length ? rc
				       : dp_why(why, -EINVAL, "a length of 0 poisons nothing");
	case OPT_COUNT:
		rc = dp_parse_u64(arg, &i->count, why);
		return rc || i->count ? rc
				      : dp_why(why, -EINVAL, "a count of 0 poisons nothing");
	case OPT_STRIDE:
		rc = dp_parse_size(arg, &i->stride, why);
		return rc || i->stride ? rc
				       : dp_why(why, -EINVAL, "a stride of 0 poisons one page again and again");
	case OPT_MAP_OFFSET:
		return dp_inject_size(arg, &i->map_offset, &i->have_map_offset,
				      why);
	case OPT_MAP_SIZE:
		rc = dp_parse_size(arg, &i->map_size, why);
		return rc || i->map_size ? rc
					 : dp_why(why, -EINVAL, "a mapping of 0 bytes holds no page");
	case OPT_FIRST_FAULT:
		return dp_inject_size(arg, &i->first_fault,
				      &i->have_first_fault, why);
	case OPT_ACCESS:
		value = dp_access_from_name(arg);
		i->access = value;
		return dp_inject_name(value, arg, "read, write or none", why);
	case OPT_METHOD:
		value = dp_method_from_name(arg);
		i->method = value;
		return dp_inject_name(value, arg, dp_method_names(names), why);
	case OPT_WAIT:
		return dp_parse_uint(arg, 1, 86400, &i->wait, why);
	case OPT_NO_NOTIFY:
		i->quiet = true;
		return 0;
	case OPT_LEAVE:
		i->leave = true;
		return 0;
	case OPT_POLICY:
		value = dp_policy_from_name(arg);
		i->have_policy = true;
		i->policy = value;
		return dp_inject_name(value, arg, "early, late or default",
				      why);
	case OPT_BYSTANDER:
		return dp_bystander_parse(arg, i->bystanders, &i->n_bystanders,
					  why);
	case OPT_VIEWS:
		return dp_view_parse(arg, i->bystanders, &i->n_bystanders, why);
	case OPT_UNIT:
		return dp_inject_unit(i, arg, why);
	case OPT_SKEW:
		return dp_parse_size(arg, &i->skew, why);
	case OPT_SHARING:
		value = dp_sharing_from_name(arg);
		i->sharing = value;
		return dp_inject_name(value, arg, "shared, private or sync",
				      why);
	case OPT_EARLY_KILL:
		value = dp_early_kill_from_name(arg);
		i->early_kill = value;
		return dp_inject_name(value, arg, "on or off", why);
	case OPT_OBSERVER:
		i->observer = dp_observer_from_name(arg);
		return dp_inject_name(i->observer, arg, "pagemap, faults or edges",
				      why);
	}
	return dp_run_option(&a->run, id, arg, why);
}

/* DP_OPTIONS_END: go on, with operands from optind. */
static int dp_inject_parse(struct dp_inject_args *a,
			   struct dp_globals *globals, int argc, char **argv)
{
	struct dp_options o;
	int id, rc;

	if (dp_options_init(&o, &dp_cmd_inject, globals))
		return DP_OPTIONS_USAGE;
	while ((id = dp_options_next(&o, argc, argv)) >= 0) {
		struct dp_why why = { "" };

		rc = dp_inject_option(a, id, o.arg, &why);
		if (!rc)
			continue;
		dp_usage(&dp_cmd_inject, "%s", dp_why_text(&why, rc));
		id = DP_OPTIONS_USAGE;
		break;
	}
	dp_options_deinit(&o);
	return id;
}

/* How many pages are asked for; the plan checks what this does not. */
static uint64_t dp_inject_pages(const struct dp_inject_options *o)
{
	return o->length ? (o->length - 1) / (o->stride ?: o->page) + 1
			 : o->count;
}

static int dp_inject_plan(const struct dp_inject_args *a,
			  struct dp_runner *runner,
			  const struct dp_target *target)
{
	struct dp_plan plan = { 0 };
	struct dp_report_part part = { &plan, target, 1 };
	struct dp_why why = { "" };
	int rc, status;

	rc = dp_plan_inject(&plan, target, &a->inject, &why);
	if (rc == -EINVAL) {
		status = dp_usage(&dp_cmd_inject, "%s", dp_why_text(&why, rc));
	} else if (rc) {
		dp_error("%s", dp_why_text(&why, rc));
		status = DP_EXIT_FAILED;
	} else {
		rc = dp_runner_run(runner, &part);
		status = dp_runner_end(runner, rc);
	}
	dp_plan_deinit(&plan);
	return status;
}

/* In a directory: a file of our own, which has the unit that is wanted. */
static int dp_inject_own(struct dp_inject_args *a, struct dp_target *target,
			 struct dp_why *why)
{
	const struct dp_own_file own = {
		.units = DP_OWN_UNITS,
		.any_layout = a->inject.unit == a->inject.page,
	};
	_cleanup_free_ struct dp_target *dir = malloc(sizeof(*dir));
	int rc;

	if (!dir)
		return -ENOMEM;
	*dir = *target;
	rc = dp_own_file_make(dir, &own, target, why);
	if (rc)
		return rc;
	/* Off from its start: a file offset of 0 hides mistakes. */
	if (!a->have_offset)
		a->inject.offset = target->run.offset +
				   DP_OWN_UNITS / 2 * target->align +
				   target->align / 2 + 2 * a->inject.page;
	return 0;
}

/* --unit 4K of what could be mapped by more: at addresses that forbid it. */
static void dp_inject_small(struct dp_inject_args *a,
			    const struct dp_target *target)
{
	if (target->kind == DP_KIND_FSDAX && a->inject.unit == a->inject.page &&
	    !a->inject.skew)
		a->inject.skew = a->inject.page;
}

static int dp_inject_named(struct dp_inject_args *a,
			   struct dp_runner *runner, const char *name)
{
	_cleanup_(dp_inventory_deinit) struct dp_inventory inv = { 0 };
	_cleanup_free_ struct dp_target *target = NULL;
	int rc, status = DP_EXIT_NOT_JUDGED;
	struct dp_why why = { "" };
	bool found;

	target = calloc(1, sizeof(*target));
	if (!target)
		dp_out_of_memory();
	rc = dp_find_all(&inv, &why);
	if (!rc)
		rc = dp_method_info(a->inject.method)->medium
			     ? dp_find_medium(&inv, name, target, &why)
			     : dp_find_target(&inv, name, target, &why);
	found = !rc;
	if (!rc && !a->run.dry_run)
		rc = dp_safety_check(target, a->inject.method, a->run.force,
				     &why);
	if (!rc && target->is_dir)
		rc = dp_inject_own(a, target, &why);
	if (!rc) {
		dp_inject_small(a, target);
		status = dp_inject_plan(a, runner, target);
	} else {
		status = dp_refused(runner->globals, dp_why_text(&why, rc));
	}
	if (found)
		dp_find_release(target);
	return status;
}

static int dp_run_inject(struct dp_globals *globals, int argc, char **argv)
{
	struct dp_inject_args a = {
		.inject = {
			.page = sysconf(_SC_PAGESIZE),
			.count = 1,
			.observer = -1,
		},
		.run = { .timeout = DP_RUN_TIMEOUT },
	};
	struct dp_why why = { "" };
	struct dp_runner runner;
	int rc;

	rc = dp_inject_parse(&a, globals, argc, argv);
	if (rc == DP_OPTIONS_DONE)
		return DP_EXIT_HELD;
	if (rc == DP_OPTIONS_USAGE)
		return DP_EXIT_USAGE;
	if (argc - optind != 1)
		return dp_usage(&dp_cmd_inject, argc == optind
				? "name the target, such as dax0.0, namespace0.0 or a file"
				: "one target at a time");
	/* One injection is told at length, many as a table. */
	a.run.detailed = dp_inject_pages(&a.inject) == 1;
	rc = dp_runner_init(&runner, globals, &a.run, &why);
	if (rc)
		return dp_usage(&dp_cmd_inject, "%s", dp_why_text(&why, rc));
	rc = dp_inject_named(&a, &runner, argv[optind]);
	dp_runner_deinit(&runner);
	return rc;
}

const struct dp_command dp_cmd_inject = {
	.name = "inject",
	.summary = "inject poison into a target and observe everything about it",
	.operands = "TARGET",
	.options = dp_inject_rows,
	.shared = dp_run_rows,
	.run = dp_run_inject,
};
