/* SPDX-License-Identifier: GPL-2.0-only */
/* What whoever starts daxpoison leaves to it, and how it stands to that. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/bounded.h"
#include "sys/inherited.h"
#include "sys/program.h"
#include "unit.h"

/* In a child whose streams are closed: 0, or the line that is wrong. */
static int dp_without_streams(void)
{
	char byte;
	int fd;

	for (fd = 0; fd < 3; fd++)
		close(fd);
	if (dp_inherited_settle())
		return __LINE__;
	/* What is opened next is none of them. */
	fd = open("/dev/null", O_RDWR);
	if (fd < 3)
		return __LINE__;
	if (read(0, &byte, 1) != -1 || write(1, "x", 1) != -1)
		return __LINE__;
	return write(2, "x", 1) == 1 ? 0 : __LINE__;
}

START_TEST(a_closed_stream_is_no_file_of_ours)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(dp_without_streams());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

START_TEST(open_streams_are_left_alone)
{
	struct stat before[3], after[3];

	for (int fd = 0; fd < 3; fd++)
		ck_assert_int_eq(fstat(fd, &before[fd]), 0);
	ck_assert_int_eq(dp_inherited_settle(), 0);
	for (int fd = 0; fd < 3; fd++) {
		ck_assert_int_eq(fstat(fd, &after[fd]), 0);
		ck_assert(before[fd].st_dev == after[fd].st_dev &&
			  before[fd].st_ino == after[fd].st_ino);
	}
}
END_TEST

START_TEST(nothing_is_made_for_others_to_write)
{
	umask(0);
	ck_assert_int_eq(dp_inherited_settle(), 0);
	ck_assert_int_eq(umask(0), 022);
	/* Who wants more of it gets more. */
	umask(077);
	ck_assert_int_eq(dp_inherited_settle(), 0);
	ck_assert_int_eq(umask(0), 077);
}
END_TEST

START_TEST(the_end_of_a_child_is_told)
{
	int status;
	pid_t pid;

	signal(SIGCHLD, SIG_IGN);
	ck_assert_int_eq(dp_inherited_settle(), 0);
	pid = fork();
	if (!pid)
		_exit(7);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WEXITSTATUS(status), 7);
}
END_TEST

START_TEST(a_program_has_nothing_of_our_environment)
{
	const char *argv[] = { "/usr/bin/env", NULL };
	struct dp_program p = { argv, memfd_create("out", MFD_CLOEXEC), NULL };
	struct dp_bounded b;
	char text[256] = "";

	setenv("LD_PRELOAD", "/no/such/library.so", 1);
	setenv("PATH", "/tmp", 1);
	setenv("MKE2FS_CONFIG", "/tmp/mine", 1);
	ck_assert_int_eq(dp_bounded_run(dp_program_exec, &p, 10, &b), 0);
	ck_assert_int_eq(b.status, 0);
	ck_assert_int_gt(pread(p.out, text, sizeof(text) - 1, 0), 0);
	ck_assert_str_eq(text, "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\nTZ=UTC\n");
	close(p.out);
}
END_TEST

UNIT_SUITE("inherited", &a_closed_stream_is_no_file_of_ours,
	   &open_streams_are_left_alone, &nothing_is_made_for_others_to_write,
	   &the_end_of_a_child_is_told,
	   &a_program_has_nothing_of_our_environment)
