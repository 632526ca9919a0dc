/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmd/result-files.h"

static const struct dp_option dp_merge_rows[] = {
	DP_OUTPUT_ROW,
	DP_RESULT_ROWS,
	{ 0, NULL, NULL, NULL },
};

static int dp_merge_parse(struct dp_result_files *files,
			  struct dp_globals *globals, int argc, char **argv)
{
	struct dp_options o;
	int id;

	if (dp_options_init(&o, &dp_cmd_merge, globals))
		return DP_OPTIONS_USAGE;
	while ((id = dp_options_next(&o, argc, argv)) >= 0)
		dp_result_option(files, id, o.arg);
	dp_options_deinit(&o);
	return id;
}

static int dp_merge_take(struct json_object *matrix, const char *path,
			 struct dp_why *why)
{
	struct dp_why inner = { "" };
	struct json_object *doc;
	int rc;

	doc = dp_result_read(path, &rc, why);
	if (!doc)
		return rc;
	rc = dp_matrix_take(matrix, doc, &inner);
	json_object_put(doc);
	return rc ? dp_why(why, rc, "'%s': %s", path, dp_why_text(&inner, rc))
		  : 0;
}

static int dp_run_merge(struct dp_globals *globals, int argc, char **argv)
{
	struct dp_result_files files = { 0 };
	struct json_object *matrix;
	struct dp_why why = { "" };
	int rc, status;

	rc = dp_merge_parse(&files, globals, argc, argv);
	if (rc == DP_OPTIONS_DONE)
		return DP_EXIT_HELD;
	if (rc == DP_OPTIONS_USAGE)
		return DP_EXIT_USAGE;
	if (argc == optind)
		return dp_usage(&dp_cmd_merge, "name the files of results");
	matrix = dp_matrix_new();
	for (rc = 0; !rc && optind < argc; optind++)
		rc = dp_merge_take(matrix, argv[optind], &why);
	if (rc) {
		dp_error("merge: %s", dp_why_text(&why, rc));
		status = DP_EXIT_FAILED;
	} else {
		dp_matrix_compare(matrix);
		status = dp_result_show(globals, &files, matrix);
	}
	json_object_put(matrix);
	return status;
}

const struct dp_command dp_cmd_merge = {
	.name = "merge",
	.summary = "put results of several runs side by side and compare them",
	.operands = "FILE...",
	.options = dp_merge_rows,
	.run = dp_run_merge,
};
