/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/bounded.h"
#include "sys/program.h"
#include "unit.h"

static int dp_number(void *arg)
{
	return *(int *)arg;
}

static int dp_forever(void *arg)
{
	(void)arg;
	while (pause())
		;
	return 0;
}

/* Whoever was killed had something else to say to SIGTERM. */
static int dp_stubborn(void *arg)
{
	signal(SIGTERM, SIG_IGN);
	return dp_forever(arg);
}

static int dp_dies(void *arg)
{
	(void)arg;
	raise(SIGKILL);
	return 0;
}

START_TEST(what_ends_in_time_tells_its_status)
{
	struct dp_bounded b;
	int n = 0;

	ck_assert_int_eq(dp_bounded_run(dp_number, &n, 10, &b), 0);
	ck_assert_int_eq(b.status, 0);
	n = 42;
	ck_assert_int_eq(dp_bounded_run(dp_number, &n, 10, &b), 0);
	ck_assert_int_eq(b.status, 42);
	ck_assert(!b.late && !b.stuck);
	ck_assert_int_eq(dp_bounded_run(dp_dies, NULL, 10, &b), 0);
	ck_assert_int_eq(b.status, 128 + SIGKILL);
	ck_assert(!b.late && !b.stuck);
}
END_TEST

START_TEST(what_does_not_end_is_ended)
{
	struct dp_bounded b;

	ck_assert_int_eq(dp_bounded_run(dp_stubborn, NULL, 1, &b), 0);
	ck_assert(b.late && !b.stuck);
	ck_assert_int_eq(b.status, -1);
	ck_assert_int_ge(b.ns, 1000000000);
	ck_assert_int_lt(b.ns, 4000000000);
}
END_TEST

START_TEST(a_program_is_bounded_too)
{
	const char *argv[] = { "/bin/sh", "-c", "echo said; exit 3", NULL };
	const char *sleeps[] = { "/bin/sleep", "100", NULL };
	const char *none[] = { "/no/such/program", NULL };
	struct dp_program p = { argv, memfd_create("out", MFD_CLOEXEC), NULL };
	struct dp_bounded b;
	char text[16] = "";

	ck_assert_int_ge(p.out, 0);
	ck_assert_int_eq(dp_bounded_run(dp_program_exec, &p, 10, &b), 0);
	ck_assert_int_eq(b.status, 3);
	ck_assert_int_eq(pread(p.out, text, sizeof(text) - 1, 0), 5);
	ck_assert_str_eq(text, "said\n");
	p.argv = none;
	ck_assert_int_eq(dp_bounded_run(dp_program_exec, &p, 10, &b), 0);
	ck_assert_int_eq(b.status, 127);
	p.argv = sleeps;
	ck_assert_int_eq(dp_bounded_run(dp_program_exec, &p, 1, &b), 0);
	ck_assert(b.late && !b.stuck);
	close(p.out);
}
END_TEST

/* A process that is dead, and whose end is kept from its parent: by a tracer that
 * does not ask for it. The tracer tells through `line` that it traces. */
static pid_t dp_traced(pid_t *tracer)
{
	int line[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(line), 0);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
		if (write(line[1], "", 1) == 1)
			dp_forever(NULL);
		_exit(1);
	}
	ck_assert_int_eq(read(line[0], &byte, 1), 1);
	*tracer = fork();
	if (!*tracer) {
		byte = !ptrace(PTRACE_SEIZE, pid, NULL, NULL);
		if (write(line[1], &byte, 1) == 1)
			dp_forever(NULL);
		_exit(1);
	}
	ck_assert_int_eq(read(line[0], &byte, 1), 1);
	ck_assert_int_eq(byte, 1);
	close(line[0]);
	close(line[1]);
	return pid;
}

START_TEST(what_sigkill_does_not_end_is_not_waited_for)
{
	pid_t tracer, pid = dp_traced(&tracer);
	int status;

	ck_assert_int_eq(dp_bounded_reap(pid, 0, &status), -ETIMEDOUT);
	kill(pid, SIGKILL);
	ck_assert_int_eq(dp_bounded_reap(pid, 300, &status), -ETIMEDOUT);
	kill(tracer, SIGKILL);
	ck_assert_int_eq(dp_bounded_reap(tracer, 10000, &status), 0);
	ck_assert_int_eq(dp_bounded_reap(pid, 10000, &status), 0);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	ck_assert_int_eq(dp_bounded_reap(pid, 10000, &status), -ECHILD);
}
END_TEST

START_TEST(what_is_stopped_is_ended_all_the_same)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		raise(SIGSTOP);
		_exit(3);
	}
	ck_assert_int_eq(dp_bounded_reap(pid, 100, &status), -ETIMEDOUT);
	kill(pid, SIGKILL);
	ck_assert_int_eq(dp_bounded_reap(pid, 10000, &status), 0);
	ck_assert(WIFSIGNALED(status));
}
END_TEST

UNIT_SUITE("bounded", &what_sigkill_does_not_end_is_not_waited_for,
	   &what_is_stopped_is_ended_all_the_same,
	   &what_ends_in_time_tells_its_status,
	   &what_does_not_end_is_ended, &a_program_is_bounded_too)
