/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "cmd/result-files.h"
#include "out/json.h"

/* No run of any size comes near it. */
#define DP_RESULT_MAX (1ULL << 30)

int dp_result_option(struct dp_result_files *files, int id, const char *arg)
{
	switch (id) {
	case DP_OPT_JUNIT:
		files->junit = arg;
		return 0;
	case DP_OPT_HTML:
		files->html = arg;
		return 0;
	case DP_OPT_SVG:
		files->svg = arg;
		return 0;
	case DP_OPT_OUTPUT:
		files->output = arg;
		return 0;
	}
	return -ENOENT;
}

bool dp_result_wanted(const struct dp_result_files *files)
{
	return files->junit || files->html || files->svg || files->output;
}

static int dp_write_file(const char *path,
			 int (*print)(FILE *, struct json_object *),
			 struct json_object *matrix, struct dp_why *why)
{
	char part[PATH_MAX];
	FILE *f;
	int fd, rc;

	if (snprintf(part, sizeof(part), "%s.new", path) >= (int)sizeof(part))
		return dp_why(why, -ENAMETOOLONG, "'%s' is too long a name",
			      path);
	/* It may lie where others may write: nothing of theirs is followed. */
	unlink(part);
	fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f) {
		rc = -errno;
		if (fd >= 0)
			close(fd);
		return dp_why(why, rc, "cannot write '%s': %s", path,
			      strerror(-rc));
	}
	rc = print(f, matrix);
	/* On the disk before it has its name: a machine may go down, too. */
	if (!rc && (fflush(f) || fsync(fileno(f))))
		rc = -errno;
	if (fclose(f) && !rc)
		rc = -errno;
	if (!rc && rename(part, path))
		rc = -errno;
	if (!rc)
		return 0;
	unlink(part);
	return dp_why(why, rc, "cannot write '%s': %s", path, strerror(-rc));
}

int dp_result_write(const struct dp_result_files *files,
		    struct json_object *matrix, struct dp_why *why)
{
	const struct {
		const char *path;
		int (*print)(FILE *, struct json_object *);
	} all[] = {
		{ files->output, dp_json_print },
		{ files->junit, dp_matrix_junit },
		{ files->html, dp_matrix_html },
		{ files->svg, dp_matrix_svg },
	};
	int rc = 0;

	for (size_t i = 0; !rc && i < ARRAY_SIZE(all); i++)
		if (all[i].path)
			rc = dp_write_file(all[i].path, all[i].print, matrix,
					   why);
	return rc;
}

int dp_result_show(const struct dp_globals *globals,
		   const struct dp_result_files *files,
		   struct json_object *matrix)
{
	struct dp_why why = { "" };
	int rc, shown;

	rc = dp_result_write(files, matrix, &why);
	if (rc)
		dp_error("%s", dp_why_text(&why, rc));
	shown = globals->json	? dp_json_print(stdout, matrix)
		: globals->ktap ? dp_matrix_ktap(stdout, matrix)
				: dp_matrix_print(stdout, matrix);
	if (shown)
		dp_error("cannot show the results: %s", strerror(-shown));
	if (shown || rc)
		return DP_EXIT_FAILED;
	return dp_matrix_status(matrix);
}

struct json_object *dp_result_read(const char *path, int *err,
				   struct dp_why *why)
{
	_cleanup_free_ char *text = NULL;
	struct dp_why inner = { "" };
	struct json_object *doc;
	_cleanup_close_ int fd = -1;
	size_t used = 0;
	struct stat st;
	ssize_t n;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	*err = fd < 0 || fstat(fd, &st) ? -errno : 0;
	if (!*err && (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > DP_RESULT_MAX))
		*err = -EINVAL;
	text = *err ? NULL : malloc(st.st_size + 1);
	if (!*err && !text)
		*err = -ENOMEM;
	while (!*err && used < (size_t)st.st_size) {
		n = read(fd, text + used, st.st_size - used);
		if (n < 0 && errno != EINTR)
			*err = -errno;
		if (!n)
			break;
		used += n > 0 ? n : 0;
	}
	if (*err) {
		dp_why(why, *err, "cannot read '%s': %s", path,
		       strerror(-*err));
		return NULL;
	}
	doc = dp_matrix_parse(text, used, &inner);
	if (!doc) {
		*err = -EBADMSG;
		dp_why(why, *err, "'%s': %s", path, dp_why_text(&inner, *err));
	}
	return doc;
}

int dp_result_claim(const char *path, struct dp_why *why)
{
	_cleanup_close_ int fd = -1;
	char lock[PATH_MAX];

	if (snprintf(lock, sizeof(lock), "%s.lock", path) >= (int)sizeof(lock))
		return dp_why(why, -ENAMETOOLONG, "'%s' is too long a name",
			      path);
	/* It stays: to remove it would let two have it, one the old file and
	 * one the new. */
	fd = open(lock, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return dp_why(why, -errno, "cannot write '%s': %s", lock,
			      strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB))
		return dp_why(why, -EBUSY,
			      "another process is at work on '%s'", path);
	return TAKE_FD(fd);
}
