/* SPDX-License-Identifier: GPL-2.0-only */
/* A table for people: aligned columns, a tree in one of them, and notes below
 * single rows. Wraps libsmartcols. */
#ifndef DP_OUT_TABLE_H
#define DP_OUT_TABLE_H

#include <stdio.h>

#include "base/macros.h"

struct dp_table;

/* NULL when memory is short. _free takes NULL. */
struct dp_table *dp_table_new(void);
void dp_table_free(struct dp_table *table);

static inline void dp_table_freep(struct dp_table **table)
{
	dp_table_free(*table);
}

/* A further column; `width` and `flags` as in scols_table_new_column(). Before
 * the first row. 0 or negative errno. */
int dp_table_column(struct dp_table *table, const char *name, double width,
		    int flags);

/* A further row, below row `parent` of the tree (-1: at the top). A parent
 * stands before its children, and rows are printed in the order in which they
 * are added, which must be depth-first. Its number, or negative errno. */
int dp_table_row(struct dp_table *table, int parent);

/* The text of a cell; copied. 0 or negative errno. */
int dp_table_cell(struct dp_table *table, int row, size_t column,
		  const char *text);

/* Text under a row, which it belongs to; copied. One a row, the last
 * one wins. 0 or negative errno. */
int dp_table_note(struct dp_table *table, int row, const char *text);

/* 0 or negative errno. Nothing is cut off, however narrow the terminal. The rows
 * are gone then; further ones are printed below, without headings, in columns
 * that are as wide as they have been, or wider where that does not do. */
int dp_table_print(struct dp_table *table, FILE *out);

/* How many rows there are that were not printed. */
size_t dp_table_rows(const struct dp_table *table);

#endif
