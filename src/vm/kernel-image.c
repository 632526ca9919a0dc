/* SPDX-License-Identifier: GPL-2.0-only */
#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "vm/cache-dir.h"
#include "vm/kernel-image.h"
#include "vm/kernel-package.h"

#define DP_HEAD (128 * 1024)	/* the release stands in the first 32K + 512 */

static uint32_t dp_le(const unsigned char *p, size_t bytes)
{
	uint32_t n = 0;

	while (bytes--)
		n = n << 8 | p[bytes];
	return n;
}

int dp_bzimage_check(const unsigned char *head, size_t n, uint64_t size,
		     char *release, size_t release_size, struct dp_why *why)
{
	uint64_t need;
	size_t at, len;

	if (n < 0x210 || memcmp(head + 0x202, "HdrS", 4))
		return dp_why(why, -ENOEXEC,
			      "not a Linux boot image (no HdrS at 0x202); a vmlinuz or bzImage for x86 is needed, not a vmlinux");
	/* setup_sects (0: 4) sectors and the boot sector, then syssize * 16 */
	need = (head[0x1f1] ? head[0x1f1] : 4) + 1;
	need = need * 512 + 16ULL * dp_le(head + 0x1f4, 4);
	if (size < need)
		return dp_why(why, -ENOEXEC,
			      "cut off: %llu bytes, its header says %llu",
			      (unsigned long long)size,
			      (unsigned long long)need);
	at = 0x200 + dp_le(head + 0x20e, 2);
	for (len = 0; at + len < n && isgraph(head[at + len]); len++)
		;
	if (at == 0x200 || at + len >= n || !len || len >= release_size)
		return dp_why(why, -ENOEXEC, "its header names no release");
	memcpy(release, head + at, len);
	release[len] = '\0';
	return 0;
}

static int dp_open_image(struct dp_kernel_image *image, struct dp_why *why)
{
	_cleanup_free_ unsigned char *head = malloc(DP_HEAD);
	struct dp_why inner = { "" };
	struct stat st;
	ssize_t n;
	int rc;

	if (!head)
		return -ENOMEM;
	image->fd = open(image->path, O_RDONLY | O_CLOEXEC);
	if (image->fd < 0 || fstat(image->fd, &st) < 0)
		return dp_why(why, -errno, "cannot open the kernel %s: %s",
			      image->path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return dp_why(why, -ENOEXEC, "the kernel %s is not a file",
			      image->path);
	n = pread(image->fd, head, DP_HEAD, 0);
	if (n < 0)
		return dp_why(why, -errno, "cannot read the kernel %s: %s",
			      image->path, strerror(errno));
	rc = dp_bzimage_check(head, n, st.st_size, image->release,
			      sizeof(image->release), &inner);
	if (rc)
		return dp_why(why, rc, "%s: %s", image->path, inner.text);
	return 0;
}

/* Absolute, without ".." and links: libkmod compares names. */
static int dp_canonical(char path[PATH_MAX])
{
	_cleanup_free_ char *full = realpath(path, NULL);

	if (!full || strlen(full) >= PATH_MAX)
		return full ? -ENAMETOOLONG : -errno;
	strcpy(path, full);
	return 0;
}

/* Where modules of an image may be: beside it (usr/lib/modules/V/vmlinuz), in
 * the tree that it was unpacked from, or on this machine. */
static int dp_find_modules(struct dp_kernel_image *image, struct dp_why *why)
{
	_cleanup_free_ char *dir = strdup(image->path);
	const char *const below[] = { "", "/../lib/modules/",
				      "/../usr/lib/modules/", NULL };
	char tried[PATH_MAX / 16] = "", probe[PATH_MAX + 32];
	char *slash;
	size_t i;

	if (!dir)
		return -ENOMEM;
	slash = strrchr(dir, '/');
	if (slash)
		*slash = '\0';
	else
		strcpy(dir, ".");
	for (i = 0; i < ARRAY_SIZE(below); i++) {
		if (below[i])
			snprintf(image->modules, PATH_MAX, "%s%s%s", dir,
				 below[i], *below[i] ? image->release : "");
		else
			snprintf(image->modules, PATH_MAX, "/lib/modules/%s",
				 image->release);
		snprintf(probe, sizeof(probe), "%s/modules.dep.bin",
			 image->modules);
		if (!access(probe, R_OK))
			return dp_canonical(image->modules);
		if (i)
			dp_append(tried, sizeof(tried), "%s%s",
				  *tried ? ", " : "", image->modules);
	}
	return dp_why(why, -ENOENT,
		      "no modules.dep for kernel %s (looked in %s); after unpacking a package run depmod -b DIR %s",
		      image->release, tried, image->release);
}

/* The only image in the tree of an unpacked package. */
static int dp_find_in_tree(struct dp_kernel_image *image, const char *tree,
			   struct dp_why *why)
{
	static const char *const patterns[] = {
		"/boot/vmlinuz-*",
		"/usr/lib/modules/*/vmlinuz*",
		"/lib/modules/*/vmlinuz*",
	};
	char pattern[PATH_MAX];
	glob_t found;
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		snprintf(pattern, sizeof(pattern), "%s%s", tree, patterns[i]);
		if (glob(pattern, 0, NULL, &found))
			continue;
		n = found.gl_pathc;
		snprintf(image->path, sizeof(image->path), "%s",
			 found.gl_pathv[0]);
		globfree(&found);
		if (n == 1)
			return 0;
		return dp_why(why, -ENOTUNIQ,
			      "%s holds %zu kernels; name one of them: %s",
			      tree, n, pattern);
	}
	return dp_why(why, -ENOENT,
		      "%s holds no kernel (looked for boot/vmlinuz-* and usr/lib/modules/*/vmlinuz*)",
		      tree);
}

/* "6.1" begins 6.1.0-13-amd64, but not 6.12.9. */
static bool dp_begins(const char *release, const char *prefix)
{
	size_t n = strlen(prefix);

	return !strncmp(release, prefix, n) &&
	       (!n || !release[n] || !isalnum((unsigned char)release[n]));
}

/* The newest kernel of the cache whose release begins with `prefix`. */
static int dp_find_in_cache(struct dp_kernel_image *image, const char *prefix,
			    struct dp_why *why)
{
	char cache[PATH_MAX / 2], tree[PATH_MAX], best[256] = "";
	_cleanup_closedir_ DIR *dir = NULL;
	char have[160] = "";
	struct dirent *e;
	int rc;

	rc = dp_cache_dir(cache, sizeof(cache) - 16);
	if (rc)
		return dp_why(why, rc,
			      "no cache directory: neither XDG_CACHE_HOME nor HOME is set");
	strcat(cache, "/kernels");
	dir = opendir(cache);
	while (dir && (e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		dp_append(have, sizeof(have), "%s%s", *have ? ", " : "",
			  e->d_name);
		if (dp_begins(e->d_name, prefix) &&
		    strverscmp(e->d_name, best) > 0)
			snprintf(best, sizeof(best), "%s", e->d_name);
	}
	if (!*best)
		return dp_why(why, -ENOENT, "no kernel '%s' in %s (it holds %s)",
			      prefix, cache, *have ? have : "none");
	if (snprintf(tree, sizeof(tree), "%s/%s", cache, best) >=
	    (int)sizeof(tree))
		return -ENAMETOOLONG;
	return dp_find_in_tree(image, tree, why);
}

static int dp_find_host(struct dp_kernel_image *image, struct dp_why *why)
{
	struct utsname u;

	uname(&u);
	snprintf(image->path, sizeof(image->path), "/boot/vmlinuz-%s",
		 u.release);
	if (access(image->path, F_OK))
		return dp_why(why, -ENOENT,
			      "the running kernel has no image %s; give --kernel a vmlinuz or an unpacked package",
			      image->path);
	return 0;
}

static int dp_find_any(struct dp_kernel_image *image, struct dp_why *why)
{
	if (!dp_find_in_cache(image, "", why) || !dp_find_host(image, NULL))
		return 0;
	return dp_why(why, -ENOENT,
		      "no kernel to boot: none in the cache, and no /boot/vmlinuz for the running one; give --kernel a vmlinuz or an unpacked package");
}

static int dp_find(struct dp_kernel_image *image, const char *name,
		   struct dp_why *why)
{
	char tree[PATH_MAX];
	struct stat st;
	int rc;

	if (!name)
		return dp_find_any(image, why);
	if (!strcmp(name, "host"))
		return dp_find_host(image, why);
	if (dp_kernel_is_package(name)) {
		rc = dp_kernel_unpack(name, tree, sizeof(tree), why);
		return rc ?: dp_find_in_tree(image, tree, why);
	}
	if (isdigit((unsigned char)*name) && !strchr(name, '/'))
		return dp_find_in_cache(image, name, why);
	if (stat(name, &st))
		return dp_why(why, -errno, "no kernel '%s': %s", name,
			      strerror(errno));
	if (S_ISDIR(st.st_mode))
		return dp_find_in_tree(image, name, why);
	if (snprintf(image->path, PATH_MAX, "%s", name) >= PATH_MAX)
		return -ENAMETOOLONG;
	return 0;
}

int dp_kernel_image_init(struct dp_kernel_image *image, const char *name,
			 struct dp_why *why)
{
	int rc;

	*image = (struct dp_kernel_image){ .fd = -1 };
	rc = dp_find(image, name, why);
	if (!rc)
		rc = dp_open_image(image, why);
	if (!rc)
		rc = dp_find_modules(image, why);
	if (rc)
		dp_kernel_image_deinit(image);
	return rc;
}

void dp_kernel_image_deinit(struct dp_kernel_image *image)
{
	if (image->fd >= 0)
		close(image->fd);
	image->fd = -1;
}
