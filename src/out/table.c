/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libsmartcols/libsmartcols.h>

#include "base/cleanup.h"
#include "out/table.h"

struct dp_row {
	struct libscols_line *line;	/* owned by the table */
	char *note;			/* owned, or NULL */
};

struct dp_table {
	struct libscols_table *table;
	struct dp_row *rows;
	size_t n;
};

struct dp_table *dp_table_new(void)
{
	struct dp_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->table = scols_new_table();
	if (!t->table) {
		free(t);
		return NULL;
	}
	return t;
}

void dp_table_free(struct dp_table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		free(t->rows[i].note);
	free(t->rows);
	scols_unref_table(t->table);
	free(t);
}

int dp_table_column(struct dp_table *t, const char *name, double width,
		    int flags)
{
	return scols_table_new_column(t->table, name, width, flags) ? 0
								    : -ENOMEM;
}

int dp_table_row(struct dp_table *t, int parent)
{
	struct libscols_line *line;
	struct dp_row *rows;

	rows = reallocarray(t->rows, t->n + 1, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	t->rows = rows;
	line = scols_table_new_line(t->table,
				    parent < 0 ? NULL : rows[parent].line);
	if (!line)
		return -ENOMEM;
	rows[t->n] = (struct dp_row){ .line = line };
	return t->n++;
}

int dp_table_cell(struct dp_table *t, int row, size_t column, const char *text)
{
	return scols_line_set_data(t->rows[row].line, column, text);
}

int dp_table_note(struct dp_table *t, int row, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return -ENOMEM;
	free(t->rows[row].note);
	t->rows[row].note = copy;
	return 0;
}

static size_t dp_length(const char *line)
{
	size_t n = strlen(line);

	while (n && line[n - 1] == ' ')
		n--;
	return n;
}

/* Whether the line shows the text. What libsmartcols prints in another way, since
 * it is not printable, is not looked for. */
static bool dp_line_has(const char *line, const char *text)
{
	for (const char *p = text; p && *p; p++)
		if (*p < ' ' || *p > '~')
			return true;
	return !text || strstr(line, text);
}

/* libsmartcols leaves a cell empty for whose text it got no memory, and says
 * nothing of it. Line 0 has the headings. */
static bool dp_line_whole(struct dp_table *t, size_t i, const char *line)
{
	struct libscols_column *column;
	struct libscols_cell *cell;

	for (size_t k = 0; (column = scols_table_get_column(t->table, k)); k++) {
		cell = i ? scols_line_get_cell(t->rows[i - 1].line, k)
			 : scols_column_get_header(column);
		if (!dp_line_has(line, scols_cell_get_data(cell)))
			return false;
	}
	return true;
}

/* libsmartcols knows no notes: print into memory, where every row is one line
 * below the headings, and put them in between. */
int dp_table_print(struct dp_table *t, FILE *out)
{
	_cleanup_free_ char *text = NULL;
	char *line, *next;
	size_t i = 0;
	int rc;

	rc = scols_print_table_to_string(t->table, &text);
	if (rc)
		return rc;
	line = text;
	for (; line && *line; i++, line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (i <= t->n && !dp_line_whole(t, i, line))
			return -ENOMEM;
		/* An empty last cell is padded all the same. */
		fprintf(out, "%.*s\n", (int)dp_length(line), line);
		if (i && i <= t->n && t->rows[i - 1].note)
			fprintf(out, "%s\n", t->rows[i - 1].note);
	}
	/* Where its own stream gets no memory it says nothing of it. */
	if (t->n && i < t->n + 1)
		return -ENOMEM;
	return ferror(out) ? -EIO : 0;
}
