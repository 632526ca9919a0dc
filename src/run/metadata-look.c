/* SPDX-License-Identifier: GPL-2.0-only */
/* Looking at the file system, and getting it back. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/rootdir.h"
#include "run/metadata-steps.h"
#include "sys/renew.h"

enum dp_look {
	DP_LOOK_GOOD,
	DP_LOOK_FAILED,
	DP_LOOK_WRONG,
};

typedef enum dp_look (*dp_look_fn)(struct dp_metadata_stage *s,
				   struct dp_metadata_result *r,
				   unsigned int file, uint8_t *page);

static enum dp_look dp_look_fail(struct dp_metadata_result *r,
				 const char *call, int err)
{
	dp_metadata_fail(r, call, err);
	return DP_LOOK_FAILED;
}

static int dp_look(struct dp_metadata_stage *s, struct dp_metadata_result *r,
		   dp_look_fn look)
{
	_cleanup_free_ uint8_t *page = dp_metadata_page(s);

	if (!page)
		return dp_metadata_fail(r, "malloc", ENOMEM);
	for (unsigned int i = 0; i < DP_METADATA_FILES; i++) {
		enum dp_look saw = look(s, r, i, page);

		r->good += saw == DP_LOOK_GOOD;
		r->failed += saw == DP_LOOK_FAILED;
		r->wrong += saw == DP_LOOK_WRONG;
		r->near_failed += saw != DP_LOOK_GOOD &&
				  s->shared->files[i].near;
	}
	return 0;
}

static enum dp_look dp_compare(struct dp_metadata_stage *s,
			       struct dp_metadata_result *r, unsigned int file,
			       const uint8_t *page, ssize_t n)
{
	_cleanup_free_ uint8_t *want = dp_metadata_page(s);

	if (!want)
		return dp_look_fail(r, "malloc", ENOMEM);
	dp_metadata_pattern(want, s->options->page, file);
	return (uint64_t)n == s->options->page && !memcmp(page, want, n)
		       ? DP_LOOK_GOOD
		       : DP_LOOK_WRONG;
}

static enum dp_look dp_look_stat(struct dp_metadata_stage *s,
				 struct dp_metadata_result *r,
				 unsigned int file, uint8_t *page)
{
	struct stat st;
	char path[96];

	(void)page;
	dp_metadata_path(s, file, path);
	if (stat(path, &st))
		return dp_look_fail(r, "stat", errno);
	return (uint64_t)st.st_size == s->options->page ? DP_LOOK_GOOD
							 : DP_LOOK_WRONG;
}

/* What has lost its name is put there by repair, under its number. */
static int dp_open_lost(const struct dp_metadata_stage *s, unsigned int file)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/lost+found/%s%" PRIu64, s->dir,
		 s->options->fs == DP_FS_EXT4 ? "#" : "",
		 s->shared->files[file].inode);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static enum dp_look dp_look_read(struct dp_metadata_stage *s,
				 struct dp_metadata_result *r,
				 unsigned int file, uint8_t *page)
{
	_cleanup_close_ int fd = -1;
	char path[96];
	ssize_t n;

	dp_metadata_path(s, file, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		fd = dp_open_lost(s, file);
		r->nameless += fd >= 0;
	}
	if (fd < 0)
		return dp_look_fail(r, "open", errno);
	n = read(fd, page, s->options->page);
	if (n < 0)
		return dp_look_fail(r, "read", errno);
	return dp_compare(s, r, file, page, n);
}

static enum dp_look dp_look_medium(struct dp_metadata_stage *s,
				   struct dp_metadata_result *r,
				   unsigned int file, uint8_t *page)
{
	_cleanup_close_ int fd = dp_metadata_device(s, O_RDONLY);
	int rc;

	if (fd < 0)
		return dp_look_fail(r, "open", errno);
	rc = dp_metadata_read(&fd, s->shared->files[file].data_at, page,
			      s->options->page);
	if (rc)
		return dp_look_fail(r, "read", -rc);
	return dp_compare(s, r, file, page, s->options->page);
}

static int dp_do_stat(struct dp_metadata_stage *s, struct dp_metadata_result *r)
{
	return dp_look(s, r, dp_look_stat);
}

static int dp_do_read(struct dp_metadata_stage *s, struct dp_metadata_result *r)
{
	return dp_look(s, r, dp_look_read);
}

static int dp_do_medium(struct dp_metadata_stage *s,
			struct dp_metadata_result *r)
{
	return dp_look(s, r, dp_look_medium);
}

/* Entries, inodes and buffers of metadata go in several turns: a shrinker takes
 * what was not used since the last one. Documentation/admin-guide/sysctl/vm.rst:
 * drop_caches. */
static int dp_do_cold_stat(struct dp_metadata_stage *s,
			   struct dp_metadata_result *r)
{
	_cleanup_(dp_rootdir_deinit) struct dp_rootdir root = { .fd = -1 };
	int rc = dp_rootdir_init(&root, NULL);

	for (int i = 0; !rc && i < 4; i++)
		rc = dp_rootdir_write(&root, "3", "proc/sys/vm/drop_caches");
	if (rc)
		return dp_metadata_fail(r, "drop_caches", -rc);
	return dp_do_stat(s, r);
}

static int dp_do_create(struct dp_metadata_stage *s,
			struct dp_metadata_result *r)
{
	_cleanup_free_ uint8_t *page = dp_metadata_page(s);
	_cleanup_close_ int fd = -1;
	char path[96];

	if (!page)
		return dp_metadata_fail(r, "malloc", ENOMEM);
	snprintf(path, sizeof(path), "%s/%s", s->dir,
		 dp_metadata_step_name(s->step));
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return dp_metadata_fail(r, "open", errno);
	dp_metadata_pattern(page, s->options->page, DP_METADATA_FILES);
	if (write(fd, page, s->options->page) != (ssize_t)s->options->page)
		return dp_metadata_fail(r, "write", errno);
	return fsync(fd) ? dp_metadata_fail(r, "fsync", errno) : 0;
}

static int dp_do_sync(struct dp_metadata_stage *s, struct dp_metadata_result *r)
{
	_cleanup_close_ int fd =
		open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return dp_metadata_fail(r, "open", errno);
	return syncfs(fd) ? dp_metadata_fail(r, "syncfs", errno) : 0;
}

/* Write the struck page: what it held, or zeroes, since what was in bad memory
 * is gone. */
static int dp_do_write(struct dp_metadata_stage *s,
		       struct dp_metadata_result *r)
{
	const struct dp_metadata_run *run = &s->shared->run;
	_cleanup_free_ uint8_t *page = dp_metadata_page(s);
	_cleanup_close_ int fd = dp_metadata_device(s, O_RDWR);

	/* It holds what the file system wrote since, and not what was lost. */
	if (run->mended) {
		snprintf(r->said, sizeof(r->said), "the file system has written it, which has healed it");
		return 0;
	}
	if (!page)
		return dp_metadata_fail(r, "malloc", ENOMEM);
	if (fd < 0)
		return dp_metadata_fail(r, "open", errno);
	memset(page, 0, run->page);
	if (run->keep)
		memcpy(page, s->shared->saved, run->page);
	if (pwrite(fd, page, run->page, run->at) != (ssize_t)run->page)
		return dp_metadata_fail(r, "write", errno ?: EIO);
	return fsync(fd) ? dp_metadata_fail(r, "fsync", errno) : 0;
}

static int dp_do_clear(struct dp_metadata_stage *s,
		       struct dp_metadata_result *r)
{
	struct dp_metadata_run *run = &s->shared->run;
	int rc;

	run->mended = run->listed && !dp_metadata_listed(s);
	rc = dp_do_write(s, r);
	run->healed = run->listed && !run->mended && !rc &&
		      !dp_metadata_listed(s);
	return rc;
}

static int dp_do_renew(struct dp_metadata_stage *s,
		       struct dp_metadata_result *r)
{
	struct dp_metadata_run *run = &s->shared->run;
	struct dp_why why = { "" };
	int rc;

	rc = dp_namespace_renew(s->node->name, s->shared->device,
				sizeof(s->shared->device), &why);
	if (rc) {
		snprintf(r->said, sizeof(r->said), "%.*s", DP_METADATA_LINE - 1,
			 dp_why_text(&why, rc));
		return dp_metadata_fail(r, "renew", -rc);
	}
	run->cleared = !dp_metadata_listed(s);
	return 0;
}

static int dp_do_repair(struct dp_metadata_stage *s,
			struct dp_metadata_result *r)
{
	static const char *const xfs[] = { NULL };
	static const char *const ext4[] = { "-f", "-y", NULL };

	(void)r;
	return dp_metadata_exec(s, s->repair,
				s->options->fs == DP_FS_XFS ? xfs : ext4);
}

/* The copy of the superblock is where the second group of blocks starts:
 * e2fsck(8), -b. */
static int dp_do_repair_hard(struct dp_metadata_stage *s,
			     struct dp_metadata_result *r)
{
	static const char *const xfs[] = { "-L", NULL };
	static const char *const ext4[] = { "-f", "-y", "-b", "32768", "-B",
					    "4096", NULL };

	(void)r;
	return dp_metadata_exec(s, s->repair,
				s->options->fs == DP_FS_XFS ? xfs : ext4);
}

static const dp_metadata_do_fn dp_dos[] = {
	[DP_MS_MAKE] = dp_metadata_do_make,
	[DP_MS_MOUNT] = dp_metadata_do_mount,
	[DP_MS_FILL] = dp_metadata_do_fill,
	[DP_MS_LOCATE] = dp_metadata_do_locate,
	[DP_MS_BEFORE] = dp_do_read,
	[DP_MS_POISON] = dp_metadata_do_poison,
	[DP_MS_WARM_STAT] = dp_do_stat,
	[DP_MS_WARM_READ] = dp_do_read,
	[DP_MS_WARM_CREATE] = dp_do_create,
	[DP_MS_WARM_SYNC] = dp_do_sync,
	[DP_MS_COLD_STAT] = dp_do_cold_stat,
	[DP_MS_COLD_READ] = dp_do_read,
	[DP_MS_COLD_CREATE] = dp_do_create,
	[DP_MS_COLD_SYNC] = dp_do_sync,
	[DP_MS_UNMOUNT] = dp_metadata_do_unmount,
	[DP_MS_AGAIN_MOUNT] = dp_metadata_do_mount,
	[DP_MS_AGAIN_READ] = dp_do_read,
	[DP_MS_AGAIN_UNMOUNT] = dp_metadata_do_unmount,
	[DP_MS_CLEAR] = dp_do_clear,
	[DP_MS_RENEW] = dp_do_renew,
	[DP_MS_LOSE] = dp_do_write,
	[DP_MS_MEDIUM] = dp_do_medium,
	[DP_MS_PLAIN_MOUNT] = dp_metadata_do_mount,
	[DP_MS_PLAIN_READ] = dp_do_read,
	[DP_MS_PLAIN_UNMOUNT] = dp_metadata_do_unmount,
	[DP_MS_REPAIR] = dp_do_repair,
	[DP_MS_REPAIR_HARD] = dp_do_repair_hard,
	[DP_MS_BACK_MOUNT] = dp_metadata_do_mount,
	[DP_MS_BACK_READ] = dp_do_read,
	[DP_MS_BACK_UNMOUNT] = dp_metadata_do_unmount,
	[DP_MS_BACK_MEDIUM] = dp_do_medium,
};
static_assert(ARRAY_SIZE(dp_dos) == DP_METADATA_STEPS, "a step is not taken");

int dp_metadata_take(void *stage)
{
	struct dp_metadata_stage *s = stage;
	struct dp_metadata_result *r = &s->shared->run.at_step[s->step];
	int rc = dp_dos[s->step](s, r);

	return rc > 0 ? rc : 0;
}
