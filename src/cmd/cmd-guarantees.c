/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "cmd/command.h"
#include "out/guarantees.h"

enum {
	OPT_KIND = 256,
	OPT_METHOD,
	OPT_UNIT,
	OPT_MDOC,
};

static const struct dp_option dp_guarantees_rows[] = {
	{ OPT_KIND, "kind", "devdax|fsdax|block", "only what applies to this kind of target" },
	{ OPT_METHOD, "method", "METHOD", "only what applies to this method" },
	{ OPT_UNIT, "unit", "4K|2M|1G", "only what applies to units of this size" },
	{ OPT_MDOC, "mdoc", NULL, "print daxpoison-guarantees(7)" },
	{ 0, NULL, NULL, NULL },
};

static int dp_guarantees_unit(struct dp_guarantee_view *view, const char *arg)
{
	struct dp_units units = dp_units_of(view->page);
	struct dp_why why = { "" };
	int rc;

	rc = dp_parse_size(arg, &view->unit, &why);
	if (!rc && view->unit != units.pte && view->unit != units.pmd &&
	    view->unit != units.pud)
		rc = dp_why(&why, -EINVAL,
			    "'%s' is not the size of a page-table entry", arg);
	if (rc)
		dp_usage(&dp_cmd_guarantees, "--unit: %s",
			 dp_why_text(&why, rc));
	return rc;
}

static int dp_guarantees_parse(struct dp_globals *globals, int argc,
			       char **argv, struct dp_guarantee_view *view)
{
	struct dp_options o;
	int id, value;

	if (dp_options_init(&o, &dp_cmd_guarantees, globals))
		return DP_OPTIONS_USAGE;
	while ((id = dp_options_next(&o, argc, argv)) >= 0) {
		if (id == OPT_MDOC) {
			view->form = DP_GUARANTEES_MDOC;
			continue;
		}
		if (id == OPT_UNIT) {
			if (!dp_guarantees_unit(view, o.arg))
				continue;
			id = DP_OPTIONS_USAGE;
			break;
		}
		value = id == OPT_KIND ? dp_kind_from_name(o.arg)
				       : dp_method_from_name(o.arg);
		if (value < 0) {
			dp_usage(&dp_cmd_guarantees, "'%s' is not a %s", o.arg,
				 id == OPT_KIND ? "kind" : "method");
			id = DP_OPTIONS_USAGE;
			break;
		}
		if (id == OPT_KIND)
			view->kind = value;
		else
			view->method = value;
	}
	dp_options_deinit(&o);
	return id;
}

static int dp_run_guarantees(struct dp_globals *globals, int argc,
			     char **argv)
{
	struct dp_guarantee_view view = { .kind = -1, .method = -1,
					  .page = sysconf(_SC_PAGESIZE) };
	int rc;

	rc = dp_guarantees_parse(globals, argc, argv, &view);
	if (rc == DP_OPTIONS_DONE)
		return DP_EXIT_HELD;
	if (rc == DP_OPTIONS_USAGE)
		return DP_EXIT_USAGE;
	if (argc > optind)
		return dp_usage(&dp_cmd_guarantees, "takes no operands");
	if (globals->ktap)
		return dp_usage(&dp_cmd_guarantees,
				"--ktap: there is nothing to run here");
	if (view.kind == DP_KIND_FSDAX &&
	    view.unit > dp_units_of(view.page).pmd)
		return dp_usage(&dp_cmd_guarantees,
				"no file is mapped by units of that size");
	if (globals->json)
		view.form = DP_GUARANTEES_JSON;
	rc = dp_guarantees_print(stdout, &view);
	if (!rc)
		return DP_EXIT_HELD;
	dp_error("guarantees: %s", strerror(-rc));
	return DP_EXIT_FAILED;
}

const struct dp_command dp_cmd_guarantees = {
	.name = "guarantees",
	.summary = "show what the kernel promises, how firmly, and who says so",
	.operands = "",
	.options = dp_guarantees_rows,
	.run = dp_run_guarantees,
};
