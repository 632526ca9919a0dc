/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "sys/account-read.h"

void dp_account_close(struct dp_account_file *files, uint32_t *n)
{
	while (*n)
		close(files[--*n].fd);
}

void dp_account_lacks(char missing[DP_SOURCE_MAX][DP_ACCOUNT_WHY],
		      enum dp_source source, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(missing[source], DP_ACCOUNT_WHY, fmt, ap);
	va_end(ap);
}

DIR *dp_account_dir(int root, const char *path)
{
	int fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

int dp_account_reread(int fd, char *buf, size_t size)
{
	ssize_t n;

	do
		n = pread(fd, buf, size - 1, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return n;
}

int dp_account_reread_u64(int fd, uint64_t *n)
{
	char text[32];
	int rc = dp_account_reread(fd, text, sizeof(text));

	text[rc > 0 ? strcspn(text, "\n") : 0] = '\0';
	return rc < 0 ? rc : dp_parse_u64(text, n, NULL);
}
