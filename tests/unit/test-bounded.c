/* SPDX-License-Identifier: GPL-2.0-only */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
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
	struct dp_program p = { argv, memfd_create("out", MFD_CLOEXEC) };
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

UNIT_SUITE("bounded", &what_ends_in_time_tells_its_status,
	   &what_does_not_end_is_ended, &a_program_is_bounded_too)
