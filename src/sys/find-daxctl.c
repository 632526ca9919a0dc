/* SPDX-License-Identifier: GPL-2.0-only */
/* Dax devices, asked of libdaxctl; and of sysfs, where libdaxctl is silent. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/find-parts.h"

/* libdaxctl's paths are absolute, and of the running system. */
static const struct dp_rootdir dp_here = { .fd = AT_FDCWD, .is_real = true };

/* Opening a device-dax node does nothing but look it up (dax_open() in
 * drivers/dax/device.c), and only opening tells what a container allows. */
static int dp_try_open(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : 0;
}

/* What libdaxctl does not know: the NUMA node of the CPUs nearby, and the
 * devices whose node in /dev is missing. */
static uint64_t dp_sysfs_u64(const char *path, const char *name,
			     uint64_t fallback)
{
	uint64_t n;

	return dp_rootdir_read_u64(&dp_here, &n, "%s/%s", path, name)
		       ? fallback
		       : n;
}

static void dp_set_numa_node(struct dp_finder *f, struct dp_node *node,
			     const char *path)
{
	if (node->parent >= 0)
		node->numa_node = f->inv->nodes[node->parent].numa_node;
	if (node->numa_node < 0)
		/* "-1" is no number to dp_parse_u64, and stays -1. */
		node->numa_node = dp_sysfs_u64(path, "numa_node", -1);
}

static void dp_set_aligns(struct dp_finder *f, struct dp_node *node)
{
	const struct dp_node *above = &f->inv->nodes[node->parent];

	if (above->type == DP_NODE_NAMESPACE) {
		memcpy(node->aligns, above->aligns, sizeof(node->aligns));
		node->n_aligns = above->n_aligns;
	} else if (node->align) {
		node->aligns[0] = node->align;
		node->n_aligns = 1;
	}
}

/* A new dax node, unless there is one of that name; its index, -EEXIST or
 * -ENOMEM. */
static int dp_new_device(struct dp_finder *f, int parent, const char *name)
{
	int index;

	if (dp_inventory_find(f->inv, name) >= 0)
		return -EEXIST;
	index = dp_inventory_add(f->inv, DP_NODE_DAX, parent);
	if (index >= 0)
		snprintf(f->inv->nodes[index].name, DP_NAME_MAX, "%s", name);
	return index;
}

static void dp_judge_methods(struct dp_finder *f, struct dp_node *node,
			     unsigned int ranges)
{
	struct dp_device_facts facts = { .node = node, .ranges = ranges };

	if (node->enabled && node->devnode[0])
		facts.open_rc = dp_try_open(node->devnode);
	for (int m = 0; m < DP_METHOD_MAX; m++)
		node->methods[m] = dp_caps_method(&f->caps, &facts, m);
}

static int dp_find_device(struct dp_finder *f, int parent,
			  struct daxctl_dev *dev, const char *path)
{
	struct daxctl_mapping *mapping;
	unsigned int ranges = 0;
	struct dp_node *node;
	int index;

	/* The seed of a region whose space is given out as devices. */
	if (!daxctl_dev_get_size(dev))
		return 0;
	index = dp_new_device(f, parent, daxctl_dev_get_devname(dev));
	if (index < 0)
		return index == -EEXIST ? 0 : index;
	node = &f->inv->nodes[index];
	snprintf(node->devnode, sizeof(node->devnode), "/dev/%s", node->name);
	node->mode = daxctl_dev_get_memory(dev) ? DP_MODE_SYSTEM_RAM
						: DP_MODE_DEVDAX;
	node->enabled = daxctl_dev_is_enabled(dev);
	node->size = dp_known_size(daxctl_dev_get_size(dev));
	node->align = daxctl_dev_get_align(dev);
	/* Before the kernel told it of each device, the namespace knew. */
	if (!node->align)
		node->align = f->inv->nodes[parent].align;
	daxctl_mapping_foreach (dev, mapping)
		ranges++;
	if (ranges <= 1)
		node->phys = dp_known_phys(daxctl_dev_get_resource(dev));
	dp_set_aligns(f, node);
	dp_set_numa_node(f, node, path);
	dp_judge_methods(f, node, ranges);
	return 0;
}

/* A device without a node in /dev, which libdaxctl passes over. */
static int dp_find_nodeless(struct dp_finder *f, int parent, const char *name,
			    const char *path)
{
	struct dp_node *node;
	int index;

	if (!dp_sysfs_u64(path, "size", 0))
		return 0;
	index = dp_new_device(f, parent, name);
	if (index < 0)
		return index == -EEXIST ? 0 : index;
	node = &f->inv->nodes[index];
	node->mode = DP_MODE_DEVDAX;
	node->enabled = !dp_rootdir_access(&dp_here, F_OK, "%s/driver", path);
	node->size = dp_sysfs_u64(path, "size", 0);
	node->align = dp_sysfs_u64(path, "align", f->inv->nodes[parent].align);
	node->phys = dp_known_phys(dp_sysfs_u64(path, "resource", 0));
	dp_set_aligns(f, node);
	dp_set_numa_node(f, node, path);
	dp_judge_methods(f, node, 1);
	return 0;
}

/* Whether a directory is called like a device: dax0.0. */
static bool dp_is_device_name(const char *name)
{
	unsigned int region, id;
	int n = -1;

	return sscanf(name, "dax%u.%u%n", &region, &id, &n) == 2 && !name[n];
}

static int dp_find_rest(struct dp_finder *f, int parent, const char *region)
{
	_cleanup_closedir_ DIR *dir = opendir(region);
	struct dirent *entry;
	char path[PATH_MAX];
	int rc = 0;

	while (!rc && dir && (entry = readdir(dir))) {
		if (!dp_is_device_name(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", region, entry->d_name);
		rc = dp_find_nodeless(f, parent, entry->d_name, path);
	}
	return rc;
}

int dp_find_devices(struct dp_finder *f, int parent,
		    struct daxctl_region *region)
{
	const char *top = daxctl_region_get_path(region);
	struct daxctl_dev *dev;
	char path[PATH_MAX];
	int rc;

	daxctl_dev_foreach (region, dev) {
		snprintf(path, sizeof(path), "%s/%s", top,
			 daxctl_dev_get_devname(dev));
		rc = dp_find_device(f, parent, dev, path);
		if (rc)
			return rc;
	}
	return dp_find_rest(f, parent, top);
}

int dp_find_daxctl(struct dp_finder *f, struct daxctl_ctx *ctx)
{
	struct daxctl_region *region;
	struct dp_node *node;
	int index, rc;

	daxctl_region_foreach (ctx, region) {
		const char *path = daxctl_region_get_path(region);

		/* One that a namespace brought, already in the inventory. */
		if (strstr(path, "/ndbus"))
			continue;
		index = dp_inventory_add(f->inv, DP_NODE_REGION, -1);
		if (index < 0)
			return index;
		node = &f->inv->nodes[index];
		snprintf(node->name, sizeof(node->name), "%s",
			 daxctl_region_get_devname(region));
		node->size = dp_known_size(daxctl_region_get_size(region));
		node->available =
			dp_known_size(daxctl_region_get_available_size(region));
		node->enabled = true;
		node->numa_node = dp_sysfs_u64(path, "numa_node", -1);
		node->medium = dp_caps_medium(&f->caps, f->root, NULL,
					      DP_PHYS_UNKNOWN);
		rc = dp_find_devices(f, index, region);
		if (rc)
			return rc;
	}
	return 0;
}
