/* SPDX-License-Identifier: GPL-2.0-only */
/* What the machine has: the tree of buses, regions, namespaces and dax devices,
 * and what of it can be poisoned. Plain data; src/sys fills it. */
#ifndef DP_MODEL_TARGET_H
#define DP_MODEL_TARGET_H

#include <limits.h>
#include <stdint.h>

#include "model/axes.h"
#include "model/layout.h"

#define DP_NAME_MAX 64
#define DP_ALIGNS_MAX 8

enum dp_node_type {
	DP_NODE_BUS,
	DP_NODE_REGION,
	DP_NODE_NAMESPACE,
	DP_NODE_DAX,
	DP_NODE_MAX,
};

const char *dp_node_type_name(enum dp_node_type type);

/* Whether injecting harms anything real, and how we know. */
struct dp_medium {
	bool emulated;
	char evidence[96];	/* "the CPU says it runs under a hypervisor" */
};

/* Whether a method would work on a target. */
struct dp_method_state {
	bool usable;
	char why[256];		/* why not; empty when usable */
	bool unknown;		/* a record that does not speak of it */
};

/* One bus, region, namespace or dax device. */
struct dp_node {
	enum dp_node_type type;
	int parent;		/* index into the inventory; -1 for a bus, and
				 * for a region that is on none (hmem, CXL) */
	char name[DP_NAME_MAX];	/* ndbus0, region0, namespace0.0, dax0.0 */
	char provider[DP_NAME_MAX]; /* buses: "ACPI.NFIT", "e820", ... */
	char devnode[DP_NAME_MAX + 8]; /* /dev/dax0.0, /dev/pmem0, or empty */
	char uuid[37];		/* namespaces, or empty */
	char fs[32];		/* namespaces: type of the mounted file system,
				 * or empty */
	char mount[PATH_MAX];	/* ... and where it is mounted */
	enum dp_mode mode;	/* namespaces and dax devices */
	uint64_t size;		/* bytes; what can be mapped, for a dax device */
	uint64_t available;	/* regions: bytes not given to a namespace */
	uint64_t align;		/* bytes; 0 where it has no meaning */
	uint64_t aligns[DP_ALIGNS_MAX]; /* the alignments it could be given */
	unsigned int n_aligns;
	uint64_t phys;		/* first byte, or DP_PHYS_UNKNOWN */
	uint64_t data_phys;	/* namespaces: where the data of its block
				 * device starts, or DP_PHYS_UNKNOWN */
	int numa_node;		/* -1: none known */
	bool enabled;		/* a driver is bound */
	struct dp_medium medium; /* regions; evidence is empty elsewhere */
	struct dp_method_state methods[DP_METHOD_MAX]; /* dp_node_has_methods */
};

/* Whether it is something to inject into: a dax device, a namespace whose files
 * can be mapped, or one whose medium can be struck. Methods of all others mean
 * nothing. */
static inline bool dp_node_has_methods(const struct dp_node *node)
{
	return node->type == DP_NODE_DAX || (node->type == DP_NODE_NAMESPACE &&
					     (node->mode == DP_MODE_FSDAX ||
					      node->mode == DP_MODE_RAW));
}

/* Nodes in depth-first order, siblings by name: dp_inventory_sort(). */
struct dp_inventory {
	struct dp_node *nodes;
	size_t n;
};

void dp_inventory_deinit(struct dp_inventory *inv);
/* A new zeroed node at the end, with unknown phys and numa_node -1; its index,
 * or -ENOMEM. Older pointers into nodes become invalid. */
int dp_inventory_add(struct dp_inventory *inv, enum dp_node_type type,
		     int parent);
/* The nearest node of this type at or above `index`, or NULL. */
const struct dp_node *dp_inventory_above(const struct dp_inventory *inv,
					 int index, enum dp_node_type type);

/* The medium of the region at or above `index`, or NULL. */
const struct dp_medium *dp_inventory_medium(const struct dp_inventory *inv,
					    int index);
/* The index of the node with this name, or -ENOENT. */
int dp_inventory_find(const struct dp_inventory *inv, const char *name);
/* Put the nodes into depth-first order, siblings by name with numbers in their
 * numeric order, and set each `parent` anew. 0 or -ENOMEM. */
int dp_inventory_sort(struct dp_inventory *inv);

/* What an injection aims at, resolved from the inventory: everything that the
 * planner, the judge and the report need, so that none of them looks it up. */
struct dp_target {
	char name[PATH_MAX];	/* as the report calls it: dax0.0 */
	char path[PATH_MAX];	/* what is opened: /dev/dax0.0 */
	char bus[DP_NAME_MAX];
	char region[DP_NAME_MAX];
	char namespace[DP_NAME_MAX];
	char uuid[37];
	enum dp_kind kind;
	enum dp_mode mode;
	uint64_t size;		/* bytes that can be mapped */
	uint64_t align;		/* device-dax: the promised unit */
	uint64_t aligns[DP_ALIGNS_MAX];
	unsigned int n_aligns;
	uint64_t phys;		/* physical address of offset 0 */
	uint64_t namespace_phys; /* ... of the namespace's first block */
	uint64_t region_phys;	/* ... of the region's first block */
	uint64_t data_phys;	/* ... of the namespace's data: behind its info
				 * block and page structures */
	int numa_node;
	struct dp_medium medium;
	struct dp_method_state methods[DP_METHOD_MAX];

	/* Files, and directories to make one in. There, `align` is the largest
	 * unit that a file can be mapped by. */
	bool is_dir;
	char fs[16];		/* "ext4", "xfs" */
	bool no_reverse_map;	/* XFS that cannot find all files that share a
				 * page: poison of such a page may end the
				 * kernel (xfs-shared-no-rmapbt) */
	uint64_t fs_phys;	/* physical address of the file system's first
				 * byte, or DP_PHYS_UNKNOWN */
	struct dp_layout layout;
	enum dp_prop prop;	/* how a file of our own was prepared */
	bool own;		/* a file that daxpoison has made, without a
				 * name: it ends with its last user */
	struct dp_range run;	/* ... its aligned units, one after another */
	int fd;			/* files are held open here; else -1 */
	int other_fd;		/* a file that has the same blocks; else -1 */
};

/* Release what a target owns in memory; dp_find_release() closes, too. */
void dp_target_deinit(struct dp_target *target);

/* One place in a target, in every base in which someone may name it. */
struct dp_place_bases {
	uint64_t offset;	/* into the target's data */
	uint64_t phys;		/* physical address, or DP_PHYS_UNKNOWN */
	uint64_t pfn;		/* page frame, or DP_PHYS_UNKNOWN */
	uint64_t namespace_block; /* 512-byte block, or DP_PHYS_UNKNOWN */
	uint64_t region_block;	/* 512-byte block, or DP_PHYS_UNKNOWN */
	uint64_t data_block;	/* ... of the namespace's data: what its block
				 * device and ndctl-inject-error(1) count */
};

/* `page` is the base page size in bytes. */
struct dp_place_bases dp_target_bases(const struct dp_target *target,
				      uint64_t offset, uint64_t page);

#endif
