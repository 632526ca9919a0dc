/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "out/guarantees.h"

enum {
	OPT_KIND = 256,
	OPT_METHOD,
	OPT_MDOC,
};

static const struct dp_option dp_guarantees_rows[] = {
	{ OPT_KIND, "kind", "devdax|fsdax", "only what applies to this kind of target" },
	{ OPT_METHOD, "method", "METHOD", "only what applies to this method" },
	{ OPT_MDOC, "mdoc", NULL, "print daxpoison-guarantees(7)" },
	{ 0, NULL, NULL, NULL },
};

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
	struct dp_guarantee_view view = { .kind = -1, .method = -1 };
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
