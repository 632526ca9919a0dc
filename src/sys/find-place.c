/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "sys/find-parts.h"

static void dp_copy_name(char to[DP_NAME_MAX], const struct dp_node *node)
{
	if (node)
		memcpy(to, node->name, DP_NAME_MAX);
}

void dp_fill_place(const struct dp_inventory *inv, int index,
		   struct dp_target *target)
{
	const struct dp_node *node = &inv->nodes[index];
	const struct dp_node *ns =
		dp_inventory_above(inv, index, DP_NODE_NAMESPACE);
	const struct dp_node *region =
		dp_inventory_above(inv, index, DP_NODE_REGION);

	*target = (struct dp_target){
		.mode = node->mode,
		.namespace_phys = ns ? ns->phys : DP_PHYS_UNKNOWN,
		.region_phys = region ? region->phys : DP_PHYS_UNKNOWN,
		.data_phys = ns ? ns->data_phys : DP_PHYS_UNKNOWN,
		.fs_phys = DP_PHYS_UNKNOWN,
		.numa_node = node->numa_node,
		.fd = -1,
		.other_fd = -1,
	};
	dp_copy_name(target->bus, dp_inventory_above(inv, index, DP_NODE_BUS));
	dp_copy_name(target->region, region);
	dp_copy_name(target->namespace, ns);
	if (ns)
		memcpy(target->uuid, ns->uuid, sizeof(target->uuid));
	if (region)
		target->medium = region->medium;
	memcpy(target->methods, node->methods, sizeof(target->methods));
}
