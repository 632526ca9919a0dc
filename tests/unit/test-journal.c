/* SPDX-License-Identifier: GPL-2.0-only */
/* The journal: whose it is, who may read it, and that a record is never lost. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/journal.h"
#include "unit.h"

#define PAGE 4096

/* A directory of our own, and in it the journal that is not there yet. */
static char dp_dir[64], dp_path[96];

static void dp_begin(void)
{
	snprintf(dp_dir, sizeof(dp_dir), "/tmp/test-journal-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dp_dir));
	snprintf(dp_path, sizeof(dp_path), "%s/state/journal", dp_dir);
}

static void dp_end(void)
{
	static const char *const all[] = {
		"state/journal/dax-100000.record", "state/journal/elsewhere",
		"state/journal", "state", "elsewhere", "",
	};
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		snprintf(path, sizeof(path), "%s/%s", dp_dir, all[i]);
		remove(path);
	}
}

static int dp_open(void)
{
	struct dp_why why = { "" };
	int dir = dp_journal_open(dp_path, &why);

	ck_assert_msg(dir >= 0, "%s", why.text);
	return dir;
}

static struct dp_target *dp_a_device(void)
{
	struct dp_target *t = calloc(1, sizeof(*t));

	ck_assert_ptr_nonnull(t);
	t->kind = DP_KIND_DEVDAX;
	t->phys = 0x100000;
	t->size = 16 * DP_MIB;
	strcpy(t->name, "dax0.0");
	return t;
}

START_TEST(nobody_else_reads_it)
{
	struct dp_target *t = dp_a_device();
	struct dp_journal_entry e;
	struct dp_why why;
	struct stat st;
	int dir;

	dp_begin();
	umask(0);
	dir = dp_open();
	ck_assert_int_eq(fstat(dir, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0700);
	ck_assert_int_eq(dp_journal_take(dir, t, PAGE, &e, &why), 0);
	ck_assert_int_eq(fstat(e.fd, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	dp_journal_give(&e);
	/* A clean one is gone. */
	ck_assert_int_eq(faccessat(dir, "dax-100000.record", F_OK, 0), -1);
	close(dir);
	free(t);
	dp_end();
}
END_TEST

START_TEST(a_directory_that_others_may_write_to_is_refused)
{
	struct dp_why why = { "" };

	dp_begin();
	close(dp_open());
	ck_assert_int_eq(chmod(dp_path, 0770), 0);
	ck_assert_int_eq(dp_journal_open(dp_path, &why), -EPERM);
	ck_assert_ptr_nonnull(strstr(why.text, "mode 0700"));
	dp_end();
}
END_TEST

START_TEST(a_link_to_a_directory_is_not_followed)
{
	struct dp_why why = { "" };
	char other[128];

	dp_begin();
	close(dp_open());
	ck_assert_int_eq(rmdir(dp_path), 0);
	snprintf(other, sizeof(other), "%s/elsewhere", dp_dir);
	ck_assert_int_eq(mkdir(other, 0700), 0);
	ck_assert_int_eq(symlink(other, dp_path), 0);
	ck_assert_int_eq(dp_journal_open(dp_path, &why), -ENOTDIR);
	dp_end();
}
END_TEST

START_TEST(a_link_in_place_of_a_record_is_not_followed)
{
	struct dp_target *t = dp_a_device();
	struct dp_why why = { "" };
	struct dp_journal_entry e;
	struct stat st;
	int dir, fd;

	dp_begin();
	dir = dp_open();
	fd = openat(dir, "elsewhere", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	ck_assert_int_eq(write(fd, "mine", 4), 4);
	ck_assert_int_eq(symlinkat("elsewhere", dir, "dax-100000.record"), 0);
	ck_assert_int_eq(dp_journal_take(dir, t, PAGE, &e, &why), -ELOOP);
	ck_assert_ptr_nonnull(strstr(why.text, "dax-100000.record"));
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_size, 4);
	close(fd);
	close(dir);
	free(t);
	dp_end();
}
END_TEST

START_TEST(one_at_a_time)
{
	struct dp_target *t = dp_a_device();
	struct dp_journal_entry first, second;
	struct dp_why why = { "" };
	int dir;

	dp_begin();
	dir = dp_open();
	ck_assert_int_eq(dp_journal_take(dir, t, PAGE, &first, &why), 0);
	ck_assert_int_eq(dp_journal_take(dir, t, PAGE, &second, &why), -EBUSY);
	dp_journal_give(&first);
	ck_assert_int_eq(dp_journal_take(dir, t, PAGE, &second, &why), 0);
	dp_journal_give(&second);
	close(dir);
	free(t);
	dp_end();
}
END_TEST

/* A record that says that contents are to be put back, by nobody who lives. */
static void dp_leave_dirty(int dir, struct dp_target *t)
{
	struct dp_journal_entry e;
	struct dp_why why;

	ck_assert_int_eq(dp_journal_take(dir, t, PAGE, &e, &why), 0);
	ck_assert_int_eq(dp_record_set(e.record, DP_RECORD_DIRTY), 0);
	dp_journal_give(&e);
}

START_TEST(what_is_to_be_put_back_is_kept)
{
	struct dp_target *t = dp_a_device();
	struct dp_why why = { "" };
	struct dp_journal_entry e;
	int dir;

	dp_begin();
	dir = dp_open();
	dp_leave_dirty(dir, t);
	ck_assert_int_eq(dp_journal_take(dir, t, PAGE, &e, &why), -EEXIST);
	ck_assert_ptr_nonnull(strstr(why.text, "daxpoison clear"));
	ck_assert_int_eq(faccessat(dir, "dax-100000.record", F_OK, 0), 0);
	close(dir);
	free(t);
	dp_end();
}
END_TEST

/* Another version's, whose magic is another; a damaged one. */
START_TEST(what_cannot_be_read_is_kept)
{
	static const struct { off_t at; const char *bytes; } changes[] = {
		{ offsetof(struct dp_record, magic), "daxpois1" },
		{ offsetof(struct dp_record, state), "\x63\0\0" },
		{ offsetof(struct dp_record, page), "\x03\0\0" },
	};
	struct dp_target *t = dp_a_device();

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		size_t n = i ? 4 : strlen(changes[i].bytes);
		struct dp_why why = { "" };
		struct dp_journal_entry e;
		char bytes[8];
		int dir, fd;

		dp_begin();
		dir = dp_open();
		dp_leave_dirty(dir, t);
		fd = openat(dir, "dax-100000.record", O_RDWR | O_CLOEXEC);
		ck_assert_int_eq(pwrite(fd, changes[i].bytes, n, changes[i].at), n);
		ck_assert_int_eq(dp_journal_take(dir, t, PAGE, &e, &why), -EEXIST);
		ck_assert_ptr_nonnull(strstr(why.text, "dax-100000.record"));
		ck_assert_ptr_nonnull(strstr(why.text, "cannot be read"));
		ck_assert_int_eq(pread(fd, bytes, n, changes[i].at), n);
		ck_assert_mem_eq(bytes, changes[i].bytes, n);
		close(fd);
		close(dir);
		dp_end();
	}
	free(t);
}
END_TEST

/* Address space that the process has now, and a little more. */
static void dp_limit_memory(void)
{
	struct rlimit limit;
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	ck_assert_int_eq(fscanf(f, "%lu", &pages), 1);
	fclose(f);
	limit.rlim_cur = limit.rlim_max =
		pages * sysconf(_SC_PAGESIZE) + DP_GIB;
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
}

START_TEST(a_record_that_cannot_be_looked_at_is_kept)
{
	struct dp_target *t = dp_a_device();
	struct dp_why why = { "" };
	struct dp_journal_entry e;
	int dir, fd;

	dp_begin();
	dir = dp_open();
	dp_leave_dirty(dir, t);
	/* Longer than what can be mapped. */
	fd = openat(dir, "dax-100000.record", O_RDWR | O_CLOEXEC);
	ck_assert_int_eq(ftruncate(fd, 1024 * (off_t)DP_GIB), 0);
	close(fd);
	dp_limit_memory();
	ck_assert_int_eq(dp_journal_take(dir, t, PAGE, &e, &why), -ENOMEM);
	ck_assert_ptr_nonnull(strstr(why.text, "dax-100000.record"));
	ck_assert_int_eq(faccessat(dir, "dax-100000.record", F_OK, 0), 0);
	close(dir);
	free(t);
	dp_end();
}
END_TEST

static void dp_count_unbegun(struct dp_journal_entry *e, bool busy,
			     const char *bad, void *arg)
{
	int *unbegun = arg;

	ck_assert(!busy);
	ck_assert_ptr_nonnull(bad);
	ck_assert_ptr_null(e->record);
	*unbegun += e->unbegun;
}

/* Killed between making the record and writing to it. */
START_TEST(a_record_that_was_never_begun_is_told_from_a_broken_one)
{
	static const struct {
		const char *text;
		off_t size;
		int unbegun;
	} left[] = {
		{ "", 0, 1 },
		{ "", 4096, 1 },
		{ "", sizeof(struct dp_record) + 4096, 1 },
		{ "x", 0, 0 },
		{ "daxpois1", 0, 0 },
		{ "daxpois2", sizeof(struct dp_record), 0 },
	};

	dp_begin();
	for (size_t i = 0; i < ARRAY_SIZE(left); i++) {
		int dir = dp_open(), fd, unbegun = 0;

		fd = openat(dir, "dax-1.record", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		ck_assert_int_eq(write(fd, left[i].text, strlen(left[i].text)),
				 strlen(left[i].text));
		if (left[i].size)
			ck_assert_int_eq(ftruncate(fd, left[i].size), 0);
		close(fd);
		ck_assert_int_eq(dp_journal_each(dir, dp_count_unbegun, &unbegun), 0);
		ck_assert_int_eq(unbegun, left[i].unbegun);
		close(dir);
	}
	dp_end();
}
END_TEST

UNIT_SUITE("journal", &nobody_else_reads_it,
	   &a_directory_that_others_may_write_to_is_refused,
	   &a_link_to_a_directory_is_not_followed,
	   &a_link_in_place_of_a_record_is_not_followed, &one_at_a_time,
	   &what_is_to_be_put_back_is_kept, &what_cannot_be_read_is_kept,
	   &a_record_that_cannot_be_looked_at_is_kept,
	   &a_record_that_was_never_begun_is_told_from_a_broken_one)
