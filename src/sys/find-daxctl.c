/* SPDX-License-Identifier: GPL-2.0-only */
/* Dax devices, asked of libdaxctl; and of sysfs (/sys/bus/dax), where libdaxctl
 * is silent or slow. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/find-parts.h"

/* Devices are those of the running system, whatever the finder's root. */
static const struct dp_rootdir dp_here = { .fd = AT_FDCWD, .is_real = true };

/* Opening a device-dax node does nothing but look it up (dax_open() in
 * drivers/dax/device.c), and only opening tells what a container allows. */
static int dp_try_open(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : 0;
}

static const char dp_bus[] = "/sys/bus/dax/devices";

/* A number that libdaxctl does not tell. */
static uint64_t dp_sysfs_u64(const char *name, const char *attribute,
			     uint64_t fallback)
{
	uint64_t n;

	return dp_rootdir_read_u64(&dp_here, &n, "%s/%s/%s", dp_bus, name,
				   attribute)
		       ? fallback
		       : n;
}

static void dp_set_numa_node(struct dp_finder *f, struct dp_node *node)
{
	node->numa_node = f->inv->nodes[node->parent].numa_node;
	if (node->numa_node < 0)
		/* "-1" is no number to dp_parse_u64, and stays -1. */
		node->numa_node = dp_sysfs_u64(node->name, "numa_node", -1);
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

/* The driver tells the mode: drivers/dax/kmem.c makes system RAM of a device.
 * One readlink, where asking libdaxctl costs some sixty. */
static void dp_set_driver(struct dp_node *node)
{
	char path[128], driver[PATH_MAX];
	const char *name;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s/driver", dp_bus, node->name);
	n = readlink(path, driver, sizeof(driver) - 1);
	driver[dp_max(n, 0)] = '\0';
	name = strrchr(driver, '/');
	node->enabled = name;
	node->mode = name && !strcmp(name, "/kmem") ? DP_MODE_SYSTEM_RAM
						    : DP_MODE_DEVDAX;
}

/* Physical ranges that the device is made of: mapping0, mapping1, ... */
static unsigned int dp_count_ranges(const char *name)
{
	unsigned int n = 1;

	while (!dp_rootdir_access(&dp_here, F_OK, "%s/%s/mapping%u", dp_bus,
				  name, n))
		n++;
	return n;
}

static void dp_judge_methods(struct dp_finder *f, struct dp_node *node)
{
	struct dp_device_facts facts = {
		.node = node,
		.ranges = dp_count_ranges(node->name),
		.provider = f->provider,
		.injects = f->injects,
	};

	if (facts.ranges > 1)
		node->phys = DP_PHYS_UNKNOWN;
	if (node->enabled && node->devnode[0])
		facts.open_rc = dp_try_open(node->devnode);
	for (int m = 0; m < DP_METHOD_MAX; m++)
		node->methods[m] = dp_caps_method(&f->caps, &facts, m);
}

/* A new dax node with what does not come from libdaxctl; NULL: no memory. */
static struct dp_node *dp_new_device(struct dp_finder *f, int parent,
				     const char *name, uint64_t align)
{
	int index = dp_inventory_add(f->inv, DP_NODE_DAX, parent);
	struct dp_node *node;

	if (index < 0)
		return NULL;
	node = &f->inv->nodes[index];
	snprintf(node->name, sizeof(node->name), "%s", name);
	/* Before the kernel told it of each device, the namespace knew. */
	node->align = align ? align : f->inv->nodes[parent].align;
	dp_set_driver(node);
	dp_set_aligns(f, node);
	dp_set_numa_node(f, node);
	return node;
}

static int dp_find_device(struct dp_finder *f, int parent,
			  struct daxctl_dev *dev)
{
	const char *name = daxctl_dev_get_devname(dev);
	struct dp_node *node;

	/* The seed of a region whose space is given out as devices. */
	if (!daxctl_dev_get_size(dev))
		return 0;
	node = dp_new_device(f, parent, name, daxctl_dev_get_align(dev));
	if (!node)
		return -ENOMEM;
	/* Kernels before 5.1 have a class of devices in place of the bus. */
	if (!node->enabled &&
	    dp_rootdir_access(&dp_here, F_OK, "%s/%s", dp_bus, name))
		node->enabled = daxctl_dev_is_enabled(dev);
	snprintf(node->devnode, sizeof(node->devnode), "/dev/%s", node->name);
	node->size = dp_known_size(daxctl_dev_get_size(dev));
	node->phys = dp_known_phys(daxctl_dev_get_resource(dev));
	dp_judge_methods(f, node);
	return 0;
}

int dp_find_devices(struct dp_finder *f, int parent,
		    struct daxctl_region *region)
{
	struct daxctl_dev *dev;
	int rc;

	daxctl_dev_foreach (region, dev) {
		rc = dp_find_device(f, parent, dev);
		if (rc)
			return rc;
	}
	return 0;
}

static int dp_find_region(struct dp_finder *f, struct daxctl_region *region)
{
	struct dp_node *node;
	uint64_t numa;
	int index;

	index = dp_inventory_add(f->inv, DP_NODE_REGION, -1);
	if (index < 0)
		return index;
	node = &f->inv->nodes[index];
	snprintf(node->name, sizeof(node->name), "%s",
		 daxctl_region_get_devname(region));
	node->size = dp_known_size(daxctl_region_get_size(region));
	node->available =
		dp_known_size(daxctl_region_get_available_size(region));
	if (!dp_rootdir_read_u64(&dp_here, &numa, "%s/numa_node",
				 daxctl_region_get_path(region)))
		node->numa_node = numa;
	node->enabled = true;
	node->medium =
		dp_caps_medium(&f->caps, f->root, NULL, DP_PHYS_UNKNOWN);
	return dp_find_devices(f, index, region);
}

static int dp_find_regions(struct dp_finder *f, struct daxctl_ctx *ctx)
{
	struct daxctl_region *region;
	int rc;

	daxctl_region_foreach (ctx, region) {
		/* Those of namespaces are in the inventory already. */
		if (strstr(daxctl_region_get_path(region), "/ndbus"))
			continue;
		rc = dp_find_region(f, region);
		if (rc)
			return rc;
	}
	return 0;
}

/* What the device is a part of, by sysfs: the namespace that its parent device
 * names, or the region that its parent device is. An index, or -ENOENT. */
static int dp_parent_of(struct dp_finder *f, const char *name)
{
	char path[128], link[PATH_MAX], *slash;
	ssize_t n;

	if (dp_rootdir_read(&dp_here, link, sizeof(link), "%s/%s/../namespace",
			    dp_bus, name) > 0)
		return dp_inventory_find(f->inv, link);
	snprintf(path, sizeof(path), "%s/%s", dp_bus, name);
	n = readlink(path, link, sizeof(link) - 1);
	link[dp_max(n, 0)] = '\0';
	slash = strrchr(link, '/');
	if (!slash)
		return -ENOENT;
	*slash = '\0';
	slash = strrchr(link, '/');
	return slash ? dp_inventory_find(f->inv, slash + 1) : -ENOENT;
}

/* A device without a node in /dev, which libdaxctl passes over. */
static int dp_find_nodeless(struct dp_finder *f, const char *name)
{
	int parent = dp_parent_of(f, name);
	uint64_t size = dp_sysfs_u64(name, "size", 0);
	struct dp_node *node;

	if (parent < 0 || !size)
		return 0;
	node = dp_new_device(f, parent, name, dp_sysfs_u64(name, "align", 0));
	if (!node)
		return -ENOMEM;
	node->size = size;
	node->phys = dp_known_phys(dp_sysfs_u64(name, "resource", 0));
	dp_judge_methods(f, node);
	return 0;
}

/* Call `fn` with each device of the bus that is not in the inventory; stop
 * when it returns other than 0, and return that. */
static int dp_each_unknown(struct dp_finder *f,
			   int (*fn)(struct dp_finder *, const char *))
{
	_cleanup_closedir_ DIR *dir = opendir(dp_bus);
	struct dirent *entry;
	int rc = 0;

	while (!rc && dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' &&
		    dp_inventory_find(f->inv, entry->d_name) < 0)
			rc = fn(f, entry->d_name);
	return rc;
}

static int dp_is_unknown(struct dp_finder *f, const char *name)
{
	(void)f;
	(void)name;
	return 1;
}

int dp_find_daxctl(struct dp_finder *f, struct daxctl_ctx *ctx)
{
	int rc;

	/* libdaxctl knows a region only by its devices. When the namespaces
	 * have brought all of these, its own walk would find nothing new. */
	if (!dp_each_unknown(f, dp_is_unknown))
		return 0;
	rc = dp_find_regions(f, ctx);
	return rc ? rc : dp_each_unknown(f, dp_find_nodeless);
}
