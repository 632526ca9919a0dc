/* SPDX-License-Identifier: GPL-2.0-only */
/* What can be told of a node: one row a column, for the table and for JSON. */
#ifndef DP_OUT_COLUMNS_H
#define DP_OUT_COLUMNS_H

#include <json-c/json.h>

#include "model/target.h"

enum dp_column_id {
	DP_COL_NAME,
	DP_COL_TYPE,
	DP_COL_PARENT,
	DP_COL_MODE,
	DP_COL_SIZE,
	DP_COL_AVAILABLE,
	DP_COL_ALIGN,
	DP_COL_ALIGNS,
	DP_COL_NUMA,
	DP_COL_PHYS,
	DP_COL_STATE,
	DP_COL_DEVNODE,
	DP_COL_UUID,
	DP_COL_MOUNT,
	DP_COL_PROVIDER,
	DP_COL_MEDIUM,
	DP_COL_METHODS,
	DP_COL_WHY_NOT,
	DP_COL_MAX,
};

#define DP_CELL_MAX 512

/* One node of an inventory; `human` rounds sizes. */
struct dp_cell {
	const struct dp_inventory *inv;
	size_t index;
	bool human;
};

struct dp_column {
	const char *name;	/* SIZE */
	const char *key;	/* "size"; NULL: another key has it */
	double width;		/* hint for libsmartcols */
	int flags;		/* SCOLS_FL_* */
	const char *help;
	/* Its text; nothing is written where the node has none. */
	void (*text)(const struct dp_cell *cell, char buf[DP_CELL_MAX]);
	/* Its value; NULL (null) where the node has none, or it is unknown. */
	struct json_object *(*json)(const struct dp_cell *cell);
};

extern const struct dp_column dp_columns[DP_COL_MAX];

#endif
