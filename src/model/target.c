/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/target.h"

static const char *const dp_node_type_names[] = {
	[DP_NODE_BUS] = "bus",
	[DP_NODE_REGION] = "region",
	[DP_NODE_NAMESPACE] = "namespace",
	[DP_NODE_DAX] = "dax",
};
static_assert(ARRAY_SIZE(dp_node_type_names) == DP_NODE_MAX,
	      "a node type has no name");

const char *dp_node_type_name(enum dp_node_type type)
{
	return dp_node_type_names[type];
}

void dp_inventory_deinit(struct dp_inventory *inv)
{
	free(inv->nodes);
	inv->nodes = NULL;
	inv->n = 0;
}

int dp_inventory_add(struct dp_inventory *inv, enum dp_node_type type,
		     int parent)
{
	struct dp_node *nodes;

	nodes = reallocarray(inv->nodes, inv->n + 1, sizeof(*nodes));
	if (!nodes)
		return -ENOMEM;
	inv->nodes = nodes;
	nodes[inv->n] = (struct dp_node){
		.type = type,
		.parent = parent,
		.phys = DP_PHYS_UNKNOWN,
		.data_phys = DP_PHYS_UNKNOWN,
		.numa_node = -1,
	};
	return inv->n++;
}

const struct dp_node *dp_inventory_above(const struct dp_inventory *inv,
					 int index, enum dp_node_type type)
{
	for (; index >= 0; index = inv->nodes[index].parent)
		if (inv->nodes[index].type == type)
			return &inv->nodes[index];
	return NULL;
}

void dp_target_deinit(struct dp_target *target)
{
	dp_layout_deinit(&target->layout);
}

static uint64_t dp_block_of(uint64_t phys, uint64_t start)
{
	if (phys == DP_PHYS_UNKNOWN || start == DP_PHYS_UNKNOWN || phys < start)
		return DP_PHYS_UNKNOWN;
	return (phys - start) / 512;
}

struct dp_place_bases dp_target_bases(const struct dp_target *target,
				      uint64_t offset, uint64_t page)
{
	struct dp_place_bases bases = {
		.offset = offset,
		.phys = DP_PHYS_UNKNOWN,
		.pfn = DP_PHYS_UNKNOWN,
	};

	if (target->kind == DP_KIND_FSDAX)
		bases.phys = dp_layout_phys(&target->layout, offset);
	else if (target->phys != DP_PHYS_UNKNOWN)
		bases.phys = target->phys + offset;
	if (bases.phys != DP_PHYS_UNKNOWN)
		bases.pfn = bases.phys / page;
	bases.namespace_block = dp_block_of(bases.phys, target->namespace_phys);
	bases.data_block = dp_block_of(bases.phys, target->data_phys);
	bases.region_block = dp_block_of(bases.phys, target->region_phys);
	return bases;
}
