/* SPDX-License-Identifier: GPL-2.0-only */
/* The matrix as a table, and as KTAP with a subtest for each run. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "out/json-get.h"
#include "out/matrix.h"
#include "out/table.h"

#define DP_CELL_TEXT 160

/* "held", "violated: over-unmap, wrong-lsb"; "-" where there is no such case. */
static void dp_cell_text(char *buf, size_t size, struct json_object *cell)
{
	const char *verdict = dp_get_text(cell, "verdict");
	size_t n = dp_get_n(cell, "not_held");
	const char *deviation;

	snprintf(buf, size, "%s", cell ? verdict : "-");
	for (size_t i = 0; i < n; i++) {
		deviation = dp_get_text(dp_get_at(cell, "not_held", i),
					"deviation");
		if (*deviation && !strstr(buf, deviation))
			dp_append(buf, size, "%s %s",
				  strchr(buf, ':') ? "," : ":", deviation);
	}
}

static const char *dp_mark(struct json_object *row)
{
	const char *differs = dp_get_text(row, "differs");

	return *differs == 'v' ? "!" : *differs == 'f' ? "~" : "";
}

/* The id, and which one where it is there more than once. */
static void dp_row_name(char *buf, size_t size, struct json_object *row)
{
	uint64_t n = dp_get_u64(row, "number");

	dp_printable(buf, size, dp_get_text(row, "id"));
	if (n > 1)
		dp_append(buf, size, " (%llu)", (unsigned long long)n);
}

static int dp_print_table(FILE *out, struct json_object *matrix)
{
	_cleanup_(dp_table_freep) struct dp_table *t = dp_table_new();
	size_t kernels = dp_get_n(matrix, "kernels");
	char text[DP_CELL_TEXT];
	struct json_object *row;
	int rc, line;

	if (!t)
		return -ENOMEM;
	rc = dp_table_column(t, "", 0, 0);
	if (!rc)
		rc = dp_table_column(t, "CASE", 0, 0);
	for (size_t k = 0; !rc && k < kernels; k++)
		rc = dp_table_column(
			t,
			dp_printable(text, sizeof(text),
				     json_object_get_string(
					     dp_get_at(matrix, "kernels", k))),
			0, 0);
	for (size_t i = 0; !rc && i < dp_get_n(matrix, "comparison"); i++) {
		row = dp_get_at(matrix, "comparison", i);
		line = dp_table_row(t, -1);
		if (line < 0)
			return line;
		dp_row_name(text, sizeof(text), row);
		rc = dp_table_cell(t, line, 0, dp_mark(row));
		if (!rc)
			rc = dp_table_cell(t, line, 1, text);
		for (size_t k = 0; !rc && k < kernels; k++) {
			dp_cell_text(text, sizeof(text),
				     dp_get_at(row, "cells", k));
			rc = dp_table_cell(t, line, 2 + k, text);
		}
	}
	return rc ?: dp_table_print(t, out);
}

/* What is behind each mark. */
static void dp_print_differences(FILE *out, struct json_object *matrix)
{
	char name[DP_CELL_TEXT], text[DP_CELL_TEXT], facts[2048];
	struct json_object *row, *cell;

	for (size_t i = 0; i < dp_get_n(matrix, "comparison"); i++) {
		row = dp_get_at(matrix, "comparison", i);
		if (!*dp_mark(row))
			continue;
		dp_row_name(name, sizeof(name), row);
		fprintf(out, "\n%s %s\n", dp_mark(row), name);
		for (size_t k = 0; k < dp_get_n(matrix, "kernels"); k++) {
			cell = dp_get_at(row, "cells", k);
			if (!cell)
				continue;
			dp_cell_text(text, sizeof(text), cell);
			fprintf(out, "  %s: %s\n    %s\n",
				json_object_get_string(
					dp_get_at(matrix, "kernels", k)),
				text,
				dp_printable(facts, sizeof(facts),
					     dp_get_text(cell, "facts")));
		}
	}
}

/* Runs without a result, and what is known that no longer shows. */
static void dp_print_runs(FILE *out, struct json_object *matrix)
{
	struct json_object *run, *known, *line;
	char text[512];

	for (size_t i = 0; i < dp_get_n(matrix, "runs"); i++) {
		run = dp_get_at(matrix, "runs", i);
		known = dp_get(dp_get(run, "document"), "summary");
		if (!dp_get(run, "document") || dp_get_bool(run, "lost")) {
			fprintf(out, "\n%s: no result, exit status %llu\n",
				dp_printable(text, sizeof(text),
					     dp_get_text(run, "item")),
				(unsigned long long)dp_get_u64(run, "status"));
			for (size_t l = 0; l < dp_get_n(run, "messages"); l++) {
				line = dp_get_at(run, "messages", l);
				fprintf(out, "  %s\n",
					dp_printable(text, sizeof(text),
						     json_object_get_string(line) ?: ""));
			}
		}
		for (size_t k = 0; k < dp_get_n(known, "known"); k++) {
			line = dp_get_at(known, "known", k);
			fprintf(out, "%sknown %s: %s on %s\n", k ? "" : "\n",
				dp_get_text(line, "id"),
				dp_get_text(line, "state"),
				dp_get_text(run, "release"));
		}
	}
}

int dp_matrix_print(FILE *out, struct json_object *matrix)
{
	struct json_object *s = dp_get(matrix, "summary");
	int rc = 0;

	if (dp_get_n(matrix, "comparison"))
		rc = dp_print_table(out, matrix);
	if (rc)
		return rc;
	dp_print_differences(out, matrix);
	dp_print_runs(out, matrix);
	fprintf(out, "\n%llu runs, %llu without a result; %zu kernels, %llu cases, %llu differ in their verdict (!), %llu in facts (~)\n",
		(unsigned long long)dp_get_u64(s, "runs"),
		(unsigned long long)dp_get_u64(s, "lost"),
		dp_get_n(matrix, "kernels"),
		(unsigned long long)dp_get_u64(s, "cases"),
		(unsigned long long)dp_get_u64(s, "differ_in_verdict"),
		(unsigned long long)dp_get_u64(s, "differ_in_facts"));
	return ferror(out) ? -EIO : 0;
}

/* A description must not hold what ends it. */
static void dp_ktap_text(FILE *out, const char *text)
{
	char clean[1024];

	dp_printable(clean, sizeof(clean), text);
	for (char *p = clean; *p; p++)
		fputc(*p == '#' ? '_' : *p, out);
}

/* Whether it is no failure. */
static bool dp_ktap_case(FILE *out, size_t n, struct json_object *c)
{
	const char *verdict = dp_get_text(c, "verdict"), *of;
	bool bad = !strcmp(verdict, "violated"), known, unjudged;
	struct json_object *g;

	known = !strcmp(verdict, "known");
	unjudged = !*verdict || !strcmp(verdict, "not-judged");
	for (size_t i = 0; i < dp_get_n(c, "guarantees"); i++) {
		g = dp_get_at(c, "guarantees", i);
		of = dp_get_text(g, "verdict");
		if (!strcmp(of, "held") || !strcmp(of, "recorded"))
			continue;
		fputs("    # ", out);
		dp_ktap_text(out, dp_get_text(g, "id"));
		fprintf(out, " %s: ", of);
		dp_ktap_text(out, dp_get_text(g, "detail"));
		fputc('\n', out);
	}
	fprintf(out, "    %s %zu ", bad || known ? "not ok" : "ok", n + 1);
	dp_ktap_text(out, dp_get_text(c, "id"));
	fprintf(out, "%s\n", known      ? " # XFAIL known deviation"
			     : unjudged ? " # SKIP not judged"
					: "");
	return !bad;
}

int dp_matrix_ktap(FILE *out, struct json_object *matrix)
{
	size_t runs = dp_get_n(matrix, "runs"), cases;
	struct json_object *run, *doc;

	fprintf(out, "KTAP version 1\n1..%zu\n", runs);
	for (size_t i = 0; i < runs; i++) {
		bool ok;

		run = dp_get_at(matrix, "runs", i);
		doc = dp_get(run, "document");
		cases = dp_get_n(doc, "cases");
		ok = dp_get_u64(run, "status") == 0 ||
		     dp_get_u64(run, "status") == 3;
		fprintf(out, "    KTAP version 1\n    1..%zu\n", cases);
		for (size_t k = 0; k < cases; k++)
			ok &= dp_ktap_case(out, k, dp_get_at(doc, "cases", k));
		for (size_t l = 0; !cases && l < dp_get_n(run, "messages"); l++) {
			fputs("    # ", out);
			dp_ktap_text(out, json_object_get_string(dp_get_at(
					  run, "messages", l)) ?: "");
			fputc('\n', out);
		}
		fprintf(out, "%s %zu ", ok ? "ok" : "not ok", i + 1);
		dp_ktap_text(out, dp_get_text(run, "item"));
		fprintf(out, "%s\n", dp_get_u64(run, "status") == 3
					     ? " # SKIP nothing could be judged"
					     : "");
	}
	return ferror(out) ? -EIO : 0;
}
