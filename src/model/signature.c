/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "model/signature.h"

/* In the order in which they are asked: what may stand on a partition table's
 * leftovers comes before it. Each in the source that defines it. */
static const struct dp_signature {
	uint64_t at;		/* bytes */
	uint8_t n;
	char bytes[17];
	const char *what;
} dp_signatures[] = {
	/* lvm2, lib/format_text/layout.h: in one of the first four sectors. */
	{ 0, 8, "LABELONE", "an LVM volume" },
	{ 512, 8, "LABELONE", "an LVM volume" },
	{ 1024, 8, "LABELONE", "an LVM volume" },
	{ 1536, 8, "LABELONE", "an LVM volume" },
	/* cryptsetup, docs/on-disk-format-luks2 */
	{ 0, 6, "LUKS\xba\xbe", "a LUKS volume" },
	/* include/uapi/linux/raid/md_p.h: versions 1.1 and 1.2 */
	{ 0, 4, "\xfc\x4e\x2b\xa9", "a member of a RAID" },
	{ 4096, 4, "\xfc\x4e\x2b\xa9", "a member of a RAID" },
	/* include/uapi/linux/btrfs_tree.h: BTRFS_MAGIC */
	{ 0x10040, 8, "_BHRfS_M", "a btrfs file system" },
	/* include/linux/f2fs_fs.h: F2FS_SUPER_OFFSET */
	{ 1024, 4, "\x10\x20\xf5\xf2", "an f2fs file system" },
	/* drivers/md/bcache/bcache_ondisk.h: bcache_magic */
	{ 4096 + 24, 8, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca",
	  "a bcache device" },
	/* include/linux/swap.h: at the end of a page, which may be larger */
	{ 4096 - 10, 10, "SWAPSPACE2", "swap space" },
	{ 16384 - 10, 10, "SWAPSPACE2", "swap space" },
	{ 65536 - 10, 10, "SWAPSPACE2", "swap space" },
	/* block/partitions/efi.h: in the second block, of either size */
	{ 512, 8, "EFI PART", "a table of partitions" },
	{ 4096, 8, "EFI PART", "a table of partitions" },
	/* block/partitions/msdos.c; FAT and NTFS have it, too */
	{ 510, 2, "\x55\xaa", "a table of partitions, or a FAT or NTFS file system" },
};

int dp_signature_find(dp_metadata_read_fn read, void *arg, const char **what)
{
	char seen[sizeof(dp_signatures[0].bytes)];

	for (size_t i = 0; i < ARRAY_SIZE(dp_signatures); i++) {
		const struct dp_signature *s = &dp_signatures[i];
		int rc = read(arg, s->at, seen, s->n);

		if (rc)
			return rc;
		if (memcmp(seen, s->bytes, s->n))
			continue;
		*what = s->what;
		return 1;
	}
	return 0;
}
