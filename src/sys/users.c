/* SPDX-License-Identifier: GPL-2.0-only */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "sys/users.h"

static bool dp_has_open(const char *pid, dev_t device)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while ((entry = readdir(dir)))
		if (!fstatat(dirfd(dir), entry->d_name, &st, 0) &&
		    S_ISCHR(st.st_mode) && st.st_rdev == device)
			return true;
	return false;
}

/* A mapping outlives the descriptor it was made with. The maps file tells the
 * inode of the device's node, not the device, so the path is followed. */
static bool dp_has_mapped(const char *pid, dev_t device)
{
	_cleanup_fclose_ FILE *f = NULL;
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	struct stat st;
	char path[64], *node;

	snprintf(path, sizeof(path), "/proc/%.20s/maps", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (getline(&line, &size, f) > 0) {
		node = strstr(line, "/dev/");
		if (!node)
			continue;
		node[strcspn(node, " \n")] = '\0';
		if (!stat(node, &st) && S_ISCHR(st.st_mode) &&
		    st.st_rdev == device)
			return true;
	}
	return false;
}

pid_t dp_user_of(dev_t device)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;
	pid_t pid;

	dir = opendir("/proc");
	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		pid = strtoul(entry->d_name, NULL, 10);
		if (pid <= 0 || pid == getpid())
			continue;
		if (dp_has_open(entry->d_name, device) ||
		    dp_has_mapped(entry->d_name, device))
			return pid;
	}
	return 0;
}

int dp_users_of_region(struct daxctl_region *region, struct dp_why *why)
{
	struct daxctl_dev *dev;
	pid_t pid;

	daxctl_dev_foreach (region, dev) {
		const char *name = daxctl_dev_get_devname(dev);

		if (daxctl_dev_get_memory(dev))
			return dp_why(why, -EBUSY,
				      "%s is in use: it is system RAM", name);
		pid = dp_user_of(makedev(daxctl_dev_get_major(dev),
					 daxctl_dev_get_minor(dev)));
		if (pid > 0)
			return dp_why(why, -EBUSY,
				      "%s is in use: process %d has it open",
				      name, (int)pid);
	}
	return 0;
}
