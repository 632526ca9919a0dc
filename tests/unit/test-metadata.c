/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/metadata.h"
#include "model/signature.h"
#include "unit.h"

#define IMAGE (4 << 20)

static void dp_be_put(uint8_t *p, unsigned int n, uint64_t v)
{
	while (n--) {
		p[n] = v;
		v >>= 8;
	}
}

static void dp_le_put(uint8_t *p, unsigned int n, uint64_t v)
{
	for (unsigned int i = 0; i < n; i++)
		p[i] = v >> 8 * i;
}

static int dp_image_read(void *arg, uint64_t at, void *buf, size_t n)
{
	if (at > IMAGE || n > IMAGE - at)
		return -EIO;
	memcpy(buf, (uint8_t *)arg + at, n);
	return 0;
}

/* Two groups of 400 blocks of 4K, whose numbers take 9 bits; the second starts
 * at block 400, and is called block 512. */
static uint8_t *dp_an_xfs(void)
{
	uint8_t *sb = calloc(1, IMAGE);

	ck_assert_ptr_nonnull(sb);
	memcpy(sb, "XFSB", 4);
	dp_be_put(sb + 4, 4, 4096);
	dp_be_put(sb + 8, 8, 800);
	dp_be_put(sb + 48, 8, 512 + 7);
	dp_be_put(sb + 56, 8, 128);
	dp_be_put(sb + 84, 4, 400);
	dp_be_put(sb + 96, 4, 64);
	dp_be_put(sb + 104, 2, 512);
	memcpy(sb + 108, "daxpoison", 9);
	sb[123] = 3;
	sb[124] = 9;
	dp_be_put(sb + 212, 4, 2);
	return sb;
}

/* Two groups of 100 inodes of 256 bytes; the journal is inode 8. */
static uint8_t *dp_an_ext4(void)
{
	uint8_t *image = calloc(1, IMAGE), *sb = image + 1024;
	uint8_t *journal = image + 40 * 4096 + 7 * 256 + 0x28;

	ck_assert_ptr_nonnull(image);
	dp_le_put(sb, 4, 200);
	dp_le_put(sb + 4, 4, 1000);
	dp_le_put(sb + 0x18, 4, 2);
	dp_le_put(sb + 0x28, 4, 100);
	dp_le_put(sb + 0x38, 2, 0xef53);
	dp_le_put(sb + 0x58, 2, 256);
	dp_le_put(sb + 0x60, 4, 0x80);
	memcpy(sb + 0x78, "other", 5);
	dp_le_put(sb + 0xe0, 4, 8);
	dp_le_put(sb + 0xfe, 2, 64);
	dp_le_put(image + 4096 + 8, 4, 40);
	dp_le_put(image + 4096 + 64 + 8, 4, 60);
	dp_le_put(journal, 2, 0xf30a);
	dp_le_put(journal + 2, 2, 1);
	dp_le_put(journal + 16, 2, 32);
	dp_le_put(journal + 20, 4, 500);
	return image;
}

static uint64_t dp_inode_at(const struct dp_metadata_map *map, uint8_t *image,
			    uint64_t number)
{
	uint64_t at = 0;

	ck_assert_int_eq(dp_metadata_inode(map, dp_image_read, image, number,
					   &at),
			 0);
	return at;
}

START_TEST(xfs_numbers_have_their_group_above)
{
	uint8_t *image = dp_an_xfs();
	struct dp_metadata_map map;
	struct dp_why why = { "" };
	uint64_t at;
	char label[17];

	ck_assert_int_eq(dp_metadata_detect(dp_image_read, image, label),
			 DP_FS_XFS);
	ck_assert_str_eq(label, "daxpoison");
	ck_assert_int_eq(dp_metadata_map_read(DP_FS_XFS, dp_image_read, image,
					      &map, &why),
			 0);
	ck_assert(map.rmapbt);
	ck_assert_uint_eq(map.log, 407 * 4096);
	ck_assert_uint_eq(map.log_length, 64 * 4096);
	/* Eight inodes a block: 128 is the first of block 16. */
	ck_assert_uint_eq(dp_inode_at(&map, image, map.root), 16 * 4096);
	ck_assert_uint_eq(dp_inode_at(&map, image, 131), 16 * 4096 + 3 * 512);
	ck_assert_uint_eq(dp_inode_at(&map, image, (512 + 16) * 8 + 1),
			  416 * 4096 + 512);
	ck_assert_int_eq(dp_metadata_inode(&map, dp_image_read, image, 0, &at),
			 -ERANGE);
	ck_assert_int_eq(dp_metadata_inode(&map, dp_image_read, image, 1 << 20,
					   &at),
			 -ERANGE);
	free(image);
}
END_TEST

START_TEST(ext4_inodes_are_in_their_groups_table)
{
	uint8_t *image = dp_an_ext4();
	struct dp_metadata_map map;
	struct dp_why why = { "" };
	uint64_t at;
	char label[17];

	ck_assert_int_eq(dp_metadata_detect(dp_image_read, image, label),
			 DP_FS_EXT4);
	ck_assert_str_eq(label, "other");
	ck_assert_int_eq(dp_metadata_map_read(DP_FS_EXT4, dp_image_read, image,
					      &map, &why),
			 0);
	ck_assert_uint_eq(map.log, 500 * 4096);
	ck_assert_uint_eq(map.log_length, 32 * 4096);
	ck_assert_uint_eq(dp_inode_at(&map, image, map.root), 40 * 4096 + 256);
	ck_assert_uint_eq(dp_inode_at(&map, image, 101), 60 * 4096);
	ck_assert_int_eq(dp_metadata_inode(&map, dp_image_read, image, 0, &at),
			 -ERANGE);
	ck_assert_int_eq(dp_metadata_inode(&map, dp_image_read, image, 201,
					   &at),
			 -ERANGE);
	free(image);
}
END_TEST

static void dp_not_a_map(enum dp_fs fs, uint8_t *image)
{
	struct dp_metadata_map map;
	struct dp_why why = { "" };

	ck_assert_int_eq(dp_metadata_map_read(fs, dp_image_read, image, &map,
					      &why),
			 -EBADMSG);
	ck_assert_ptr_nonnull(strstr(why.text, "no superblock of"));
	free(image);
}

START_TEST(numbers_that_cannot_be_are_refused)
{
	uint8_t *image = dp_an_xfs();
	char label[17];

	dp_not_a_map(DP_FS_EXT4, image);
	dp_not_a_map(DP_FS_XFS, dp_an_ext4());
	dp_not_a_map(DP_FS_XFS, calloc(1, IMAGE));
	image = dp_an_xfs();
	image[123] = 4;
	dp_not_a_map(DP_FS_XFS, image);
	image = dp_an_xfs();
	dp_be_put(image + 48, 8, 0);
	dp_not_a_map(DP_FS_XFS, image);
	image = dp_an_xfs();
	dp_be_put(image + 96, 4, 4000);
	dp_not_a_map(DP_FS_XFS, image);
	image = dp_an_xfs();
	memset(image + 4, 0xff, 300);
	dp_not_a_map(DP_FS_XFS, image);
	image = dp_an_ext4();
	dp_le_put(image + 1024 + 0x60, 4, 0x10);
	dp_not_a_map(DP_FS_EXT4, image);
	image = dp_an_ext4();
	dp_le_put(image + 1024 + 0x28, 4, 0);
	dp_not_a_map(DP_FS_EXT4, image);
	/* A journal whose extents are in a block of their own. */
	image = dp_an_ext4();
	image[40 * 4096 + 7 * 256 + 0x28 + 6] = 1;
	dp_not_a_map(DP_FS_EXT4, image);
	image = calloc(1, IMAGE);
	ck_assert_int_eq(dp_metadata_detect(dp_image_read, image, label),
			 DP_FS_NONE);
	free(image);
}
END_TEST

/* All was tried, and went well. */
static struct dp_metadata_run *dp_a_run(enum dp_metadata_place place)
{
	struct dp_metadata_run *run = calloc(1, sizeof(*run));

	ck_assert_ptr_nonnull(run);
	run->place = place;
	run->cleared = true;
	for (int s = 0; s < DP_METADATA_STEPS; s++) {
		run->at_step[s].tried = true;
		if (dp_metadata_counts(s))
			run->at_step[s].good = DP_METADATA_FILES;
	}
	run->at_step[DP_MS_REPAIR_HARD].tried = false;
	return run;
}

static const struct dp_metadata_judgement *
dp_said_of(const struct dp_metadata_verdict *v, const char *id)
{
	for (unsigned int i = 0; i < v->n; i++)
		if (!strcmp(v->at[i].promise->id, id))
			return &v->at[i];
	ck_abort_msg("no judgement %s", id);
	return NULL;
}

static enum dp_verdict dp_verdict_on(const struct dp_metadata_run *run,
				     const struct dp_metadata_run *baseline,
				     const char *id)
{
	struct dp_metadata_verdict v;

	dp_metadata_judge(run, baseline, &v);
	return id ? dp_said_of(&v, id)->verdict : v.verdict;
}

START_TEST(an_unsound_baseline_judges_nothing)
{
	struct dp_metadata_run *base = dp_a_run(DP_PLACE_NOTHING);
	struct dp_metadata_run *run = dp_a_run(DP_PLACE_LOG);

	ck_assert_int_eq(dp_verdict_on(base, NULL, NULL), DP_VERDICT_HELD);
	ck_assert_int_eq(dp_verdict_on(run, base, NULL), DP_VERDICT_HELD);
	for (int s = 0; s < DP_METADATA_STEPS; s++) {
		base->at_step[s].err = EIO;
		if (base->at_step[s].tried)
			ck_assert_int_eq(dp_verdict_on(run, base, NULL),
					 DP_VERDICT_NOT_JUDGED);
		base->at_step[s].err = 0;
	}
	base->at_step[DP_MS_REPAIR].status = 1;
	ck_assert_int_eq(dp_verdict_on(run, base, NULL),
			 DP_VERDICT_NOT_JUDGED);
	base->at_step[DP_MS_REPAIR].status = 0;
	base->at_step[DP_MS_BACK_MEDIUM].tried = false;
	ck_assert_int_eq(dp_verdict_on(run, base, NULL),
			 DP_VERDICT_NOT_JUDGED);
	free(base);
	free(run);
}
END_TEST

START_TEST(wrong_contents_are_a_violation_and_errors_are_not)
{
	struct dp_metadata_run *base = dp_a_run(DP_PLACE_NOTHING);
	struct dp_metadata_run *run = dp_a_run(DP_PLACE_INODE);
	struct dp_metadata_result *cold = &run->at_step[DP_MS_COLD_READ];
	struct dp_metadata_result *after = &run->at_step[DP_MS_BACK_MEDIUM];

	cold->good--;
	cold->failed = 1;
	cold->err = EIO;
	ck_assert_int_eq(dp_verdict_on(run, base, NULL), DP_VERDICT_HELD);
	cold->failed = 0;
	cold->wrong = 1;
	ck_assert_int_eq(dp_verdict_on(run, base, "metadata-read-true"),
			 DP_VERDICT_VIOLATED);
	ck_assert_int_eq(dp_verdict_on(run, base, NULL), DP_VERDICT_VIOLATED);
	cold->wrong = 0;
	/* Blocks of files that were lost with their inode are free. */
	after->good -= 2;
	after->wrong = after->near_failed = 2;
	ck_assert_int_eq(dp_verdict_on(run, base, "metadata-data-intact"),
			 DP_VERDICT_HELD);
	after->near_failed = 1;
	ck_assert_int_eq(dp_verdict_on(run, base, "metadata-data-intact"),
			 DP_VERDICT_VIOLATED);
	after->near_failed = 2;
	run->keep = true;
	ck_assert_int_eq(dp_verdict_on(run, base, "metadata-data-intact"),
			 DP_VERDICT_VIOLATED);
	run->keep = false;
	run->at_step[DP_MS_MEDIUM].wrong = 1;
	ck_assert_int_eq(dp_verdict_on(run, base, "metadata-data-intact"),
			 DP_VERDICT_VIOLATED);
	free(base);
	free(run);
}
END_TEST

START_TEST(what_was_not_poisoned_is_not_held)
{
	struct dp_metadata_run *base = dp_a_run(DP_PLACE_NOTHING);
	struct dp_metadata_run *run = dp_a_run(DP_PLACE_INODE);

	run->at_step[DP_MS_POISON].err = EBUSY;
	ck_assert_int_eq(dp_verdict_on(run, base, NULL),
			 DP_VERDICT_NOT_JUDGED);
	run->how = DP_HOW_CORRUPT_PFN;
	ck_assert_int_eq(dp_verdict_on(run, base, NULL), DP_VERDICT_RECORDED);
	ck_assert(dp_metadata_declined(run));
	/* That the file system shut down is an answer, and poison. */
	run->at_step[DP_MS_POISON].err = EUCLEAN;
	ck_assert(!dp_metadata_declined(run));
	ck_assert_int_eq(dp_verdict_on(run, base, NULL), DP_VERDICT_HELD);
	/* What we refused ourselves is none of the kernel's answers. */
	run->at_step[DP_MS_POISON].err = ERANGE;
	ck_assert_int_eq(dp_verdict_on(run, base, NULL),
			 DP_VERDICT_NOT_JUDGED);
	run->at_step[DP_MS_POISON].err = EBUSY;
	run->at_step[DP_MS_POISON].late = true;
	ck_assert_int_eq(dp_verdict_on(run, base, NULL),
			 DP_VERDICT_NOT_JUDGED);
	free(base);
	free(run);
}
END_TEST

START_TEST(what_it_did_is_told_by_errors_and_by_the_log)
{
	struct dp_metadata_run *run = dp_a_run(DP_PLACE_LOG);
	struct dp_metadata_result *r = &run->at_step[DP_MS_COLD_CREATE];

	for (int p = DP_PHASE_WARM; p <= DP_PHASE_AGAIN; p++)
		ck_assert_int_eq(dp_metadata_did(run, p), DP_DID_NOTHING);
	r->err = EIO;
	ck_assert_int_eq(dp_metadata_did(run, DP_PHASE_COLD), DP_DID_ERRORS);
	ck_assert_int_eq(dp_metadata_did(run, DP_PHASE_WARM), DP_DID_NOTHING);
	r->err = EROFS;
	ck_assert_int_eq(dp_metadata_did(run, DP_PHASE_COLD),
			 DP_DID_READ_ONLY);
	r->n_lines = 1;
	strcpy(r->lines[0], "XFS (pmem0): Log I/O Error (0x2) detected at xlog_ioend_work+0x6a/0x90 [xfs] (fs/xfs/xfs_log.c:1376).  Shutting down filesystem.");
	ck_assert_int_eq(dp_metadata_did(run, DP_PHASE_COLD), DP_DID_SHUTDOWN);
	r->late = true;
	ck_assert_int_eq(dp_metadata_did(run, DP_PHASE_COLD), DP_DID_HUNG);
	/* It was said in an earlier phase; all fails. */
	memset(r, 0, sizeof(*r));
	for (int s = DP_MS_COLD_STAT; s <= DP_MS_COLD_SYNC; s++) {
		run->at_step[s] = (struct dp_metadata_result){
			.tried = true,
			.err = EIO,
			.failed = dp_metadata_counts(s) ? DP_METADATA_FILES : 0,
		};
	}
	ck_assert_int_eq(dp_metadata_did(run, DP_PHASE_COLD), DP_DID_SHUTDOWN);
	run->at_step[DP_MS_COLD_READ].good = 1;
	ck_assert_int_eq(dp_metadata_did(run, DP_PHASE_COLD), DP_DID_ERRORS);
	for (int s = DP_MS_COLD_STAT; s <= DP_MS_COLD_SYNC; s++)
		run->at_step[s].err = run->at_step[s].failed = 0;
	/* What is told while it is unmounted is no answer to a user. */
	memset(r, 0, sizeof(*r));
	r = &run->at_step[DP_MS_UNMOUNT];
	r->n_lines = 1;
	strcpy(r->lines[0], "Shutting down filesystem.");
	ck_assert_int_eq(dp_metadata_did(run, DP_PHASE_COLD), DP_DID_NOTHING);
	run->at_step[DP_MS_AGAIN_MOUNT].err = EIO;
	ck_assert_int_eq(dp_metadata_did(run, DP_PHASE_AGAIN),
			 DP_DID_REFUSED);
	free(run);
}
END_TEST

/* The device is all zeroes, but for what a test puts there. */
struct dp_written {
	uint64_t at;
	const char *bytes;
	size_t n;
};

static int dp_written_read(void *arg, uint64_t at, void *buf, size_t n)
{
	const struct dp_written *w = arg;

	for (size_t i = 0; i < n; i++)
		((char *)buf)[i] = at + i - w->at < w->n
					   ? w->bytes[at + i - w->at]
					   : '\0';
	return 0;
}

static int dp_written_bad(void *arg, uint64_t at, void *buf, size_t n)
{
	memset(buf, 0, n);
	return at == *(uint64_t *)arg ? -EIO : 0;
}

START_TEST(what_others_made_is_told)
{
	static const struct {
		struct dp_written w;
		const char *what;
	} held[] = {
		{ { 512, "LABELONE", 8 }, "an LVM volume" },
		{ { 1536, "LABELONE", 8 }, "an LVM volume" },
		{ { 0, "LUKS\xba\xbe", 6 }, "a LUKS volume" },
		{ { 4096, "\xfc\x4e\x2b\xa9", 4 }, "a member of a RAID" },
		{ { 65600, "_BHRfS_M", 8 }, "a btrfs file system" },
		{ { 4086, "SWAPSPACE2", 10 }, "swap space" },
		{ { 512, "EFI PART", 8 }, "a table of partitions" },
		{ { 510, "\x55\xaa", 2 },
		  "a table of partitions, or a FAT or NTFS file system" },
	};
	struct dp_written nothing = { 511, "\xaa", 1 };
	uint64_t bad = 512;
	const char *what;

	for (size_t i = 0; i < ARRAY_SIZE(held); i++) {
		struct dp_written w = held[i].w;

		what = NULL;
		ck_assert_int_eq(dp_signature_find(dp_written_read, &w, &what), 1);
		ck_assert_str_eq(what, held[i].what);
	}
	ck_assert_int_eq(dp_signature_find(dp_written_read, &nothing, &what), 0);
	ck_assert_int_eq(dp_signature_find(dp_written_bad, &bad, &what), -EIO);
}
END_TEST

UNIT_SUITE("metadata", &what_others_made_is_told, &xfs_numbers_have_their_group_above,
	   &ext4_inodes_are_in_their_groups_table,
	   &numbers_that_cannot_be_are_refused,
	   &an_unsound_baseline_judges_nothing,
	   &wrong_contents_are_a_violation_and_errors_are_not,
	   &what_was_not_poisoned_is_not_held,
	   &what_it_did_is_told_by_errors_and_by_the_log)
