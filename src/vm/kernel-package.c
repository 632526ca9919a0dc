/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "sys/bounded.h"
#include "sys/program.h"
#include "vm/cache-dir.h"
#include "vm/kernel-package.h"

#define DP_PACKAGES_MAX 8
/* 100 MB of modules take a slow disk half a minute. */
#define DP_UNPACK_SECONDS 600

bool dp_kernel_is_package(const char *names)
{
	size_t n = strlen(names);

	return n > 4 && !strcmp(names + n - 4, ".deb");
}

/* Run a program of the system without a shell; nobody reads what it prints. 0;
 * -ENOENT: not installed; -EIO: it failed; -ETIMEDOUT. */
static int dp_run(const char *argv[])
{
	_cleanup_close_ int null = -1;
	struct dp_program program;
	struct dp_bounded end;
	char path[64];
	int rc;

	rc = dp_program_path(argv[0], path, sizeof(path));
	if (rc)
		return rc;
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null < 0)
		return -errno;
	program = (struct dp_program){ argv, null, path };
	rc = dp_bounded_run(dp_program_exec, &program, DP_UNPACK_SECONDS, &end);
	if (rc)
		return rc;
	return end.late ? -ETIMEDOUT : end.status ? -EIO : 0;
}

static int dp_remove(const char *path, const struct stat *st, int type,
		     struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
}

static int dp_unpack_one(const char *file, const char *into, struct dp_why *why)
{
	const char *argv[] = { "dpkg-deb", "-x", file, into, NULL };
	int rc = dp_run(argv);

	if (rc == -ENOENT)
		return dp_why(why, rc,
			      "dpkg-deb is not installed; unpack '%s' and give the directory",
			      file);
	if (rc == -ETIMEDOUT)
		return dp_why(why, rc, "dpkg-deb has not unpacked '%s' after %d seconds",
			      file, DP_UNPACK_SECONDS);
	return rc ? dp_why(why, rc, "dpkg-deb cannot unpack '%s': no package, or a damaged one",
			   file)
		  : 0;
}

static int dp_depmod(const char *tree, const char *release, struct dp_why *why)
{
	const char *argv[] = { "depmod", "-b", tree, release, NULL };
	int rc = dp_run(argv);

	return rc ? dp_why(why, rc, rc == -ENOENT
				    ? "depmod is not installed (on Debian: kmod)"
				    : "depmod failed on the modules of the package")
		  : 0;
}

/* Packages of a merged /usr keep the modules there, where depmod does not look.
 * The only directory of modules gives the release; one that holds an image alone
 * would pass for a kernel with everything built in. */
static int dp_index(char *tree, struct dp_why *why)
{
	char path[PATH_MAX + 32], *release;
	glob_t found;
	int rc;

	snprintf(path, sizeof(path), "%s/lib", tree);
	if (symlink("usr/lib", path) && errno != EEXIST)
		return -errno;
	snprintf(path, sizeof(path), "%s/lib/modules/*/kernel", tree);
	rc = glob(path, 0, NULL, &found);
	if (rc || found.gl_pathc != 1) {
		if (!rc)
			globfree(&found);
		return dp_why(why, -ENOENT,
			      "the packages hold the modules of %s; of one that is split over several, name all of them: IMAGE.deb,MODULES.deb",
			      rc ? "no kernel" : "several kernels");
	}
	release = strrchr(found.gl_pathv[0], '/');
	*release = '\0';
	release = strrchr(found.gl_pathv[0], '/') + 1;
	rc = dp_depmod(tree, release, why);
	globfree(&found);
	return rc;
}

/* "NAME.SIZE,NAME.SIZE": a package that was built anew has another. */
static int dp_package_key(char *const files[], size_t n, char *key,
			  size_t size, struct dp_why *why)
{
	const char *slash;
	struct stat st;

	key[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		if (stat(files[i], &st))
			return dp_why(why, -errno, "no package '%s': %s",
				      files[i], strerror(errno));
		slash = strrchr(files[i], '/');
		dp_append(key, size, "%s%.*s.%lld.%lld", i ? "," : "",
			  100, slash ? slash + 1 : files[i],
			  (long long)st.st_size, (long long)st.st_mtime);
	}
	return strlen(key) < NAME_MAX - 8 ? 0 : -ENAMETOOLONG;
}

static int dp_unpack_all(char *const files[], size_t n, const char *tree,
			 struct dp_why *why)
{
	char part[PATH_MAX];
	int rc = 0;

	if (snprintf(part, sizeof(part), "%s.XXXXXX", tree) >=
	    (int)sizeof(part))
		return -ENAMETOOLONG;
	if (!mkdtemp(part))
		return dp_why(why, -errno, "cannot make %s: %s", part,
			      strerror(errno));
	for (size_t i = 0; !rc && i < n; i++)
		rc = dp_unpack_one(files[i], part, why);
	if (!rc)
		rc = dp_index(part, why);
	/* Whoever looks sees a whole tree or none; another may be first. */
	if (!rc && rename(part, tree) && errno != ENOTEMPTY && errno != EEXIST)
		rc = -errno;
	if (!access(part, F_OK))
		nftw(part, dp_remove, 16, FTW_DEPTH | FTW_PHYS);
	return rc;
}

static int dp_packages_dir(char *dir, size_t size, struct dp_why *why)
{
	int rc = dp_cache_dir(dir, size - 16);

	if (rc)
		return dp_why(why, rc,
			      "no cache directory: neither XDG_CACHE_HOME nor HOME is set");
	for (char *p = dir + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(dir, 0755);
		*p = '/';
	}
	mkdir(dir, 0755);
	rc = dp_cache_ours(dir);
	strcat(dir, "/packages");
	if (!rc && mkdir(dir, 0755) && errno != EEXIST)
		rc = -errno;
	if (!rc)
		rc = dp_cache_ours(dir);
	if (rc == -EPERM)
		return dp_why(why, rc, "%s does not belong to this user, or everybody may write to it; XDG_CACHE_HOME names another place for it",
			      dir);
	return rc ? dp_why(why, rc, "cannot make %s: %s", dir, strerror(-rc))
		  : 0;
}

int dp_kernel_unpack(const char *names, char *tree, size_t size,
		     struct dp_why *why)
{
	_cleanup_free_ char *copy = strdup(names);
	char *files[DP_PACKAGES_MAX], *rest = copy, *word;
	char dir[PATH_MAX / 2], key[NAME_MAX + 1];
	size_t n = 0;
	int rc;

	while (copy && (word = strsep(&rest, ","))) {
		if (n == DP_PACKAGES_MAX)
			return dp_why(why, -E2BIG, "at most %d packages",
				      DP_PACKAGES_MAX);
		files[n++] = word;
	}
	rc = copy ? dp_package_key(files, n, key, sizeof(key), why) : -ENOMEM;
	if (!rc)
		rc = dp_packages_dir(dir, sizeof(dir), why);
	if (rc)
		return rc;
	if (snprintf(tree, size, "%s/%s", dir, key) >= (int)size)
		return -ENAMETOOLONG;
	return access(tree, F_OK) ? dp_unpack_all(files, n, tree, why) : 0;
}
