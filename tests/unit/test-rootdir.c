/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading below a root that is not "/". */
#include <errno.h>
#include <stdio.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/rootdir.h"
#include "unit.h"

static const struct {
	const char *path;
	const char *text;
} dp_tree[] = {
	{ "sys/size", "2097152\n" },
	{ "sys/resource", "0x100000000\n" },
	{ "sys/minus", "-1\n" },
	{ "sys/empty", "" },
	{ "sys/lines", "a\nb\n\n" },
};

/* Make the tree in a directory of its own. */
static void dp_plant(char dir[32], struct dp_rootdir *root)
{
	char path[64];

	strcpy(dir, "/tmp/test-rootdir.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/sys", dir);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	for (size_t i = 0; i < ARRAY_SIZE(dp_tree); i++) {
		_cleanup_fclose_ FILE *f = NULL;

		snprintf(path, sizeof(path), "%s/%s", dir, dp_tree[i].path);
		f = fopen(path, "w");
		ck_assert_ptr_nonnull(f);
		ck_assert_int_ge(fputs(dp_tree[i].text, f), 0);
	}
	ck_assert_int_eq(dp_rootdir_init(root, dir), 0);
}

static void dp_uproot(const char *dir, struct dp_rootdir *root)
{
	char path[64];

	dp_rootdir_deinit(root);
	for (size_t i = 0; i < ARRAY_SIZE(dp_tree); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, dp_tree[i].path);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/sys", dir);
	rmdir(path);
	rmdir(dir);
}

START_TEST(texts)
{
	struct dp_rootdir root;
	char dir[32], buf[32];

	dp_plant(dir, &root);
	ck_assert(!root.is_real);
	ck_assert_int_eq(dp_rootdir_read(&root, buf, sizeof(buf), "sys/%s",
					 "size"), 7);
	ck_assert_str_eq(buf, "2097152");
	ck_assert_int_eq(dp_rootdir_read(&root, buf, sizeof(buf), "sys/empty"),
			 0);
	ck_assert_str_eq(buf, "");
	ck_assert_int_eq(dp_rootdir_read(&root, buf, sizeof(buf), "sys/lines"),
			 3);
	ck_assert_str_eq(buf, "a\nb");
	/* What does not fit is cut off, and the end is still marked. */
	ck_assert_int_eq(dp_rootdir_read(&root, buf, 4, "sys/size"), 3);
	ck_assert_str_eq(buf, "209");
	dp_uproot(dir, &root);
}
END_TEST

START_TEST(numbers)
{
	struct dp_rootdir root;
	uint64_t n = 0;
	char dir[32];

	dp_plant(dir, &root);
	ck_assert_int_eq(dp_rootdir_read_u64(&root, &n, "sys/size"), 0);
	ck_assert_uint_eq(n, 2 * DP_MIB);
	ck_assert_int_eq(dp_rootdir_read_u64(&root, &n, "sys/resource"), 0);
	ck_assert_uint_eq(n, 4 * DP_GIB);
	ck_assert_int_eq(dp_rootdir_read_u64(&root, &n, "sys/minus"), -EINVAL);
	ck_assert_int_eq(dp_rootdir_read_u64(&root, &n, "sys/empty"), -EINVAL);
	ck_assert_uint_eq(n, 4 * DP_GIB);
	dp_uproot(dir, &root);
}
END_TEST

START_TEST(missing)
{
	struct dp_rootdir root;
	char dir[32], buf[32];
	uint64_t n;

	dp_plant(dir, &root);
	ck_assert_int_eq(dp_rootdir_read(&root, buf, sizeof(buf), "sys/none"),
			 -ENOENT);
	ck_assert_int_eq(dp_rootdir_read(&root, buf, sizeof(buf), "sys"),
			 -EISDIR);
	ck_assert_int_eq(dp_rootdir_read_u64(&root, &n, "none/size"), -ENOENT);
	ck_assert_int_eq(dp_rootdir_access(&root, F_OK, "sys/size"), 0);
	ck_assert_int_eq(dp_rootdir_access(&root, F_OK, "sys/none"), -ENOENT);
	dp_uproot(dir, &root);
}
END_TEST

START_TEST(roots)
{
	struct dp_rootdir root;

	ck_assert_int_eq(dp_rootdir_init(&root, NULL), 0);
	ck_assert(root.is_real);
	dp_rootdir_deinit(&root);
	ck_assert_int_eq(root.fd, -1);
	dp_rootdir_deinit(&root);
	ck_assert_int_eq(dp_rootdir_init(&root, "/"), 0);
	ck_assert(root.is_real);
	dp_rootdir_deinit(&root);
	ck_assert_int_eq(dp_rootdir_init(&root, "/no/such/root"), -ENOENT);
	ck_assert_int_eq(dp_rootdir_init(&root, "/dev/null"), -ENOTDIR);
}
END_TEST

START_TEST(writing)
{
	struct dp_rootdir root;
	char dir[32], buf[32];

	dp_plant(dir, &root);
	ck_assert_int_eq(dp_rootdir_write(&root, "4096", "sys/%s", "empty"), 0);
	ck_assert_int_eq(dp_rootdir_read(&root, buf, sizeof(buf), "sys/empty"),
			 4);
	ck_assert_str_eq(buf, "4096");
	/* Nothing is made that was not there. */
	ck_assert_int_eq(dp_rootdir_write(&root, "1", "sys/none"), -ENOENT);
	ck_assert_int_eq(dp_rootdir_access(&root, F_OK, "sys/none"), -ENOENT);
	dp_uproot(dir, &root);
}
END_TEST

/* A path that does not fit is no shorter path. */
START_TEST(long_paths)
{
	struct dp_rootdir root;
	char dir[32], buf[32], path[2 * PATH_MAX];

	memset(path, '/', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	dp_plant(dir, &root);
	ck_assert_int_eq(dp_rootdir_read(&root, buf, sizeof(buf), "%s", path),
			 -ENAMETOOLONG);
	ck_assert_int_eq(dp_rootdir_write(&root, "", "%s", path),
			 -ENAMETOOLONG);
	ck_assert_int_eq(dp_rootdir_access(&root, F_OK, "%s", path),
			 -ENAMETOOLONG);
	dp_uproot(dir, &root);
}
END_TEST

UNIT_SUITE("rootdir", &texts, &numbers, &missing, &roots, &writing, &long_paths)
