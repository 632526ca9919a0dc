/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/exit.h"
#include "out/json-get.h"
#include "out/json.h"
#include "out/matrix.h"

#define DP_MATRIX_SCHEMA "daxpoison-matrix/1"
#define DP_RUN_SCHEMA "daxpoison/1"
#define DP_MESSAGES_MAX 40

#define dp_add json_object_object_add
#define dp_str json_object_new_string

struct json_object *dp_matrix_new(void)
{
	struct json_object *m = json_object_new_object();

	dp_add(m, "schema", dp_str(DP_MATRIX_SCHEMA));
	dp_add(m, "tool", dp_json_tool());
	dp_add(m, "runs", json_object_new_array());
	dp_add(m, "kernels", json_object_new_array());
	dp_add(m, "comparison", json_object_new_array());
	dp_add(m, "summary", json_object_new_object());
	return m;
}

char *dp_matrix_item(const struct dp_matrix_run *run)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	fputs(*run->release ? run->release : run->asked, f);
	for (const char *const *p = run->pmem; *p; p++)
		fprintf(f, " %s", *p);
	fputs(" --", f);
	for (char *const *p = run->command; *p; p++)
		fprintf(f, " %s", *p);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

struct json_object *dp_matrix_parse(const char *text, size_t n,
				    struct dp_why *why)
{
	struct json_tokener *tok = json_tokener_new();
	struct json_object *doc = NULL;
	size_t end;

	if (!tok)
		return NULL;
	if (n && n <= INT32_MAX)
		doc = json_tokener_parse_ex(tok, text, n);
	if (!doc) {
		dp_why(why, -EBADMSG, "not a JSON document: %s at byte %zu",
		       json_tokener_get_error(tok) == json_tokener_continue
			       ? "it ends too early"
			       : json_tokener_error_desc(
					 json_tokener_get_error(tok)),
		       json_tokener_get_parse_end(tok));
	} else {
		end = json_tokener_get_parse_end(tok);
		while (end < n && strchr(" \t\r\n", text[end]))
			end++;
		if (end < n) {
			dp_why(why, -EBADMSG, "more than one JSON document");
			json_object_put(doc);
			doc = NULL;
		}
	}
	json_tokener_free(tok);
	return doc;
}

static struct json_object *dp_lines(const char *text)
{
	struct json_object *lines = json_object_new_array();
	size_t n;

	for (; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		if (json_object_array_length(lines) == DP_MESSAGES_MAX)
			break;
		json_object_array_add(lines, json_object_new_string_len(text, n));
	}
	return lines;
}

static bool dp_is_run(struct json_object *doc)
{
	return !strcmp(dp_get_text(doc, "schema"), DP_RUN_SCHEMA);
}

int dp_matrix_add(struct json_object *matrix, const struct dp_matrix_run *run)
{
	struct json_object *obj = json_object_new_object(), *doc, *array;
	_cleanup_free_ char *item = dp_matrix_item(run);
	int status = run->status;

	doc = dp_matrix_parse(run->output, run->output_size, NULL);
	if (!dp_is_run(doc)) {
		json_object_put(doc);
		doc = NULL;
		/* A command line that made no sense is not a lost guest. */
		status = status == DP_EXIT_USAGE || status == DP_EXIT_NOT_JUDGED
				 ? status
				 : DP_EXIT_FAILED;
	}
	if (!item) {
		json_object_put(obj);
		json_object_put(doc);
		return -ENOMEM;
	}
	dp_add(obj, "item", dp_str(item));
	dp_add(obj, "asked", dp_str(run->asked));
	dp_add(obj, "release", dp_str(run->release));
	array = json_object_new_array();
	for (const char *const *p = run->pmem; *p; p++)
		json_object_array_add(array, dp_str(*p));
	dp_add(obj, "pmem", array);
	array = json_object_new_array();
	for (char *const *p = run->command; *p; p++)
		json_object_array_add(array, dp_str(*p));
	dp_add(obj, "command", array);
	dp_add(obj, "status", json_object_new_int(status));
	dp_add(obj, "lost", json_object_new_boolean(status == DP_EXIT_FAILED));
	dp_add(obj, "messages", dp_lines(run->messages));
	dp_add(obj, "document", doc);
	return json_object_array_add(dp_get(matrix, "runs"), obj);
}

/* The exit status that a document stands for. */
static int dp_document_status(struct json_object *doc)
{
	struct json_object *summary = dp_get(doc, "summary");
	struct json_object *judged = dp_get(summary, "guarantees");

	/* Refused, a run breaks off, but it has not failed. */
	if (dp_get_bool(summary, "broke_off") && !dp_get(doc, "refusal"))
		return DP_EXIT_FAILED;
	if (dp_get_u64(judged, "violated"))
		return DP_EXIT_VIOLATED;
	if (dp_get(doc, "refusal"))
		return DP_EXIT_NOT_JUDGED;
	return dp_get_u64(judged, "held") || dp_get_u64(judged, "known") ||
			       dp_get_u64(judged, "recorded")
		       ? DP_EXIT_HELD
		       : DP_EXIT_NOT_JUDGED;
}

static bool dp_has_item(struct json_object *matrix, const char *item)
{
	for (size_t i = 0; i < dp_get_n(matrix, "runs"); i++)
		if (!strcmp(dp_get_text(dp_get_at(matrix, "runs", i), "item"),
			    item))
			return true;
	return false;
}

/* A run of no guest: that of the machine where it was made. */
static int dp_take_run(struct json_object *matrix, struct json_object *doc)
{
	const char *release = dp_get_text(dp_get(doc, "kernel"), "release");
	struct json_object *obj = json_object_new_object();
	char item[160];

	/* Nothing in it tells two runs on one kernel apart but their number. */
	for (unsigned int n = 1;; n++) {
		snprintf(item, sizeof(item), "%.100s run %u", release, n);
		if (!dp_has_item(matrix, item))
			break;
	}
	dp_add(obj, "item", dp_str(item));
	dp_add(obj, "asked", dp_str(release));
	dp_add(obj, "release", dp_str(release));
	dp_add(obj, "pmem", json_object_new_array());
	dp_add(obj, "command", json_object_new_array());
	dp_add(obj, "status", json_object_new_int(dp_document_status(doc)));
	dp_add(obj, "lost", json_object_new_boolean(
				    dp_document_status(doc) == DP_EXIT_FAILED));
	dp_add(obj, "messages", json_object_new_array());
	dp_add(obj, "document", json_object_get(doc));
	return json_object_array_add(dp_get(matrix, "runs"), obj);
}

static int dp_take_item(struct json_object *matrix, struct json_object *run,
			struct dp_why *why)
{
	struct json_object *doc = dp_get(run, "document");
	const char *item = dp_get_text(run, "item");
	int says, shows;

	if (!*item || !json_object_is_type(dp_get(run, "status"), json_type_int))
		return dp_why(why, -EBADMSG, "one of its runs has no item or status");
	if (doc && !dp_is_run(doc))
		return dp_why(why, -EBADMSG, "the run '%s' has a document of another kind",
			      item);
	if (!doc && dp_get_u64(run, "status") == DP_EXIT_HELD)
		return dp_why(why, -EBADMSG, "the run '%s' says that all was held, and has no document",
			      item);
	/* --strict and a guest that was lost later may make it graver; nothing
	 * makes it milder. */
	says = dp_get_u64(run, "status");
	shows = doc ? dp_document_status(doc) : DP_EXIT_HELD;
	if ((says == DP_EXIT_HELD || says == DP_EXIT_NOT_JUDGED) &&
	    (shows == DP_EXIT_VIOLATED || shows == DP_EXIT_FAILED))
		return dp_why(why, -EBADMSG, "the run '%s' says exit status %d, its document stands for %d",
			      item, says, shows);
	if (dp_has_item(matrix, item))
		return dp_why(why, -EEXIST, "the run '%s' is there twice", item);
	return json_object_array_add(dp_get(matrix, "runs"),
				     json_object_get(run));
}

int dp_matrix_take(struct json_object *matrix, struct json_object *document,
		   struct dp_why *why)
{
	int rc = 0;

	if (dp_is_run(document))
		return dp_take_run(matrix, document);
	if (strcmp(dp_get_text(document, "schema"), DP_MATRIX_SCHEMA))
		return dp_why(why, -EBADMSG, "its schema is '%s'; expected %s or %s",
			      dp_get_text(document, "schema"), DP_RUN_SCHEMA,
			      DP_MATRIX_SCHEMA);
	for (size_t i = 0; !rc && i < dp_get_n(document, "runs"); i++)
		rc = dp_take_item(matrix, dp_get_at(document, "runs", i), why);
	return rc;
}

int dp_matrix_status(struct json_object *matrix)
{
	static const int order[] = { DP_EXIT_FAILED, DP_EXIT_USAGE,
				     DP_EXIT_VIOLATED, DP_EXIT_NOT_JUDGED,
				     DP_EXIT_HELD };
	size_t n = dp_get_n(matrix, "runs");

	for (size_t o = 0; o < ARRAY_SIZE(order); o++)
		for (size_t i = 0; i < n; i++)
			if ((int)dp_get_u64(dp_get_at(matrix, "runs", i),
					    "status") == order[o])
				return order[o];
	/* No run, or a status that is none of ours. */
	return n ? DP_EXIT_FAILED : DP_EXIT_NOT_JUDGED;
}

bool dp_matrix_is_whole(struct json_object *matrix)
{
	for (size_t i = 0; i < dp_get_n(matrix, "runs"); i++)
		if (dp_get_bool(dp_get_at(matrix, "runs", i), "lost"))
			return false;
	return dp_get_n(matrix, "runs");
}
