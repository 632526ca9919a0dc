/* SPDX-License-Identifier: GPL-2.0-only */
/* Files and directories on a DAX file system. */
#ifndef DP_SYS_FIND_FILE_H
#define DP_SYS_FIND_FILE_H

#include "base/why.h"
#include "model/target.h"

/* The target at `path`: a regular file that is mapped directly (STATX_ATTR_DAX
 * on the open file, since mount options do not tell), or a directory in which
 * one can be made (target->is_dir). Its namespace is found by its block device.
 * 0; -ENODEV it can not be poisoned without hitting something else, or another
 * negative errno; each with a reason. dp_find_release() undoes it. */
int dp_find_file(const struct dp_inventory *inv, const char *path,
		 struct dp_target *target, struct dp_why *why);

/* The same for the file system on the block device of this node, where it is
 * mounted: its root directory. -ENODEV: it is not mounted. */
int dp_find_mounted(const struct dp_inventory *inv, int index,
		    struct dp_target *target, struct dp_why *why);

/* Whether there is a mounted file system on the node's block device. */
bool dp_is_mounted(const struct dp_node *node);

/* Whether the open file is mapped directly: STATX_ATTR_DAX, statx(2). */
bool dp_file_is_dax(int fd);

/* Read the target's layout and size anew from target->fd. 0 or negative errno
 * with a reason. */
int dp_file_layout(struct dp_target *target, struct dp_why *why);

/* Close and free what a target of any kind holds. */
void dp_find_release(struct dp_target *target);

#endif
