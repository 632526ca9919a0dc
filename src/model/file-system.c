/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "model/file-system.h"

static const struct dp_file_system dp_file_systems[] = {
	[DP_FS_NONE] = { .name = "" },
	[DP_FS_EXT4] = {
		.name = "ext4",
		.mkfs = "mkfs.ext4",
		.repair = "e2fsck",
		.package = "e2fsprogs",
		.least = 128 * DP_MIB,
		/* Nothing to discard in a fresh sparse file. */
		.args = { "-q", "-F", "-b", "4096", "-E", "nodiscard" },
	},
	[DP_FS_XFS] = {
		.name = "xfs",
		.mkfs = "mkfs.xfs",
		.repair = "xfs_repair",
		.package = "xfsprogs",
		.least = 512 * DP_MIB,
		/* Extents in steps of 2M, so that units can be had; the reverse
		 * map is how XFS finds whom poison hits. */
		.args = { "-q", "-f", "-K", "-d", "agcount=2,su=2m,sw=1", "-l",
			  "size=64m", "-m", "reflink=1,rmapbt=1" },
	},
};
static_assert(ARRAY_SIZE(dp_file_systems) == DP_FS_MAX,
	      "a file system has no row");

const struct dp_file_system *dp_file_system(enum dp_fs fs)
{
	return &dp_file_systems[fs];
}

int dp_fs_from_name(const char *name, size_t length)
{
	for (int i = DP_FS_NONE + 1; i < DP_FS_MAX; i++)
		if (!strncmp(dp_file_systems[i].name, name, length) &&
		    !dp_file_systems[i].name[length])
			return i;
	return -EINVAL;
}
