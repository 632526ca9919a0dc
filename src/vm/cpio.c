/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "vm/cpio.h"

void dp_cpio_init(struct dp_cpio *a, int fd)
{
	*a = (struct dp_cpio){ .fd = fd };
}

void dp_cpio_deinit(struct dp_cpio *a)
{
	for (size_t i = 0; i < a->n_names; i++)
		free(a->names[i]);
	free(a->names);
	*a = (struct dp_cpio){ .fd = -1 };
}

static int dp_write(struct dp_cpio *a, const void *data, size_t size)
{
	const char *p = data;
	ssize_t n;

	while (size) {
		n = write(a->fd, p, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		size -= n;
		a->size += n;
	}
	return 0;
}

static int dp_pad(struct dp_cpio *a)
{
	return dp_write(a, "\0\0\0", -a->size & 3);
}

/* Header and name of an entry; its data follows, then dp_pad(). */
static int dp_entry(struct dp_cpio *a, const char *name, unsigned int mode,
		    uint64_t size)
{
	char header[111];
	int rc;

	if (size > UINT32_MAX)
		return -EFBIG;
	snprintf(header, sizeof(header),
		 "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
		 ++a->inode, mode, 0, 0, 1, 0, (unsigned int)size, 0, 0, 0, 0,
		 (unsigned int)strlen(name) + 1, 0);
	rc = dp_write(a, header, 110);
	if (!rc)
		rc = dp_write(a, name, strlen(name) + 1);
	return rc ? rc : dp_pad(a);
}

/* 1: the name is new and now remembered; 0: it was there. */
static int dp_remember(struct dp_cpio *a, const char *name)
{
	char **p;

	for (size_t i = 0; i < a->n_names; i++)
		if (!strcmp(a->names[i], name))
			return 0;
	p = realloc(a->names, (a->n_names + 1) * sizeof(*p));
	if (!p)
		return -ENOMEM;
	a->names = p;
	p[a->n_names] = strdup(name);
	if (!p[a->n_names])
		return -ENOMEM;
	a->n_names++;
	return 1;
}

/* As dp_remember(), after making sure that the directories are there. */
static int dp_prepare(struct dp_cpio *a, const char **name)
{
	char dir[PATH_MAX];
	const char *slash;
	int rc;

	while (**name == '/')
		(*name)++;
	if (strlen(*name) >= sizeof(dir))
		return -ENAMETOOLONG;
	for (slash = strchr(*name, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(dir, sizeof(dir), "%.*s", (int)(slash - *name), *name);
		rc = dp_remember(a, dir);
		if (rc > 0)
			rc = dp_entry(a, dir, S_IFDIR | 0755, 0);
		if (rc < 0)
			return rc;
	}
	return dp_remember(a, *name);
}

static int dp_failed(int rc, const char *name, struct dp_why *why)
{
	if (rc >= 0)
		return 0;
	return dp_why(why, rc, "cannot put %s into the initramfs: %s", name,
		      strerror(-rc));
}

int dp_cpio_dir(struct dp_cpio *a, const char *name, struct dp_why *why)
{
	int rc = dp_prepare(a, &name);

	if (rc > 0)
		rc = dp_entry(a, name, S_IFDIR | 0755, 0);
	return dp_failed(rc, name, why);
}

static int dp_whole(struct dp_cpio *a, const char *name, unsigned int mode,
		    const void *data, size_t size, struct dp_why *why)
{
	int rc = dp_prepare(a, &name);

	if (rc > 0) {
		rc = dp_entry(a, name, mode, size);
		if (!rc)
			rc = dp_write(a, data, size);
		if (!rc)
			rc = dp_pad(a);
	}
	return dp_failed(rc, name, why);
}

int dp_cpio_link(struct dp_cpio *a, const char *name, const char *target,
		 struct dp_why *why)
{
	return dp_whole(a, name, S_IFLNK | 0777, target, strlen(target), why);
}

int dp_cpio_data(struct dp_cpio *a, const char *name, const void *data,
		 size_t size, struct dp_why *why)
{
	return dp_whole(a, name, S_IFREG | 0644, data, size, why);
}

static int dp_copy(struct dp_cpio *a, int source, uint64_t size)
{
	ssize_t n;

	while (size) {
		n = sendfile(a->fd, source, NULL, size);
		if (n < 0)
			return -errno;
		if (!n)
			return -EIO;	/* shorter than it was a moment ago */
		size -= n;
		a->size += n;
	}
	return 0;
}

int dp_cpio_file(struct dp_cpio *a, const char *name, unsigned int mode,
		 const char *source, struct dp_why *why)
{
	_cleanup_close_ int fd = open(source, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int rc;

	if (fd < 0 || fstat(fd, &st) < 0)
		return dp_failed(-errno, source, why);
	if (!S_ISREG(st.st_mode))
		return dp_failed(-EISDIR, source, why);
	rc = dp_prepare(a, &name);
	if (rc > 0) {
		rc = dp_entry(a, name, S_IFREG | mode, st.st_size);
		if (!rc)
			rc = dp_copy(a, fd, st.st_size);
		if (!rc)
			rc = dp_pad(a);
	}
	return dp_failed(rc, source, why);
}

int dp_cpio_end(struct dp_cpio *a, struct dp_why *why)
{
	int rc = dp_entry(a, "TRAILER!!!", 0, 0);

	return dp_failed(rc, "its end", why);
}
