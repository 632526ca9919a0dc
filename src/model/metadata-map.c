/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "model/metadata-map.h"

/* Numbers of the formats, which neither machine nor alignment may change. */
static uint64_t dp_be(const uint8_t *p, unsigned int n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | *p++;
	return v;
}

static uint64_t dp_le(const uint8_t *p, unsigned int n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

/* struct xfs_dsb: byte offsets of its fields. */
enum {
	XFS_BLOCKSIZE = 4,
	XFS_DBLOCKS = 8,
	XFS_LOGSTART = 48,
	XFS_ROOTINO = 56,
	XFS_AGBLOCKS = 84,
	XFS_LOGBLOCKS = 96,
	XFS_INODESIZE = 104,
	XFS_FNAME = 108,
	XFS_FNAME_SIZE = 12,
	XFS_INOPBLOG = 123,
	XFS_AGBLKLOG = 124,
	XFS_RO_COMPAT = 212,
	XFS_SB_SIZE = 264,
};
#define XFS_RO_COMPAT_RMAPBT 2

/* struct ext4_super_block, 1024 bytes into the device. */
enum {
	EXT4_SB = 1024,
	EXT4_INODES = 0x0,
	EXT4_BLOCKS_LO = 0x4,
	EXT4_FIRST_BLOCK = 0x14,
	EXT4_LOG_BLOCK_SIZE = 0x18,
	EXT4_INODES_PER_GROUP = 0x28,
	EXT4_MAGIC = 0x38,
	EXT4_INODE_SIZE = 0x58,
	EXT4_INCOMPAT = 0x60,
	EXT4_NAME = 0x78,
	EXT4_NAME_SIZE = 16,
	EXT4_JOURNAL_INUM = 0xe0,
	EXT4_DESC_SIZE = 0xfe,
	EXT4_BLOCKS_HI = 0x150,
	EXT4_SB_SIZE = 1024,
	/* A group's descriptor. */
	EXT4_TABLE_LO = 0x8,
	EXT4_TABLE_HI = 0x28,
	/* An inode, and the extents in it. */
	EXT4_I_BLOCK = 0x28,
	EXT4_EXTENTS_MAGIC = 0xf30a,
	EXT4_ROOT_INO = 2,
};
#define EXT4_INCOMPAT_META_BG 0x10
#define EXT4_INCOMPAT_64BIT 0x80

static bool dp_is_xfs(const uint8_t *sb)
{
	return !memcmp(sb, "XFSB", 4);
}

static bool dp_is_ext4(const uint8_t *sb)
{
	return dp_le(sb + EXT4_MAGIC, 2) == 0xef53;
}

static void dp_take_label(char label[17], const uint8_t *from, size_t n)
{
	memcpy(label, from, n);
	label[n] = '\0';
}

int dp_metadata_detect(dp_metadata_read_fn read, void *arg, char label[17])
{
	uint8_t start[EXT4_SB + EXT4_SB_SIZE];
	int rc = read(arg, 0, start, sizeof(start));

	*label = '\0';
	if (rc)
		return rc;
	if (dp_is_xfs(start)) {
		dp_take_label(label, start + XFS_FNAME, XFS_FNAME_SIZE);
		return DP_FS_XFS;
	}
	if (dp_is_ext4(start + EXT4_SB)) {
		dp_take_label(label, start + EXT4_SB + EXT4_NAME,
			      EXT4_NAME_SIZE);
		return DP_FS_EXT4;
	}
	return DP_FS_NONE;
}

/* Of a block number, which has its group in the upper bits. */
static uint64_t dp_xfs_block(const struct dp_metadata_map *m, uint64_t n)
{
	uint64_t group = n >> m->agblklog;
	uint64_t in_group = n & ((1ULL << m->agblklog) - 1);

	return (group * m->agblocks + in_group) * m->block;
}

static int dp_xfs_map(struct dp_metadata_map *m, dp_metadata_read_fn read,
		      void *arg)
{
	uint8_t sb[XFS_SB_SIZE];
	int rc = read(arg, 0, sb, sizeof(sb));

	if (rc)
		return rc;
	if (!dp_is_xfs(sb))
		return -EBADMSG;
	m->block = dp_be(sb + XFS_BLOCKSIZE, 4);
	m->agblklog = sb[XFS_AGBLKLOG];
	m->inopblog = sb[XFS_INOPBLOG];
	m->agblocks = dp_be(sb + XFS_AGBLOCKS, 4);
	m->inode_size = dp_be(sb + XFS_INODESIZE, 2);
	m->root = dp_be(sb + XFS_ROOTINO, 8);
	m->rmapbt = dp_be(sb + XFS_RO_COMPAT, 4) & XFS_RO_COMPAT_RMAPBT;
	if (m->agblklog >= 32 || m->inopblog >= 16 || !m->agblocks ||
	    (uint64_t)m->inode_size << m->inopblog != m->block)
		return -EBADMSG;
	m->size = dp_be(sb + XFS_DBLOCKS, 8) * m->block;
	/* 0: on a device of its own, which ours never is. */
	if (!dp_be(sb + XFS_LOGSTART, 8))
		return -EBADMSG;
	m->log = dp_xfs_block(m, dp_be(sb + XFS_LOGSTART, 8));
	m->log_length = dp_be(sb + XFS_LOGBLOCKS, 4) * m->block;
	dp_take_label(m->label, sb + XFS_FNAME, XFS_FNAME_SIZE);
	return 0;
}

static int dp_xfs_inode(const struct dp_metadata_map *m, uint64_t number,
			uint64_t *at)
{
	uint64_t in_block = number & ((1ULL << m->inopblog) - 1);

	*at = dp_xfs_block(m, number >> m->inopblog) +
	      in_block * m->inode_size;
	return number ? 0 : -ERANGE;
}

static int dp_ext4_inode(const struct dp_metadata_map *m,
			 dp_metadata_read_fn read, void *arg, uint64_t number,
			 uint64_t *at)
{
	uint64_t group = (number - 1) / m->per_group, table;
	uint8_t desc[EXT4_TABLE_HI + 4];
	int rc;

	if (!number || number > m->inodes)
		return -ERANGE;
	rc = read(arg, m->descs + group * m->desc_size, desc,
		  dp_min(sizeof(desc), (size_t)m->desc_size));
	if (rc)
		return rc;
	table = dp_le(desc + EXT4_TABLE_LO, 4);
	if (m->desc_size >= sizeof(desc))
		table |= dp_le(desc + EXT4_TABLE_HI, 4) << 32;
	*at = table * m->block + (number - 1) % m->per_group * m->inode_size;
	return 0;
}

/* The journal is a file; its first extent stands in its inode. */
static int dp_ext4_journal(struct dp_metadata_map *m, dp_metadata_read_fn read,
			   void *arg, uint64_t number)
{
	uint8_t tree[24];
	uint64_t at;
	int rc = dp_ext4_inode(m, read, arg, number, &at);

	if (!rc)
		rc = read(arg, at + EXT4_I_BLOCK, tree, sizeof(tree));
	if (rc)
		return rc;
	/* eh_magic, eh_entries and eh_depth; then ee_block, ee_len, ee_start_hi,
	 * ee_start_lo. */
	if (dp_le(tree, 2) != EXT4_EXTENTS_MAGIC || !dp_le(tree + 2, 2) ||
	    dp_le(tree + 6, 2) || dp_le(tree + 12, 4))
		return -EBADMSG;
	m->log_length = dp_le(tree + 16, 2) * m->block;
	m->log = (dp_le(tree + 18, 2) << 32 | dp_le(tree + 20, 4)) * m->block;
	return 0;
}

static int dp_ext4_map(struct dp_metadata_map *m, dp_metadata_read_fn read,
		       void *arg)
{
	uint8_t sb[EXT4_SB_SIZE];
	uint64_t blocks, features;
	int rc = read(arg, EXT4_SB, sb, sizeof(sb));

	if (rc)
		return rc;
	if (!dp_is_ext4(sb) || dp_le(sb + EXT4_LOG_BLOCK_SIZE, 4) > 6)
		return -EBADMSG;
	features = dp_le(sb + EXT4_INCOMPAT, 4);
	m->block = 1024U << dp_le(sb + EXT4_LOG_BLOCK_SIZE, 4);
	m->inode_size = dp_le(sb + EXT4_INODE_SIZE, 2);
	m->per_group = dp_le(sb + EXT4_INODES_PER_GROUP, 4);
	m->inodes = dp_le(sb + EXT4_INODES, 4);
	m->root = EXT4_ROOT_INO;
	m->desc_size = features & EXT4_INCOMPAT_64BIT
			       ? dp_le(sb + EXT4_DESC_SIZE, 2)
			       : 32;
	/* With META_BG descriptors are spread over the device. */
	if (!m->per_group || !m->inode_size || m->desc_size < 32 ||
	    features & EXT4_INCOMPAT_META_BG)
		return -EBADMSG;
	m->descs = (dp_le(sb + EXT4_FIRST_BLOCK, 4) + 1) * m->block;
	blocks = dp_le(sb + EXT4_BLOCKS_LO, 4);
	if (features & EXT4_INCOMPAT_64BIT)
		blocks |= dp_le(sb + EXT4_BLOCKS_HI, 4) << 32;
	m->size = blocks * m->block;
	dp_take_label(m->label, sb + EXT4_NAME, EXT4_NAME_SIZE);
	return dp_ext4_journal(m, read, arg, dp_le(sb + EXT4_JOURNAL_INUM, 4));
}

int dp_metadata_map_read(enum dp_fs fs, dp_metadata_read_fn read, void *arg,
			 struct dp_metadata_map *map, struct dp_why *why)
{
	int rc = -EBADMSG;

	*map = (struct dp_metadata_map){ .fs = fs };
	if (fs == DP_FS_XFS)
		rc = dp_xfs_map(map, read, arg);
	else if (fs == DP_FS_EXT4)
		rc = dp_ext4_map(map, read, arg);
	if (!rc && (map->log >= map->size || !map->log_length ||
		    map->log_length > map->size - map->log))
		rc = -EBADMSG;
	/* -ERANGE: its journal has no inode that can be. */
	if (rc == -EBADMSG || rc == -ERANGE)
		return dp_why(why, -EBADMSG, "no superblock of %s that can be understood: its magic, its features or its numbers are others",
			      dp_file_system(fs)->name);
	return rc;
}

int dp_metadata_inode(const struct dp_metadata_map *map,
		      dp_metadata_read_fn read, void *arg, uint64_t number,
		      uint64_t *at)
{
	int rc = map->fs == DP_FS_XFS
			 ? dp_xfs_inode(map, number, at)
			 : dp_ext4_inode(map, read, arg, number, at);

	return !rc && *at >= map->size ? -ERANGE : rc;
}
