/* SPDX-License-Identifier: GPL-2.0-only */
/* ACPI error injection, on a tree of files that plays debugfs. */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rootdir.h"
#include "sys/inject.h"
#include "unit.h"

static const char *const dp_files[] = {
	"error_type", "flags", "param1", "param2", "notrigger", "error_inject",
};

static void dp_put(const char *dir, const char *file, const char *text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/%s", dir, DP_EINJ_DIR, file);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static int dp_remove(const char *path, const struct stat *st, int type,
		     struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void dp_untree(struct dp_rootdir *root, const char *dir)
{
	dp_rootdir_deinit(root);
	nftw(dir, dp_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* An empty tree with these kinds of errors. */
static void dp_tree(struct dp_rootdir *root, char *dir, const char *kinds)
{
	char path[512];

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/%s", dir, DP_EINJ_DIR);
	for (char *at = path + strlen(dir) + 1; *at; at++)
		if (*at == '/') {
			*at = '\0';
			mkdir(path, 0700);
			*at = '/';
		}
	ck_assert_int_eq(mkdir(path, 0700), 0);
	if (kinds)
		dp_put(dir, "available_error_type", kinds);
	for (size_t i = 0; i < ARRAY_SIZE(dp_files); i++)
		dp_put(dir, dp_files[i], "");
	ck_assert_int_eq(dp_rootdir_init(root, dir), 0);
}

static void dp_holds(const struct dp_rootdir *root, const char *file,
		     const char *want)
{
	char text[64];

	ck_assert_int_ge(dp_rootdir_read(root, text, sizeof(text), "%s/%s",
					 DP_EINJ_DIR, file), 0);
	ck_assert_str_eq(text, want);
}

START_TEST(all_parameters_are_written)
{
	char dir[] = "/tmp/daxpoison-einj-XXXXXX";
	struct dp_rootdir root;

	dp_tree(&root, dir, "0x00000008\tMemory Correctable\n0x00000010\tMemory Uncorrectable non-fatal\n");
	ck_assert_int_eq(dp_einj_offered(&root), 0);
	ck_assert_int_eq(dp_einj_write(&root, 0x100702000, 4096), 0);
	dp_holds(&root, "error_type", "0x10");
	dp_holds(&root, "flags", "0x2");
	dp_holds(&root, "param1", "0x100702000");
	dp_holds(&root, "param2", "0xfffffffffffff000");
	dp_holds(&root, "notrigger", "0x0");
	dp_holds(&root, "error_inject", "0x1");
	dp_untree(&root, dir);
}
END_TEST

START_TEST(what_is_not_offered_is_not_written)
{
	static const char *const kinds[] = {
		NULL, "", "0x00000008\tMemory Correctable\n",
		"0x00000100\tPCI Express Fatal\n", "nonsense\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		char dir[] = "/tmp/daxpoison-einj-XXXXXX";
		struct dp_rootdir root;

		dp_tree(&root, dir, kinds[i]);
		ck_assert_int_eq(dp_einj_write(&root, 0x100702000, 4096),
				 kinds[i] ? -EOPNOTSUPP : -ENOENT);
		for (size_t f = 0; f < ARRAY_SIZE(dp_files); f++)
			dp_holds(&root, dp_files[f], "");
		dp_untree(&root, dir);
	}
}
END_TEST

UNIT_SUITE("einj", &all_parameters_are_written,
	   &what_is_not_offered_is_not_written)
