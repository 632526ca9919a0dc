/* SPDX-License-Identifier: GPL-2.0-only */
/* What the injector of a series looks at, touches and compares when all have been
 * injected, each in both directions. Pages of ordinary memory can be taken from a
 * mapping as poison takes those of a device; a touch brings pages back. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

#include "run/contents.h"
#include "run/series-parts.h"
#include "sys/pagemap.h"
#include "sys/sigbus.h"
#include "unit.h"

#define PAGE ((uint64_t)sysconf(_SC_PAGESIZE))
#define CASES 40
/* Of the target; where the mapping begins. */
#define BASE (64 * PAGE)

/* Some cases in their mapping, all of which is there. */
static struct dp_target dp_a_target;
static struct dp_series *dp_a_series;
static struct dp_observation dp_seen;
static struct dp_looker dp_a_looker;
static struct dp_pagemap dp_a_pagemap;
static char *dp_at;

static char *dp_mapped(uint64_t offset)
{
	return dp_at + (offset - BASE);
}

/* Cases `by` units apart, which map a unit on either side. */
static void dp_given_cases(uint64_t unit, uint64_t by, uint32_t n,
			   uint64_t poison)
{
	struct dp_case c = {
		.type = DP_CASE_POISON,
		.target = &dp_a_target,
		.observer = DP_OBSERVER_PAGEMAP,
		.access = DP_ACCESS_READ,
		.page = PAGE,
		.unit = unit,
		.map = { BASE, 3 * unit },
		.poison = { BASE + unit + poison, PAGE },
		.first_fault = BASE + unit + poison,
	};
	struct dp_series *s = dp_series_new();
	struct dp_observation *like = &s->pattern.seen;
	uint64_t length;

	dp_a_series = s;
	dp_a_target = (struct dp_target){ .kind = DP_KIND_DEVDAX };
	s->cases = dp_series_of(&c, by * unit, n);
	ck_assert_uint_eq(s->cases.n, n);
	s->wide = dp_series_wide(&s->cases);
	s->done = n;
	s->pattern.c = c;
	like->view.unit = unit;
	like->view.unmapped.n = 1;
	like->view.unmapped.at[0] = (struct dp_range){ BASE + unit, unit };
	like->n_touches = 3;
	like->touches[0] = (struct dp_touch){ c.poison.offset, false, 1, -1 };
	like->touches[1] = (struct dp_touch){ BASE + unit - 1, false, 0, -1 };
	like->touches[2] = (struct dp_touch){ BASE + 2 * unit, false, 0, -1 };
	length = s->wide.map.length;
	dp_a_target.size = BASE + length;
	dp_at = mmap(NULL, length, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(dp_at, MAP_FAILED);
	madvise(dp_at, length, MADV_NOHUGEPAGE);
	for (uint64_t i = 0; i < length / sizeof(uint64_t); i++)
		((uint64_t *)dp_at)[i] = i * 3;
	s->start = (uintptr_t)dp_at;
	ck_assert_int_eq(dp_pagemap_init(&dp_a_pagemap, PAGE), 0);
	dp_seen = (struct dp_observation){ 0 };
	dp_a_looker = (struct dp_looker){ .c = &s->wide, .o = &dp_seen,
					  .pagemap = &dp_a_pagemap };
	dp_series_view(s, &dp_a_looker, &s->wide);
	ck_assert_int_eq(dp_sigbus_install(&dp_seen), 0);
}

static bool dp_is_as_given(void)
{
	uint64_t n = dp_a_series->wide.map.length / sizeof(uint64_t), i = 0;

	while (i < n && ((uint64_t *)dp_at)[i] == i * 3)
		i++;
	return i == n;
}

static void dp_done(void)
{
	munmap(dp_at, dp_a_series->wide.map.length);
	dp_pagemap_deinit(&dp_a_pagemap);
	dp_series_free(dp_a_series);
}

static void dp_lose(uint64_t offset, uint64_t length)
{
	ck_assert_int_eq(madvise(dp_mapped(offset), length, MADV_DONTNEED), 0);
}

/* A page that raises SIGBUS: behind the end of its file. */
static void dp_make_unreadable(uint64_t offset)
{
	ck_assert_ptr_ne(mmap(dp_mapped(offset), PAGE, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_FIXED,
			      memfd_create("dp-test", MFD_CLOEXEC), 0),
			 MAP_FAILED);
}

static struct dp_range dp_unit_of(uint32_t i)
{
	const struct dp_case c = dp_series_case(&dp_a_series->cases, i);

	return dp_case_unit_at(&c, c.poison.offset);
}

/* Each of the first ones loses what it should. */
static void dp_lose_first(uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		dp_lose(dp_unit_of(i).offset, dp_unit_of(i).length);
}

static void dp_lose_all(void)
{
	dp_lose_first(dp_a_series->cases.n);
}

START_TEST(only_what_is_lost_elsewhere_is_seen)
{
	static const uint64_t units[] = { 1, 4 };
	const struct dp_ranges *gone = &dp_seen.view.unmapped;

	for (size_t u = 0; u < ARRAY_SIZE(units); u++) {
		for (uint64_t by = 1; by <= 3; by++) {
			uint32_t lane = by == 1 ? CASES / 2 : CASES;
			struct dp_range last;

			dp_given_cases(units[u] * PAGE, by, CASES, 0);
			/* The last one is looked after now, not done. */
			dp_a_series->done = lane - 1;
			last = dp_unit_of(lane - 1);
			dp_lose_first(lane);
			ck_assert_int_eq(dp_series_look(dp_a_series, &dp_a_looker),
					 0);
			ck_assert(!gone->truncated);
			ck_assert_uint_eq(gone->n, 1);
			ck_assert_uint_eq(gone->at[0].offset, last.offset);
			ck_assert_uint_eq(gone->at[0].length, last.length);
			/* The first page of all, one in the middle, the last. */
			dp_lose(BASE, PAGE);
			dp_lose(dp_range_end(dp_unit_of(17)), PAGE);
			dp_lose(dp_range_end(dp_a_series->wide.map) - PAGE, PAGE);
			ck_assert_int_eq(dp_series_look(dp_a_series, &dp_a_looker),
					 0);
			ck_assert_uint_eq(gone->n, units[u] == 1 && by > 1
							    ? 3 : 4);
			ck_assert_uint_eq(gone->at[0].offset, BASE);
			ck_assert_uint_eq(gone->at[0].length, PAGE);
			ck_assert_uint_eq(gone->at[1].offset,
					  dp_range_end(dp_unit_of(17)));
			ck_assert_uint_eq(dp_ranges_total(gone),
					  last.length + 3 * PAGE);
			/* It is there all the same. */
			dp_done();
			dp_given_cases(units[u] * PAGE, by, CASES, 0);
			ck_assert_int_eq(dp_series_look(dp_a_series, &dp_a_looker),
					 0);
			ck_assert_uint_eq(gone->n, 0);
			dp_done();
		}
	}
}
END_TEST

static uint32_t dp_count_odd(void)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < CASES; i++)
		n += dp_a_series->odd[i];
	return n;
}

/* Of two lanes, in the second: what the first one lost was touched again. */
START_TEST(each_lane_is_looked_at_by_itself)
{
	const struct dp_ranges *gone = &dp_seen.view.unmapped;

	dp_given_cases(PAGE, 1, CASES, 0);
	dp_a_series->touched = CASES / 2;
	dp_a_series->done = CASES - 1;
	for (uint32_t i = CASES / 2; i < CASES; i++)
		dp_lose(dp_unit_of(i).offset, PAGE);
	ck_assert_int_eq(dp_series_look(dp_a_series, &dp_a_looker), 0);
	ck_assert_uint_eq(gone->n, 1);
	ck_assert_uint_eq(gone->at[0].offset, dp_unit_of(CASES - 1).offset);
	ck_assert_uint_eq(gone->at[0].length, PAGE);
	/* One of the first was not, after all. */
	dp_lose(dp_unit_of(3).offset, PAGE);
	ck_assert_int_eq(dp_series_look(dp_a_series, &dp_a_looker), 0);
	ck_assert_uint_eq(gone->n, 2);
	ck_assert_uint_eq(gone->at[0].offset, dp_unit_of(3).offset);
	/* Touched are those of the second lane. */
	dp_lose(dp_unit_of(CASES - 1).offset, PAGE);
	dp_a_series->done = CASES;
	ck_assert_int_eq(dp_series_touch(dp_a_series, &dp_a_looker), 0);
	ck_assert_uint_eq(dp_a_series->touched, CASES);
	for (uint32_t i = 0; i < CASES; i++)
		/* The one that lies beside what is missing. */
		ck_assert_int_eq(dp_a_series->odd[i],
				 dp_series_place(&dp_a_series->cases, i) == 5);
	dp_done();
}
END_TEST

START_TEST(touching_counts_the_faults_of_each)
{
	const struct dp_touched *t;

	dp_given_cases(PAGE, 2, CASES, 0);
	dp_lose_all();
	ck_assert_int_eq(dp_series_touch(dp_a_series, &dp_a_looker), 0);
	ck_assert(!dp_a_series->touching);
	ck_assert_uint_eq(dp_a_series->touched, CASES);
	ck_assert_uint_eq(dp_count_odd(), 0);
	/* What was seen of the last case is as it was. */
	ck_assert_ptr_eq(dp_a_looker.o, &dp_seen);
	ck_assert_uint_eq(dp_seen.n_touches, 0);
	dp_done();

	/* One was there; a page beside another was not, which the one behind it
	 * finds as that left it. */
	dp_given_cases(PAGE, 2, CASES, 0);
	dp_lose_all();
	*(volatile char *)dp_mapped(dp_unit_of(5).offset) = 1;
	dp_lose(dp_range_end(dp_unit_of(20)), PAGE);
	ck_assert_int_eq(dp_series_touch(dp_a_series, &dp_a_looker), 0);
	ck_assert_uint_eq(dp_a_series->touched, CASES);
	ck_assert_uint_eq(dp_count_odd(), 2);
	ck_assert(dp_a_series->odd[5] && dp_a_series->odd[20]);
	t = &dp_a_series->touches[5];
	ck_assert_uint_eq(t->n_touches, 3);
	ck_assert_uint_eq(t->n_signals, 0);
	ck_assert_uint_eq(t->touches[0].offset, dp_unit_of(5).offset);
	ck_assert_int_eq(t->touches[0].faults, 0);
	t = &dp_a_series->touches[20];
	ck_assert_int_eq(t->touches[0].faults, 1);
	ck_assert_int_eq(t->touches[1].faults, 1);
	dp_done();
}
END_TEST

/* Before another lane begins, all that the first one lost is there. */
START_TEST(a_lane_begins_where_all_is_there)
{
	dp_given_cases(4 * PAGE, 1, CASES, 0);
	dp_a_series->done = CASES / 2;
	dp_lose_first(CASES / 2);
	/* Touching brings back a page of each, not the unit. */
	ck_assert(!dp_series_is_whole(dp_a_series, &dp_a_looker));
	ck_assert_int_eq(dp_series_touch(dp_a_series, &dp_a_looker), 0);
	ck_assert_uint_eq(dp_count_odd(), 0);
	ck_assert(!dp_series_is_whole(dp_a_series, &dp_a_looker));
	for (uint64_t i = 0; i < dp_a_series->wide.map.length; i += PAGE)
		*(volatile char *)(dp_at + i) = 1;
	ck_assert(dp_series_is_whole(dp_a_series, &dp_a_looker));
	dp_lose(dp_range_end(dp_a_series->wide.map) - PAGE, PAGE);
	ck_assert(!dp_series_is_whole(dp_a_series, &dp_a_looker));
	/* What was seen of the last case is as it was. */
	ck_assert_ptr_eq(dp_a_looker.o, &dp_seen);
	ck_assert_uint_eq(dp_seen.view.unmapped.n, 0);
	dp_done();
}
END_TEST

START_TEST(touching_goes_on_behind_a_signal)
{
	const struct dp_touched *t;

	dp_given_cases(PAGE, 2, CASES, 0);
	dp_lose_all();
	dp_make_unreadable(dp_unit_of(7).offset);
	ck_assert_int_eq(dp_series_touch(dp_a_series, &dp_a_looker), 0);
	ck_assert_uint_eq(dp_count_odd(), 1);
	t = &dp_a_series->touches[7];
	ck_assert_uint_eq(t->n_touches, 3);
	ck_assert_int_eq(t->touches[0].signal, 0);
	ck_assert_int_eq(t->touches[1].signal, -1);
	ck_assert_uint_eq(t->n_signals, 1);
	ck_assert_uint_eq(t->signals[0].addr,
			  (uintptr_t)dp_mapped(dp_unit_of(7).offset));
	ck_assert_int_eq(t->signals[0].step, DP_STEP_TOUCH);
	ck_assert_uint_eq(dp_seen.n_signals, 0);
	dp_done();
}
END_TEST

static struct dp_record *dp_new_record(void)
{
	struct dp_record *r;

	r = mmap(NULL, dp_record_size(PAGE), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(r, MAP_FAILED);
	memcpy(r->magic, DP_RECORD_MAGIC, sizeof(r->magic));
	r->page = PAGE;
	return r;
}

/* Contents saved, filled, and summed up. */
static struct dp_sums dp_the_sums;

static struct dp_contents dp_taken(void)
{
	const struct dp_series *s = dp_a_series;
	struct dp_contents ct;

	ck_assert_int_eq(dp_contents_init_series(&ct, &s->wide, &s->cases, dp_at,
						 dp_new_record()), 0);
	ck_assert_int_eq(dp_contents_fill(&ct), 0);
	ck_assert_int_eq(dp_sums_take(&dp_the_sums, &s->cases, s->wide.map,
				      dp_at), 0);
	return ct;
}

static struct dp_data dp_data_of_case(struct dp_contents *ct, uint32_t i)
{
	struct dp_case c = dp_series_case(&dp_a_series->cases, i);
	struct dp_differs differs = { 0 };
	struct dp_data data = { 0 };

	dp_contents_differ(ct, &differs);
	dp_sums_compare(&dp_the_sums, dp_a_series->wide.map, dp_at, PAGE);
	dp_contents_of_case(ct->saved, &differs, &dp_the_sums, &c, &data);
	return data;
}

/* Wherever in its unit the page is, and up to the target's very end: the record can
 * be read again, and of each case the pages on either side are compared. */
START_TEST(contents_of_each_case_are_taken)
{
	for (uint64_t unit = 1; unit <= 8; unit *= 8) {
		for (uint64_t at = 0; at < 3 * unit; at++) {
			uint64_t poison = at % unit, by = 1 + at / unit;
			struct dp_why why = { "" };
			struct dp_contents ct;
			struct dp_data d;

			dp_given_cases(unit * PAGE, by, CASES, poison * PAGE);
			ct = dp_taken();
			ck_assert(!dp_is_as_given());
			ct.saved->size = dp_a_target.size;
			ck_assert_msg(!dp_record_check(ct.saved,
						       dp_record_size(PAGE),
						       &why),
				      "unit of %u, page %u: %s", (int)unit,
				      (int)poison, why.text);
			for (uint32_t i = 0; i < CASES; i++) {
				d = dp_data_of_case(&ct, i);
				ck_assert_int_eq(d.poisoned_compared, unit == 1);
				ck_assert_uint_ge(d.pages_compared -
							  d.lines_compared,
						  unit == 1 ? 2 : 1);
				ck_assert_uint_eq(d.pages_changed, 0);
				ck_assert(!d.poisoned_changed);
			}
			ck_assert_int_eq(dp_contents_restore(&ct), 0);
			ck_assert(dp_is_as_given());
			munmap(ct.saved, dp_record_size(PAGE));
			dp_done();
		}
	}
}
END_TEST

/* Beside each page that is hit, a bit at the end of the page: on both sides, if units
 * are pages, else on one in turn. */
START_TEST(one_bit_counts_for_who_maps_it)
{
	for (uint64_t unit = 1; unit <= 8; unit *= 8) {
		struct dp_contents ct;

		dp_given_cases(unit * PAGE, 2, CASES, (unit - 1) / 2 * PAGE);
		ct = dp_taken();
		for (uint32_t i = 0; i < 2 * CASES; i++) {
			struct dp_case c = dp_series_case(&dp_a_series->cases,
							  i / 2);
			uint64_t page = i % 2 ? dp_range_end(c.poison)
					      : c.poison.offset - PAGE;
			bool seen = unit == 1 || i % 2 != i / 4 % 2;

			*dp_mapped(page + PAGE - 1) ^= 0x80;
			for (uint32_t k = 0; k < CASES; k++) {
				struct dp_data d = dp_data_of_case(&ct, k);
				struct dp_case one = dp_series_case(
					&dp_a_series->cases, k);
				bool maps = seen && dp_range_contains(
					one.map, (struct dp_range){ page, 1 });

				ck_assert_uint_eq(d.pages_changed, maps);
				ck_assert(!d.poisoned_changed);
				if (maps)
					ck_assert_uint_eq(d.first_changed, page);
			}
			*dp_mapped(page + PAGE - 1) ^= 0x80;
			memset(dp_the_sums.differs, 0,
			       sizeof(dp_the_sums.differs));
		}
		munmap(ct.saved, dp_record_size(PAGE));
		dp_done();
	}
}
END_TEST

/* The page that is hit is promised nothing. */
START_TEST(the_poisoned_page_is_no_neighbour)
{
	struct dp_contents ct;

	dp_given_cases(PAGE, 2, CASES, 0);
	ct = dp_taken();
	*dp_mapped(dp_unit_of(28).offset) ^= 1;
	for (uint32_t i = 0; i < CASES; i++) {
		struct dp_data d = dp_data_of_case(&ct, i);

		ck_assert_uint_eq(d.pages_changed, 0);
		ck_assert_int_eq(d.poisoned_changed, i == 28);
	}
	munmap(ct.saved, dp_record_size(PAGE));
	dp_done();
}
END_TEST

/* Two pages that have changed places; one that raises SIGBUS. */
START_TEST(pages_are_told_apart)
{
	struct dp_contents ct;
	char *a, *b, *spare = malloc(PAGE);

	dp_given_cases(PAGE, 2, CASES, 0);
	memset(dp_at, 0, dp_a_series->wide.map.length);
	ct = dp_taken();
	a = dp_mapped(dp_range_end(dp_unit_of(3)));
	b = dp_mapped(dp_range_end(dp_unit_of(30)));
	memcpy(spare, a, PAGE);
	memcpy(a, b, PAGE);
	memcpy(b, spare, PAGE);
	free(spare);
	ck_assert_uint_eq(dp_data_of_case(&ct, 3).pages_changed, 1);
	ck_assert_uint_eq(dp_data_of_case(&ct, 31).pages_changed, 1);
	ck_assert_uint_eq(dp_data_of_case(&ct, 5).pages_changed, 0);
	dp_make_unreadable(dp_range_end(dp_unit_of(5)));
	ck_assert_uint_eq(dp_data_of_case(&ct, 5).pages_changed, 1);
	ck_assert_uint_eq(dp_data_of_case(&ct, 6).pages_changed, 1);
	ck_assert_uint_eq(dp_data_of_case(&ct, 7).pages_changed, 0);
	munmap(ct.saved, dp_record_size(PAGE));
	dp_done();
}
END_TEST

START_TEST(each_bit_of_a_page_is_in_its_sum)
{
	uint64_t page[512], sum, n = ARRAY_SIZE(page);

	for (uint64_t i = 0; i < n; i++)
		page[i] = i % 3 ? i << 40 : 0;
	sum = dp_sum_page(page, sizeof(page));
	for (uint64_t i = 0; i < n * 64; i++) {
		page[i / 64] ^= 1ULL << i % 64;
		ck_assert_uint_ne(dp_sum_page(page, sizeof(page)), sum);
		page[i / 64] ^= 1ULL << i % 64;
	}
	for (uint64_t i = 1; i < n; i++) {
		uint64_t word = page[0];

		if (page[i] == word)
			continue;
		page[0] = page[i];
		page[i] = word;
		ck_assert_uint_ne(dp_sum_page(page, sizeof(page)), sum);
		page[i] = page[0];
		page[0] = word;
	}
	ck_assert_uint_eq(dp_sum_page(page, sizeof(page)), sum);
}
END_TEST

/* As many as there may be. */
START_TEST(there_is_room_for_all)
{
	for (uint64_t unit = 1; unit <= 4; unit *= 4) {
		for (uint64_t by = 1; by <= 3; by++) {
			uint32_t n = by == 1 ? DP_SERIES_MAX : DP_SERIES_LANE;
			struct dp_contents ct;
			struct dp_data d;

			dp_given_cases(unit * PAGE, by, n, 0);
			ct = dp_taken();
			for (uint32_t i = n - 1; i < n; i -= n / 2 - 1) {
				d = dp_data_of_case(&ct, i);
				ck_assert_int_eq(d.poisoned_compared, unit == 1);
				ck_assert_uint_ge(d.pages_compared -
							  d.lines_compared,
						  unit == 1 ? 2 : 1);
			}
			munmap(ct.saved, dp_record_size(PAGE));
			dp_done();
		}
	}
}
END_TEST

UNIT_SUITE("series-run", &only_what_is_lost_elsewhere_is_seen,
	   &each_lane_is_looked_at_by_itself,
	   &touching_counts_the_faults_of_each,
	   &a_lane_begins_where_all_is_there,
	   &touching_goes_on_behind_a_signal, &contents_of_each_case_are_taken,
	   &one_bit_counts_for_who_maps_it, &the_poisoned_page_is_no_neighbour,
	   &pages_are_told_apart, &each_bit_of_a_page_is_in_its_sum,
	   &there_is_room_for_all)
