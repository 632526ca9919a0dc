/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libmount.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/rootdir.h"
#include "sys/fiemap.h"
#include "sys/find-file.h"
#include "sys/find-parts.h"
#include "sys/xfs-geometry.h"

bool dp_file_is_dax(int fd)
{
	struct statx sx;

	return !statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &sx) &&
	       sx.stx_attributes & STATX_ATTR_DAX;
}

static void dp_table_unref(struct libmnt_table **tb)
{
	mnt_unref_table(*tb);
}

#define _cleanup_table_ _cleanup_(dp_table_unref)

/* The mount of a device, as of when `*tb` was first NULL; the caller keeps `*tb`
 * alive as long as it looks. */
static struct libmnt_fs *dp_mount_of(struct libmnt_table **tb, dev_t device)
{
	if (!*tb) {
		*tb = mnt_new_table();
		if (*tb)
			mnt_table_parse_mtab(*tb, NULL);
	}
	return *tb ? mnt_table_find_devno(*tb, device, MNT_ITER_BACKWARD)
		   : NULL;
}

void dp_find_mount(struct dp_finder *f, struct dp_node *node)
{
	struct libmnt_fs *fs;
	struct stat st;

	if (!node->devnode[0] || stat(node->devnode, &st) ||
	    !S_ISBLK(st.st_mode))
		return;
	fs = dp_mount_of(&f->mounts, st.st_rdev);
	if (!fs)
		return;
	snprintf(node->mount, sizeof(node->mount), "%s", mnt_fs_get_target(fs));
	snprintf(node->fs, sizeof(node->fs), "%s", mnt_fs_get_fstype(fs));
}

void dp_finder_deinit(struct dp_finder *f)
{
	mnt_unref_table(f->mounts);
	f->mounts = NULL;
}

/* The namespace whose block device this is, or one of whose partitions: its
 * index, and the bytes before the partition. -ENODEV: none. */
static int dp_namespace_of(const struct dp_inventory *inv, dev_t device,
			   uint64_t *skip)
{
	_cleanup_(dp_rootdir_deinit) struct dp_rootdir root = { .fd = -1 };
	unsigned int major_of, minor_of;
	char dir[64], text[32];
	struct stat st;

	*skip = 0;
	if (dp_rootdir_init(&root, NULL))
		return -ENODEV;
	snprintf(dir, sizeof(dir), "sys/dev/block/%u:%u", major(device),
		 minor(device));
	/* Only a partition has these; it lies in its disk's directory. Its
	 * start counts 512-byte blocks, whatever the device's own are. */
	if (!dp_rootdir_access(&root, R_OK, "%s/partition", dir) &&
	    !dp_rootdir_read_u64(&root, skip, "%s/start", dir) &&
	    dp_rootdir_read(&root, text, sizeof(text), "%s/../dev", dir) > 0 &&
	    sscanf(text, "%u:%u", &major_of, &minor_of) == 2) {
		*skip *= 512;
		device = makedev(major_of, minor_of);
	}
	for (size_t i = 0; i < inv->n; i++)
		if (inv->nodes[i].type == DP_NODE_NAMESPACE &&
		    inv->nodes[i].devnode[0] &&
		    !stat(inv->nodes[i].devnode, &st) &&
		    S_ISBLK(st.st_mode) && st.st_rdev == device)
			return i;
	return -ENODEV;
}

static int dp_check_namespace(const struct dp_node *node, const char *path,
			      struct dp_why *why)
{
	if (node->mode == DP_MODE_FSDAX)
		return 0;
	return dp_why(why, -ENODEV, "%s is on %s, which is in %s mode and has no DAX; 'ndctl create-namespace -f -e %s -m fsdax' changes the mode and loses the data",
		      path, node->name, dp_mode_name(node->mode), node->name);
}

/* All that does not depend on the file itself. */
static int dp_fill_fs(const struct dp_inventory *inv, const char *path,
		      const struct stat *st, struct dp_target *target,
		      struct dp_why *why)
{
	_cleanup_table_ struct libmnt_table *tb = NULL;
	const struct dp_node *node;
	_cleanup_close_ int fd = -1;
	struct libmnt_fs *fs;
	uint64_t skip;
	int index, rc;

	fs = dp_mount_of(&tb, st->st_dev);
	index = dp_namespace_of(inv, st->st_dev, &skip);
	if (index < 0)
		return dp_why(why, -ENODEV, "%s is on %s%s%s%s, which is no persistent memory; poison would hit ordinary memory or nothing",
			      path, fs ? mnt_fs_get_fstype(fs) : "a file system",
			      fs && mnt_fs_get_source(fs) ? " (" : "",
			      fs && mnt_fs_get_source(fs) ? mnt_fs_get_source(fs) : "",
			      fs && mnt_fs_get_source(fs) ? ")" : "");
	node = &inv->nodes[index];
	rc = dp_check_namespace(node, path, why);
	if (rc)
		return rc;
	dp_fill_place(inv, index, target);
	target->kind = DP_KIND_FSDAX;
	target->mode = node->mode;
	target->align = dp_units_of(sysconf(_SC_PAGESIZE)).pmd;
	target->phys = DP_PHYS_UNKNOWN;
	if (node->data_phys != DP_PHYS_UNKNOWN)
		target->fs_phys = node->data_phys + skip;
	snprintf(target->fs, sizeof(target->fs), "%s",
		 fs ? mnt_fs_get_fstype(fs) : "");
	fd = strcmp(target->fs, "xfs") ? -1
				       : open(path, O_RDONLY | O_CLOEXEC);
	/* What cannot be learned is not taken for safe. */
	target->no_reverse_map = !strcmp(target->fs, "xfs") &&
				 dp_xfs_has_rmapbt(fd) <= 0;
	snprintf(target->name, sizeof(target->name), "%s", path);
	snprintf(target->path, sizeof(target->path), "%s", path);
	return 0;
}

int dp_file_layout(struct dp_target *target, struct dp_why *why)
{
	struct dp_ranges small = target->layout.small;
	int rc;

	rc = dp_fiemap_read(target->fd, target->fs_phys, &target->layout);
	if (rc)
		return dp_why(why, rc, "cannot learn where the data of %s lies (FIEMAP): %s",
			      target->name, strerror(-rc));
	target->layout.small = small;
	target->size = target->layout.size;
	return 0;
}

/* The best stretch of a file that is what it is: with neighbours, without, or
 * as it comes. */
static void dp_choose_run(struct dp_target *target)
{
	const struct dp_units units = dp_units_of(sysconf(_SC_PAGESIZE));
	uint64_t whole = dp_align_down(target->size, units.pmd), at;
	static const uint64_t lengths[] = { 3, 1 };

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		if (dp_layout_find_units(&target->layout, &units, lengths[i], 0,
					 &at, NULL))
			continue;
		target->run = (struct dp_range){ at, lengths[i] * units.pmd };
		return;
	}
	target->run.length = dp_min(whole, 3 * units.pmd);
}

int dp_find_file(const struct dp_inventory *inv, const char *path,
		 struct dp_target *target, struct dp_why *why)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	int rc;

	*target = (struct dp_target){ .fd = -1, .other_fd = -1,
				      .fs_phys = DP_PHYS_UNKNOWN };
	if (stat(path, &st))
		return dp_why(why, -errno, "cannot look at %s: %s", path,
			      strerror(errno));
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
		return dp_why(why, -ENODEV, "%s is neither a file nor a dax device",
			      path);
	rc = dp_fill_fs(inv, path, &st, target, why);
	target->is_dir = S_ISDIR(st.st_mode);
	if (rc || target->is_dir)
		return rc;
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOATIME);
	if (fd < 0)
		fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return dp_why(why, -errno, "cannot open %s to write: %s", path,
			      strerror(errno));
	if (!dp_file_is_dax(fd))
		return dp_why(why, -ENODEV, "%s is not mapped directly (STATX_ATTR_DAX is not set): poison would hit ordinary memory. Mount with -o dax=always, or set its DAX attribute",
			      path);
	target->fd = TAKE_FD(fd);
	rc = dp_file_layout(target, why);
	if (!rc && !target->size)
		rc = dp_why(why, -ENODEV, "%s is empty", path);
	if (!rc)
		dp_choose_run(target);
	if (rc)
		dp_find_release(target);
	return rc;
}

int dp_find_mounted(const struct dp_inventory *inv, int index,
		    struct dp_target *target, struct dp_why *why)
{
	const struct dp_node *node = &inv->nodes[index];
	_cleanup_table_ struct libmnt_table *tb = NULL;
	struct libmnt_fs *fs = NULL;
	struct stat st;

	if (node->devnode[0] && !stat(node->devnode, &st))
		fs = dp_mount_of(&tb, st.st_rdev);
	if (!fs)
		return dp_why(why, -ENODEV, "%s is in fsdax mode and %s is not mounted; mount a file system with -o dax=always, then name a file or directory on it",
			      node->name, *node->devnode ? node->devnode
							 : "its block device");
	return dp_find_file(inv, mnt_fs_get_target(fs), target, why);
}

bool dp_is_mounted(const struct dp_node *node)
{
	_cleanup_table_ struct libmnt_table *tb = NULL;
	struct stat st;

	return node->devnode[0] && !stat(node->devnode, &st) &&
	       dp_mount_of(&tb, st.st_rdev);
}

void dp_find_release(struct dp_target *target)
{
	dp_target_deinit(target);
	if (target->kind != DP_KIND_FSDAX)
		return;
	if (target->fd >= 0)
		close(target->fd);
	if (target->other_fd >= 0)
		close(target->other_fd);
	target->fd = target->other_fd = -1;
}
