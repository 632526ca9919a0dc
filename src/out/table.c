/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <libsmartcols/libsmartcols.h>

#include "base/cleanup.h"
#include "out/table.h"

#define DP_TABLE_COLUMNS 24
#define DP_TABLE_WIDE 512

struct dp_row {
	struct libscols_line *line;	/* owned by the table */
	char *note;			/* owned, or NULL */
};

struct dp_table {
	struct libscols_table *table;
	struct dp_row *rows;
	size_t n;
	struct {
		double hint;
		int flags;
		size_t needs;	/* as wide as what was ever in it */
	} columns[DP_TABLE_COLUMNS];
	size_t n_columns;
	bool headed;		/* the headings were printed */
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

/* All rows, their lines in the table and their notes. */
static void dp_table_clear(struct dp_table *t)
{
	scols_table_remove_lines(t->table);
	for (size_t i = 0; i < t->n; i++)
		free(t->rows[i].note);
	free(t->rows);
	t->rows = NULL;
	t->n = 0;
}

void dp_table_free(struct dp_table *t)
{
	if (!t)
		return;
	dp_table_clear(t);
	scols_unref_table(t->table);
	free(t);
}

/* How many bytes it begins with that take one column each, in any locale. */
static size_t dp_plain(const char *text)
{
	size_t n = 0;

	while (text[n] >= ' ' && text[n] <= '~')
		n++;
	return n;
}

/* Columns of a terminal; of what no terminal shows so, bytes. */
static size_t dp_width(const char *text)
{
	wchar_t wide[DP_TABLE_WIDE];
	size_t n = dp_plain(text);
	int width;

	if (!text[n])
		return n;
	n = mbstowcs(wide, text, DP_TABLE_WIDE);
	width = n < DP_TABLE_WIDE ? wcswidth(wide, n) : -1;
	return width < 0 ? strlen(text) : (size_t)width;
}

int dp_table_column(struct dp_table *t, const char *name, double width,
		    int flags)
{
	size_t k = t->n_columns;

	if (k == DP_TABLE_COLUMNS)
		return -E2BIG;
	if (!scols_table_new_column(t->table, name, width, flags))
		return -ENOMEM;
	t->columns[k].hint = width;
	t->columns[k].flags = flags;
	t->columns[k].needs = dp_width(name);
	t->n_columns++;
	return 0;
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
	size_t *needs = &t->columns[column].needs;

	*needs = dp_max(*needs, dp_width(text));
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
	return !text || text[dp_plain(text)] || strstr(line, text);
}

/* libsmartcols leaves a cell empty for whose text it got no memory, and says
 * nothing of it. `row`: NULL for the headings. */
static bool dp_line_whole(struct dp_table *t, const struct dp_row *row,
			  const char *line)
{
	struct libscols_column *column;
	struct libscols_cell *cell;

	for (size_t k = 0; (column = scols_table_get_column(t->table, k)); k++) {
		cell = row ? scols_line_get_cell(row->line, k)
			   : scols_column_get_header(column);
		if (!dp_line_has(line, scols_cell_get_data(cell)))
			return false;
	}
	return true;
}

/* What comes next stands below what was printed: in a table anew, since columns
 * keep the least width that they had when they were first printed. That is their
 * heading's, which need not be printed for that. */
static int dp_table_go_on(struct dp_table *t)
{
	struct libscols_table *next = scols_new_table();
	char blank[DP_TABLE_WIDE];
	int rc = next ? scols_table_enable_noheadings(next, 1) : -ENOMEM;

	for (size_t k = 0; k < t->n_columns && !rc; k++) {
		snprintf(blank, sizeof(blank), "%*s",
			 (int)t->columns[k].needs, "");
		if (!scols_table_new_column(next, blank, t->columns[k].hint,
					    t->columns[k].flags))
			rc = -ENOMEM;
	}
	if (rc) {
		scols_unref_table(next);
		return rc;
	}
	dp_table_clear(t);
	scols_unref_table(t->table);
	t->table = next;
	t->headed = true;
	return 0;
}

/* libsmartcols knows no notes: print into memory, where every row is one line
 * below the headings, and put them in between. */
int dp_table_print(struct dp_table *t, FILE *out)
{
	_cleanup_free_ char *text = NULL;
	size_t i = 0, head = t->headed ? 0 : 1;
	const struct dp_row *row;
	char *line, *next;
	int rc;

	rc = scols_print_table_to_string(t->table, &text);
	if (rc)
		return rc;
	line = text;
	for (; line && *line; i++, line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		row = i < head || i - head >= t->n ? NULL : &t->rows[i - head];
		if (i < t->n + head && !dp_line_whole(t, row, line))
			return -ENOMEM;
		/* An empty last cell is padded all the same. */
		fprintf(out, "%.*s\n", (int)dp_length(line), line);
		if (row && row->note)
			fprintf(out, "%s\n", row->note);
	}
	/* Where its own stream gets no memory it says nothing of it. */
	if (t->n && i < t->n + head)
		return -ENOMEM;
	if (ferror(out))
		return -EIO;
	return dp_table_go_on(t);
}

size_t dp_table_rows(const struct dp_table *t)
{
	return t->n;
}
