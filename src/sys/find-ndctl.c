/* SPDX-License-Identifier: GPL-2.0-only */
/* Buses, regions and namespaces, asked of libndctl. */
#include <stdio.h>

#include "sys/find-parts.h"
#include "sys/ndctl.h"

static enum dp_mode dp_mode_of(struct ndctl_namespace *ns)
{
	switch (ndctl_namespace_get_mode(ns)) {
	case NDCTL_NS_MODE_FSDAX:
		return DP_MODE_FSDAX;
	case NDCTL_NS_MODE_SECTOR:
		return DP_MODE_SECTOR;
	case NDCTL_NS_MODE_RAW:
		return DP_MODE_RAW;
	case NDCTL_NS_MODE_DEVDAX:
		return DP_MODE_DEVDAX;
	default:
		return DP_MODE_UNKNOWN;
	}
}

static void dp_set_devnode(struct dp_node *node, const char *block)
{
	if (block && *block)
		snprintf(node->devnode, sizeof(node->devnode), "/dev/%.*s",
			 DP_NAME_MAX - 1, block);
}

static void dp_add_align(struct dp_node *node, unsigned long align)
{
	if (node->n_aligns < DP_ALIGNS_MAX)
		node->aligns[node->n_aligns++] = align;
}

static void dp_fill_dax(struct dp_node *node, struct ndctl_dax *dax)
{
	unsigned char uuid[16];

	node->size = dp_known_size(ndctl_dax_get_size(dax));
	node->align = ndctl_dax_get_align(dax);
	for (int i = 0; i < ndctl_dax_get_num_alignments(dax); i++)
		dp_add_align(node, ndctl_dax_get_supported_alignment(dax, i));
	ndctl_dax_get_uuid(dax, uuid);
	dp_uuid_text(node->uuid, uuid);
}

static void dp_fill_pfn(struct dp_node *node, struct ndctl_pfn *pfn)
{
	unsigned char uuid[16];

	node->size = dp_known_size(ndctl_pfn_get_size(pfn));
	/* Behind the info block and the page structures. */
	node->data_phys = dp_known_phys(ndctl_pfn_get_resource(pfn));
	/* ULONG_MAX where the attribute is missing. */
	if (ndctl_pfn_has_align(pfn))
		node->align = ndctl_pfn_get_align(pfn);
	for (int i = 0; i < ndctl_pfn_get_num_alignments(pfn); i++)
		dp_add_align(node, ndctl_pfn_get_supported_alignment(pfn, i));
	ndctl_pfn_get_uuid(pfn, uuid);
	dp_uuid_text(node->uuid, uuid);
	dp_set_devnode(node, ndctl_pfn_get_block_device(pfn));
}

static void dp_fill_btt(struct dp_node *node, struct ndctl_btt *btt)
{
	unsigned char uuid[16];

	node->size = dp_known_size(ndctl_btt_get_size(btt));
	ndctl_btt_get_uuid(btt, uuid);
	dp_uuid_text(node->uuid, uuid);
	dp_set_devnode(node, ndctl_btt_get_block_device(btt));
}

static void dp_fill_raw(struct dp_node *node, struct ndctl_namespace *ns)
{
	unsigned char uuid[16];

	node->size = dp_known_size(ndctl_namespace_get_size(ns));
	node->data_phys = node->phys;
	ndctl_namespace_get_uuid(ns, uuid);
	dp_uuid_text(node->uuid, uuid);
	if (node->enabled)
		dp_set_devnode(node, ndctl_namespace_get_block_device(ns));
}

/* ndctl_namespace_is_active() says the same, and asks the kernel for the three
 * again. */
static bool dp_is_active(struct ndctl_namespace *ns, struct ndctl_btt *btt,
			 struct ndctl_pfn *pfn, struct ndctl_dax *dax)
{
	if (dax)
		return ndctl_dax_is_enabled(dax);
	if (pfn)
		return ndctl_pfn_is_enabled(pfn);
	if (btt)
		return ndctl_btt_is_enabled(btt);
	return ndctl_namespace_is_enabled(ns);
}

/* Of files on it: what is true of the whole namespace. */
static void dp_find_methods(struct dp_finder *f, struct dp_node *node)
{
	const struct dp_device_facts facts = {
		.node = node,
		.ranges = 1,
		.provider = f->provider,
		.injects = f->injects,
	};

	for (int m = 0; m < DP_METHOD_MAX; m++)
		node->methods[m] = dp_caps_method(&f->caps, &facts, m);
}

static int dp_find_namespace(struct dp_finder *f, int region,
			     struct ndctl_namespace *ns)
{
	struct ndctl_btt *btt = ndctl_namespace_get_btt(ns);
	struct ndctl_pfn *pfn = ndctl_namespace_get_pfn(ns);
	struct ndctl_dax *dax = ndctl_namespace_get_dax(ns);
	struct daxctl_region *devices;
	struct dp_node *node;
	int index;

	/* The seed: a namespace that has no space yet. */
	if (!ndctl_namespace_get_size(ns))
		return 0;
	index = dp_inventory_add(f->inv, DP_NODE_NAMESPACE, region);
	if (index < 0)
		return index;
	node = &f->inv->nodes[index];
	snprintf(node->name, sizeof(node->name), "%s",
		 ndctl_namespace_get_devname(ns));
	node->mode = dp_mode_of(ns);
	node->enabled = dp_is_active(ns, btt, pfn, dax);
	/* Of a disabled namespace the kernel says "raw", whatever its info
	 * block will make of it. */
	if (!node->enabled && node->mode == DP_MODE_RAW)
		node->mode = DP_MODE_UNKNOWN;
	node->numa_node = ndctl_namespace_get_numa_node(ns);
	node->phys = dp_known_phys(ndctl_namespace_get_resource(ns));
	if (dax)
		dp_fill_dax(node, dax);
	else if (pfn)
		dp_fill_pfn(node, pfn);
	else if (btt)
		dp_fill_btt(node, btt);
	else
		dp_fill_raw(node, ns);
	dp_find_mount(f, node);
	if (dp_node_has_methods(node))
		dp_find_methods(f, node);
	devices = dax ? ndctl_dax_get_daxctl_region(dax) : NULL;
	return devices ? dp_find_devices(f, index, devices) : 0;
}

static int dp_find_region(struct dp_finder *f, int bus, const char *provider,
			  struct ndctl_region *region)
{
	struct ndctl_namespace *ns;
	struct dp_node *node;
	int index, rc;

	index = dp_inventory_add(f->inv, DP_NODE_REGION, bus);
	if (index < 0)
		return index;
	node = &f->inv->nodes[index];
	snprintf(node->name, sizeof(node->name), "%s",
		 ndctl_region_get_devname(region));
	node->size = dp_known_size(ndctl_region_get_size(region));
	node->available =
		dp_known_size(ndctl_region_get_available_size(region));
	node->phys = dp_known_phys(ndctl_region_get_resource(region));
	node->numa_node = ndctl_region_get_numa_node(region);
	node->enabled = ndctl_region_is_enabled(region);
	node->medium =
		dp_caps_medium(&f->caps, f->root, provider, node->phys);
	ndctl_namespace_foreach (region, ns) {
		rc = dp_find_namespace(f, index, ns);
		if (rc)
			return rc;
	}
	return 0;
}

int dp_find_ndctl(struct dp_finder *f, struct ndctl_ctx *ctx)
{
	struct ndctl_region *region;
	struct ndctl_bus *bus;
	int index, rc;

	ndctl_bus_foreach (ctx, bus) {
		struct dp_node *node;

		f->provider = ndctl_bus_get_provider(bus);
		f->injects = ndctl_bus_has_error_injection(bus);

		index = dp_inventory_add(f->inv, DP_NODE_BUS, -1);
		if (index < 0)
			return index;
		node = &f->inv->nodes[index];
		snprintf(node->name, sizeof(node->name), "%s",
			 ndctl_bus_get_devname(bus));
		snprintf(node->provider, sizeof(node->provider), "%s",
			 ndctl_bus_get_provider(bus));
		node->enabled = true;
		ndctl_region_foreach (bus, region) {
			rc = dp_find_region(f, index,
					    ndctl_bus_get_provider(bus),
					    region);
			if (rc)
				return rc;
		}
	}
	return 0;
}
