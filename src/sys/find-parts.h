/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of dp_find_all() share. */
#ifndef DP_SYS_FIND_PARTS_H
#define DP_SYS_FIND_PARTS_H

#include <daxctl/libdaxctl.h>
#include <ndctl/libndctl.h>

#include "sys/caps.h"

struct libmnt_table;

struct dp_finder {
	struct libmnt_table *mounts; /* what is mounted; NULL: not read yet */
	const char *provider;	/* of the bus under way, or NULL; borrowed */
	bool injects;		/* ... and whether it can inject errors */
	const struct dp_rootdir *root;
	struct dp_inventory *inv;
	struct dp_caps caps;
};

/* What the libraries say of an address or a size that they cannot read: all
 * ones or, where they fell back on /proc/iomem without the right to read it,
 * 0. Neither is where pmem starts. */
static inline uint64_t dp_known_phys(unsigned long long n)
{
	return n && n != ULLONG_MAX ? n : DP_PHYS_UNKNOWN;
}

static inline uint64_t dp_known_size(unsigned long long n)
{
	return n != ULLONG_MAX ? n : 0;
}

/* What a target is told of the place in the tree where it lies: bus, region,
 * namespace, medium, methods, and where they start. All else is zeroed. */
void dp_fill_place(const struct dp_inventory *inv, int index,
		   struct dp_target *target);

/* Where the file system on the node's block device is mounted, if it is. */
void dp_find_mount(struct dp_finder *f, struct dp_node *node);

/* Free what the finder holds. */
void dp_finder_deinit(struct dp_finder *f);

/* Every nvdimm bus and what is on it, with one walk. 0 or negative errno. */
int dp_find_ndctl(struct dp_finder *f, struct ndctl_ctx *ctx);

/* The dax devices of a region of libdaxctl, below node `parent`. 0 or negative
 * errno. */
int dp_find_devices(struct dp_finder *f, int parent,
		    struct daxctl_region *region);

/* After dp_find_ndctl(): the dax regions that no nvdimm bus has (hmem, CXL), and
 * devices without a node in /dev. 0 or negative errno. */
int dp_find_daxctl(struct dp_finder *f, struct daxctl_ctx *ctx);

#endif
