/* SPDX-License-Identifier: GPL-2.0-only */
/* Diagnostics: which are said at which level, and that a line is a line. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "unit.h"

static char dp_heard[4096];

/* What stands on stderr since the last time. */
static const char *dp_hear(int *fd)
{
	ssize_t n;

	fflush(stderr);
	n = read(*fd, dp_heard, sizeof(dp_heard) - 1);
	dp_heard[n > 0 ? n : 0] = '\0';
	return dp_heard;
}

/* From here on the test's own process writes its stderr into a pipe. Nothing
 * to hear must not block. */
static void dp_listen(int *fd)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	close(ends[1]);
	*fd = ends[0];
	fprintf(stderr, "\n");
	dp_hear(fd);
}

START_TEST(what_is_said)
{
	const struct dp_log levels[] = {
		{ DP_LOG_QUIET }, { DP_LOG_INFO }, { DP_LOG_DEBUG },
	};
	int fd;

	dp_listen(&fd);
	dp_error("it is %d", 1);
	ck_assert_str_eq(dp_hear(&fd), "daxpoison: it is 1\n");
	dp_warn("it is %d", 2);
	ck_assert_str_eq(dp_hear(&fd), "daxpoison: warning: it is 2\n");
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		dp_info(&levels[i], "a");
		dp_debug(&levels[i], "b");
		fputs(".", stderr);
		ck_assert_str_eq(dp_hear(&fd),
				 i == 0 ? "."
				 : i == 1 ? "daxpoison: a\n."
					  : "daxpoison: a\ndaxpoison: debug: b\n.");
	}
	dp_info(NULL, "a");
	dp_debug(NULL, "b");
	fputs(".", stderr);
	ck_assert_str_eq(dp_hear(&fd), ".");
}
END_TEST

START_TEST(long_lines_are_cut)
{
	char text[3000];
	int fd;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	dp_listen(&fd);
	dp_error("%s", text);
	dp_hear(&fd);
	ck_assert_uint_lt(strlen(dp_heard), 1100);
	ck_assert_int_eq(dp_heard[strlen(dp_heard) - 1], '\n');
}
END_TEST

UNIT_SUITE("log", &what_is_said, &long_lines_are_cut)
