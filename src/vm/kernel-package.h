/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel as its distribution ships it: one package file, or the several that
 * belong together, unpacked into the cache and never installed. */
#ifndef DP_VM_KERNEL_PACKAGE_H
#define DP_VM_KERNEL_PACKAGE_H

#include <stddef.h>

#include "base/why.h"

/* Whether this names package files: "A.deb" or "A.deb,B.deb". */
bool dp_kernel_is_package(const char *names);

/* Unpack them, unless that was done before, and write the path of the tree to
 * `tree`. Needs dpkg-deb and depmod. 0 or negative errno with a reason. */
int dp_kernel_unpack(const char *names, char *tree, size_t size,
		     struct dp_why *why);

#endif
