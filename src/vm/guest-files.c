/* SPDX-License-Identifier: GPL-2.0-only */
/* File systems in the guest. They are not unmounted: the machine ends, and its
 * memory with it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "sys/bounded.h"
#include "sys/find.h"
#include "sys/program.h"
#include "vm/guest.h"

#define DP_MKFS_ARGS 32
#define DP_MKFS_LOG "/run/mkfs.log"
/* A TCG guest takes three seconds for XFS on 512M. */
#define DP_MKFS_SECONDS 120

/* argv for mkfs: the row's arguments, the user's, the device. The words of
 * `more` are cut apart in place. 0 or -E2BIG. */
static int dp_mkfs_args(const struct dp_file_system *fs, char *more,
			const char *device, const char *args[DP_MKFS_ARGS])
{
	size_t n = 0;
	char *word;

	args[n++] = fs->mkfs;
	for (size_t i = 0; fs->args[i]; i++)
		args[n++] = fs->args[i];
	while ((word = strsep(&more, " "))) {
		if (!*word)
			continue;
		if (n >= DP_MKFS_ARGS - 2)
			return -E2BIG;
		args[n++] = word;
	}
	args[n++] = device;
	args[n] = NULL;
	return 0;
}

/* What the program said first. */
static void dp_first_words(char *buf, size_t size)
{
	_cleanup_close_ int fd = open(DP_MKFS_LOG, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	buf[n < 0 ? 0 : n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
}

static int dp_run_mkfs(const char **args, struct dp_why *why)
{
	_cleanup_close_ int log = -1;
	struct dp_program program;
	const char *name = args[0];
	char path[64], said[160];
	struct dp_bounded end;
	int rc;

	rc = dp_program_path(name, path, sizeof(path));
	if (rc)
		return dp_why(why, rc, "there is no %s", name);
	log = open(DP_MKFS_LOG, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (log < 0)
		return -errno;
	program = (struct dp_program){ args, log, path };
	rc = dp_bounded_run(dp_program_exec, &program, DP_MKFS_SECONDS, &end);
	if (rc)
		return rc;
	if (!end.late && !end.status)
		return 0;
	dp_first_words(said, sizeof(said));
	if (end.late)
		return dp_why(why, -ETIMEDOUT, "%s has not ended after %d seconds: %s",
			      name, DP_MKFS_SECONDS, said);
	return dp_why(why, -EIO, "%s failed, status %d: %s", name, end.status,
		      said);
}

static bool dp_is_there(void *data)
{
	return !access(data, F_OK);
}

int dp_guest_make_fs(struct dp_guest *g, const struct dp_pmem_spec *spec,
		     const char *namespace, struct dp_why *why)
{
	_cleanup_(dp_inventory_deinit) struct dp_inventory inv = { 0 };
	const struct dp_file_system *fs = dp_file_system(spec->fs);
	char more[DP_PMEM_MKFS], device[DP_NAME_MAX + 8], dir[DP_NAME_MAX + 8];
	const char *args[DP_MKFS_ARGS];
	int index, rc;

	rc = dp_find_all(&inv, why);
	if (rc)
		return rc;
	index = dp_inventory_find(&inv, namespace);
	if (index < 0 || !inv.nodes[index].devnode[0])
		return dp_why(why, -ENODEV, "%s has no block device", namespace);
	memcpy(device, inv.nodes[index].devnode, sizeof(device));
	rc = dp_uevents_wait(&g->uevents, dp_is_there, device, 60000);
	if (rc)
		return dp_why(why, rc, "%s does not appear", device);
	memcpy(more, spec->mkfs, sizeof(more));
	rc = dp_mkfs_args(fs, more, device, args);
	if (rc)
		return dp_why(why, rc, "too many arguments for %s", fs->mkfs);
	dp_guest_note(g, "guest: making %s on %s", fs->name, device);
	rc = dp_run_mkfs(args, why);
	if (rc)
		return rc;
	/* /dev/pmem0 on /mnt/pmem0 */
	snprintf(dir, sizeof(dir), "/mnt%s", strrchr(device, '/'));
	if (mkdir(dir, 0755) && errno != EEXIST)
		return dp_why(why, -errno, "cannot make %s: %s", dir,
			      strerror(errno));
	if (mount(device, dir, fs->name, 0, "dax=always"))
		return dp_why(why, -errno, "cannot mount %s on %s with -o dax=always: %s; the kernel log says more",
			      device, dir, strerror(errno));
	return 0;
}
