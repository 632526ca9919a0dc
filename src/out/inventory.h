/* SPDX-License-Identifier: GPL-2.0-only */
/* An inventory as a table for people. */
#ifndef DP_OUT_INVENTORY_H
#define DP_OUT_INVENTORY_H

#include <stdio.h>

#include "base/why.h"
#include "out/columns.h"

/* The columns of a table, in their order. */
struct dp_column_list {
	enum dp_column_id ids[2 * DP_COL_MAX];
	size_t n;
};

/* The columns that are shown unless others are asked for. */
void dp_column_list_init(struct dp_column_list *list);

/* Names, apart by commas, in any case: "name,size" replaces the list, "+uuid"
 * adds to it. 0; or -EINVAL with a reason. */
int dp_column_list_parse(struct dp_column_list *list, const char *text,
			 struct dp_why *why);

/* What every column holds, one a line; and the names alone. */
void dp_columns_help(FILE *out);
void dp_columns_names(FILE *out);

struct dp_inventory_options {
	const struct dp_column_list *columns;
	bool human;		/* sizes rounded */
	bool reasons;		/* under a dax device: why a method will not work */
};

/* 0 or negative errno. */
int dp_inventory_print(FILE *out, const struct dp_inventory *inv,
		       const struct dp_inventory_options *options);

#endif
