/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "base/format.h"
#include "model/refusal.h"
#include "sys/find-file.h"
#include "sys/find-parts.h"
#include "sys/find.h"
#include "sys/ndctl.h"

int dp_find_all_below(const struct dp_rootdir *root, struct dp_inventory *inv,
		      struct dp_why *why)
{
	_cleanup_ndctl_ struct ndctl_ctx *ctx = NULL;
	struct dp_finder f = { .root = root, .inv = inv };
	int rc;

	rc = dp_ndctl_new(&ctx, why);
	if (rc)
		return rc;
	dp_caps_probe(root, &f.caps);
	rc = dp_find_ndctl(&f, ctx);
	dp_finder_deinit(&f);
	f.provider = NULL;
	f.injects = false;
	if (!rc)
		rc = dp_find_daxctl(&f, ndctl_get_daxctl_ctx(ctx));
	if (!rc)
		rc = dp_inventory_sort(inv);
	if (rc)
		dp_why(why, rc, "cannot list the devices: %s", strerror(-rc));
	return rc;
}

int dp_find_all(struct dp_inventory *inv, struct dp_why *why)
{
	struct dp_rootdir root;
	int rc;

	rc = dp_rootdir_init(&root, "/");
	if (rc)
		return dp_why(why, rc, "cannot open /: %s", strerror(-rc));
	rc = dp_find_all_below(&root, inv, why);
	dp_rootdir_deinit(&root);
	return rc;
}

/* The node whose device node is the same device as `path`, or -ENOENT. */
static int dp_find_device_node(const struct dp_inventory *inv, const char *path)
{
	struct stat st, node;

	if (stat(path, &st))
		return -errno;
	if (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
		return -ENODEV;
	for (size_t i = 0; i < inv->n; i++) {
		if (!inv->nodes[i].devnode[0] ||
		    stat(inv->nodes[i].devnode, &node))
			continue;
		if ((st.st_mode & S_IFMT) == (node.st_mode & S_IFMT) &&
		    st.st_rdev == node.st_rdev)
			return i;
	}
	return -ENODEV;
}

static int dp_no_such(const struct dp_inventory *inv, const char *name,
		      struct dp_why *why)
{
	char list[256] = "";

	for (size_t i = 0; i < inv->n; i++)
		if (inv->nodes[i].type == DP_NODE_NAMESPACE ||
		    inv->nodes[i].type == DP_NODE_DAX)
			dp_append(list, sizeof(list), "%s%s",
				  list[0] ? ", " : "", inv->nodes[i].name);
	if (list[0])
		return dp_why(why, -ENOENT,
			      "there is no target '%s'; there are: %s", name,
			      list);
	return dp_why(why, -ENOENT,
		      "there is no target '%s': this machine has no nvdimm or dax devices; 'daxpoison vm' boots a guest that has",
		      name);
}

/* The index of what the name or path stands for, or negative errno. */
static int dp_resolve(const struct dp_inventory *inv, const char *name,
		      struct dp_why *why)
{
	int index;

	if (!strchr(name, '/')) {
		index = dp_inventory_find(inv, name);
		return index >= 0 ? index : dp_no_such(inv, name, why);
	}
	index = dp_find_device_node(inv, name);
	if (index >= 0)
		return index;
	if (index == -ENODEV)
		return dp_why(why, -ENODEV,
			      "%s is not a dax device, nor a file; name one, such as /dev/dax0.0 or a file on a DAX file system",
			      name);
	if (index == -ENOENT)
		return dp_no_such(inv, name, why);
	return dp_why(why, index, "cannot look at %s: %s", name,
		      strerror(-index));
}

/* Why a namespace has no dax device to map. */
static int dp_not_mappable(const struct dp_node *node, struct dp_why *why)
{
	struct dp_refusal_facts facts = { .name = node->name };
	int rc;

	/* First: its mode is not known, and advice to change it would cost data. */
	if (!node->enabled)
		return dp_why(why, -ENODEV,
			      "%s is disabled; 'ndctl enable-namespace %s' enables it",
			      node->name, node->name);
	facts.mode = node->mode;
	facts.no_dax = node->mode != DP_MODE_DEVDAX;
	rc = dp_refuse(&facts, false, why);
	if (rc)
		return rc;
	return dp_why(why, -ENODEV,
		      "%s has no dax device; is the module dax_pmem loaded?",
		      node->name);
}

static int dp_check_device(const struct dp_node *node, struct dp_why *why)
{
	const struct dp_refusal_facts facts = {
		.name = node->name,
		.mode = node->mode,
	};
	int rc = dp_refuse(&facts, false, why);

	if (rc)
		return rc;
	if (!node->enabled)
		return dp_why(why, -ENODEV,
			      "%s is disabled: no driver is bound to it; is the module device_dax loaded?",
			      node->name);
	if (!node->devnode[0])
		return dp_why(why, -ENODEV,
			      "/dev/%s is missing, so %s cannot be mapped",
			      node->name, node->name);
	return 0;
}

/* The dax device that a node stands for: itself, or a namespace's. */
static int dp_device_of(const struct dp_inventory *inv, int index,
			struct dp_why *why)
{
	const struct dp_node *node = &inv->nodes[index];

	switch (node->type) {
	case DP_NODE_DAX:
		return index;
	case DP_NODE_NAMESPACE:
		/* Depth-first: a child follows its parent. */
		if ((size_t)index + 1 < inv->n &&
		    inv->nodes[index + 1].parent == index)
			return index + 1;
		return dp_not_mappable(node, why);
	default:
		return dp_why(why, -ENODEV,
			      "%s is a %s; name a namespace or a dax device",
			      node->name, dp_node_type_name(node->type));
	}
}

static void dp_fill_device(const struct dp_inventory *inv, int index,
			   struct dp_target *target)
{
	const struct dp_node *node = &inv->nodes[index];

	dp_fill_place(inv, index, target);
	target->kind = DP_KIND_DEVDAX;
	target->size = node->size;
	target->align = node->align;
	target->phys = target->data_phys = node->phys;
	target->n_aligns = node->n_aligns;
	memcpy(target->aligns, node->aligns, sizeof(target->aligns));
	snprintf(target->name, sizeof(target->name), "%s", node->name);
	snprintf(target->path, sizeof(target->path), "%s", node->devnode);
}

/* Whether the name is a path of something that is no device. */
static bool dp_names_file(const char *name)
{
	struct stat st;

	return strchr(name, '/') && !stat(name, &st) &&
	       (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
}

int dp_find_target(const struct dp_inventory *inv, const char *name,
		   struct dp_target *target, struct dp_why *why)
{
	const struct dp_node *node;
	int index, rc;

	if (dp_names_file(name))
		return dp_find_file(inv, name, target, why);
	index = dp_resolve(inv, name, why);
	if (index < 0)
		return index;
	node = &inv->nodes[index];
	if (node->type == DP_NODE_NAMESPACE && node->enabled &&
	    node->mode == DP_MODE_FSDAX)
		return dp_find_mounted(inv, index, target, why);
	index = dp_device_of(inv, index, why);
	if (index < 0)
		return index;
	rc = dp_check_device(&inv->nodes[index], why);
	if (rc)
		return rc;
	dp_fill_device(inv, index, target);
	return 0;
}

static void dp_fill_block(const struct dp_inventory *inv, int index,
			  struct dp_target *target)
{
	const struct dp_node *node = &inv->nodes[index];

	dp_fill_place(inv, index, target);
	target->kind = DP_KIND_BLOCK;
	target->size = node->size;
	target->align = sysconf(_SC_PAGESIZE);
	target->phys = node->data_phys;
	snprintf(target->name, sizeof(target->name), "%s", node->name);
	snprintf(target->path, sizeof(target->path), "%s", node->devnode);
}

int dp_find_medium(const struct dp_inventory *inv, const char *name,
		   struct dp_target *target, struct dp_why *why)
{
	int index = dp_names_file(name) ? -ENOENT : dp_resolve(inv, name, NULL);
	const struct dp_node *node = index < 0 ? NULL : &inv->nodes[index];

	if (!node || node->type != DP_NODE_NAMESPACE || !node->enabled ||
	    !node->devnode[0] || dp_is_mounted(node) ||
	    (node->mode != DP_MODE_RAW && node->mode != DP_MODE_FSDAX))
		return dp_find_target(inv, name, target, why);
	dp_fill_block(inv, index, target);
	return 0;
}
