/* SPDX-License-Identifier: GPL-2.0-only */
/* Whole runs, in series and one by one, on a device that is simulated: an ordinary
 * file, whose pages come back 16 at a time when they are touched (mm/memory.c:
 * do_fault_around), which makes units of 64K. To inject is to take a unit out of the
 * mapping and to raise SIGBUS (--wrap, see tests/Makemodule.am). Everything else is
 * what it is: processes, journal, mappings, faults, contents and verdicts.
 *
 * Whatever the device does wrong at one place, each case must have the verdicts that
 * it has one by one; and whenever a process is killed, each case is run once, and the
 * contents are as before. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "run/journal.h"
#include "run/rescue.h"
#include "run/safety.h"
#include "run/session.h"
#include "sys/account.h"
#include "sys/inject.h"
#include "sys/pagemap.h"
#include "unit.h"

#define PAGE 4096
#define UNIT (16 * PAGE)
#define UNITS 64
#define SIZE (UNITS * UNIT)
#define PHYS 0x100000000ULL
/* Into the unit. */
#define HIT (5 * PAGE)

/* What is wrong at one place. */
enum dp_wrong {
	DP_RIGHT,
	DP_SILENT,		/* no signal */
	DP_STAYS,		/* still mapped */
	DP_PART,		/* only a page of the unit is lost */
	DP_MORE,		/* the next unit, too */
	DP_LESS,		/* the unit below it, too */
	DP_CODE,		/* told as if it could wait */
	DP_LSB,			/* told a page */
	DP_WHERE,		/* told another place */
	DP_TWICE,		/* told twice */
	DP_REFUSED,		/* the call fails */
	DP_UNREPORTED,		/* the kernel has no event of it */
	DP_MISREPORTED,		/* ... one of another kind */
	/* From here on others may see it, see dp_others_see(). */
	DP_DATA_ABOVE,		/* a byte of the page behind it changes */
	DP_DATA_BELOW,
	DP_GONE,		/* touching it raises SIGBUS for good */
	/* One that this case does not map is lost, too. */
	DP_FAR,
	DP_WRONG_MAX,
};

/* All processes see it. */
static struct dp_shared {
	uint64_t at;		/* offset of the page where something is wrong */
	enum dp_wrong wrong;
	uint64_t injected[UNITS]; /* times */
	pid_t by[UNITS];	/* who did it */
	/* Whoever is not `director` is killed at this event, counted from 1. */
	long event, kill_at;
	bool both;		/* ... and the director with it */
	pid_t director;
	pid_t killed;
	uint64_t until[UNITS];	/* injected, when that was killed */
} *dp_shared;

static void dp_event(void)
{
	if (getpid() == dp_shared->director ||
	    ++dp_shared->event != dp_shared->kill_at)
		return;
	if (dp_shared->both)
		kill(dp_shared->director, SIGKILL);
	dp_shared->killed = getpid();
	memcpy(dp_shared->until, dp_shared->injected, sizeof(dp_shared->until));
	kill(getpid(), SIGKILL);
}

/* Of the file, from an address. */
static uint64_t dp_offset_of(uint64_t addr)
{
	unsigned long from, to, offset;
	uint64_t found = UINT64_MAX;
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];

	while (found == UINT64_MAX && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %*s %lx", &from, &to, &offset) == 3 &&
		    addr >= from && addr < to)
			found = offset + (addr - from);
	fclose(maps);
	return found;
}

static void dp_tell(uint64_t addr, int code, short lsb)
{
	siginfo_t info = {
		.si_signo = SIGBUS,
		.si_code = code,
		.si_addr = (void *)addr,
		.si_addr_lsb = lsb,
	};

	syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), SIGBUS,
		&info);
}

static void dp_take_out(uint64_t addr, uint64_t length)
{
	madvise((void *)addr, length, MADV_DONTNEED);
}

int __wrap_dp_inject(enum dp_method method, const struct dp_injection *i);
int __wrap_dp_inject(enum dp_method method, const struct dp_injection *i)
{
	uint64_t addr = (uintptr_t)i->addr, unit = addr & ~(UNIT - 1ULL);
	uint64_t offset = dp_offset_of(addr);
	enum dp_wrong wrong = dp_shared->at == offset ? dp_shared->wrong
						      : DP_RIGHT;

	(void)method;
	dp_event();
	if (wrong == DP_REFUSED)
		return -EBUSY;
	dp_shared->injected[offset / UNIT]++;
	dp_shared->by[offset / UNIT] = getpid();
	if (wrong == DP_PART)
		dp_take_out(addr, PAGE);
	else if (wrong != DP_STAYS)
		dp_take_out(unit, UNIT);
	if (wrong == DP_MORE)
		dp_take_out(unit + UNIT, UNIT);
	if (wrong == DP_LESS)
		dp_take_out(unit - UNIT, UNIT);
	if (wrong == DP_FAR)
		dp_take_out(unit + 3 * UNIT, UNIT);
	if (wrong == DP_GONE)
		mmap((void *)unit, UNIT, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_FIXED,
		     memfd_create("dp-test", MFD_CLOEXEC), 0);
	if (wrong == DP_DATA_ABOVE || wrong == DP_DATA_BELOW) {
		int fd = open(i->target->path, O_RDWR | O_CLOEXEC);
		off_t at = wrong == DP_DATA_ABOVE ? offset + PAGE + 99
						  : offset - 99;
		char byte;

		if (pread(fd, &byte, 1, at) == 1) {
			byte ^= 4;
			if (pwrite(fd, &byte, 1, at) != 1)
				abort();
		}
		close(fd);
	}
	if (wrong != DP_SILENT)
		dp_tell(wrong == DP_WHERE ? addr + UNIT : addr,
			wrong == DP_CODE ? BUS_MCEERR_AO : BUS_MCEERR_AR,
			wrong == DP_LSB ? 12 : 16);
	if (wrong == DP_TWICE)
		dp_tell(addr, BUS_MCEERR_AR, 16);
	dp_event();
	return 0;
}

int __real_getrusage(int who, struct rusage *usage);
int __wrap_getrusage(int who, struct rusage *usage);
int __wrap_getrusage(int who, struct rusage *usage)
{
	dp_event();
	return __real_getrusage(who, usage);
}

int __real_dp_pagemap_present(struct dp_pagemap *pm, uint64_t start,
			      uint64_t length, uint64_t offset,
			      struct dp_ranges *present);
int __wrap_dp_pagemap_present(struct dp_pagemap *pm, uint64_t start,
			      uint64_t length, uint64_t offset,
			      struct dp_ranges *present);
int __wrap_dp_pagemap_present(struct dp_pagemap *pm, uint64_t start,
			      uint64_t length, uint64_t offset,
			      struct dp_ranges *present)
{
	dp_event();
	return __real_dp_pagemap_present(pm, start, length, offset, present);
}

/* Nothing of the running kernel is asked. */
int __wrap_dp_safety_check_plan(const struct dp_plan *plan, bool force,
				struct dp_why *why);
int __wrap_dp_safety_check_plan(const struct dp_plan *plan, bool force,
				struct dp_why *why)
{
	(void)plan;
	(void)force;
	(void)why;
	return 0;
}

/* The account is that of the trace alone. */
static struct dp_case dp_begun;

void __wrap_dp_accountant_init(struct dp_accountant *a);
void __wrap_dp_accountant_init(struct dp_accountant *a)
{
	*a = (struct dp_accountant){ .root = { .fd = -1 } };
	a->kmsg = a->kpageflags = a->meminfo = -1;
}

void __wrap_dp_accountant_deinit(struct dp_accountant *a);
void __wrap_dp_accountant_deinit(struct dp_accountant *a)
{
	(void)a;
}

void __wrap_dp_accountant_begin(struct dp_accountant *a, const struct dp_case *c,
				struct dp_account *out);
void __wrap_dp_accountant_begin(struct dp_accountant *a, const struct dp_case *c,
				struct dp_account *out)
{
	(void)a;
	dp_begun = *c;
	dp_account_reset(out);
	for (int s = 0; s < DP_SOURCE_MAX; s++)
		if (s != DP_SOURCE_TRACE)
			snprintf(out->missing[s], DP_ACCOUNT_WHY, "simulated");
}

/* The event of a case, unless that is what is wrong. False: there is none. */
static bool dp_event_of(const struct dp_case *c, struct dp_account_event *e)
{
	enum dp_wrong wrong = dp_shared->at == c->poison.offset
				      ? dp_shared->wrong : DP_RIGHT;

	*e = (struct dp_account_event){
		.pfn = (PHYS + c->poison.offset) / PAGE,
		.type = "dax page",
	};
	strcpy(e->result, wrong == DP_MISREPORTED ? "Failed" : "Recovered");
	return wrong != DP_UNREPORTED && wrong != DP_REFUSED;
}

static void dp_event_add(struct dp_account *out,
			 const struct dp_account_event *e)
{
	if (out->n_events < DP_ACCOUNT_EVENTS)
		out->events[out->n_events] = *e;
	out->n_events++;
}

void __wrap_dp_accountant_end(struct dp_accountant *a, struct dp_account *out);
void __wrap_dp_accountant_end(struct dp_accountant *a, struct dp_account *out)
{
	struct dp_account_event e;

	(void)a;
	if (dp_event_of(&dp_begun, &e))
		dp_event_add(out, &e);
}

void __wrap_dp_accountant_end_series(struct dp_accountant *a,
				     struct dp_series_account *series,
				     struct dp_account *out);
void __wrap_dp_accountant_end_series(struct dp_accountant *a,
				     struct dp_series_account *series,
				     struct dp_account *out)
{
	(void)a;
	for (uint32_t i = 0; i < series->n; i++) {
		struct dp_case c = dp_series_case(series->cases, i);
		struct dp_account_event e;

		if (dp_event_of(&c, &e) && !dp_series_meets(series, &e))
			dp_event_add(out, &e);
	}
	dp_series_rest(series, out);
}

/* Of the run: what was said of each place. */
#define PLACES 40

static struct dp_told_place {
	unsigned int times;
	bool alike;		/* it was not told by itself */
	enum dp_verdict verdict;
	char said[1024];	/* of each guarantee but that of contents */
	bool data;		/* contents are not as they were */
} dp_places[PLACES];
static uint64_t dp_first, dp_by;

static struct dp_told_place *dp_place_of(const struct dp_case *c)
{
	uint64_t place = (c->poison.offset - dp_first) / dp_by;

	ck_assert_uint_lt(place, PLACES);
	return &dp_places[place];
}

static void dp_said(struct dp_told_place *p, enum dp_verdict verdict,
		    const struct dp_judgement *at, unsigned int n)
{
	p->verdict = verdict;
	p->said[0] = '\0';
	p->data = false;
	for (unsigned int i = 0; i < n; i++) {
		const char *id = at[i].guarantee->id;
		bool touched = !strcmp(id, "retouch");

		if (!strcmp(id, "data-intact")) {
			p->data = at[i].verdict == DP_VERDICT_VIOLATED;
			continue;
		}
		snprintf(p->said + strlen(p->said),
			 sizeof(p->said) - strlen(p->said), "%s %s %d %s; ", id,
			 dp_verdict_name(at[i].verdict),
			 at[i].finding.deviation,
			 touched ? at[i].finding.detail : "");
	}
}

static void dp_each(const struct dp_case *c, const struct dp_scene *scene,
		    const struct dp_case_verdict *v, void *arg)
{
	(void)scene;
	(void)arg;
	dp_place_of(c)->times++;
	dp_place_of(c)->alike = false;
	dp_said(dp_place_of(c), v->verdict, v->at, v->n);
}

static void dp_alike(const struct dp_pattern *pattern,
		     const struct dp_cases *cases, void *arg)
{
	(void)arg;
	for (uint32_t i = 0; i < cases->n; i++) {
		struct dp_case c = dp_series_case(cases, i);
		struct dp_told_place *p = dp_place_of(&c);

		p->times++;
		p->alike = true;
		dp_said(p, pattern->verdict.verdict, pattern->verdict.at,
			pattern->verdict.n);
	}
}

static struct dp_target dp_device;
static char dp_dir[64], dp_journal[80];
static char *dp_contents, *dp_before;

static void dp_given_device(void)
{
	int fd;

	dp_shared = mmap(NULL, sizeof(*dp_shared), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(dp_shared, MAP_FAILED);
	strcpy(dp_dir, "/dev/shm/dp-series-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dp_dir));
	snprintf(dp_journal, sizeof(dp_journal), "%s/journal", dp_dir);
	dp_device = (struct dp_target){
		.kind = DP_KIND_DEVDAX,
		.mode = DP_MODE_DEVDAX,
		.size = SIZE,
		.align = UNIT,
		.phys = PHYS,
		.namespace_phys = DP_PHYS_UNKNOWN,
		.region_phys = DP_PHYS_UNKNOWN,
		.data_phys = DP_PHYS_UNKNOWN,
		.fd = -1,
		.other_fd = -1,
		.name = "dax0.0",
	};
	snprintf(dp_device.path, sizeof(dp_device.path), "%s/device", dp_dir);
	fd = open(dp_device.path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_eq(ftruncate(fd, SIZE), 0);
	dp_contents = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			   0);
	ck_assert_ptr_ne(dp_contents, MAP_FAILED);
	close(fd);
	dp_before = malloc(SIZE);
	for (uint64_t i = 0; i < SIZE / 8; i++)
		((uint64_t *)dp_before)[i] = i * 0x9e3779b97f4a7c15ULL;
	memcpy(dp_contents, dp_before, SIZE);
}

static void dp_done(void)
{
	munmap(dp_contents, SIZE);
	munmap(dp_shared, sizeof(*dp_shared));
	free(dp_before);
	unlink(dp_device.path);
	rmdir(dp_journal);
	rmdir(dp_dir);
}

static bool dp_is_as_before(void)
{
	return !memcmp(dp_contents, dp_before, SIZE);
}

static void dp_something_wrong(enum dp_wrong wrong, uint64_t at)
{
	dp_shared->wrong = wrong;
	dp_shared->at = at;
}

/* So many cases, `by` units apart, from unit `from` on. */
static struct dp_summary dp_run(uint64_t from, uint64_t by, size_t n, bool series)
{
	const struct dp_inject_options options = {
		.page = PAGE,
		.observer = -1,
		.access = DP_ACCESS_READ,
		.method = DP_METHOD_MADVISE,
		.offset = from * UNIT + HIT,
		.count = n,
		.stride = by * UNIT,
	};
	struct dp_log log = { 0 };
	struct dp_why why = { "" };
	struct dp_plan plan = { 0 };
	struct dp_summary summary = { 0 };
	struct dp_session s = {
		.log = &log,
		.timeout = 20,
		.each = dp_each,
		.alike = series ? dp_alike : NULL,
		.why = &why,
	};

	ck_assert_int_eq(dp_plan_inject(&plan, &dp_device, &options, &why), 0);
	memset(dp_places, 0, sizeof(dp_places));
	memset(dp_shared->injected, 0, sizeof(dp_shared->injected));
	memset(dp_shared->until, 0, sizeof(dp_shared->until));
	dp_first = options.offset;
	dp_by = options.stride;
	dp_shared->event = 0;
	dp_shared->director = getpid();
	s.journal = dp_journal_open(dp_journal, &why);
	ck_assert_int_ge(s.journal, 0);
	ck_assert_msg(!dp_session_run(&s, &plan, &summary), "%s", why.text);
	close(s.journal);
	dp_plan_deinit(&plan);
	return summary;
}

static void dp_each_was_run_once(size_t n)
{
	for (size_t i = 0; i < PLACES; i++)
		ck_assert_uint_eq(dp_places[i].times, i < n);
}

static size_t dp_count_alike(void)
{
	size_t n = 0;

	for (size_t i = 0; i < PLACES; i++)
		n += dp_places[i].alike;
	return n;
}

START_TEST(the_device_is_simulated_well)
{
	struct dp_summary s;

	dp_given_device();
	/* Of the first unit's mapping there is nothing below: no pattern. */
	for (uint64_t from = 0; from < 2; from++) {
		for (uint64_t by = 1; by <= 3; by++) {
			size_t n = 19;

			s = dp_run(from, by, n, false);
			dp_each_was_run_once(n);
			ck_assert_uint_eq(s.cases[DP_VERDICT_HELD], n);
			ck_assert_uint_eq(dp_count_alike(), 0);
			s = dp_run(from, by, n, true);
			dp_each_was_run_once(n);
			ck_assert_uint_eq(s.cases[DP_VERDICT_HELD], n);
			ck_assert_uint_eq(dp_count_alike(), n - 1 - !from);
			ck_assert(dp_is_as_before());
			for (size_t i = 0; i < n; i++)
				ck_assert_uint_eq(dp_shared->injected[from + i * by],
						  1);
		}
	}
	dp_done();
}
END_TEST

/* A page that has changed, or cannot be read, counts against each case that maps it. */
static bool dp_others_see(enum dp_wrong wrong)
{
	return wrong >= DP_DATA_ABOVE;
}

/* An event that is not as the pattern's is the last one's of the series: then what
 * is said last, of the kernel's account, is not compared. */
static size_t dp_length(const struct dp_told_place *p, enum dp_wrong wrong)
{
	const char *account = strstr(p->said, "kernel-account ");

	ck_assert_ptr_nonnull(account);
	return wrong == DP_UNREPORTED || wrong == DP_MISREPORTED
		       ? (size_t)(account - p->said)
		       : sizeof(p->said);
}

static void dp_same_verdicts(const struct dp_told_place *singles, size_t n,
			     enum dp_wrong wrong, size_t at, uint64_t by)
{
	for (size_t i = 0; i < n; i++) {
		const struct dp_told_place *p = &dp_places[i];
		const struct dp_told_place *one = &singles[i];
		bool beside = dp_others_see(wrong) &&
			      (i > at ? i - at : at - i) * by <= 2;

		ck_assert_msg(!strncmp(p->said, one->said, dp_length(one, wrong)),
			      "wrong %d at %zu, units %u apart: case %zu '%s', one by one '%s'",
			      wrong, at, (int)by, i, p->said, one->said);
		/* Of each case the page on one side is compared whole. */
		ck_assert_msg(p->data == one->data || beside,
			      "wrong %d at %zu: data of case %zu", wrong, at, i);
		if (!beside)
			ck_assert_msg(p->verdict == one->verdict,
				      "wrong %d at %zu, units %u apart: case %zu %d, one by one %d",
				      wrong, at, (int)by, i, p->verdict,
				      one->verdict);
	}
}

START_TEST(what_is_wrong_once_is_judged_as_one_by_one)
{
	static struct dp_told_place singles[PLACES];
	unsigned int changed[2] = { 0 }, seen[2] = { 0 };
	const size_t n = 15;

	dp_given_device();
	for (enum dp_wrong wrong = DP_RIGHT + 1; wrong < DP_FAR; wrong++) {
		for (uint64_t by = 1; by <= 3; by++) {
			/* In either lane: the first, the last, in between. */
			for (size_t at = 1; at < n; at += at < 3 ? 1 : 4) {
				memcpy(dp_contents, dp_before, SIZE);
				dp_something_wrong(wrong, (2 + at * by) * UNIT + HIT);
				dp_run(2, by, n, false);
				dp_each_was_run_once(n);
				memcpy(singles, dp_places, sizeof(singles));
				memcpy(dp_contents, dp_before, SIZE);
				dp_run(2, by, n, true);
				dp_each_was_run_once(n);
				dp_same_verdicts(singles, n, wrong, at, by);
				/* Of a byte it may not have been seen. */
				ck_assert(!dp_places[at].alike ||
					  wrong == DP_DATA_ABOVE ||
					  wrong == DP_DATA_BELOW);
				if (wrong < DP_DATA_ABOVE ||
				    wrong > DP_DATA_BELOW)
					ck_assert(dp_is_as_before());
				for (int k = 0; k < 2; k++) {
					if (wrong != (k ? DP_DATA_BELOW : DP_DATA_ABOVE))
						continue;
					ck_assert(singles[at].data);
					changed[k]++;
					seen[k] += dp_places[at].data;
				}
				/* It was a series all the same. */
				ck_assert_uint_gt(dp_count_alike(),
						  dp_others_see(wrong) ? 0 : 3);
			}
		}
	}
	/* That is either side, in turn. */
	for (int k = 0; k < 2; k++) {
		ck_assert_uint_gt(seen[k], changed[k] / 4);
		ck_assert_uint_lt(seen[k], changed[k]);
	}
	dp_done();
}
END_TEST

/* It is seen at all, which what comes before does not ask. */
START_TEST(what_is_wrong_is_seen)
{
	static const enum dp_wrong seen[] = {
		DP_SILENT, DP_MORE, DP_LESS, DP_LSB, DP_WHERE, DP_TWICE,
	};

	dp_given_device();
	for (size_t i = 0; i < ARRAY_SIZE(seen); i++) {
		dp_something_wrong(seen[i], 9 * UNIT + HIT);
		dp_run(2, 1, 15, true);
		dp_each_was_run_once(15);
		for (size_t k = 0; k < 15; k++)
			ck_assert_msg((dp_places[k].verdict ==
				       DP_VERDICT_VIOLATED) == (k == 7),
				      "wrong %d: case %zu", seen[i], k);
	}
	dp_done();
}
END_TEST

/* One by one nobody would look there; a series has it mapped. */
START_TEST(what_is_lost_far_away_is_seen_once)
{
	dp_given_device();
	for (uint64_t by = 1; by <= 2; by++) {
		/* The last of a lane has no other case behind it. */
		for (size_t at = 1; at < 14; at++) {
			struct dp_summary s;

			dp_something_wrong(DP_FAR, (2 + at * by) * UNIT + HIT);
			s = dp_run(2, by, 15, true);
			dp_each_was_run_once(15);
			ck_assert(dp_is_as_before());
			ck_assert_msg(s.cases[DP_VERDICT_VIOLATED] ==
					      (2 + at * by + 3 <= 2 + 14 * by + 1),
				      "at %zu, units %u apart: %u violated", at,
				      (int)by, s.cases[DP_VERDICT_VIOLATED]);
		}
	}
	dp_done();
}
END_TEST

/* An injector was killed, perhaps in the midst of a series, which is all but the first
 * case: then nothing of what that has injected is held, since it had not compared
 * contents; and one case has that end. */
static void dp_no_more_is_said_than_was_seen(size_t n, long k,
					     const unsigned int cases[])
{
	size_t cut = 0;

	for (size_t i = 1; i < n; i++) {
		uint64_t unit = dp_first / UNIT + i;

		if (!dp_shared->until[unit] ||
		    dp_shared->by[unit] != dp_shared->killed)
			continue;
		cut++;
		ck_assert_msg(dp_places[i].verdict != DP_VERDICT_HELD,
			      "killed at %ld: case %zu is held", k, i);
	}
	ck_assert_msg(!cut || cases[DP_VERDICT_VIOLATED] == 1,
		      "killed at %ld: %u are violated", k,
		      cases[DP_VERDICT_VIOLATED]);
}

/* Of a run in which nobody is killed. */
static long dp_count_events(size_t n)
{
	dp_shared->kill_at = -1;
	dp_run(2, 1, n, true);
	ck_assert_int_gt(dp_shared->event, 50);
	return dp_shared->event;
}

/* At each event of an injector: an injection, a look, a reading of faults. */
START_TEST(an_injector_may_be_killed_anywhere)
{
	const size_t n = 10;
	long events;

	dp_given_device();
	events = dp_count_events(n);
	for (long k = 1; k <= events; k++) {
		struct dp_summary s;

		dp_shared->kill_at = k;
		s = dp_run(2, 1, n, true);
		dp_each_was_run_once(n);
		ck_assert_msg(dp_is_as_before(), "killed at %ld", k);
		ck_assert_msg(s.cases[DP_VERDICT_VIOLATED] <= 1,
			      "killed at %ld: %u violated", k,
			      s.cases[DP_VERDICT_VIOLATED]);
		for (size_t i = 0; i < UNITS; i++)
			ck_assert_msg(dp_shared->injected[i] <= 1,
				      "killed at %ld: unit %zu was hit %u times",
				      k, i, (int)dp_shared->injected[i]);
		dp_no_more_is_said_than_was_seen(n, k, s.cases);
	}
	dp_done();
}
END_TEST

static void dp_put_back(struct dp_journal_entry *e, bool busy, const char *bad,
			void *arg)
{
	(void)arg;
	while (busy && flock(e->fd, LOCK_EX))
		;
	if (!e->unbegun)
		ck_assert_msg(!bad, "%s", bad);
	if (e->record && e->record->state == DP_RECORD_DIRTY)
		ck_assert_int_eq(dp_record_put_back(e->record, dp_device.path,
						    UNIT), 0);
	unlinkat(e->dir, e->id, 0);
}

/* The same for the injector and its director: the record is enough to put all back. */
START_TEST(all_may_be_killed_anywhere)
{
	const size_t n = 10;
	unsigned int dirty = 0;
	long events;

	dp_given_device();
	events = dp_count_events(n);
	dp_shared->both = true;
	for (long k = 1; k <= events; k += 3) {
		struct dp_journal_entry e;
		struct dp_why why = { "" };
		pid_t pid = fork();
		int dir, status;

		if (!pid) {
			dp_shared->kill_at = k;
			dp_run(2, 1, n, true);
			_exit(0);
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert(WIFSIGNALED(status));
		dir = dp_journal_open(dp_journal, &why);
		if (!dp_is_as_before()) {
			dirty++;
			/* The injector holds it until it is gone. */
			while ((status = dp_journal_take(dir, &dp_device, PAGE,
							 &e, &why)) == -EBUSY)
				usleep(1000);
			ck_assert_int_eq(status, -EEXIST);
			ck_assert_msg(strstr(why.text, "did not live to put back") != NULL,
				      "%s", why.text);
		}
		ck_assert_int_eq(dp_journal_each(dir, dp_put_back, NULL), 0);
		ck_assert_msg(dp_is_as_before(), "killed at %ld", k);
		close(dir);
	}
	ck_assert_uint_gt(dirty, 5);
	dp_done();
}
END_TEST

UNIT_SUITE("series-whole", &the_device_is_simulated_well,
	   &what_is_wrong_once_is_judged_as_one_by_one, &what_is_wrong_is_seen,
	   &what_is_lost_far_away_is_seen_once,
	   &an_injector_may_be_killed_anywhere, &all_may_be_killed_anywhere)
