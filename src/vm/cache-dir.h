/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DP_VM_CACHE_DIR_H
#define DP_VM_CACHE_DIR_H

#include <stddef.h>

/* The directory below which unpacked kernels, and what is known about the
 * machine, are kept: $XDG_CACHE_HOME/daxpoison or ~/.cache/daxpoison.
 * 0 or -ENOENT, -ENAMETOOLONG. */
int dp_cache_dir(char *buf, size_t size);

/* Before anything is written to a directory of the cache: with sudo it may be
 * that of another user, who could have it lead anywhere. 0 if it is a directory
 * of ours to which not everybody may write (our group may be ours alone), -EPERM
 * if not, or lstat's errno. */
int dp_cache_ours(const char *dir);

#endif
