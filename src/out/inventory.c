/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "out/inventory.h"
#include "out/table.h"

void dp_column_list_init(struct dp_column_list *list)
{
	static const enum dp_column_id usual[] = {
		DP_COL_NAME, DP_COL_MODE,  DP_COL_SIZE,	 DP_COL_ALIGN,
		DP_COL_NUMA, DP_COL_PHYS, DP_COL_STATE, DP_COL_METHODS,
	};

	memcpy(list->ids, usual, sizeof(usual));
	list->n = ARRAY_SIZE(usual);
}

static int dp_column_find(const char *name, size_t length)
{
	for (int i = 0; i < DP_COL_MAX; i++)
		if (strlen(dp_columns[i].name) == length &&
		    !strncasecmp(dp_columns[i].name, name, length))
			return i;
	return -EINVAL;
}

static int dp_no_column(const char *name, size_t length, struct dp_why *why)
{
	char list[256] = "";

	for (int i = 0; i < DP_COL_MAX; i++)
		dp_append(list, sizeof(list), "%s%s", i ? ", " : "",
			  dp_columns[i].name);
	return dp_why(why, -EINVAL, "'%.*s' is not a column; there are: %s",
		      (int)length, name, list);
}

int dp_column_list_parse(struct dp_column_list *list, const char *text,
			 struct dp_why *why)
{
	size_t length;
	int id;

	if (*text == '+')
		text++;
	else
		list->n = 0;
	for (;; text += length + 1) {
		length = strcspn(text, ",");
		id = dp_column_find(text, length);
		if (id < 0)
			return dp_no_column(text, length, why);
		if (list->n == ARRAY_SIZE(list->ids))
			return dp_why(why, -EINVAL, "too many columns");
		list->ids[list->n++] = id;
		if (!text[length])
			return 0;
	}
}

void dp_columns_help(FILE *out)
{
	for (int i = 0; i < DP_COL_MAX; i++)
		fprintf(out, "  %-10s %s\n", dp_columns[i].name,
			dp_columns[i].help);
}

void dp_columns_names(FILE *out)
{
	for (int i = 0; i < DP_COL_MAX; i++)
		fprintf(out, "%s\n", dp_columns[i].name);
}

/* One line for each reason, with the methods that do not work for it. */
static void dp_reasons_text(const struct dp_node *node, char *text, size_t size)
{
	unsigned int told = 0;

	for (int m = 0; m < DP_METHOD_MAX; m++) {
		const char *why = node->methods[m].why;
		unsigned int same = 0;

		if (node->methods[m].usable || node->methods[m].unknown ||
		    told & DP_BIT(m))
			continue;
		dp_append(text, size, "%s        ", text[0] ? "\n" : "");
		for (int k = m; k < DP_METHOD_MAX; k++) {
			if (node->methods[k].usable ||
			    node->methods[k].unknown ||
			    strcmp(node->methods[k].why, why))
				continue;
			dp_append(text, size, "%s%s", same ? ", " : "",
				  dp_method_name(k));
			same |= DP_BIT(k);
		}
		/* One bit, or more than one. */
		dp_append(text, size, " %s not work: %s",
			  same & (same - 1) ? "do" : "does", why);
		told |= same;
	}
}

/* The reasons under what can be injected into. */
static int dp_note_reasons(struct dp_table *table, int row,
			   const struct dp_node *node)
{
	char text[4 * DP_CELL_MAX] = "";

	if (!dp_node_has_methods(node))
		return 0;
	dp_reasons_text(node, text, sizeof(text));
	return text[0] ? dp_table_note(table, row, text) : 0;
}

static int dp_print_node(struct dp_table *table, const struct dp_cell *cell,
			 const struct dp_inventory_options *options)
{
	const struct dp_node *node = &cell->inv->nodes[cell->index];
	const struct dp_column_list *columns = options->columns;
	/* Rows and nodes are counted alike. */
	int row = dp_table_row(table, node->parent);
	char text[DP_CELL_MAX];
	int rc = row < 0 ? row : 0;

	for (size_t i = 0; !rc && i < columns->n; i++) {
		text[0] = '\0';
		dp_columns[columns->ids[i]].text(cell, text);
		rc = dp_table_cell(table, row, i, text);
	}
	if (!rc && options->reasons)
		rc = dp_note_reasons(table, row, node);
	return rc;
}

int dp_inventory_print(FILE *out, const struct dp_inventory *inv,
		       const struct dp_inventory_options *options)
{
	_cleanup_(dp_table_freep) struct dp_table *table = dp_table_new();
	int rc = table ? 0 : -ENOMEM;

	for (size_t i = 0; !rc && i < options->columns->n; i++) {
		const struct dp_column *c = &dp_columns[options->columns->ids[i]];

		rc = dp_table_column(table, c->name, c->width, c->flags);
	}
	for (size_t i = 0; !rc && i < inv->n; i++) {
		struct dp_cell cell = { inv, i, options->human };

		rc = dp_print_node(table, &cell, options);
	}
	return rc ? rc : dp_table_print(table, out);
}
