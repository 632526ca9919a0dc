/* SPDX-License-Identifier: GPL-2.0-only */
/* Poison in the metadata of a file system that is made for it: the order of the
 * steps, each in a process of its own with a time limit. */
#ifndef DP_RUN_METADATA_H
#define DP_RUN_METADATA_H

#include "model/metadata.h"
#include "sys/inject.h"

struct dp_metadata_options {
	enum dp_fs fs;
	bool no_rmapbt;		/* XFS without the reverse map */
	enum dp_metadata_how how;
	bool keep;		/* contents come back with the block */
	bool force;
	unsigned int seconds;	/* that a step may take */
	uint64_t page;		/* bytes */
};

struct dp_metadata_stage;

/* Make ready: see that the namespace (fsdax, unused, of no value) may be taken,
 * that the programs are there, load what the method needs, and leave for a mount
 * namespace of our own, so that nobody else sees the mount. `inv` must outlive
 * the stage. 0, -EPERM, -EBUSY, -EOPNOTSUPP, -ENODEV, -ENOSPC or another
 * negative errno, with a reason. Nothing is written. */
int dp_metadata_open(struct dp_metadata_stage **stage,
		     const struct dp_inventory *inv, const char *name,
		     const struct dp_metadata_options *options,
		     struct dp_why *why);
void dp_metadata_close(struct dp_metadata_stage *stage);

/* The namespace, as it was found. */
const struct dp_node *dp_metadata_node(const struct dp_metadata_stage *stage);

/* Make the file system, go through all the steps. Returns what was seen, which
 * is the stage's and valid until the next call. */
const struct dp_metadata_run *dp_metadata_go(struct dp_metadata_stage *stage,
					     enum dp_metadata_place place);

/* Whether a process of ours hangs in the kernel: nothing more can be done. */
bool dp_metadata_stuck(const struct dp_metadata_stage *stage);

#endif
