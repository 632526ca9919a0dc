/* SPDX-License-Identifier: GPL-2.0-only */
/* Cases in series: which are one, and that whatever differs in one single fact is
 * not taken for the same. What is taken for the same is judged the same. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "model/series.h"
#include "out/report.h"
#include "unit.h"

#define UNIT (2 * DP_MIB)
#define PAGE 4096
#define START 0x7f0000000000ULL
#define N 1000

static const struct dp_target dp_a_target = {
	.name = "dax0.0",
	.kind = DP_KIND_DEVDAX,
	.mode = DP_MODE_DEVDAX,
	.size = 4096 * DP_MIB,
	.align = UNIT,
	.phys = 0x100000000ULL,
	.namespace_phys = DP_PHYS_UNKNOWN,
	.region_phys = DP_PHYS_UNKNOWN,
	.data_phys = DP_PHYS_UNKNOWN,
};

static struct dp_case dp_cases[N];

/* As `inject --offset 0x3000 --count N --stride 2M` has them, from the second on. */
static void dp_plan_them(void)
{
	for (uint64_t i = 0; i < N; i++)
		dp_cases[i] = (struct dp_case){
			.type = DP_CASE_POISON,
			.target = &dp_a_target,
			.observer = DP_OBSERVER_PAGEMAP,
			.access = DP_ACCESS_READ,
			.page = PAGE,
			.unit = UNIT,
			.map = { i * UNIT, 3 * UNIT },
			.poison = { (i + 1) * UNIT + 0x3000, PAGE },
			.first_fault = (i + 1) * UNIT + 0x3123,
		};
}

static uint32_t dp_length(const struct dp_case *c, uint64_t by, size_t n)
{
	return dp_series_of(c, by, n).n;
}

static uint32_t dp_lanes(const struct dp_case *c, uint64_t by)
{
	return dp_series_of(c, by, 9).lanes;
}

START_TEST(what_is_a_series)
{
	struct dp_case *c = dp_cases, pages, one;

	dp_plan_them();
	ck_assert_uint_eq(dp_length(c, 2 * UNIT, N), DP_SERIES_LANE);
	ck_assert_uint_eq(dp_length(c, 2 * UNIT, 7), 7);
	ck_assert_uint_eq(dp_length(c, 2 * UNIT, 1), 1);
	ck_assert_uint_eq(dp_length(c, 0, 1), 1);
	/* Not by whole units, or over a gap. */
	ck_assert_uint_eq(dp_length(c, PAGE, 7), 1);
	ck_assert_uint_eq(dp_length(c, 2 * UNIT + PAGE, 7), 1);
	ck_assert_uint_eq(dp_length(c, 3 * UNIT, 7), 7);
	ck_assert_uint_eq(dp_length(c, 4 * UNIT, 7), 1);
	/* If one maps what the next one loses, it is in another lane. */
	ck_assert_uint_eq(dp_length(c, UNIT, N), DP_SERIES_MAX);
	ck_assert_uint_eq(dp_length(c, UNIT, 7), 7);
	ck_assert_uint_eq(dp_lanes(c, UNIT), 2);
	ck_assert_uint_eq(dp_lanes(c, 2 * UNIT), 1);
	ck_assert_uint_eq(dp_lanes(c, 3 * UNIT), 1);
	/* Two units above it; two below. */
	one = c[3];
	one.map.offset += UNIT;
	ck_assert_uint_eq(dp_lanes(&one, 2 * UNIT), 2);
	ck_assert_uint_eq(dp_lanes(&one, 3 * UNIT), 1);
	ck_assert_uint_eq(dp_length(&one, 3 * UNIT, 7), 7);
	ck_assert_uint_eq(dp_length(&one, UNIT, 7), 1);
	one.map.offset -= 2 * UNIT;
	ck_assert_uint_eq(dp_lanes(&one, 2 * UNIT), 2);
	ck_assert_uint_eq(dp_lanes(&one, 3 * UNIT), 1);
	ck_assert_uint_eq(dp_length(&one, UNIT, 7), 1);
	/* Nothing but the unit itself. */
	one.map = (struct dp_range){ 4 * UNIT, UNIT };
	ck_assert_uint_eq(dp_length(&one, UNIT, 7), 7);
	ck_assert_uint_eq(dp_lanes(&one, UNIT), 1);
	ck_assert_uint_eq(dp_length(&one, 2 * UNIT, 7), 1);
	pages = *c;
	pages.unit = PAGE;
	pages.map = (struct dp_range){ 512 * PAGE, 3 * PAGE };
	pages.poison.offset = 513 * PAGE;
	ck_assert_uint_eq(dp_length(&pages, 2 * PAGE, N), DP_SERIES_LANE);
	ck_assert_uint_eq(dp_lanes(&pages, PAGE), 2);
}
END_TEST

/* Odd and even numbers of cases, in one lane and in two: each place comes once; none
 * of a lane maps what another one of it hits. */
START_TEST(each_has_its_place)
{
	dp_plan_them();
	for (uint32_t n = 4; n < 10; n++) {
		for (uint64_t by = UNIT; by <= 3 * UNIT; by += UNIT) {
			struct dp_cases cases = dp_series_of(dp_cases, by, n);
			struct dp_case wide = dp_series_wide(&cases);
			uint32_t seen = 0, end;

			ck_assert_uint_eq(cases.n, n);
			ck_assert_uint_eq(wide.map.offset, 0);
			ck_assert_uint_eq(wide.map.length,
					  3 * UNIT + (n - 1) * by);
			ck_assert_uint_eq(wide.poison.offset,
					  dp_cases[0].poison.offset);
			for (uint32_t i = 0; i < n; i++) {
				uint32_t place = dp_series_place(&cases, i);
				const struct dp_case *same =
					&dp_cases[place * by / UNIT];
				struct dp_case one = dp_series_case(&cases, i);

				seen |= 1U << place;
				ck_assert_mem_eq(&one.map, &same->map,
						 sizeof(one.map));
				ck_assert_uint_eq(one.poison.offset,
						  same->poison.offset);
				ck_assert_uint_eq(one.first_fault,
						  same->first_fault);
				ck_assert(dp_case_moved(&dp_cases[0], &one));
				end = dp_series_lane_end(&cases, i);
				ck_assert_uint_gt(end, i);
				for (uint32_t k = i + 1; k < end; k++) {
					struct dp_case other =
						dp_series_case(&cases, k);

					ck_assert(!dp_range_contains(
						one.map, other.poison));
					ck_assert(!dp_range_contains(
						other.map, one.poison));
				}
			}
			ck_assert_uint_eq(seen, (1U << n) - 1);
			ck_assert_uint_eq(dp_series_lane_end(&cases, n - 1), n);
		}
	}
}
END_TEST

START_TEST(parts_are_where_they_were)
{
	struct dp_cases cases, part;

	dp_plan_them();
	cases = dp_series_of(dp_cases, UNIT, 9);
	/* All of it, one after another; some of the first lane; of the second. */
	part = dp_series_part(&cases, 0, 9);
	ck_assert_uint_eq(part.lanes, 1);
	ck_assert_uint_eq(part.by, UNIT);
	ck_assert_uint_eq(part.n, 9);
	part = dp_series_part(&cases, 1, 3);
	ck_assert_uint_eq(part.by, 2 * UNIT);
	ck_assert_uint_eq(part.first.poison.offset, dp_cases[2].poison.offset);
	ck_assert_uint_eq(part.n, 3);
	part = dp_series_part(&cases, 6, 2);
	ck_assert_uint_eq(part.by, 2 * UNIT);
	ck_assert_uint_eq(part.first.poison.offset, dp_cases[3].poison.offset);
}
END_TEST

/* Each of these alone takes a case out of any series. */
START_TEST(what_is_none)
{
	static const struct dp_target other = { .kind = DP_KIND_DEVDAX };
	static const struct dp_target file = { .kind = DP_KIND_FSDAX };
	static const struct dp_bystander late = { .policy = DP_POLICY_LATE };
	struct dp_case *c = dp_cases;

#define BREAKS(...)                                                            \
	do {                                                                   \
		dp_plan_them();                                                \
		ck_assert(dp_case_moved(&c[0], &c[5]));                        \
		__VA_ARGS__;                                                   \
		ck_assert(!dp_case_moved(&c[0], &c[5]));                       \
		ck_assert(!dp_case_moved(&c[5], &c[0]));                       \
	} while (0)
#define ENDS(...)                                                              \
	do {                                                                   \
		BREAKS(__VA_ARGS__);                                           \
		ck_assert(!dp_case_moved(&c[5], &c[5]));                       \
		ck_assert_uint_eq(dp_length(&c[5], UNIT, 9), 1);               \
	} while (0)
	ENDS(c[5].type = DP_CASE_ATTEMPT);
	ENDS(c[5].target = &file);
	ENDS(c[5].method = DP_METHOD_CORRUPT_PFN);
	ENDS(c[5].observer = DP_OBSERVER_FAULTS);
	ENDS(c[5].access = DP_ACCESS_NONE);
	ENDS(c[5].early_kill = DP_EARLY_KILL_ON);
	ENDS(c[5].bystanders = &late; c[5].n_bystanders = 1);
	ENDS(c[5].readonly = true);
	ENDS(c[5].skew = PAGE);
	ENDS(c[5].sharing = DP_SHARING_SYNC);
	ENDS(c[5].map.length += UNIT);
	BREAKS(c[5].target = &other);
	BREAKS(c[5].access = DP_ACCESS_WRITE);
	BREAKS(c[5].own_policy = true; c[5].policy = DP_POLICY_LATE);
	BREAKS(c[5].unit = PAGE);
	BREAKS(c[5].page = 2 * PAGE);
	BREAKS(c[5].map.length -= UNIT);
	BREAKS(c[5].map.offset += UNIT; c[5].map.length -= UNIT);
	BREAKS(c[5].poison.offset += PAGE);
	BREAKS(c[5].poison.length += PAGE);
	BREAKS(c[5].first_fault++);
#undef BREAKS
#undef ENDS
}
END_TEST

/* What is seen of one of them. */
static void dp_see(uint32_t i, struct dp_observation *o)
{
	const struct dp_case *c = &dp_cases[i];
	uint64_t unit = dp_align_down(c->poison.offset, UNIT);

	*o = (struct dp_observation){
		.step = DP_STEP_DONE,
		.end = DP_END_EXITED,
		.view = {
			.start = START + 0x40000000ULL * i,
			.range = c->map,
			.unit = UNIT,
			.before = { .n = 1, .at = { c->map } },
			.unmapped = { .n = 1, .at = { { unit, UNIT } } },
		},
		.proof = { .absent_seen = true, .present_seen = true,
			   .repeats = true },
		.first_fault_faults = 1,
		.injected = true,
		.n_signals = 1,
		.signals = { {
			.code = BUS_MCEERR_AR,
			.lsb = 21,
			.addr = START + 0x40000000ULL * i + UNIT,
			.step = DP_STEP_INJECT,
		} },
		.n_touches = 3,
		.touches = {
			{ c->poison.offset, false, 1, -1 },
			{ unit - 1, false, 0, -1 },
			{ unit + UNIT, false, 0, -1 },
		},
		.data = { .pages_mapped = 1536, .pages_compared = 5,
			  .restored = true },
	};
}

static void dp_tell(uint32_t i, struct dp_account *a)
{
	uint64_t pfn = (dp_a_target.phys + dp_cases[i].poison.offset) / PAGE;

	*a = (struct dp_account){
		.n_records = 3,
		.n_lines = 3,
		.corrupted_kb = 4,
		.event_system = "ras",
		.n_events = 1,
		.events = { { pfn, "dax page", "Recovered" } },
		.n_counters = 2,
		.counters = { { 0, "total", 1 }, { 0, "recovered", 1 } },
		.n_pages = 2,
		.pages = { { dp_cases[i].poison.offset, pfn, 0, 0x80000 },
			   { dp_cases[i].poison.offset + PAGE, pfn + 1, i, 0 } },
		.n_lists = 1,
		.lists = { { .of = "region0" } },
	};
	sprintf(a->lines[0], "Injecting memory failure for pfn 0x%llx at process virtual address 0x7f0",
		(unsigned long long)pfn);
	sprintf(a->lines[1], "Memory failure: 0x%llx: Sending SIGBUS to daxpoison:80 due to hardware memory corruption",
		(unsigned long long)pfn);
	sprintf(a->lines[2], "Memory failure: 0x%llx: recovery action for dax page: Recovered",
		(unsigned long long)pfn);
}

static struct dp_scene dp_a_scene;
static struct dp_case_verdict dp_a_verdict;
static struct dp_pattern dp_a_pattern;

static bool dp_take(uint32_t i)
{
	dp_judge(&dp_cases[i], &dp_a_scene, &dp_a_verdict);
	return dp_pattern_take(&dp_a_pattern, &dp_cases[i], &dp_a_scene,
			       &dp_a_verdict);
}

static void dp_given(uint32_t i)
{
	dp_plan_them();
	dp_a_scene.n = 1;
	dp_see(i, &dp_a_scene.at[0]);
	dp_tell(i, &dp_a_scene.account);
	dp_a_pattern = (struct dp_pattern){ 0 };
	ck_assert(dp_take(i));
	ck_assert_int_eq(dp_a_verdict.verdict, DP_VERDICT_HELD);
}

START_TEST(what_can_be_a_pattern)
{
#define CANNOT(...)                                                            \
	do {                                                                   \
		dp_given(2);                                                   \
		dp_see(3, &dp_a_scene.at[0]);                                  \
		dp_tell(3, &dp_a_scene.account);                               \
		__VA_ARGS__;                                                   \
		ck_assert(!dp_take(3));                                        \
		ck_assert_uint_eq(dp_a_pattern.c.poison.offset,                \
				  dp_cases[2].poison.offset);                  \
	} while (0)
	CANNOT(dp_a_scene.at[0].error = -EIO);
	CANNOT(dp_a_scene.at[0].end = DP_END_KILLED);
	CANNOT(dp_a_scene.at[0].step = DP_STEP_TOUCH);
	CANNOT(dp_a_scene.at[0].signals[0].lsb = 12);
	CANNOT(dp_a_scene.account.n_events = 0);
	CANNOT(dp_a_scene.account.n_events = 2);
	CANNOT(strcpy(dp_a_scene.account.missing[DP_SOURCE_TRACE], "why"));
	/* Of another page, as that of the head of its unit would be. */
	CANNOT(dp_tell(2, &dp_a_scene.account));
	/* What the next case finds is not what this one found. */
	CANNOT(dp_a_scene.at[0].touches[0].signal = 1);
	CANNOT(dp_a_scene.at[0].n_touches = 0);
	CANNOT(dp_a_scene.at[0].data.poisoned_changed = true);
	CANNOT(dp_a_scene.at[0].data.pages_changed = 1);
	CANNOT(dp_cases[3].access = DP_ACCESS_NONE);
#undef CANNOT
	dp_see(3, &dp_a_scene.at[0]);
	dp_tell(3, &dp_a_scene.account);
	dp_plan_them();
	ck_assert(dp_take(3));
	/* A violation that is known is one all the same. */
	dp_given(2);
	dp_a_verdict.at[0].verdict = DP_VERDICT_KNOWN;
	ck_assert(!dp_pattern_take(&dp_a_pattern, &dp_cases[3], &dp_a_scene,
				   &dp_a_verdict));
}
END_TEST

static bool dp_alike(uint32_t i, const struct dp_observation *o)
{
	return dp_seen_alike(&dp_a_pattern, &dp_cases[i], o);
}

static bool dp_touched(uint32_t i, const struct dp_observation *o)
{
	return dp_touched_alike(&dp_a_pattern, &dp_cases[i], o);
}

START_TEST(the_same_elsewhere_is_alike)
{
	static struct dp_case_verdict verdict;
	struct dp_observation o, moved;
	struct dp_ranges lost;

	dp_given(20);
	/* Whatever is moved is judged as the pattern was. */
	for (uint32_t i = 0; i < 40; i++) {
		dp_see(i, &o);
		ck_assert(dp_alike(i, &o));
		ck_assert(dp_touched(i, &o));
		dp_seen_moved(&dp_a_pattern, &dp_cases[i], o.view.start, &moved);
		ck_assert(dp_alike(i, &moved));
		ck_assert(dp_touched(i, &moved));
		lost = (struct dp_ranges){ 0 };
		dp_lost_moved(&dp_a_pattern, &dp_cases[i], &lost);
		ck_assert(dp_ranges_equal(&lost, &o.view.unmapped));
		moved.data = o.data;
		ck_assert_mem_eq(&moved.view, &o.view, sizeof(o.view));
		ck_assert_mem_eq(moved.signals, o.signals, sizeof(o.signals));
		ck_assert_mem_eq(moved.touches, o.touches, sizeof(o.touches));
		dp_a_scene.at[0] = moved;
		dp_tell(i, &dp_a_scene.account);
		dp_judge(&dp_cases[i], &dp_a_scene, &verdict);
		ck_assert_uint_eq(verdict.n, dp_a_pattern.verdict.n);
		for (unsigned int k = 0; k < verdict.n; k++) {
			ck_assert_ptr_eq(verdict.at[k].guarantee,
					 dp_a_pattern.verdict.at[k].guarantee);
			ck_assert_int_eq(verdict.at[k].verdict,
					 dp_a_pattern.verdict.at[k].verdict);
		}
	}
	/* Fewer places may have been touched, not none. */
	dp_see(9, &o);
	o.n_touches = 1;
	ck_assert(dp_touched(9, &o));
	o.n_touches = 0;
	ck_assert(!dp_touched(9, &o));
}
END_TEST

START_TEST(one_fact_changed_is_not_alike)
{
	struct dp_observation o;

#define DEPARTS(...)                                                           \
	do {                                                                   \
		dp_see(9, &o);                                                 \
		ck_assert(dp_alike(9, &o) && dp_touched(9, &o));               \
		__VA_ARGS__;                                                   \
		ck_assert_msg(!dp_alike(9, &o) || !dp_touched(9, &o), "%s",    \
			      #__VA_ARGS__);                                   \
	} while (0)
	dp_given(20);
	DEPARTS(o.error = -EIO);
	DEPARTS(o.injected = false);
	DEPARTS(o.inject_errno = EBUSY);
	DEPARTS(o.n_signals = 0);
	DEPARTS(o.n_signals = 2);
	DEPARTS(o.n_signals = DP_SIGNALS_MAX + 1);
	DEPARTS(o.signals[0].code = BUS_MCEERR_AO);
	DEPARTS(o.signals[0].lsb = 12);
	DEPARTS(o.signals[0].addr += PAGE);
	DEPARTS(o.signals[0].step = DP_STEP_TOUCH);
	DEPARTS(o.signals[0].pending = true);
	DEPARTS(o.view.unit = PAGE);
	DEPARTS(o.view.range.length += UNIT);
	DEPARTS(o.view.range.offset -= UNIT; o.view.start -= UNIT);
	DEPARTS(o.view.before.at[0].length -= PAGE);
	DEPARTS(o.view.before.truncated = true);
	DEPARTS(o.view.unmapped.n = 0);
	DEPARTS(o.view.unmapped.at[0].length += PAGE);
	DEPARTS(o.view.unmapped.at[0].offset += UNIT);
	DEPARTS(o.view.unmapped.at[o.view.unmapped.n++] =
			(struct dp_range){ 12 * UNIT, PAGE });
	DEPARTS(o.proof.absent_seen = false);
	DEPARTS(o.proof.present_seen = false);
	DEPARTS(o.proof.repeats = false);
	DEPARTS(o.proof.faults_after_look = 1);
	DEPARTS(o.touches[0].faults = 0);
	DEPARTS(o.touches[0].signal = 1);
	DEPARTS(o.touches[0].write = true);
	DEPARTS(o.touches[1].faults = 1);
	DEPARTS(o.touches[2].offset += PAGE);
#undef DEPARTS
}
END_TEST

/* The last case of ten, after which all of the mapping is looked at. */
START_TEST(what_is_lost_elsewhere_counts)
{
	struct dp_observation o, narrow;
	struct dp_cases cases;
	struct dp_case wide;

	dp_given(20);
	cases = (struct dp_cases){ dp_cases[0], UNIT, 10, 1 };
	wide = dp_series_wide(&cases);
	dp_see(9, &narrow);
	o = narrow;
	o.view.range = o.view.before.at[0] = wide.map;
	o.view.start -= 9 * UNIT;
	ck_assert(!dp_alike(9, &o));
	ck_assert(dp_seen_narrow(&dp_cases[9], &o));
	ck_assert_uint_eq(o.view.start, narrow.view.start);
	ck_assert_uint_eq(o.view.range.offset, narrow.view.range.offset);
	ck_assert(dp_ranges_equal(&o.view.before, &narrow.view.before));
	ck_assert(dp_alike(9, &o));
	/* A page of the first unit. */
	o = narrow;
	o.view.range = o.view.before.at[0] = wide.map;
	o.view.start -= 9 * UNIT;
	o.view.unmapped.at[1] = o.view.unmapped.at[0];
	o.view.unmapped.at[0] = (struct dp_range){ PAGE, PAGE };
	o.view.unmapped.n = 2;
	ck_assert(!dp_seen_narrow(&dp_cases[9], &o));
	ck_assert_uint_eq(o.view.range.length, wide.map.length);
	ck_assert(!dp_alike(9, &o));
	dp_a_scene.at[0] = o;
	dp_judge(&dp_cases[9], &dp_a_scene, &dp_a_verdict);
	ck_assert_int_eq(dp_a_verdict.verdict, DP_VERDICT_VIOLATED);
	for (unsigned int i = 0; i < dp_a_verdict.n; i++)
		if (dp_a_verdict.at[i].finding.deviation ==
		    DP_DEVIATION_OVER_UNMAP)
			return;
	ck_abort_msg("nothing was found to be lost outside the report");
}
END_TEST

static struct dp_series_account dp_an_account;
static struct dp_cases dp_some_cases;

static void dp_account_given(uint32_t n, uint32_t left)
{
	dp_some_cases = (struct dp_cases){ dp_cases[100], UNIT, n, 1 };
	dp_an_account = (struct dp_series_account){
		.pattern = &dp_a_pattern,
		.cases = &dp_some_cases,
		.n = n,
		.left = left,
	};
}

static bool dp_meets(uint32_t i)
{
	struct dp_account one;

	dp_tell(100 + i, &one);
	return dp_series_meets(&dp_an_account, &one.events[0]);
}

START_TEST(events_are_met_once)
{
	struct dp_account one;

	dp_given(20);
	dp_account_given(5, 4);
	ck_assert(dp_meets(1));
	ck_assert(dp_meets(0));
	ck_assert(!dp_meets(1));
	/* Of the one that is left, and of none of them. */
	ck_assert(!dp_meets(4));
	ck_assert(!dp_meets(5));
	for (uint32_t i = 0; i < DP_SERIES_MAX; i++)
		ck_assert_int_eq(dp_an_account.met[i], i < 2);
	dp_tell(102, &one);
	strcpy(one.events[0].result, "Failed");
	ck_assert(!dp_series_meets(&dp_an_account, &one.events[0]));
	strcpy(one.events[0].result, "Recovered");
	strcpy(one.events[0].type, "free buddy page");
	ck_assert(!dp_series_meets(&dp_an_account, &one.events[0]));
	/* The other page of its unit. */
	dp_tell(102, &one);
	one.events[0].pfn++;
	ck_assert(!dp_series_meets(&dp_an_account, &one.events[0]));
}
END_TEST

/* Each event is met by the case that has its place. */
START_TEST(events_are_met_in_lanes)
{
	dp_given(20);
	dp_account_given(5, 4);
	dp_some_cases.lanes = 2;
	for (uint32_t i = 0; i < 5; i++) {
		uint32_t place = dp_series_place(&dp_some_cases, i);

		ck_assert_int_eq(dp_meets(place), i != 4);
		ck_assert_int_eq(dp_an_account.met[i], i != 4);
	}
	ck_assert(!dp_meets(5));
	/* One of the second lane that was not injected. */
	dp_account_given(5, 2);
	dp_some_cases.lanes = 2;
	dp_an_account.n = 3;
	ck_assert(dp_meets(0));
	ck_assert(dp_meets(2));
	ck_assert(!dp_meets(1));
	ck_assert(!dp_meets(3));
}
END_TEST

START_TEST(lines_are_expected_as_often_as_in_the_pattern)
{
	struct dp_account one;

	dp_given(20);
	dp_account_given(5, 4);
	dp_tell(102, &one);
	for (int k = 0; k < 3; k++)
		ck_assert(dp_series_expects(&dp_an_account, one.lines[k]));
	ck_assert(!dp_series_expects(&dp_an_account, one.lines[2]));
	dp_tell(104, &one);
	ck_assert(!dp_series_expects(&dp_an_account, one.lines[0]));
	dp_tell(106, &one);
	ck_assert(!dp_series_expects(&dp_an_account, one.lines[0]));
	ck_assert(!dp_series_expects(&dp_an_account, "BUG: Bad page map"));
	ck_assert(!dp_series_expects(&dp_an_account, "Memory failure: "));
	ck_assert(!dp_series_expects(&dp_an_account, ""));
}
END_TEST

START_TEST(the_rest_is_what_one_case_has)
{
	struct dp_account all, one;

	dp_given(20);
	/* Five cases together, the last of them left. */
	dp_account_given(5, 4);
	dp_tell(104, &all);
	all.corrupted_kb = 20;
	all.counters[0].delta = all.counters[1].delta = 5;
	one = all;
	dp_series_rest(&dp_an_account, &one);
	ck_assert_int_eq(one.corrupted_kb, 4);
	ck_assert_int_eq(one.counters[1].delta, 1);
	ck_assert_uint_eq(one.n_pages, 1);
	ck_assert(dp_account_alike(&dp_a_pattern, &dp_cases[104], &one));
	/* The one that is left came to nothing, and is not among these. */
	dp_account_given(5, 3);
	all.corrupted_kb = 12;
	one = all;
	dp_an_account.n = 3;
	dp_series_rest(&dp_an_account, &one);
	ck_assert_int_eq(one.corrupted_kb, 0);
	/* Flags were asked for the last of all. */
	ck_assert_uint_eq(one.n_pages, 0);
	ck_assert(!dp_account_has(&one, DP_SOURCE_KPAGEFLAGS));

#define DIFFERS(...)                                                           \
	do {                                                                   \
		dp_tell(104, &one);                                            \
		ck_assert(dp_account_alike(&dp_a_pattern, &dp_cases[104],      \
					   &one));                             \
		__VA_ARGS__;                                                   \
		ck_assert_msg(!dp_account_alike(&dp_a_pattern, &dp_cases[104], \
						&one), "%s", #__VA_ARGS__);    \
	} while (0)
	DIFFERS(one.n_lines = 4);
	DIFFERS(one.corrupted_kb = 8);
	DIFFERS(one.n_events = 0);
	DIFFERS(one.n_events = 2);
	DIFFERS(one.events[0].pfn++);
	DIFFERS(strcpy(one.events[0].result, "Failed"));
	DIFFERS(one.n_counters = 1);
	DIFFERS(one.counters[1].delta = 0);
	DIFFERS(one.counters[1].node = 1);
	DIFFERS(strcpy(one.counters[1].name, "failed"));
	DIFFERS(one.n_lists = 0);
	DIFFERS(strcpy(one.lists[0].of, "region1"));
	DIFFERS(one.lists[0].after.at[one.lists[0].after.n++] =
			(struct dp_range){ 8, 8 });
	DIFFERS(one.n_pages = 0);
	DIFFERS(one.pages[0].after = 0);
	DIFFERS(one.pages[0].offset += PAGE);
	DIFFERS(strcpy(one.missing[DP_SOURCE_LOG], "why"));
#undef DIFFERS
	/* Of those in between the kernel's event is all that is known. */
	dp_account_moved(&dp_a_pattern, &dp_cases[7], &one);
	ck_assert_uint_eq(one.n_events, 1);
	ck_assert_uint_eq(one.events[0].pfn,
			  (dp_a_target.phys + dp_cases[7].poison.offset) / PAGE);
	for (int s = 0; s < DP_SOURCE_MAX; s++)
		ck_assert_int_eq(dp_account_has(&one, s), s == DP_SOURCE_TRACE);
	ck_assert_int_eq(one.n_lines + one.n_pages + one.n_counters + one.n_lists,
			 0);
}
END_TEST

/* From where on cases are that a row stands for, unless they follow the row above. */
START_TEST(a_row_tells_which_cases_it_stands_for)
{
	static const struct dp_kernel kernel = { .release = "6.12" };
	struct dp_report_options options = { .kernel = &kernel };
	static struct dp_known_list known;
	struct dp_report_part part = { .n_targets = 0 };
	struct dp_summary summary = { 0 };
	struct dp_cases all, some;
	struct dp_report *r;
	char *text = NULL;
	size_t size;

	dp_given(0);
	all = dp_series_of(&dp_cases[1], UNIT, 9);
	options.out = open_memstream(&text, &size);
	r = dp_report_new(&options);
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(dp_report_begin(r, &part), 0);
	ck_assert_int_eq(dp_report_case(r, &dp_cases[0], &dp_a_scene,
					&dp_a_verdict), 0);
	some = dp_series_part(&all, 0, 9);
	ck_assert_int_eq(dp_report_alike(r, &dp_a_pattern, &some), 0);
	some = dp_series_part(&all, 5, 4);
	ck_assert_int_eq(dp_report_alike(r, &dp_a_pattern, &some), 0);
	some = dp_series_part(&all, 5, 1);
	ck_assert_int_eq(dp_report_alike(r, &dp_a_pattern, &some), 0);
	ck_assert_int_eq(dp_report_end(r, &summary, &known), 0);
	dp_report_free(r);
	fclose(options.out);
	ck_assert_ptr_nonnull(strstr(text, "  and 9 alike, each 2M further "));
	ck_assert_ptr_nonnull(
		strstr(text, "  and 4 alike from 0x603000, each 4M further "));
	ck_assert_ptr_nonnull(strstr(text, "  and one alike "));
	free(text);
}
END_TEST

UNIT_SUITE("series", &what_is_a_series, &each_has_its_place,
	   &parts_are_where_they_were, &what_is_none, &what_can_be_a_pattern,
	   &the_same_elsewhere_is_alike, &one_fact_changed_is_not_alike,
	   &what_is_lost_elsewhere_counts, &events_are_met_once, &events_are_met_in_lanes, &lines_are_expected_as_often_as_in_the_pattern,
	   &the_rest_is_what_one_case_has,
	   &a_row_tells_which_cases_it_stands_for)
