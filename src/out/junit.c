/* SPDX-License-Identifier: GPL-2.0-only */
/* JUnit XML, as CI servers read it: a test suite for each run, a test case for
 * each case. A known deviation and what was not judged are skipped, with the
 * reason; a run without a result is an error, never a suite that is empty. */
#include <errno.h>
#include <string.h>

#include "out/json-get.h"
#include "out/markup.h"
#include "out/matrix.h"

struct dp_tally {
	size_t tests, failures, errors, skipped;
};

static bool dp_is(struct json_object *c, const char *verdict)
{
	return !strcmp(dp_get_text(c, "verdict"), verdict);
}

static bool dp_is_skipped(struct json_object *c)
{
	return dp_is(c, "known") || dp_is(c, "not-judged") || dp_is(c, "");
}

/* A run that came to no result is a test of its own. */
static bool dp_is_error(struct json_object *run)
{
	return !dp_get(run, "document") || dp_get_bool(run, "lost");
}

static void dp_tally(struct dp_tally *t, struct json_object *run)
{
	struct json_object *doc = dp_get(run, "document"), *c;
	size_t n = dp_get_n(doc, "cases");

	t->tests += n;
	for (size_t i = 0; i < n; i++) {
		c = dp_get_at(doc, "cases", i);
		t->failures += dp_is(c, "violated");
		t->skipped += dp_is_skipped(c);
	}
	if (dp_is_error(run)) {
		t->tests++;
		t->errors++;
	}
}

static void dp_counts(FILE *out, const struct dp_tally *t)
{
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
		t->tests, t->failures, t->errors, t->skipped);
}

/* "id process: deviation: detail", a line for each with that verdict. */
static void dp_details(FILE *out, struct json_object *c, const char *verdict)
{
	struct json_object *g;

	for (size_t i = 0; i < dp_get_n(c, "guarantees"); i++) {
		g = dp_get_at(c, "guarantees", i);
		if (!dp_is(g, verdict))
			continue;
		dp_markup(out, "%s %s: %s%s%s\n", dp_get_text(g, "id"),
			  dp_get_text(g, "process"),
			  dp_get_text(g, "deviation"),
			  *dp_get_text(g, "deviation") ? ": " : "",
			  dp_get_text(g, "detail"));
	}
}

/* Seconds that the steps of the case took. */
static double dp_seconds(struct json_object *c)
{
	struct json_object *took = dp_get(c, "took_ns");
	double ns = 0;

	if (!json_object_is_type(took, json_type_object))
		return 0;
	json_object_object_foreach(took, key, value) {
		(void)value;
		ns += dp_get_u64(took, key);
	}
	return ns / 1e9;
}

static void dp_case(FILE *out, struct json_object *run, struct json_object *c)
{
	const char *verdict = dp_get_text(c, "verdict");

	dp_markup(out, "  <testcase classname=\"%s\" name=\"%s\"",
		  dp_get_text(run, "release"), dp_get_text(c, "id"));
	fprintf(out, " time=\"%.6f\">\n", dp_seconds(c));
	if (dp_is(c, "violated")) {
		fputs("   <failure message=\"violated\">", out);
		dp_details(out, c, verdict);
		fputs("</failure>\n", out);
	} else if (dp_is_skipped(c)) {
		dp_markup(out, "   <skipped message=\"%s\"/>\n",
			  dp_is(c, "known") ? "known deviation"
			  : *verdict	    ? "not judged"
					    : "planned, not run");
	}
	fputs("   <system-out>", out);
	if (!dp_is(c, "violated"))
		dp_details(out, c, verdict);
	dp_markup(out, "repeat: %s\n</system-out>\n  </testcase>\n",
		  dp_get_text(c, "repeat"));
}

static void dp_error_case(FILE *out, struct json_object *run)
{
	dp_markup(out,
		  "  <testcase classname=\"%s\" name=\"guest\">\n   <error message=\"no whole result, exit status %llu\">",
		  dp_get_text(run, "release"),
		  (unsigned long long)dp_get_u64(run, "status"));
	for (size_t i = 0; i < dp_get_n(run, "messages"); i++)
		dp_markup(out, "%s\n",
			  json_object_get_string(dp_get_at(run, "messages", i))
				  ?: "");
	fputs("</error>\n  </testcase>\n", out);
}

int dp_matrix_junit(FILE *out, struct json_object *matrix)
{
	size_t runs = dp_get_n(matrix, "runs");
	struct dp_tally all = { 0 }, one;
	struct json_object *run, *doc;

	for (size_t i = 0; i < runs; i++)
		dp_tally(&all, dp_get_at(matrix, "runs", i));
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"daxpoison\"",
	      out);
	dp_counts(out, &all);
	fputs(">\n", out);
	for (size_t i = 0; i < runs; i++) {
		run = dp_get_at(matrix, "runs", i);
		doc = dp_get(run, "document");
		one = (struct dp_tally){ 0 };
		dp_tally(&one, run);
		dp_markup(out, " <testsuite name=\"%s\"",
			  dp_get_text(run, "item"));
		dp_counts(out, &one);
		fputs(">\n", out);
		for (size_t k = 0; k < dp_get_n(doc, "cases"); k++)
			dp_case(out, run, dp_get_at(doc, "cases", k));
		if (dp_is_error(run))
			dp_error_case(out, run);
		fputs(" </testsuite>\n", out);
	}
	fputs("</testsuites>\n", out);
	return ferror(out) ? -EIO : 0;
}
