/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/rootdir.h"
#include "run/metadata-steps.h"
#include "sys/fiemap.h"
#include "sys/program.h"

/* Each file has contents of its own, and no page of zeroes. */
void dp_metadata_pattern(uint8_t *page, size_t size, unsigned int file)
{
	for (size_t i = 0; i < size; i++)
		page[i] = i % 16 ? 'a' + (file + i / 16) % 26 : '0' + file;
}

void dp_metadata_path(const struct dp_metadata_stage *s, unsigned int file,
		      char path[96])
{
	snprintf(path, 96, "%s/f%02u", s->dir, file);
}

/* Keep the first failure. */
int dp_metadata_fail(struct dp_metadata_result *r, const char *call, int err)
{
	if (!r->err) {
		r->err = err;
		snprintf(r->call, sizeof(r->call), "%s", call);
	}
	return -1;
}

uint8_t *dp_metadata_page(const struct dp_metadata_stage *s)
{
	return aligned_alloc(s->options->page, s->options->page);
}

int dp_metadata_read(void *arg, uint64_t at, void *buf, size_t n)
{
	const uint64_t unit = 4096, from = dp_align_down(at, unit);
	const size_t length = dp_align_up(at + n, unit) - from;
	_cleanup_free_ uint8_t *bounce = aligned_alloc(unit, length);
	const int *fd = arg;
	ssize_t got;

	if (!bounce)
		return -ENOMEM;
	got = pread(*fd, bounce, length, from);
	if (got < 0)
		return -errno;
	if ((size_t)got != length)
		return -EIO;
	memcpy(buf, bounce + (at - from), n);
	return 0;
}

bool dp_metadata_listed(const struct dp_metadata_stage *s)
{
	const struct dp_metadata_run *run = &s->shared->run;
	const uint64_t first = run->at / 512, n = run->page / 512;
	_cleanup_fclose_ FILE *f = NULL;
	uint64_t start, length;
	char path[96];

	snprintf(path, sizeof(path), "/sys/class/block/%s/badblocks",
		 strrchr(s->shared->device, '/') + 1);
	f = fopen(path, "re");
	while (f && fscanf(f, "%" SCNu64 " %" SCNu64, &start, &length) == 2)
		if (start < first + n && first < start + length)
			return true;
	return false;
}

int dp_metadata_device(const struct dp_metadata_stage *s, int flags)
{
	return open(s->shared->device, flags | O_DIRECT | O_CLOEXEC);
}

static const char *const dp_xfs_args[] = {
	"-q", "-f", "-K", "-L", DP_METADATA_LABEL, "-d", "agcount=2", "-l",
	"size=64m", "-m", "reflink=1,rmapbt=1", NULL
};
static const char *const dp_xfs_plain_args[] = {
	"-q", "-f", "-K", "-L", DP_METADATA_LABEL, "-d", "agcount=2", "-l",
	"size=64m", "-m", "reflink=1,rmapbt=0", NULL
};
static const char *const dp_ext4_args[] = {
	"-q", "-F", "-L", DP_METADATA_LABEL, "-b", "4096", "-E", "nodiscard",
	"-O", "^meta_bg", NULL
};

#define DP_ARGS_MAX 24

int dp_metadata_exec(struct dp_metadata_stage *s, const char *path,
		   const char *const *args)
{
	const char *argv[DP_ARGS_MAX] = { path };
	struct dp_program program = { argv, s->out, NULL };
	size_t n = 1;

	for (; *args && n < DP_ARGS_MAX - 2; args++)
		argv[n++] = *args;
	argv[n] = s->shared->device;
	return dp_program_exec(&program);
}

int dp_metadata_do_make(struct dp_metadata_stage *s,
		      struct dp_metadata_result *r)
{
	(void)r;
	return dp_metadata_exec(s, s->mkfs,
		       s->options->fs == DP_FS_EXT4 ? dp_ext4_args
		       : s->options->no_rmapbt	    ? dp_xfs_plain_args
						    : dp_xfs_args);
}

int dp_metadata_do_mount(struct dp_metadata_stage *s,
		       struct dp_metadata_result *r)
{
	if (mount(s->shared->device, s->dir,
		  dp_file_system(s->options->fs)->name, 0, "dax=always"))
		return dp_metadata_fail(r, "mount", errno);
	s->shared->mounted = true;
	return 0;
}

int dp_metadata_do_unmount(struct dp_metadata_stage *s,
			 struct dp_metadata_result *r)
{
	if (umount2(s->dir, 0))
		return dp_metadata_fail(r, "umount", errno);
	s->shared->mounted = false;
	return 0;
}

static int dp_fill_one(struct dp_metadata_stage *s,
		       struct dp_metadata_result *r, unsigned int i,
		       uint8_t *page)
{
	struct dp_metadata_file *file = &s->shared->files[i];
	_cleanup_(dp_layout_deinit) struct dp_layout layout = { 0 };
	_cleanup_close_ int fd = -1;
	struct stat st;
	char path[96];
	int rc;

	dp_metadata_path(s, i, path);
	dp_metadata_pattern(page, s->options->page, i);
	fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return dp_metadata_fail(r, "open", errno);
	if (write(fd, page, s->options->page) != (ssize_t)s->options->page)
		return dp_metadata_fail(r, "write", errno);
	if (fsync(fd))
		return dp_metadata_fail(r, "fsync", errno);
	if (fstat(fd, &st))
		return dp_metadata_fail(r, "fstat", errno);
	rc = dp_fiemap_read(fd, 0, &layout);
	if (rc)
		return dp_metadata_fail(r, "fiemap", -rc);
	*file = (struct dp_metadata_file){
		.inode = st.st_ino,
		.data_at = dp_layout_phys(&layout, 0),
	};
	return file->data_at == DP_PHYS_UNKNOWN ? dp_metadata_fail(r, "fiemap", ENODATA)
						: 0;
}

int dp_metadata_do_fill(struct dp_metadata_stage *s,
		      struct dp_metadata_result *r)
{
	_cleanup_free_ uint8_t *page = dp_metadata_page(s);

	if (!page)
		return dp_metadata_fail(r, "malloc", ENOMEM);
	for (unsigned int i = 0; i < DP_METADATA_FILES; i++)
		if (dp_fill_one(s, r, i, page))
			r->failed++;
		else
			r->good++;
	return 0;
}

static uint64_t dp_place_at(const struct dp_metadata_stage *s, uint64_t root)
{
	const struct dp_metadata_run *run = &s->shared->run;

	switch (run->place) {
	case DP_PLACE_ROOT:
		return root;
	case DP_PLACE_LOG:
		return run->map.log;
	case DP_PLACE_SUPERBLOCK:
		return 0;
	/* Without poison the steps that write the block write this one. */
	case DP_PLACE_NOTHING:
	case DP_PLACE_INODE:
	case DP_METADATA_PLACES:
		break;
	}
	return s->shared->files[DP_METADATA_VICTIM].inode_at;
}

static int dp_locate(struct dp_metadata_stage *s, struct dp_metadata_result *r,
		     int fd)
{
	struct dp_metadata_run *run = &s->shared->run;
	struct dp_why why = { "" };
	uint64_t root;
	int rc;

	rc = dp_metadata_map_read(s->options->fs, dp_metadata_read, &fd,
				  &run->map, &why);
	if (!rc)
		rc = dp_metadata_inode(&run->map, dp_metadata_read, &fd,
				       run->map.root, &root);
	for (unsigned int i = 0; !rc && i < DP_METADATA_FILES; i++)
		rc = dp_metadata_inode(&run->map, dp_metadata_read, &fd,
				       s->shared->files[i].inode,
				       &s->shared->files[i].inode_at);
	if (rc) {
		snprintf(r->said, sizeof(r->said), "%s",
			 dp_why_text(&why, rc));
		return dp_metadata_fail(r, "locate", -rc);
	}
	run->at = dp_align_down(dp_place_at(s, root), run->page);
	run->phys = s->node->data_phys == DP_PHYS_UNKNOWN
			    ? DP_PHYS_UNKNOWN
			    : s->node->data_phys + run->at;
	for (unsigned int i = 0; i < DP_METADATA_FILES; i++) {
		struct dp_metadata_file *f = &s->shared->files[i];

		f->near = dp_align_down(f->inode_at, run->page) == run->at;
		run->near += f->near;
		/* The poison must hit no file's contents. */
		if (dp_align_down(f->data_at, run->page) == run->at)
			return dp_metadata_fail(r, "locate", EUCLEAN);
	}
	rc = dp_metadata_read(&fd, run->at, s->shared->saved, run->page);
	return rc ? dp_metadata_fail(r, "read", -rc) : 0;
}

int dp_metadata_do_locate(struct dp_metadata_stage *s,
			struct dp_metadata_result *r)
{
	_cleanup_close_ int fd = -1;

	if (dp_metadata_do_unmount(s, r))
		return -1;
	fd = dp_metadata_device(s, O_RDONLY);
	if (fd < 0)
		return dp_metadata_fail(r, "open", errno);
	return dp_locate(s, r, fd) ?: dp_metadata_do_mount(s, r);
}

static int dp_list(struct dp_metadata_stage *s, struct dp_metadata_result *r)
{
	const struct dp_metadata_run *run = &s->shared->run;
	_cleanup_(dp_rootdir_deinit) struct dp_rootdir root = { .fd = -1 };
	char text[64];
	int rc;

	snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64, run->at / 512,
		 run->page / 512);
	rc = dp_rootdir_init(&root, NULL);
	if (!rc)
		rc = dp_rootdir_write(&root, text, "sys/class/block/%s/badblocks",
				      strrchr(s->shared->device, '/') + 1);
	return rc ? dp_metadata_fail(r, "badblocks", -rc) : 0;
}

int dp_metadata_do_poison(struct dp_metadata_stage *s,
			struct dp_metadata_result *r)
{
	struct dp_metadata_run *run = &s->shared->run;
	const struct dp_metadata_how_info *how = dp_metadata_how_info(run->how);
	struct dp_injection i = {
		.length = run->page,
		.target = &s->target,
		.at = {
			.offset = run->at,
			.phys = run->phys,
			.pfn = run->phys == DP_PHYS_UNKNOWN
				       ? DP_PHYS_UNKNOWN
				       : run->phys / run->page,
			.namespace_block = DP_PHYS_UNKNOWN,
			.region_block = DP_PHYS_UNKNOWN,
		},
		.wait = how->lists ? 5 : 1,
	};
	int rc;

	if (run->place == DP_PLACE_NOTHING)
		return 0;
	if (how->method < 0) {
		rc = dp_list(s, r);
	} else {
		/* Nobody maps metadata: that the page is there was read from
		 * the superblock, not seen in a page table. */
		i.pfn_seen = i.at.pfn;
		rc = dp_inject(how->method, &i);
	}
	run->listed = dp_metadata_listed(s);
	/* memory_failure() may find nobody to tell and count nothing. */
	if (rc == -ETIMEDOUT && run->listed)
		rc = 0;
	if (rc < 0 && !r->err)
		dp_metadata_fail(r, "inject", -rc);
	/* Nothing was lost where nothing is bad. */
	if (dp_metadata_declined(run))
		run->keep = true;
	if (!rc && how->lists && !run->listed)
		dp_metadata_fail(r, "badblocks", ENODATA);
	return 0;
}
