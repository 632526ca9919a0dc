/* SPDX-License-Identifier: GPL-2.0-only */
/* The observers, each on a case with a known answer, in both directions. No DAX
 * memory is needed: ordinary memory and files have page tables, faults and
 * SIGBUS too. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "run/cast.h"
#include "run/contents.h"
#include "run/rescue.h"
#include "sys/map.h"
#include "sys/pagemap.h"
#include "sys/sigbus.h"
#include "sys/touch.h"
#include "unit.h"

#define PAGE ((uint64_t)sysconf(_SC_PAGESIZE))

static char *dp_anon(uint64_t pages)
{
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(p, MAP_FAILED);
	madvise(p, pages * PAGE, MADV_NOHUGEPAGE);
	return p;
}

/* A shared file of so many pages, mapped `more` pages beyond its end. */
static char *dp_file(uint64_t pages, uint64_t more)
{
	int fd = memfd_create("dp-test", MFD_CLOEXEC);
	char *p;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, pages * PAGE), 0);
	p = mmap(NULL, (pages + more) * PAGE, PROT_READ | PROT_WRITE,
		 MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(p, MAP_FAILED);
	close(fd);
	return p;
}

START_TEST(pagemap_sees_what_is_there)
{
	static struct dp_pagemap pm;
	struct dp_ranges seen;
	char *p = dp_anon(64);

	ck_assert_int_eq(dp_pagemap_init(&pm, PAGE), 0);
	ck_assert_int_eq(dp_pagemap_present(&pm, (uintptr_t)p, 64 * PAGE,
					    0x100 * PAGE, &seen), 0);
	ck_assert_uint_eq(seen.n, 0);
	p[3 * PAGE] = p[4 * PAGE] = p[63 * PAGE] = 1;
	ck_assert_int_eq(dp_pagemap_present(&pm, (uintptr_t)p, 64 * PAGE,
					    0x100 * PAGE, &seen), 0);
	ck_assert_uint_eq(seen.n, 2);
	ck_assert_uint_eq(seen.at[0].offset, 0x103 * PAGE);
	ck_assert_uint_eq(seen.at[0].length, 2 * PAGE);
	ck_assert_uint_eq(seen.at[1].offset, 0x13f * PAGE);
	/* And what was there and is not any more. */
	ck_assert_int_eq(madvise(p + 3 * PAGE, PAGE, MADV_DONTNEED), 0);
	ck_assert_int_eq(dp_pagemap_present(&pm, (uintptr_t)p, 64 * PAGE,
					    0x100 * PAGE, &seen), 0);
	ck_assert_uint_eq(seen.at[0].offset, 0x104 * PAGE);
	ck_assert_uint_eq(seen.at[0].length, PAGE);
	dp_pagemap_deinit(&pm);
}
END_TEST

/* More pages than are read at once, with runs across the seam. */
START_TEST(pagemap_in_chunks)
{
	uint64_t pages = 3 * DP_PAGEMAP_CHUNK + 5;
	static struct dp_pagemap pm;
	struct dp_ranges seen;
	char *p = dp_anon(pages);

	for (uint64_t i = 10; i < pages - 10; i++)
		p[i * PAGE] = 1;
	ck_assert_int_eq(dp_pagemap_init(&pm, PAGE), 0);
	ck_assert_int_eq(dp_pagemap_present(&pm, (uintptr_t)p, pages * PAGE, 0,
					    &seen), 0);
	ck_assert_uint_eq(seen.n, 1);
	ck_assert_uint_eq(seen.at[0].offset, 10 * PAGE);
	ck_assert_uint_eq(seen.at[0].length, (pages - 20) * PAGE);
	dp_pagemap_deinit(&pm);
}
END_TEST

/* Both ways to ask say the same of any mixture: pages and huge pages, more ranges
 * than are told at once, small and large. */
START_TEST(pagemap_both_ways_agree)
{
	uint64_t pages = 3 * 512, seed = 1;
	static struct dp_pagemap pm;
	struct dp_ranges read, scanned, any;
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(p, MAP_FAILED);
	ck_assert_int_eq(dp_pagemap_init(&pm, PAGE), 0);
	/* 6.7 has it; where it is not, the other way is taken. */
	if (dp_pagemap_scan(&pm, (uintptr_t)p, PAGE, 0, &scanned) == -ENOTTY) {
		ck_assert_int_eq(dp_pagemap_present(&pm, (uintptr_t)p,
						    pages * PAGE, 0, &any), 0);
		ck_assert(!pm.scans);
		return;
	}
	for (int round = 0; round < 40; round++) {
		uint64_t first = (seed >> 20) % pages, n;

		n = 1 + (seed >> 40) % (pages - first);
		madvise(p, pages * PAGE, round % 4 ? MADV_NOHUGEPAGE
						   : MADV_HUGEPAGE);
		ck_assert_int_eq(madvise(p, pages * PAGE, MADV_DONTNEED), 0);
		for (uint64_t i = 0; i < pages; i++) {
			seed = seed * 0xd1342543de82ef95ULL + 1;
			if (seed >> 32 & 1ULL << round % 8)
				p[i * PAGE] = 1;
		}
		ck_assert_int_eq(dp_pagemap_read(&pm, (uintptr_t)p + first * PAGE,
						 n * PAGE, DP_GIB, &read), 0);
		ck_assert_int_eq(dp_pagemap_scan(&pm, (uintptr_t)p + first * PAGE,
						 n * PAGE, DP_GIB, &scanned), 0);
		ck_assert_int_eq(dp_pagemap_present(&pm, (uintptr_t)p + first * PAGE,
						    n * PAGE, DP_GIB, &any), 0);
		ck_assert(dp_ranges_equal(&read, &scanned));
		ck_assert(dp_ranges_equal(&read, &any));
		ck_assert_int_eq(read.truncated, scanned.truncated);
	}
	dp_pagemap_deinit(&pm);
}
END_TEST

START_TEST(touch_counts_faults)
{
	struct dp_observation o = { 0 };
	struct dp_touch t = { 0 };
	char *p = dp_file(4, 0);

	ck_assert_int_eq(dp_sigbus_install(&o), 0);
	ck_assert_int_eq(dp_touch_selftest(), 0);
	dp_touch(p + PAGE, true, &t);
	ck_assert_int_ge(t.faults, 1);
	ck_assert_int_eq(t.signal, -1);
	dp_touch(p + PAGE, true, &t);
	ck_assert_int_eq(t.faults, 0);
	ck_assert_int_eq(madvise(p + PAGE, PAGE, MADV_DONTNEED), 0);
	dp_touch(p + PAGE, false, &t);
	ck_assert_int_eq(t.faults, 1);
}
END_TEST

/* A page fault that is not the place's own must not be counted as one. */
START_TEST(touch_counts_no_other_fault)
{
	char *p = dp_anon(1), *room = dp_anon(2);
	struct dp_touch *t;
	int status, strays = 0;
	pid_t pid;

	*p = 1;
	/* The answer goes to two pages that nobody touched yet. */
	t = (struct dp_touch *)(room + PAGE - offsetof(struct dp_touch, signal));
	dp_touch(p, false, t);
	ck_assert_int_eq(t->faults, 0);
	/* After a fork all that we write to is copied first: code that touches
	 * has pages of its own, and they are not the place. */
	for (int i = 0; i < 20; i++) {
		pid = fork();
		if (!pid) {
			struct dp_touch in_child;

			dp_touch(p, false, &in_child);
			_exit(in_child.faults);
		}
		dp_touch(p, false, t);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		strays += t->faults || status;
	}
	/* Every fork would show; that the kernel moves a page of ours just then
	 * may happen once, where memory is busy. */
	ck_assert_int_le(strays, 1);
}
END_TEST

START_TEST(touch_changes_nothing)
{
	struct dp_observation o = { 0 };
	struct dp_touch t = { 0 };
	char *p = dp_file(1, 0);

	ck_assert_int_eq(dp_sigbus_install(&o), 0);
	p[7] = 'x';
	dp_touch(p + 7, true, &t);
	ck_assert(t.write);
	ck_assert_int_eq(p[7], 'x');
}
END_TEST

START_TEST(touch_survives_sigbus)
{
	struct dp_observation o = { .step = DP_STEP_TOUCH };
	struct dp_touch t = { 0 };
	char *p = dp_file(1, 1);

	ck_assert_int_eq(dp_sigbus_install(&o), 0);
	/* Again and again: the signal must not stay blocked. */
	for (int i = 0; i < 3; i++) {
		dp_touch(p + PAGE + 5, i == 1, &t);
		ck_assert_int_eq(t.signal, i);
	}
	ck_assert_uint_eq(o.n_signals, 3);
	ck_assert_int_eq(o.signals[0].code, BUS_ADRERR);
	ck_assert_int_eq(o.signals[0].step, DP_STEP_TOUCH);
	ck_assert_uint_eq(dp_align_down(o.signals[0].addr, PAGE),
			  (uintptr_t)p + PAGE);
	ck_assert_int_eq(o.signals[0].tid, getpid());
	/* More than can be kept are counted. */
	for (int i = 0; i < 2 * DP_SIGNALS_MAX; i++)
		dp_touch(p + PAGE, false, &t);
	ck_assert_uint_eq(o.n_signals, 3 + 2 * DP_SIGNALS_MAX);
	ck_assert_int_ge(t.signal, DP_SIGNALS_MAX);
}
END_TEST

START_TEST(area_is_aligned)
{
	static const uint64_t aligns[] = { 4096, 2 * DP_MIB, DP_GIB };

	for (size_t i = 0; i < ARRAY_SIZE(aligns); i++) {
		struct dp_area a;

		ck_assert_int_eq(dp_area_init(&a, 3 * aligns[i], aligns[i]), 0);
		ck_assert(dp_is_aligned((uintptr_t)a.start, aligns[i]));
		ck_assert_uint_ge(a.start - a.base, aligns[i]);
		ck_assert(a.base + a.reserved >=
			  a.start + a.length + aligns[i]);
		dp_area_deinit(&a);
	}
	ck_assert_int_eq(dp_area_init(&(struct dp_area){ 0 }, UINT64_MAX - 4096,
				      4096), -ENOMEM);
}
END_TEST

static struct dp_case dp_contents_case(const struct dp_target *t,
				       uint64_t unit, uint64_t units,
				       uint64_t poison)
{
	struct dp_case c = {
		.target = t,
		.page = PAGE,
		.unit = unit,
		.map = { 0, units * unit },
		.poison = { poison, PAGE },
	};

	return c;
}

static struct dp_record *dp_new_record(void)
{
	struct dp_record *r;

	r = mmap(NULL, dp_record_size(PAGE), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(r, MAP_FAILED);
	r->page = PAGE;
	return r;
}

START_TEST(contents_notice_one_byte)
{
	struct dp_target target = { 0 };
	struct dp_case c = dp_contents_case(&target, 64 * PAGE, 3, 70 * PAGE);
	struct dp_observation o = { 0 };
	struct dp_data clean = { 0 }, dirty = { 0 };
	struct dp_contents ct;
	char *p = dp_file(192, 0);

	ck_assert_int_eq(dp_sigbus_install(&o), 0);
	for (int i = 0; i < 192; i++)
		memset(p + i * PAGE, i, PAGE);
	ck_assert_int_eq(dp_contents_init(&ct, &c, p, dp_new_record()), 0);
	ck_assert_int_eq(dp_contents_fill(&ct), 0);
	ck_assert_int_ne(memcmp(p + 64 * PAGE, p + 65 * PAGE, PAGE), 0);
	dp_contents_compare(&ct, &clean);
	ck_assert_uint_eq(clean.pages_changed, 0);
	ck_assert_uint_ge(clean.pages_compared, 63);
	ck_assert(clean.poisoned_compared && !clean.poisoned_changed);
	p[71 * PAGE + 4095] ^= 1;
	p[70 * PAGE] ^= 1;
	dp_contents_compare(&ct, &dirty);
	ck_assert_uint_eq(dirty.pages_changed, 1);
	ck_assert_uint_eq(dirty.first_changed, 71 * PAGE);
	ck_assert(dirty.poisoned_changed);
	ck_assert_int_eq(dp_contents_restore(&ct), 0);
	munmap(ct.saved, dp_record_size(PAGE));
	for (int i = 0; i < 192; i++)
		for (uint64_t j = 0; j < PAGE; j++)
			ck_assert_int_eq((unsigned char)p[i * PAGE + j], i);
}
END_TEST

/* Of most pages a line is filled and compared, and nothing else is written. */
START_TEST(contents_know_each_page_by_a_line)
{
	struct dp_target target = { 0 };
	struct dp_case c = dp_contents_case(&target, 64 * PAGE, 3, 70 * PAGE);
	struct dp_observation o = { 0 };
	struct dp_data data = { 0 };
	struct dp_contents ct;
	char *p = dp_file(192, 0);
	uint64_t line;

	ck_assert_int_eq(dp_sigbus_install(&o), 0);
	ck_assert_int_eq(dp_contents_init(&ct, &c, p, dp_new_record()), 0);
	ck_assert_uint_eq(ct.saved->n_lines, 64);
	ck_assert_uint_eq(ct.saved->lined, 64 * PAGE);
	ck_assert_int_eq(dp_contents_fill(&ct), 0);
	/* The 100th is at no distance that is a power of two, nor an edge. */
	line = dp_record_line(ct.saved, 36);
	ck_assert_uint_eq(dp_align_down(line, PAGE), 100 * PAGE);
	for (uint64_t i = 0; i < PAGE; i++) {
		uint64_t at = 100 * PAGE + i;

		if (at - line >= DP_RECORD_LINE)
			ck_assert_int_eq(p[at], 0);
	}
	dp_contents_compare(&ct, &data);
	ck_assert_uint_eq(data.pages_changed, 0);
	/* But its neighbours and the edges of the unit, which are whole. */
	ck_assert_uint_eq(data.lines_compared, 64 - 5);
	ck_assert_uint_eq(data.pages_compared + 1, dp_record_pages(ct.saved));
	p[line + DP_RECORD_LINE - 1] ^= 1;
	data = (struct dp_data){ 0 };
	dp_contents_compare(&ct, &data);
	ck_assert_uint_eq(data.pages_changed, 1);
	ck_assert_uint_eq(data.first_changed, 100 * PAGE);
	ck_assert(!data.poisoned_changed);
	/* Of a file all of the unit, as nothing is written. */
	target.kind = DP_KIND_FSDAX;
	ck_assert_int_eq(dp_contents_init(&ct, &c, p, dp_new_record()), 0);
	ck_assert_uint_eq(ct.saved->n_lines, 0);
	ck_assert_uint_ge(ct.saved->n, 64);
}
END_TEST

/* What cannot be read has changed, and the rest is looked at all the same. */
START_TEST(contents_go_on_behind_a_signal)
{
	struct dp_target target = { 0 };
	struct dp_case c = dp_contents_case(&target, 64 * PAGE, 1, 0);
	struct dp_observation o = { 0 };
	struct dp_data data = { 0 };
	struct dp_contents ct;
	int fd = memfd_create("dp-test", MFD_CLOEXEC);
	char *p;

	ck_assert_int_eq(ftruncate(fd, 64 * PAGE), 0);
	p = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(p, MAP_FAILED);
	ck_assert_int_eq(dp_sigbus_install(&o), 0);
	ck_assert_int_eq(dp_contents_init(&ct, &c, p, dp_new_record()), 0);
	ck_assert_int_eq(dp_contents_fill(&ct), 0);
	ck_assert_int_eq(ftruncate(fd, 40 * PAGE), 0);
	dp_contents_compare(&ct, &data);
	ck_assert_uint_eq(data.pages_changed, 24);
	ck_assert_uint_eq(data.first_changed, 40 * PAGE);
	ck_assert_int_eq(dp_contents_restore(&ct), -EIO);
	for (uint64_t i = 0; i < 40 * PAGE; i++)
		ck_assert_int_eq(p[i], 0);
	munmap(p, 64 * PAGE);
	close(fd);
}
END_TEST

/* Two pages that changed places are not what they were. */
START_TEST(contents_notice_swapped_pages)
{
	struct dp_target target = { 0 };
	struct dp_case c = dp_contents_case(&target, 16 * PAGE, 1, 0);
	struct dp_observation o = { 0 };
	struct dp_data data = { 0 };
	struct dp_contents ct;
	char *p = dp_file(16, 0), *spare = dp_anon(1);

	ck_assert_int_eq(dp_sigbus_install(&o), 0);
	ck_assert_int_eq(dp_contents_init(&ct, &c, p, dp_new_record()), 0);
	ck_assert_int_eq(dp_contents_fill(&ct), 0);
	memcpy(spare, p + 4 * PAGE, PAGE);
	memcpy(p + 4 * PAGE, p + 5 * PAGE, PAGE);
	memcpy(p + 5 * PAGE, spare, PAGE);
	dp_contents_compare(&ct, &data);
	ck_assert_uint_eq(data.pages_changed, 2);
	munmap(ct.saved, dp_record_size(PAGE));
}
END_TEST

/* However large the mapping, what is taken of it is bounded, and holds the
 * pages that matter. */
START_TEST(contents_are_bounded)
{
	static const uint64_t units[] = { 4096, 2 * DP_MIB, DP_GIB };

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		struct dp_target target = { 0 };
		struct dp_case c = dp_contents_case(&target, units[i],
						    8 * DP_GIB / units[i],
						    4 * DP_GIB);
		struct dp_observation o = { 0 };
		struct dp_contents ct;
		bool poison = false, last = false;
		char *p;

		p = mmap(NULL, 8 * DP_GIB, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		ck_assert_ptr_ne(p, MAP_FAILED);
		ck_assert_int_eq(dp_sigbus_install(&o), 0);
		ck_assert_int_eq(dp_contents_init(&ct, &c, p, dp_new_record()), 0);
		ck_assert_uint_le(ct.saved->n, DP_RECORD_PAGES);
		ck_assert_uint_gt(ct.saved->n, 20);
		for (uint32_t k = 0; k < ct.saved->n; k++) {
			poison |= ct.saved->offsets[k] == c.poison.offset;
			last |= ct.saved->offsets[k] ==
				dp_range_end(dp_case_unit_at(&c, 4 * DP_GIB)) -
					PAGE;
			if (k)
				ck_assert_uint_gt(ct.saved->offsets[k],
						  ct.saved->offsets[k - 1]);
		}
		ck_assert(poison && last);
		munmap(ct.saved, dp_record_size(PAGE));
		munmap(p, 8 * DP_GIB);
	}
}
END_TEST

/* An injector that dies with patterns in the place of contents. */
START_TEST(contents_are_rescued)
{
	struct dp_target target = { 0 };
	struct dp_case c = dp_contents_case(&target, 16 * PAGE, 3, 20 * PAGE);
	struct dp_record *saved = dp_new_record();
	int fd = memfd_create("dp-test", MFD_CLOEXEC), status;
	struct dp_observation o = { 0 };
	struct dp_contents ct;
	char *p;

	ck_assert_int_eq(ftruncate(fd, 48 * PAGE), 0);
	snprintf(target.path, sizeof(target.path), "/proc/self/fd/%d", fd);
	p = mmap(NULL, 48 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	for (uint64_t i = 0; i < 48 * PAGE; i++)
		p[i] = i / 7;
	ck_assert_int_eq(dp_record_rescue(saved, &c), 0);
	if (!fork()) {
		dp_sigbus_install(&o);
		dp_contents_init(&ct, &c, p, saved);
		dp_contents_fill(&ct);
		kill(getpid(), SIGKILL);
	}
	ck_assert_int_gt(wait(&status), 0);
	ck_assert(WIFSIGNALED(status) && saved->state == DP_RECORD_DIRTY);
	ck_assert_int_ne(p[20 * PAGE + 5], (char)((20 * PAGE + 5) / 7));
	ck_assert_int_eq(dp_record_rescue(saved, &c), 0);
	ck_assert_int_eq(saved->state, DP_RECORD_CLEAN);
	for (uint64_t i = 0; i < 48 * PAGE; i++)
		ck_assert_int_eq(p[i], (char)(i / 7));
	/* A target that is gone is said to be. */
	saved->state = DP_RECORD_DIRTY;
	snprintf(target.path, sizeof(target.path), "/nonexistent");
	ck_assert_int_eq(dp_record_rescue(saved, &c), -ENOENT);
	munmap(saved, dp_record_size(PAGE));
}
END_TEST

static void dp_body_ends(const struct dp_part *part)
{
	dp_enter(part->o, DP_STEP_DONE);
}

static void dp_body_dies(const struct dp_part *part)
{
	dp_enter(part->o, DP_STEP_INJECT);
	part->o->injected = true;
	kill(getpid(), SIGKILL);
}

static void dp_body_hangs(const struct dp_part *part)
{
	dp_enter(part->o, DP_STEP_OBSERVE);
	for (;;)
		pause();
}

static void dp_body_gives_up(const struct dp_part *part)
{
	dp_enter(part->o, DP_STEP_MAP);
	dp_give_up(part->o, -ENOMEM);
	dp_enter(part->o, DP_STEP_DONE);
}

static void dp_cast(struct dp_scene *s, const struct dp_case *c,
		    unsigned int timeout,
		    void (*injector)(const struct dp_part *),
		    void (*bystander)(const struct dp_part *))
{
	struct dp_cast_bodies bodies = {
		.injector = injector,
		.bystander = bystander,
	};

	ck_assert_int_eq(dp_cast_run(c, s, NULL, timeout, &bodies, NULL), 0);
	/* Nobody is left. */
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}

START_TEST(ends_are_observed)
{
	struct dp_scene *s = dp_scene_new();
	struct dp_observation *o = &s->at[0];
	struct dp_case c = { 0 };

	dp_cast(s, &c, 10, dp_body_ends, NULL);
	ck_assert_int_eq(o->end, DP_END_EXITED);
	ck_assert_int_eq(o->step, DP_STEP_DONE);
	dp_cast(s, &c, 10, dp_body_dies, NULL);
	ck_assert_int_eq(o->end, DP_END_KILLED);
	ck_assert_int_eq(o->end_detail, SIGKILL);
	ck_assert_int_eq(o->step, DP_STEP_INJECT);
	ck_assert(o->injected);
	dp_cast(s, &c, 1, dp_body_hangs, NULL);
	ck_assert_int_eq(o->end, DP_END_TIMEOUT);
	ck_assert_int_eq(o->step, DP_STEP_OBSERVE);
	dp_cast(s, &c, 10, dp_body_gives_up, NULL);
	ck_assert_int_eq(o->error, -ENOMEM);
	ck_assert_int_eq(o->failed_at, DP_STEP_MAP);
	/* Nothing of an earlier run may show in a later one. */
	ck_assert(!o->injected);
	dp_scene_free(s);
}
END_TEST

/* Each stage is reached by all before the next begins for any. */
static void dp_body_plays(const struct dp_part *part)
{
	dp_enter(part->o, DP_STEP_BASELINE);
	dp_part_wait(part);
	dp_enter(part->o, DP_STEP_INJECT);
	if (!part->bystander)
		dp_part_wait(part);
	dp_enter(part->o, DP_STEP_OBSERVE);
	dp_part_wait(part);
	dp_enter(part->o, DP_STEP_DONE);
}

START_TEST(all_act_on_cue)
{
	struct dp_bystander list[DP_BYSTANDERS_MAX];
	struct dp_scene *s = dp_scene_new();
	struct dp_case c = { .bystanders = list };

	ck_assert_int_eq(dp_bystander_parse("late*31", list,
					    &c.n_bystanders, NULL), 0);
	ck_assert_int_eq(dp_bystander_parse("late,after*32", list,
					    &c.n_bystanders, NULL), 0);
	dp_cast(s, &c, 30, dp_body_plays, dp_body_plays);
	for (uint32_t i = 1; i < s->n; i++) {
		const struct dp_observation *o = &s->at[i];
		bool after = c.bystanders[i - 1].after;

		ck_assert_int_eq(o->step, DP_STEP_DONE);
		ck_assert_int_eq(o->end, DP_END_EXITED);
		/* Ready before the injection; looking only after it. */
		ck_assert(o->began[DP_STEP_BASELINE] <
			  s->at[0].began[DP_STEP_INJECT]);
		ck_assert(o->began[DP_STEP_OBSERVE] >
			  s->at[0].began[DP_STEP_INJECT]);
		ck_assert((o->began[DP_STEP_BASELINE] >
			   s->at[0].began[DP_STEP_BASELINE]) == after);
		ck_assert(o->began[DP_STEP_DONE] >
			  s->at[0].began[DP_STEP_OBSERVE]);
	}
	dp_scene_free(s);
}
END_TEST

/* One that dies or hangs does not hold up the others. */
START_TEST(others_go_on)
{
	struct dp_bystander list[DP_BYSTANDERS_MAX];
	struct dp_scene *s = dp_scene_new();
	struct dp_case c = { .bystanders = list };

	ck_assert_int_eq(dp_bystander_parse("late*2", list,
					    &c.n_bystanders, NULL), 0);
	dp_cast(s, &c, 10, dp_body_plays, dp_body_dies);
	ck_assert_int_eq(s->at[0].step, DP_STEP_DONE);
	ck_assert_int_eq(s->at[1].end, DP_END_KILLED);
	dp_cast(s, &c, 10, dp_body_dies, dp_body_plays);
	ck_assert_int_eq(s->at[1].step, DP_STEP_DONE);
	/* Who hangs is killed; who does not comes to its end all the same. */
	c.n_bystanders = 1;
	dp_cast(s, &c, 1, dp_body_plays, dp_body_hangs);
	ck_assert_int_eq(s->at[1].end, DP_END_TIMEOUT);
	ck_assert_int_eq(s->at[0].end, DP_END_EXITED);
	ck_assert_int_eq(s->at[0].step, DP_STEP_DONE);
	dp_scene_free(s);
}
END_TEST

/* Several at once, each with its own answer. */
START_TEST(touch_counts_each_by_itself)
{
	struct dp_observation o = { 0 };
	struct dp_touch t[5] = { 0 };
	char *p = dp_file(3, 2);
	volatile char *places[] = { p, p + 1, p + 4 * PAGE, p + 2 * PAGE, p };

	ck_assert_int_eq(dp_sigbus_install(&o), 0);
	ck_assert_int_eq(dp_touch_selftest(), 0);
	/* A memory file's pages are mapped one by one if never written. */
	dp_touch_each(places, 5, true, t);
	ck_assert_int_eq(t[0].faults, 1);
	ck_assert_int_eq(t[1].faults, 0);
	ck_assert_int_eq(t[2].signal, 0);
	ck_assert_int_eq(t[3].faults, 1);
	ck_assert_int_eq(t[4].faults, 0);
	ck_assert(t[0].write && t[0].signal < 0 && t[3].signal < 0);
	/* Together; and no further than the signal. */
	p = dp_anon(8);
	dp_touch_steps(p, 2 * PAGE, 4, t);
	ck_assert_int_eq(t->faults, 4);
	ck_assert_int_eq(t->signal, -1);
	dp_touch_steps(p, PAGE, 8, t);
	ck_assert_int_eq(t->faults, 4);
	p = dp_file(3, 5);
	dp_touch_steps(p, PAGE, 8, t);
	ck_assert_int_eq(t->signal, 1);
	ck_assert_int_eq(o.n_signals, 2);
}
END_TEST

UNIT_SUITE("observe", &pagemap_sees_what_is_there, &pagemap_in_chunks,
	   &pagemap_both_ways_agree, &touch_counts_each_by_itself,
	   &touch_counts_faults, &touch_counts_no_other_fault,
	   &touch_changes_nothing, &touch_survives_sigbus,
	   &area_is_aligned, &contents_notice_one_byte,
	   &contents_notice_swapped_pages,
	   &contents_know_each_page_by_a_line,
	   &contents_go_on_behind_a_signal, &contents_are_bounded,
	   &contents_are_rescued,
	   &ends_are_observed, &all_act_on_cue, &others_go_on)
