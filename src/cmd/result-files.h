/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that a result is written to besides what is printed: each appears
 * whole or not at all. */
#ifndef DP_CMD_RESULT_FILES_H
#define DP_CMD_RESULT_FILES_H

#include "cmd/command.h"
#include "out/matrix.h"

enum {
	DP_OPT_JUNIT = 768,
	DP_OPT_HTML,
	DP_OPT_SVG,
	DP_OPT_OUTPUT,
};

/* Rows for the tables of the commands that take them. */
#define DP_RESULT_ROWS                                                         \
	{ DP_OPT_JUNIT, "junit", "FILE", "write JUnit XML, too" },             \
	{ DP_OPT_HTML, "html", "FILE", "write a page to look at, too" },       \
	{ DP_OPT_SVG, "svg", "FILE", "write the blast maps as SVG, too" }
#define DP_OUTPUT_ROW                                                          \
	{ DP_OPT_OUTPUT, "output", "FILE", "write the document to FILE, too" }

struct dp_result_files {
	const char *junit, *html, *svg, *output;
};

/* Take one of them. 0; -ENOENT: not one of them. */
int dp_result_option(struct dp_result_files *files, int id, const char *arg);

/* Whether any was asked for. */
bool dp_result_wanted(const struct dp_result_files *files);

/* Write those that were asked for. 0, or negative errno with a reason. */
int dp_result_write(const struct dp_result_files *files,
		    struct json_object *matrix, struct dp_why *why);

/* Print it in the form asked for, write the files, and report on stderr what
 * went wrong with that. The exit status. */
int dp_result_show(const struct dp_globals *globals,
		   const struct dp_result_files *files,
		   struct json_object *matrix);

/* Read a document that was written before. NULL with a reason; *err is then a
 * negative errno (-ENOENT: there is no such file). */
struct json_object *dp_result_read(const char *path, int *err,
				   struct dp_why *why);

/* The right to produce FILE, as long as the descriptor returned is open, for
 * one process on this machine; whoever dies gives it up. -EBUSY with a reason:
 * another has it. */
int dp_result_claim(const char *path, struct dp_why *why);

#endif
