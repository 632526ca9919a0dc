/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/known.h"

enum { ID, GUARANTEE, DEVIATION, WHERE, SINCE, REFERENCE, FIELDS };

void dp_known_deinit(struct dp_known_list *list)
{
	free(list->rows);
	*list = (struct dp_known_list){ 0 };
}

static bool dp_is_guarantee(const char *id)
{
	const struct dp_guarantee *rows;
	size_t n;

	rows = dp_guarantees(&n);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(rows[i].id, id))
			return true;
	return false;
}

static int dp_known_field(char *to, size_t size, const char *from,
			  const char *what, int line, struct dp_why *why)
{
	if (!*from)
		return dp_why(why, -EINVAL, "line %d: %s is empty", line, what);
	if (strlen(from) >= size)
		return dp_why(why, -EINVAL, "line %d: %s is too long", line,
			      what);
	memcpy(to, from, strlen(from) + 1);
	return 0;
}

static int dp_known_fill(struct dp_known *k, char *const field[FIELDS],
			 int line, struct dp_why *why)
{
	int rc;

	rc = dp_known_field(k->id, sizeof(k->id), field[ID], "the id", line,
			    why);
	if (!rc)
		rc = dp_known_field(k->guarantee, sizeof(k->guarantee),
				    field[GUARANTEE], "the guarantee", line,
				    why);
	if (!rc)
		rc = dp_known_field(k->where, sizeof(k->where), field[WHERE],
				    "the pattern of cases", line, why);
	if (!rc)
		rc = dp_known_field(k->since, sizeof(k->since), field[SINCE],
				    "since when", line, why);
	if (!rc)
		rc = dp_known_field(k->reference, sizeof(k->reference),
				    field[REFERENCE], "the reference", line,
				    why);
	if (rc)
		return rc;
	if (!dp_is_guarantee(k->guarantee))
		return dp_why(why, -EINVAL, "line %d: there is no guarantee '%s'",
			      line, k->guarantee);
	for (int d = DP_DEVIATION_NONE + 1; d < DP_DEVIATION_MAX; d++) {
		if (!strcmp(dp_deviation_name(d), field[DEVIATION])) {
			k->deviation = d;
			return 0;
		}
	}
	return dp_why(why, -EINVAL, "line %d: there is no deviation '%s'", line,
		      field[DEVIATION]);
}

static int dp_known_line(struct dp_known_list *list, char *text, int line,
			 struct dp_why *why)
{
	char *field[FIELDS], *rest = text;
	struct dp_known *rows, k = { 0 };
	int rc;

	for (int i = 0; i < FIELDS; i++) {
		field[i] = strsep(&rest, "\t");
		if (!field[i])
			return dp_why(why, -EINVAL, "line %d: %d fields, not %d; they are separated by tabs",
				      line, i, FIELDS);
	}
	if (rest)
		return dp_why(why, -EINVAL, "line %d: more than %d fields",
			      line, FIELDS);
	rc = dp_known_fill(&k, field, line, why);
	if (rc)
		return rc;
	rows = reallocarray(list->rows, list->n + 1, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	list->rows = rows;
	rows[list->n++] = k;
	return 0;
}

int dp_known_parse(struct dp_known_list *list, const char *text,
		   struct dp_why *why)
{
	_cleanup_free_ char *copy = strdup(text);
	char *line, *rest = copy;
	int n = 0, rc;

	if (!copy)
		return -ENOMEM;
	while ((line = strsep(&rest, "\n"))) {
		n++;
		if (!*line || *line == '#')
			continue;
		rc = dp_known_line(list, line, n, why);
		if (rc)
			return rc;
	}
	return 0;
}

static void dp_known_one(struct dp_known *k, const struct dp_case *c,
			 struct dp_judgement *j)
{
	if (strcmp(k->guarantee, j->guarantee->id) ||
	    fnmatch(k->where, c->id, 0))
		return;
	if (j->verdict == DP_VERDICT_HELD)
		k->held++;
	if (j->verdict != DP_VERDICT_VIOLATED ||
	    j->finding.deviation != k->deviation)
		return;
	k->shown++;
	j->verdict = DP_VERDICT_KNOWN;
}

void dp_known_apply(struct dp_known_list *list, const struct dp_case *c,
		    struct dp_case_verdict *v)
{
	for (size_t i = 0; i < list->n; i++)
		for (unsigned int j = 0; j < v->n; j++)
			dp_known_one(&list->rows[i], c, &v->at[j]);
	v->verdict = dp_gravest(v);
}

enum dp_known_state dp_known_state(const struct dp_known *k)
{
	if (k->shown)
		return DP_KNOWN_SHOWN;
	return k->held ? DP_KNOWN_GONE : DP_KNOWN_NOT_SEEN;
}

const char *dp_known_state_name(enum dp_known_state state)
{
	switch (state) {
	case DP_KNOWN_SHOWN:
		return "shown";
	case DP_KNOWN_GONE:
		return "gone";
	case DP_KNOWN_NOT_SEEN:
		break;
	}
	return "not-seen";
}
