/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a file system keeps what it is made of, read from its own superblock.
 * Only what stands in documented fields of the format on the medium:
 * XFS: fs/xfs/libxfs/xfs_format.h, struct xfs_dsb (big endian).
 * ext4: Documentation/filesystems/ext4/ (super.rst, group_descr.rst,
 * inode_table.rst, ifork.rst), little endian. */
#ifndef DP_MODEL_METADATA_MAP_H
#define DP_MODEL_METADATA_MAP_H

#include "base/why.h"
#include "model/file-system.h"

/* Read `n` bytes of the device from byte `at` on. 0 or negative errno. */
typedef int (*dp_metadata_read_fn)(void *arg, uint64_t at, void *buf,
				   size_t n);

/* Numbers are of the units named; places are bytes from the device's start. */
struct dp_metadata_map {
	enum dp_fs fs;
	uint32_t block;		/* bytes of a block */
	uint64_t size;		/* bytes of the file system */
	uint32_t inode_size;	/* bytes */
	uint64_t root;		/* number of the root directory's inode */
	uint64_t log, log_length; /* the log's first extent */
	char label[17];
	bool rmapbt;		/* XFS: it has a reverse map */
	/* XFS */
	uint8_t agblklog, inopblog; /* bits of a block number, of an inode's
				     * number in its block */
	uint32_t agblocks;	/* blocks of an allocation group */
	/* ext4 */
	uint32_t per_group;	/* inodes of a block group */
	uint32_t inodes;
	uint32_t desc_size;	/* bytes of a group's descriptor */
	uint64_t descs;		/* where they start */
};

/* The label that file systems of our own get. */
#define DP_METADATA_LABEL "daxpoison"

/* Which file system the device holds: ext4 (or an older one of its kind), XFS,
 * or DP_FS_NONE for anything else; its label goes to `label`. Negative errno of
 * the reader. */
int dp_metadata_detect(dp_metadata_read_fn read, void *arg, char label[17]);

/* Read the map of a file system of this kind. 0, the reader's errno, or
 * -EBADMSG with a reason: it is not there, or its numbers cannot be. */
int dp_metadata_map_read(enum dp_fs fs, dp_metadata_read_fn read, void *arg,
			 struct dp_metadata_map *map, struct dp_why *why);

/* The place of an inode, by its number (st_ino). 0, the reader's errno, or
 * -ERANGE where no inode of that number can be. */
int dp_metadata_inode(const struct dp_metadata_map *map,
		      dp_metadata_read_fn read, void *arg, uint64_t number,
		      uint64_t *at);

#endif
