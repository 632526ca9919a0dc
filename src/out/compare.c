/* SPDX-License-Identifier: GPL-2.0-only */
/* Which case went how on which kernel. Two kernels differ in a case by its
 * verdict, by what deviated, or only by the facts behind the same verdict. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "out/json-get.h"
#include "out/matrix.h"

#define dp_add json_object_object_add
#define dp_str json_object_new_string

/* Older kernels first, whatever order the files came in. */
static int dp_by_release(const void *a, const void *b)
{
	struct json_object *x = *(struct json_object *const *)a;
	struct json_object *y = *(struct json_object *const *)b;
	int diff = strverscmp(dp_get_text(x, "release"),
			      dp_get_text(y, "release"));

	return diff ?: strcmp(dp_get_text(x, "item"), dp_get_text(y, "item"));
}

/* The column of a release; a further one where it is not there yet. */
static size_t dp_column(struct json_object *kernels, const char *release)
{
	size_t n = json_object_array_length(kernels);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(json_object_get_string(
				    json_object_array_get_idx(kernels, i)),
			    release))
			return i;
	json_object_array_add(kernels, dp_str(release));
	return n;
}

static void dp_range_text(FILE *f, struct json_object *range)
{
	if (range)
		fprintf(f, "0x%llx+0x%llx",
			(unsigned long long)dp_get_u64(range, "offset"),
			(unsigned long long)dp_get_u64(range, "length"));
	else
		fputs("?", f);
}

/* Where in the target si_addr points, however the view was mapped. */
static uint64_t dp_addr_offset(struct json_object *view,
			       struct json_object *signal)
{
	return strtoull(dp_get_text(signal, "addr"), NULL, 16) -
	       strtoull(dp_get_text(view, "start"), NULL, 16) +
	       dp_get_u64(view, "offset");
}

static void dp_view_facts(FILE *f, struct json_object *view)
{
	size_t n = dp_get_n(view, "signals");

	fprintf(f, "%s: told", dp_get_text(view, "process"));
	for (size_t i = 0; i < n; i++) {
		struct json_object *s = dp_get_at(view, "signals", i);

		fprintf(f, " %s lsb %llu of ", dp_get_text(s, "code"),
			(unsigned long long)dp_get_u64(s, "lsb"));
		dp_range_text(f, dp_get(s, "reported"));
		/* An address in another view says nothing in terms of this. */
		if (dp_get(s, "view") &&
		    strcmp(dp_get_text(s, "view"), dp_get_text(view, "process")))
			fprintf(f, " of %s (%s)", dp_get_text(s, "view"),
				dp_get_text(s, "step"));
		else
			fprintf(f, " at 0x%llx (%s)",
				(unsigned long long)dp_addr_offset(view, s),
				dp_get_text(s, "step"));
	}
	fputs(n ? ", lost" : " nothing, lost", f);
	n = dp_get_n(view, "unmapped");
	for (size_t i = 0; i < n; i++) {
		fputc(' ', f);
		dp_range_text(f, dp_get_at(view, "unmapped", i));
	}
	if (!n)
		fputs(dp_get(view, "unmapped") ? " nothing" : " ?", f);
	fprintf(f, ", unit %llu", (unsigned long long)dp_get_u64(view, "unit"));
}

/* What was seen, without what changes from run to run. */
static struct json_object *dp_facts(struct json_object *c)
{
	struct json_object *attempt = dp_get(c, "attempt"), *value;
	_cleanup_free_ char *text = NULL;
	struct json_object *facts;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		dp_out_of_memory();
	for (size_t i = 0; i < dp_get_n(c, "views"); i++) {
		fputs(i ? "; " : "", f);
		dp_view_facts(f, dp_get_at(c, "views", i));
	}
	if (attempt) {
		value = dp_get(attempt, "error");
		fprintf(f, "%s", value ? json_object_get_string(value)
				       : "succeeded");
		value = dp_get(attempt, "shows_offset");
		if (value)
			fprintf(f, ", shows offset 0x%llx",
				(unsigned long long)json_object_get_uint64(value));
		value = dp_get(attempt, "rest_faults");
		if (value)
			fprintf(f, ", the rest took %lld faults",
				(long long)json_object_get_int64(value));
	}
	value = dp_get(c, "end");
	if (strcmp(dp_get_text(value, "how"), "exited"))
		fprintf(f, "; ended: %s", dp_get_text(value, "how"));
	if (fclose(f) || !text)
		dp_out_of_memory();
	facts = dp_str(text);
	return facts;
}

/* "guarantee process verdict deviation" of everything that is not held. */
static struct json_object *dp_not_held(struct json_object *c)
{
	struct json_object *array = json_object_new_array(), *g, *one;

	for (size_t i = 0; i < dp_get_n(c, "guarantees"); i++) {
		g = dp_get_at(c, "guarantees", i);
		if (!strcmp(dp_get_text(g, "verdict"), "held") ||
		    !strcmp(dp_get_text(g, "verdict"), "recorded"))
			continue;
		one = json_object_new_object();
		dp_add(one, "id", dp_str(dp_get_text(g, "id")));
		dp_add(one, "process", dp_str(dp_get_text(g, "process")));
		dp_add(one, "verdict", dp_str(dp_get_text(g, "verdict")));
		dp_add(one, "deviation",
		       *dp_get_text(g, "deviation")
			       ? dp_str(dp_get_text(g, "deviation"))
			       : NULL);
		json_object_array_add(array, one);
	}
	return array;
}

static struct json_object *dp_cell(struct json_object *run, size_t run_index,
				   size_t case_index)
{
	struct json_object *c = dp_get_at(dp_get(run, "document"), "cases",
					  case_index);
	struct json_object *cell = json_object_new_object();

	dp_add(cell, "run", json_object_new_int64(run_index));
	dp_add(cell, "case", json_object_new_int64(case_index));
	/* A document that holds a plan only has no verdict. */
	dp_add(cell, "verdict", *dp_get_text(c, "verdict")
					? dp_str(dp_get_text(c, "verdict"))
					: dp_str("not-judged"));
	dp_add(cell, "not_held", dp_not_held(c));
	dp_add(cell, "facts", dp_facts(c));
	return cell;
}

/* Rows by case id; an id that comes again in the same column, from another
 * target, gets a row of its own. `seen` is an object from id to row numbers. */
static struct json_object *dp_row(struct json_object *rows,
				  struct json_object *seen, const char *id,
				  size_t column, size_t columns)
{
	struct json_object *of_id = dp_get(seen, id), *row, *cells;
	size_t n = of_id ? json_object_array_length(of_id) : 0;

	for (size_t i = 0; i < n; i++) {
		row = json_object_array_get_idx(of_id, i);
		if (!dp_get_at(row, "cells", column))
			return row;
	}
	if (!of_id) {
		of_id = json_object_new_array();
		dp_add(seen, id, of_id);
	}
	row = json_object_new_object();
	cells = json_object_new_array();
	for (size_t i = 0; i < columns; i++)
		json_object_array_add(cells, NULL);
	dp_add(row, "id", dp_str(id));
	dp_add(row, "number", json_object_new_int64(n + 1));
	dp_add(row, "differs", NULL);
	dp_add(row, "cells", cells);
	json_object_array_add(rows, row);
	json_object_array_add(of_id, json_object_get(row));
	return row;
}

/* NULL, "facts" or "verdict". A kernel without the case differs in nothing:
 * another plan is no other behaviour. */
static const char *dp_difference(struct json_object *row)
{
	struct json_object *first = NULL, *cell;
	const char *differs = NULL;

	for (size_t i = 0; i < dp_get_n(row, "cells"); i++) {
		cell = dp_get_at(row, "cells", i);
		if (!cell)
			continue;
		if (!first)
			first = cell;
		if (strcmp(dp_get_text(first, "verdict"),
			   dp_get_text(cell, "verdict")) ||
		    !json_object_equal(dp_get(first, "not_held"),
				       dp_get(cell, "not_held")))
			return "verdict";
		if (strcmp(dp_get_text(first, "facts"),
			   dp_get_text(cell, "facts")))
			differs = "facts";
	}
	return differs;
}

static void dp_matrix_rows(struct json_object *matrix,
			   struct json_object *kernels,
			   struct json_object *rows)
{
	struct json_object *seen = json_object_new_object(), *run, *doc, *row;
	size_t n = dp_get_n(matrix, "runs"), column, cases;
	const char *id;

	for (size_t i = 0; i < n; i++)
		dp_column(kernels, dp_get_text(dp_get_at(matrix, "runs", i),
					       "release"));
	for (size_t i = 0; i < n; i++) {
		run = dp_get_at(matrix, "runs", i);
		doc = dp_get(run, "document");
		column = dp_column(kernels, dp_get_text(run, "release"));
		cases = dp_get_n(doc, "cases");
		for (size_t k = 0; k < cases; k++) {
			id = dp_get_text(dp_get_at(doc, "cases", k), "id");
			row = dp_row(rows, seen, id, column,
				     json_object_array_length(kernels));
			json_object_array_put_idx(dp_get(row, "cells"), column,
						  dp_cell(run, i, k));
		}
	}
	json_object_put(seen);
}

void dp_matrix_compare(struct json_object *matrix)
{
	struct json_object *kernels = json_object_new_array();
	struct json_object *rows = json_object_new_array();
	struct json_object *summary = json_object_new_object(), *row;
	size_t verdicts = 0, facts = 0, lost = 0, n;
	const char *differs;

	if (dp_get_n(matrix, "runs"))
		json_object_array_sort(dp_get(matrix, "runs"), dp_by_release);
	dp_matrix_rows(matrix, kernels, rows);
	n = json_object_array_length(rows);
	for (size_t i = 0; i < n; i++) {
		row = json_object_array_get_idx(rows, i);
		differs = dp_difference(row);
		if (differs)
			dp_add(row, "differs", dp_str(differs));
		verdicts += differs && *differs == 'v';
		facts += differs && *differs == 'f';
	}
	for (size_t i = 0; i < dp_get_n(matrix, "runs"); i++)
		lost += dp_get_bool(dp_get_at(matrix, "runs", i), "lost");
	dp_add(matrix, "kernels", kernels);
	dp_add(matrix, "comparison", rows);
	dp_add(summary, "runs",
	       json_object_new_int64(dp_get_n(matrix, "runs")));
	dp_add(summary, "lost", json_object_new_int64(lost));
	dp_add(summary, "cases", json_object_new_int64(n));
	dp_add(summary, "differ_in_verdict", json_object_new_int64(verdicts));
	dp_add(summary, "differ_in_facts", json_object_new_int64(facts));
	dp_add(summary, "status",
	       json_object_new_int(dp_matrix_status(matrix)));
	dp_add(matrix, "summary", summary);
}
