/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/stat.h>

#include "vm/cache-dir.h"

int dp_cache_dir(char *buf, size_t size)
{
	const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	int n;

	if (base && *base == '/')
		n = snprintf(buf, size, "%s/daxpoison", base);
	else if (home && *home == '/')
		n = snprintf(buf, size, "%s/.cache/daxpoison", home);
	else
		return -ENOENT;
	return n < (int)size ? 0 : -ENAMETOOLONG;
}

int dp_cache_ours(const char *dir)
{
	struct stat st;

	if (lstat(dir, &st))
		return -errno;
	return S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
			       !(st.st_mode & S_IWOTH)
		       ? 0
		       : -EPERM;
}
