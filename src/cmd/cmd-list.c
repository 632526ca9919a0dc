/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/command.h"
#include "cmd/list-files.h"
#include "out/inventory.h"
#include "out/json-inventory.h"
#include "out/methods.h"
#include "sys/find.h"
#include "sys/kernel.h"

enum {
	OPT_FROM = 256,
	OPT_SYSROOT,
	OPT_METHODS,
	OPT_LIST_COLUMNS,
	OPT_LIST_METHODS,
};

static const struct dp_option dp_list_rows[] = {
	{ 'o', "output", "COLUMNS",
	  "columns to show, by name; +COLUMNS adds to the usual ones" },
	{ OPT_FROM, "from", "FILE",
	  "show what 'list --json' recorded, '-': on standard input" },
	{ OPT_SYSROOT, "sysroot", "DIR",
	  "judge by DIR/proc instead of /proc; devices stay this machine's" },
	{ OPT_METHODS, "methods", NULL,
	  "show the ways to inject: what each simulates, needs and leaves" },
	{ OPT_LIST_METHODS, "list-methods", NULL, NULL },
	{ OPT_LIST_COLUMNS, "list-columns", NULL, NULL },
	{ 0, NULL, NULL, NULL },
};

struct dp_list_args {
	struct dp_column_list columns;
	const char *from;
	const char *sysroot;
	bool list_columns;
	bool methods;
	bool list_methods;
};

/* What is listed, and the kernel it was found on. */
struct dp_listing {
	struct dp_inventory inv;
	struct dp_kernel kernel;
};

static void dp_listing_deinit(struct dp_listing *l)
{
	dp_inventory_deinit(&l->inv);
}

/* DP_OPTIONS_END: go on. */
static int dp_list_parse(struct dp_list_args *a, struct dp_globals *globals,
			 int argc, char **argv)
{
	struct dp_why why = { "" };
	struct dp_options o;
	int id;

	if (dp_options_init(&o, &dp_cmd_list, globals))
		return DP_OPTIONS_USAGE;
	while ((id = dp_options_next(&o, argc, argv)) >= 0) {
		if (id == OPT_FROM)
			a->from = o.arg;
		else if (id == OPT_SYSROOT)
			a->sysroot = o.arg;
		else if (id == OPT_LIST_COLUMNS)
			a->list_columns = true;
		else if (id == OPT_METHODS)
			a->methods = true;
		else if (id == OPT_LIST_METHODS)
			a->list_methods = true;
		else if (dp_column_list_parse(&a->columns, o.arg, &why)) {
			dp_usage(&dp_cmd_list, "-o: %s", why.text);
			id = DP_OPTIONS_USAGE;
			break;
		}
	}
	dp_options_deinit(&o);
	return id;
}

/* A whole file. 0 or negative errno. */
static int dp_list_slurp(const char *path, char **text, size_t *size)
{
	_cleanup_fclose_ FILE *opened = NULL;
	FILE *f = stdin, *memory;
	char block[4096];
	size_t n;

	if (strcmp(path, "-")) {
		f = opened = fopen(path, "re");
		if (!f)
			return -errno;
	}
	memory = open_memstream(text, size);
	if (!memory)
		return -errno;
	errno = 0;
	while ((n = fread(block, 1, sizeof(block), f)))
		fwrite(block, 1, n, memory);
	n = ferror(f) || ferror(memory);
	if (fclose(memory) || n)
		return errno ? -errno : -EIO;
	return 0;
}

/* libndctl and libdaxctl read the running system's /sys and have no root that
 * could be swapped. So another machine's devices do not come from a copy of its
 * /sys, but from what 'list --json' printed there. */
static int dp_list_read(const char *path, struct dp_listing *l,
			struct dp_why *why)
{
	_cleanup_free_ char *text = NULL;
	struct dp_why place = { "" };
	size_t size;
	int rc;

	rc = dp_list_slurp(path, &text, &size);
	if (rc)
		return dp_why(why, rc, "cannot read %s: %s", path,
			      strerror(-rc));
	rc = dp_json_inventory_read(text, size, &l->inv, &l->kernel, &place);
	if (rc)
		return dp_why(why, rc, "%s: %s", path, dp_why_text(&place, rc));
	return 0;
}

static int dp_list_find(const char *sysroot, struct dp_listing *l,
			struct dp_why *why)
{
	struct dp_rootdir root;
	int rc;

	dp_kernel_get(&l->kernel);
	rc = dp_rootdir_init(&root, sysroot);
	if (rc)
		return dp_why(why, rc, "cannot open %s: %s", sysroot,
			      strerror(-rc));
	rc = dp_find_all_below(&root, &l->inv, why);
	dp_rootdir_deinit(&root);
	return rc;
}

static int dp_list_print(const struct dp_list_args *a,
			 const struct dp_globals *globals,
			 const struct dp_listing *l)
{
	struct dp_inventory_options options = {
		.columns = &a->columns,
		.human = globals->human,
		.reasons = globals->log.level >= DP_LOG_INFO,
	};
	struct json_object *doc;
	int rc;

	if (!globals->json)
		return dp_inventory_print(stdout, &l->inv, &options);
	doc = dp_json_inventory(&l->inv, &l->kernel);
	if (!doc)
		return -ENOMEM;
	rc = dp_json_print(stdout, doc);
	json_object_put(doc);
	return rc;
}

static int dp_list_fail(const struct dp_why *why, int rc)
{
	dp_error("%s", dp_why_text(why, rc));
	return DP_EXIT_FAILED;
}

static int dp_list(const struct dp_list_args *a,
		   const struct dp_globals *globals)
{
	_cleanup_(dp_listing_deinit) struct dp_listing l = { 0 };
	struct dp_why why = { "" };
	int status = DP_EXIT_HELD;
	int rc;

	rc = a->from ? dp_list_read(a->from, &l, &why)
		     : dp_list_find(a->sysroot, &l, &why);
	if (rc)
		return dp_list_fail(&why, rc);
	rc = dp_filter_apply(&globals->filter, &l.inv, &why);
	if (rc && rc != -ENOENT)
		return dp_list_fail(&why, rc);
	if (rc) {
		dp_error("%s", why.text);
		status = DP_EXIT_NOT_JUDGED;
	}
	/* A reader of JSON gets its document, with nothing in it. */
	if (!rc || globals->json)
		rc = dp_list_print(a, globals, &l);
	else
		rc = 0;
	return rc ? dp_list_fail(&(struct dp_why){ "" }, rc) : status;
}

static int dp_run_list(struct dp_globals *globals, int argc, char **argv)
{
	struct dp_list_args a = { 0 };
	int rc;

	dp_column_list_init(&a.columns);
	rc = dp_list_parse(&a, globals, argc, argv);
	if (rc == DP_OPTIONS_DONE)
		return DP_EXIT_HELD;
	if (rc == DP_OPTIONS_USAGE)
		return DP_EXIT_USAGE;
	if (a.list_columns) {
		dp_columns_names(stdout);
		return DP_EXIT_HELD;
	}
	if (a.list_methods) {
		dp_methods_names(stdout);
		return DP_EXIT_HELD;
	}
	if (optind < argc && !strchr(argv[optind], '/'))
		return dp_usage(&dp_cmd_list,
				"'%s' is no path of a file; -n and -d choose devices by name",
				argv[optind]);
	if (globals->ktap)
		return dp_usage(&dp_cmd_list,
				"a list has no results to report in KTAP; --json is for machines");
	if (a.from && a.sysroot)
		return dp_usage(&dp_cmd_list, "--from and --sysroot: choose one");
	if (optind < argc && (a.from || a.sysroot || a.methods))
		return dp_usage(&dp_cmd_list,
				"a file is listed as it is on this machine; --from, --sysroot and --methods are for devices");
	if (optind < argc)
		return dp_list_files(globals, argv + optind, argc - optind);
	if (!a.methods)
		return dp_list(&a, globals);
	rc = dp_methods_print(stdout, globals->json);
	return rc ? dp_list_fail(&(struct dp_why){ "" }, rc) : DP_EXIT_HELD;
}

static void dp_list_more_help(void)
{
	printf("\nColumns for -o:\n");
	dp_columns_help(stdout);
}

const struct dp_command dp_cmd_list = {
	.name = "list",
	.summary = "list what can be poisoned, how, and why not",
	.operands = "[FILE...]",
	.options = dp_list_rows,
	.filters = true,
	.more_help = dp_list_more_help,
	.run = dp_run_list,
};
