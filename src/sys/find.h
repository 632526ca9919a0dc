/* SPDX-License-Identifier: GPL-2.0-only */
/* What the machine has, asked of libndctl and libdaxctl. */
#ifndef DP_SYS_FIND_H
#define DP_SYS_FIND_H

#include "base/rootdir.h"
#include "base/why.h"
#include "model/target.h"

/* Fill `inv` (zeroed by the caller) with every bus, region, namespace and dax
 * device, including dax devices without an nvdimm namespace (hmem, CXL).
 * For each dax device and method, probe whether it would work.
 * 0 or negative errno with a reason. Owned by the caller (dp_inventory_deinit). */
int dp_find_all(struct dp_inventory *inv, struct dp_why *why);

/* The same, with what daxpoison itself reads of /proc (capability, CPU flags,
 * kernel command line, HardwareCorrupted) taken from below `root`. Devices are
 * those of the running system all the same: libndctl and libdaxctl know no
 * other root. Another machine's devices come from its recorded inventory. */
int dp_find_all_below(const struct dp_rootdir *root, struct dp_inventory *inv,
		      struct dp_why *why);

/* The target that a user calls `name`: namespace0.0, dax0.0, /dev/dax0.0 (or
 * any path to that character device), a file or a directory on a DAX file
 * system, or the namespace that one lies on. To be released by
 * dp_find_release() of sys/find-file.h. 0; -ENOENT no such thing; -ENODEV it
 * exists but cannot be mapped (wrong mode, no driver); each with a reason. */
int dp_find_target(const struct dp_inventory *inv, const char *name,
		   struct dp_target *target, struct dp_why *why);

/* The same for a method that strikes the medium, which needs nothing to be
 * mapped: a namespace in raw mode, or in fsdax mode with no file system mounted
 * on it, is taken as a block device. Everything else is as above. */
int dp_find_medium(const struct dp_inventory *inv, const char *name,
		   struct dp_target *target, struct dp_why *why);

#endif
