/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "base/rootdir.h"

int dp_rootdir_init(struct dp_rootdir *root, const char *path)
{
	root->is_real = !path || !strcmp(path, "/");
	root->fd = open(path ? path : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root->fd < 0 ? -errno : 0;
}

void dp_rootdir_deinit(struct dp_rootdir *root)
{
	if (root->fd >= 0)
		close(root->fd);
	root->fd = -1;
}

static int dp_printf(2, 0)
	dp_vpath(char full[PATH_MAX], const char *path, va_list ap)
{
	int n = vsnprintf(full, PATH_MAX, path, ap);

	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static int dp_printf(4, 0)
	dp_vread(const struct dp_rootdir *root, char *buf, size_t size,
		 const char *path, va_list ap)
{
	_cleanup_close_ int fd = -1;
	char full[PATH_MAX];
	size_t used = 0;
	ssize_t n;
	int rc;

	rc = dp_vpath(full, path, ap);
	if (rc)
		return rc;
	fd = openat(root->fd, full, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (used < size - 1) {
		n = read(fd, buf + used, size - 1 - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		used += n;
	}
	while (used && buf[used - 1] == '\n')
		used--;
	buf[used] = '\0';
	return used;
}

int dp_rootdir_read(const struct dp_rootdir *root, char *buf, size_t size,
		    const char *path, ...)
{
	va_list ap;
	int rc;

	va_start(ap, path);
	rc = dp_vread(root, buf, size, path, ap);
	va_end(ap);
	return rc;
}

int dp_rootdir_read_u64(const struct dp_rootdir *root, uint64_t *n,
			const char *path, ...)
{
	char text[64];
	va_list ap;
	int rc;

	va_start(ap, path);
	rc = dp_vread(root, text, sizeof(text), path, ap);
	va_end(ap);
	return rc < 0 ? rc : dp_parse_u64(text, n, NULL);
}

int dp_rootdir_write(const struct dp_rootdir *root, const char *text,
		     const char *path, ...)
{
	_cleanup_close_ int fd = -1;
	char full[PATH_MAX];
	va_list ap;
	int rc;

	va_start(ap, path);
	rc = dp_vpath(full, path, ap);
	va_end(ap);
	if (rc)
		return rc;
	fd = openat(root->fd, full, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* Not again after EINTR: it may have been carried out. */
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

int dp_rootdir_access(const struct dp_rootdir *root, int mode,
		      const char *path, ...)
{
	char full[PATH_MAX];
	va_list ap;
	int rc;

	va_start(ap, path);
	rc = dp_vpath(full, path, ap);
	va_end(ap);
	if (rc)
		return rc;
	return faccessat(root->fd, full, mode, AT_EACCESS) ? -errno : 0;
}
