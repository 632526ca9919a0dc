/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/target.h"

int dp_inventory_find(const struct dp_inventory *inv, const char *name)
{
	for (size_t i = 0; i < inv->n; i++)
		if (!strcmp(inv->nodes[i].name, name))
			return i;
	return -ENOENT;
}

const struct dp_medium *dp_inventory_medium(const struct dp_inventory *inv,
					    int index)
{
	const struct dp_node *region =
		dp_inventory_above(inv, index, DP_NODE_REGION);

	return region ? &region->medium : NULL;
}

/* A node on its way to its place. */
struct dp_moving {
	const struct dp_node *node;
	int from;		/* its index before */
};

static int dp_moving_cmp(const void *a, const void *b)
{
	const struct dp_moving *x = a, *y = b;
	int cmp;

	/* Children of one parent stand together. */
	if (x->node->parent != y->node->parent)
		return x->node->parent < y->node->parent ? -1 : 1;
	if (x->node->type != y->node->type)
		return x->node->type < y->node->type ? -1 : 1;
	cmp = strverscmp(x->node->name, y->node->name);
	return cmp ? cmp : x->from - y->from;
}

struct dp_sort {
	const struct dp_moving *moving; /* sorted by dp_moving_cmp */
	size_t n;
	struct dp_node *out;
	size_t n_out;
};

static void dp_sort_children(struct dp_sort *s, int parent, int new_parent)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (s->moving[mid].node->parent < parent)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < s->n && s->moving[low].node->parent == parent; low++) {
		int place = s->n_out++;

		s->out[place] = *s->moving[low].node;
		s->out[place].parent = new_parent;
		dp_sort_children(s, s->moving[low].from, place);
	}
}

int dp_inventory_sort(struct dp_inventory *inv)
{
	_cleanup_free_ struct dp_moving *moving = NULL;
	struct dp_sort s = { .n = inv->n };

	if (!inv->n)
		return 0;
	moving = calloc(inv->n, sizeof(*moving));
	s.out = calloc(inv->n, sizeof(*s.out));
	if (!moving || !s.out) {
		free(s.out);
		return -ENOMEM;
	}
	for (size_t i = 0; i < inv->n; i++)
		moving[i] = (struct dp_moving){ &inv->nodes[i], i };
	qsort(moving, inv->n, sizeof(*moving), dp_moving_cmp);
	s.moving = moving;
	dp_sort_children(&s, -1, -1);
	free(inv->nodes);
	inv->nodes = s.out;
	return 0;
}
