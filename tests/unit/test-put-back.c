/* SPDX-License-Identifier: GPL-2.0-only */
/* Contents come back although whoever puts them back is killed: what kills an
 * injector (a script, the kernel when memory is short) does not spare it. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "run/rescue.h"
#include "unit.h"

#define PAGE ((uint64_t)sysconf(_SC_PAGESIZE))

/* While someone holds a lease of a file, others wait in open(2): there a killer
 * finds each of them, and none has written anything yet. */
struct dp_killer {
	pthread_t thread;
	int leased;
	pid_t parent;
	int kills;		/* asked for */
	int killed;		/* done */
};

static pid_t dp_a_child(pid_t parent)
{
	pid_t pid = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent, parent);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%d", &pid) != 1)
		pid = 0;
	fclose(f);
	return pid;
}

static void *dp_kill_all(void *arg)
{
	struct dp_killer *k = arg;
	pid_t pid, last = 0;

	while (k->killed < k->kills) {
		pid = dp_a_child(k->parent);
		if (pid && pid != last && !kill(pid, SIGKILL)) {
			last = pid;
			k->killed++;
		}
		usleep(1000);
	}
	fcntl(k->leased, F_SETLEASE, F_UNLCK);
	return NULL;
}

static struct dp_record *dp_a_record(uint32_t n)
{
	struct dp_record *r;

	/* As the journal's are: who puts it back says so in it. */
	r = mmap(NULL, sizeof(*r) + n * PAGE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(r, MAP_FAILED);
	r->state = DP_RECORD_DIRTY;
	r->page = PAGE;
	r->n = n;
	r->n_lines = 2;
	r->lined = 6 * PAGE;
	r->line_step = PAGE;
	memset(r->lines, 'l', sizeof(r->lines));
	for (uint32_t i = 0; i < n; i++) {
		r->offsets[i] = 2 * i * PAGE;
		memset(r->pages + i * PAGE, 'a' + i, PAGE);
	}
	return r;
}

/* What dp_record_put_back says when so many of its children are killed; the
 * file holds what was saved if it says 0, and else what it held. */
static int dp_put_back_under(int kills)
{
	struct dp_killer k = { .kills = kills, .parent = getpid() };
	struct dp_record *r = dp_a_record(3);
	char path[] = "/tmp/test-put-back-XXXXXX", byte, line[DP_RECORD_LINE];
	int rc;

	k.leased = mkostemp(path, O_CLOEXEC);
	ck_assert_int_ge(k.leased, 0);
	ck_assert_int_eq(ftruncate(k.leased, 8 * PAGE), 0);
	/* SIGIO tells that someone waits; we see that ourselves. */
	signal(SIGIO, SIG_IGN);
	ck_assert_int_eq(fcntl(k.leased, F_SETLEASE, F_WRLCK), 0);
	ck_assert_int_eq(pthread_create(&k.thread, NULL, dp_kill_all, &k), 0);
	rc = dp_record_put_back(r, path, PAGE);
	ck_assert_int_eq(pthread_join(k.thread, NULL), 0);
	ck_assert_int_eq(k.killed, kills);
	for (uint32_t i = 0; i < 8; i++) {
		ck_assert_int_eq(pread(k.leased, &byte, 1, i * PAGE), 1);
		ck_assert_int_eq(byte, rc || i > 4 || i % 2 ? 0 : 'a' + (int)i / 2);
	}
	for (uint32_t i = 0; i < 2; i++) {
		ck_assert_int_eq(pread(k.leased, line, sizeof(line),
				       dp_record_line(r, i)), sizeof(line));
		for (size_t j = 0; j < sizeof(line); j++)
			ck_assert_int_eq(line[j], rc ? 0 : 'l');
	}
	ck_assert_int_eq(r->state, rc ? DP_RECORD_DIRTY : DP_RECORD_CLEAN);
	unlink(path);
	close(k.leased);
	munmap(r, sizeof(*r) + 3 * PAGE);
	return rc;
}

/* A record whose pages are larger than the units of the target is none of it. */
START_TEST(nothing_beyond_the_unit_is_written)
{
	struct dp_record *r = dp_a_record(3);
	char path[] = "/tmp/test-put-back-XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC);
	struct stat st;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, 64 * PAGE), 0);
	r->page = 2 * PAGE;
	r->n = 1;
	r->line_step = 2 * PAGE;
	ck_assert_int_eq(dp_record_put_back(r, path, PAGE), -EBADMSG);
	ck_assert_int_eq(r->state, DP_RECORD_DIRTY);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_blocks, 0);
	unlink(path);
	close(fd);
	munmap(r, sizeof(*r) + 3 * PAGE);
}
END_TEST

START_TEST(nobody_is_killed)
{
	ck_assert_int_eq(dp_put_back_under(0), 0);
}
END_TEST

START_TEST(another_is_sent_for_who_was_killed)
{
	ck_assert_int_eq(dp_put_back_under(1), 0);
	ck_assert_int_eq(dp_put_back_under(2), 0);
}
END_TEST

START_TEST(it_ends_where_all_are_killed)
{
	int rc = dp_put_back_under(3);

	ck_assert_int_eq(rc, -ECANCELED);
	ck_assert_ptr_nonnull(strstr(dp_put_back_strerror(rc), "was killed"));
}
END_TEST

UNIT_SUITE("put-back", &nobody_is_killed, &another_is_sent_for_who_was_killed,
	   &it_ends_where_all_are_killed,
	   &nothing_beyond_the_unit_is_written)
