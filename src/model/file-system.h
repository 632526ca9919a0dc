/* SPDX-License-Identifier: GPL-2.0-only */
/* The file systems that can be made for a guest, a row each. */
#ifndef DP_MODEL_FILE_SYSTEM_H
#define DP_MODEL_FILE_SYSTEM_H

#include <stdint.h>

#include "base/macros.h"

enum dp_fs {
	DP_FS_NONE,
	DP_FS_EXT4,
	DP_FS_XFS,
	DP_FS_MAX,
};

struct dp_file_system {
	const char *name;	/* as mount(2) and its module call it */
	const char *mkfs;	/* the program that makes it */
	const char *repair;	/* ... and the one that mends it */
	const char *package;	/* ... and who has both */
	uint64_t least;		/* bytes of pmem below which it cannot be made,
				 * or has no room for the files of a sweep */
	const char *args[12];	/* of mkfs; NULL-terminated */
};

/* The row; for DP_FS_NONE one without a name. */
const struct dp_file_system *dp_file_system(enum dp_fs fs);

/* The value with this name, or -EINVAL. */
int dp_fs_from_name(const char *name, size_t length);

#endif
