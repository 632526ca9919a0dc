/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's root: this program as first process, its libraries, the modules
 * that it loads, the orders. Built in memory: no file is left behind. */
#ifndef DP_VM_INITRAMFS_H
#define DP_VM_INITRAMFS_H

#include "vm/kernel-image.h"
#include "vm/orders.h"

#define DP_GUEST_PROGRAM "/usr/bin/daxpoison"

/* A file of this machine that the user wants in the guest. */
struct dp_added_file {
	char *source;		/* both owned */
	char *name;		/* absolute, in the guest */
	bool executable;
};

/* Build it and return a descriptor of it, owned by the caller. `added` ends with
 * an entry without a source; it goes before all else, of which nothing replaces
 * it. With what these file systems (of DP_BIT(enum dp_fs)) take, and nfit_test
 * if the orders ask for it. The modules that the guest has to load are added to
 * `orders`. Negative errno with a reason (-ENOTSUP: the kernel lacks something without which
 * nothing works). */
int dp_initramfs_build(const struct dp_kernel_image *kernel,
		       const struct dp_added_file *added,
		       unsigned int file_systems, struct dp_orders *orders,
		       struct dp_why *why);

#endif
