/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DP_VM_CACHE_DIR_H
#define DP_VM_CACHE_DIR_H

#include <stddef.h>

/* The directory below which unpacked kernels, and what is known about the
 * machine, are kept: $XDG_CACHE_HOME/daxpoison or ~/.cache/daxpoison.
 * 0 or -ENOENT, -ENAMETOOLONG. */
int dp_cache_dir(char *buf, size_t size);

#endif
