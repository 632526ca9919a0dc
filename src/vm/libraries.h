/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs of this machine that are taken into a guest. */
#ifndef DP_VM_LIBRARIES_H
#define DP_VM_LIBRARIES_H

#include "base/why.h"

/* Call `each` with the path of every shared library that the program at `path`
 * needs, as the dynamic loader itself lists them (ld.so(8), --list); of a
 * static program there are none. Stops at the first that does not return 0. 0
 * or negative errno with a reason. */
int dp_libraries_of(const char *path, int (*each)(void *data, const char *path),
		    void *data, struct dp_why *why);

#endif
