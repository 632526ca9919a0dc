/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <limits.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "vm/cache-dir.h"
#include "vm/kernel-package.h"

#define DP_PACKAGES_MAX 8

bool dp_kernel_is_package(const char *names)
{
	size_t n = strlen(names);

	return n > 4 && !strcmp(names + n - 4, ".deb");
}

/* Run a program of the system without a shell. 0; -ENOENT: not installed;
 * -EIO: it failed. */
static int dp_run(char *const argv[])
{
	extern char **environ;
	posix_spawn_file_actions_t quiet;
	int rc, status;
	pid_t pid;

	rc = posix_spawn_file_actions_init(&quiet);
	if (rc)
		return -rc;
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
	rc = posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&quiet);
	if (rc)
		return -rc;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
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

static int dp_unpack_one(const char *file, char *into, struct dp_why *why)
{
	char *argv[] = { "dpkg-deb", "-x", (char *)file, into, NULL };
	int rc = dp_run(argv);

	if (rc == -ENOENT)
		return dp_why(why, rc,
			      "dpkg-deb is not installed; unpack '%s' and give the directory",
			      file);
	return rc ? dp_why(why, rc, "dpkg-deb cannot unpack '%s': no package, or a damaged one",
			   file)
		  : 0;
}

/* depmod is not in the path of everybody. */
static int dp_depmod(char *tree, char *release, struct dp_why *why)
{
	static char *const programs[] = { "depmod", "/usr/sbin/depmod",
					  "/sbin/depmod" };
	int rc = -ENOENT;

	for (size_t i = 0; rc == -ENOENT && i < ARRAY_SIZE(programs); i++) {
		char *argv[] = { programs[i], "-b", tree, release, NULL };

		rc = dp_run(argv);
	}
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
	strcat(dir, "/packages");
	if (mkdir(dir, 0755) && errno != EEXIST)
		return dp_why(why, -errno, "cannot make %s: %s", dir,
			      strerror(errno));
	return 0;
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
