/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "model/filter.h"

static bool dp_is_all(const char *wanted)
{
	return !wanted || !*wanted || !strcmp(wanted, "all");
}

/* Whether one of the words in `wanted` is the text. As in ndctl, words stand
 * apart by blanks; commas do as well. */
static bool dp_has_word(const char *wanted, const char *text)
{
	size_t n;

	for (; *wanted; wanted += n) {
		wanted += strspn(wanted, " ,");
		n = strcspn(wanted, " ,");
		if (n && strlen(text) == n && !strncmp(wanted, text, n))
			return true;
	}
	return false;
}

/* A name, or what is left of it without its prefix: region0 or 0. */
static bool dp_names_node(const char *wanted, const struct dp_node *node,
			  const char *prefix)
{
	size_t n = strlen(prefix);

	return dp_has_word(wanted, node->name) ||
	       (!strncmp(node->name, prefix, n) &&
		dp_has_word(wanted, node->name + n));
}

static bool dp_match_bus(const struct dp_filter *f, const struct dp_node *node)
{
	return dp_names_node(f->bus, node, "ndbus") ||
	       dp_has_word(f->bus, node->provider);
}

static bool dp_match_region(const struct dp_filter *f,
			    const struct dp_node *node)
{
	return dp_names_node(f->region, node, "region");
}

static bool dp_match_namespace(const struct dp_filter *f,
			       const struct dp_node *node)
{
	return dp_names_node(f->namespace, node, "namespace");
}

static bool dp_match_dev(const struct dp_filter *f, const struct dp_node *node)
{
	return dp_has_word(f->dev, node->name) ||
	       (node->devnode[0] && dp_has_word(f->dev, node->devnode));
}

/* The filter's word for a type of node. */
static const char *dp_filter_word(const struct dp_filter *f,
				  enum dp_node_type type)
{
	switch (type) {
	case DP_NODE_BUS:
		return f->bus;
	case DP_NODE_REGION:
		return f->region;
	case DP_NODE_NAMESPACE:
		return f->namespace;
	case DP_NODE_DAX:
		return f->dev;
	case DP_NODE_MAX:
		break;
	}
	return NULL;
}

static bool (*const dp_matchers[DP_NODE_MAX])(const struct dp_filter *,
					      const struct dp_node *) = {
	[DP_NODE_BUS] = dp_match_bus,
	[DP_NODE_REGION] = dp_match_region,
	[DP_NODE_NAMESPACE] = dp_match_namespace,
	[DP_NODE_DAX] = dp_match_dev,
};

/* Whether every filter says yes to the node itself; one that asks for
 * something below the node does not. */
static bool dp_match_itself(const struct dp_filter *f,
			    const struct dp_inventory *inv, int index)
{
	const struct dp_node *node = &inv->nodes[index];

	for (int type = 0; type < DP_NODE_MAX; type++) {
		const struct dp_node *above;

		if (dp_is_all(dp_filter_word(f, type)))
			continue;
		above = dp_inventory_above(inv, index, type);
		if (!above || !dp_matchers[type](f, above))
			return false;
	}
	if (f->mode >= 0 && (node->type < DP_NODE_NAMESPACE ||
			     (int)node->mode != f->mode))
		return false;
	if (f->numa_node >= 0 && node->numa_node != f->numa_node)
		return false;
	return true;
}

static bool dp_is_below(const struct dp_inventory *inv, int index, int top)
{
	/* A parent stands before its children. */
	while (index > top)
		index = inv->nodes[index].parent;
	return index == top;
}

bool dp_filter_match(const struct dp_filter *filter,
		     const struct dp_inventory *inv, int index)
{
	for (size_t i = index; i < inv->n; i++) {
		/* Depth-first: what is below stands in one piece. */
		if (!dp_is_below(inv, i, index))
			return false;
		if (dp_match_itself(filter, inv, i))
			return true;
	}
	return false;
}

static size_t dp_count(const struct dp_filter *f,
		       const struct dp_inventory *inv)
{
	size_t n = 0;

	for (size_t i = 0; i < inv->n; i++)
		n += dp_match_itself(f, inv, i);
	return n;
}

/* One filter out of several: its letter, its argument, and itself alone. */
struct dp_single {
	char letter;
	const char *arg;
	struct dp_filter alone;
};

enum { DP_SINGLES = DP_NODE_MAX + 2 };

/* The filters that are given, one by one; how many. */
static size_t dp_singles(const struct dp_filter *f,
			 struct dp_single singles[DP_SINGLES], char node[16])
{
	const char *mode = f->mode < 0 ? NULL : dp_mode_name(f->mode);
	const struct dp_single all[DP_SINGLES] = {
		{ 'b', f->bus, { .bus = f->bus, .mode = -1, .numa_node = -1 } },
		{ 'r', f->region,
		  { .region = f->region, .mode = -1, .numa_node = -1 } },
		{ 'n', f->namespace,
		  { .namespace = f->namespace, .mode = -1, .numa_node = -1 } },
		{ 'd', f->dev, { .dev = f->dev, .mode = -1, .numa_node = -1 } },
		{ 'm', mode, { .mode = f->mode, .numa_node = -1 } },
		{ 'U', f->numa_node < 0 ? NULL : node,
		  { .mode = -1, .numa_node = f->numa_node } },
	};
	size_t n = 0;

	snprintf(node, 16, "%d", f->numa_node);
	for (size_t i = 0; i < DP_SINGLES; i++)
		if (!dp_is_all(all[i].arg))
			singles[n++] = all[i];
	return n;
}

/* What the filter with this letter could match: names, modes or nodes. */
static void dp_what_exists(const struct dp_inventory *inv, char letter,
			   char *list, size_t size)
{
	static const char letters[] = "brnd";
	const char *type = strchr(letters, letter);
	bool modes[DP_MODE_MAX] = { false };

	for (size_t i = 0; i < inv->n; i++) {
		const struct dp_node *node = &inv->nodes[i];
		const char *comma = list[0] ? ", " : "";

		if (type && (int)node->type == type - letters)
			dp_append(list, size, "%s%s", comma, node->name);
		else if (letter == 'm' && node->type >= DP_NODE_NAMESPACE)
			modes[node->mode] = true;
		else if (letter == 'U' && node->type == DP_NODE_REGION)
			dp_append(list, size, "%s%s on %d", comma, node->name,
				  node->numa_node);
	}
	for (int m = 0; m < DP_MODE_MAX; m++)
		if (modes[m])
			dp_append(list, size, "%s%s", list[0] ? ", " : "",
				  dp_mode_name(m));
}

static int dp_nothing_matches(const struct dp_filter *f,
			      const struct dp_inventory *inv,
			      struct dp_why *why)
{
	struct dp_single singles[DP_SINGLES];
	char node[16], list[224] = "";
	size_t n = dp_singles(f, singles, node);

	for (size_t i = 0; i < n; i++) {
		if (dp_count(&singles[i].alone, inv))
			continue;
		dp_what_exists(inv, singles[i].letter, list, sizeof(list));
		return dp_why(why, -ENOENT, "nothing matches -%c %s; %s%s",
			      singles[i].letter, singles[i].arg,
			      list[0] ? "there are: " : "there is none at all",
			      list);
	}
	for (size_t i = 0; i < n; i++)
		dp_append(list, sizeof(list), "%s-%c %s", i ? " and " : "",
			  singles[i].letter, singles[i].arg);
	return dp_why(why, -ENOENT,
		      "nothing matches %s together, though each of them matches something",
		      list);
}

int dp_filter_apply(const struct dp_filter *filter, struct dp_inventory *inv,
		    struct dp_why *why)
{
	_cleanup_free_ int *place = NULL;
	size_t n = 0;

	if (!inv->n)
		return dp_why(why, -ENOENT,
			      "this machine has no nvdimm or dax devices; 'daxpoison vm' boots a guest that has");
	if (!dp_count(filter, inv)) {
		dp_nothing_matches(filter, inv, why);
		inv->n = 0;
		return -ENOENT;
	}
	/* All matches first: they look at nodes behind, and at parents. */
	place = calloc(inv->n, sizeof(*place));
	if (!place)
		return -ENOMEM;
	for (size_t i = 0; i < inv->n; i++)
		place[i] = dp_filter_match(filter, inv, i) ? (int)n++ : -1;
	for (size_t i = 0; i < inv->n; i++) {
		struct dp_node *node = &inv->nodes[i];

		if (place[i] < 0)
			continue;
		/* What stands above a node that passes, passes. */
		if (node->parent >= 0)
			node->parent = place[node->parent];
		inv->nodes[place[i]] = *node;
	}
	inv->n = n;
	return 0;
}
