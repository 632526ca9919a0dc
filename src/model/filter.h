/* SPDX-License-Identifier: GPL-2.0-only */
/* Filters as in ndctl and daxctl, with the same letters in every command. */
#ifndef DP_MODEL_FILTER_H
#define DP_MODEL_FILTER_H

#include "base/why.h"
#include "model/target.h"

/* NULL, "" and "all" match everything. -b takes a name, an id or a provider.
 * Several words, apart by blanks or commas, match any of them. */
struct dp_filter {
	const char *bus;	/* ndbus0, 0, ACPI.NFIT */
	const char *region;	/* region0, 0 */
	const char *namespace;	/* namespace0.0, 0.0 */
	const char *dev;	/* dax0.0, /dev/dax0.0 */
	int mode;		/* enum dp_mode, or -1 */
	int numa_node;		/* or -1 */
};

#define DP_FILTER_ALL ((struct dp_filter){ .mode = -1, .numa_node = -1 })

/* Whether the node passes: each filter is asked of the nearest ancestor of its
 * type. A node above that type (a region, when -n is given) passes only if
 * something below it does. */
bool dp_filter_match(const struct dp_filter *filter,
		     const struct dp_inventory *inv, int index);

/* Keep only what passes. 0; -ENOENT with a reason when nothing does, or when
 * there was nothing: it names the filter that matches nothing, and what it
 * could have matched. The inventory is then empty. */
int dp_filter_apply(const struct dp_filter *filter, struct dp_inventory *inv,
		    struct dp_why *why);

#endif
