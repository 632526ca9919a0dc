/* SPDX-License-Identifier: GPL-2.0-only */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "vm/libraries.h"

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

static int dp_list_start(const char *loader, const char *path, pid_t *pid)
{
	char *const env[] = { NULL };
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	*pid = fork();
	if (!*pid) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		execle(loader, loader, "--list", path, NULL, env);
		_exit(127);
	}
	close(ends[1]);
	if (*pid < 0) {
		close(ends[0]);
		return -errno;
	}
	return ends[0];
}

int dp_libraries_of(const char *path, int (*each)(void *data, const char *path),
		    void *data, struct dp_why *why)
{
	char line[PATH_MAX + 128], found[PATH_MAX];
	_cleanup_fclose_ FILE *list = NULL;
	const char *loader = NULL;
	int fd, rc = 0, status;
	pid_t pid = -1;

	dl_iterate_phdr(dp_find_loader, &loader);
	if (!loader)
		return 0;
	fd = dp_list_start(loader, path, &pid);
	list = fd < 0 ? NULL : fdopen(fd, "r");
	if (!list)
		return dp_why(why, fd < 0 ? fd : -errno, "cannot run %s: %s",
			      loader, strerror(fd < 0 ? -fd : errno));
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
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return rc;
}
