/* SPDX-License-Identifier: GPL-2.0-only */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "sys/bounded.h"
#include "vm/libraries.h"

#define DP_LIST_SECONDS 60

/* The dynamic loader that this program was started by. */
static int dp_find_loader(struct dl_phdr_info *info, size_t size, void *data)
{
	const char **loader = data;

	(void)size;
	for (int i = 0; i < info->dlpi_phnum && !*info->dlpi_name; i++)
		if (info->dlpi_phdr[i].p_type == PT_INTERP)
			*loader = (const char *)(info->dlpi_addr +
						 info->dlpi_phdr[i].p_vaddr);
	return 1;
}

struct dp_listing {
	const char *loader, *path;
	int out;
};

/* In a child: with no word of our environment, which could have it load more. */
static int dp_list_exec(void *arg)
{
	const struct dp_listing *l = arg;
	char *const env[] = { NULL };

	if (dup2(l->out, STDOUT_FILENO) < 0 || dup2(l->out, STDERR_FILENO) < 0)
		return 127;
	execle(l->loader, l->loader, "--list", l->path, NULL, env);
	return 127;
}

/* What the loader says, to be read from its start. */
static FILE *dp_list(const char *loader, const char *path, struct dp_why *why)
{
	_cleanup_close_ int fd = memfd_create("libraries", MFD_CLOEXEC);
	struct dp_listing l = { loader, path, fd };
	struct dp_bounded end;
	FILE *list = NULL;
	int rc = fd < 0 ? -errno : 0;

	if (!rc)
		rc = dp_bounded_run(dp_list_exec, &l, DP_LIST_SECONDS, &end);
	if (!rc && end.late)
		rc = -ETIMEDOUT;
	/* The offset is shared with the child that wrote. */
	if (!rc && lseek(fd, 0, SEEK_SET))
		rc = -errno;
	if (!rc)
		list = fdopen(fd, "r");
	if (list)
		TAKE_FD(fd);
	else
		dp_why(why, rc, "cannot have %s list the libraries of %s: %s",
		       loader, path, strerror(rc ? -rc : errno));
	return list;
}

int dp_libraries_of(const char *path, int (*each)(void *data, const char *path),
		    void *data, struct dp_why *why)
{
	char line[PATH_MAX + 128], found[PATH_MAX];
	_cleanup_fclose_ FILE *list = NULL;
	const char *loader = NULL;
	int rc = 0;

	dl_iterate_phdr(dp_find_loader, &loader);
	if (!loader)
		return 0;
	list = dp_list(loader, path, why);
	if (!list)
		return -EIO;
	/* "	libuuid.so.1 => /lib/x86_64-linux-gnu/libuuid.so.1 (0x...)" */
	while (fgets(line, sizeof(line), list)) {
		const char *arrow = strstr(line, "=> ");

		if (arrow && strstr(arrow, "not found") && !rc)
			rc = dp_why(why, -ENOENT, "%s lacks a library: %.*s",
				    path, (int)strcspn(line + 1, "\n"),
				    line + 1);
		if (!rc && arrow && sscanf(arrow, "=> /%4094s", found + 1) == 1) {
			found[0] = '/';
			rc = each(data, found);
		}
	}
	return rc;
}
