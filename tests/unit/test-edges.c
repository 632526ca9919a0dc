/* SPDX-License-Identifier: GPL-2.0-only */
/* The search for edges, on mappings that the test tears down itself, with edges
 * that it knows: by madvise, by munmap of a neighbour, by taking the file's
 * pages away. Touching decides, as it does for DAX memory. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

#include "run/edges.h"
#include "sys/sigbus.h"
#include "sys/touch.h"
#include "unit.h"

#define PAGES 1024ULL
#define PAGE ((uint64_t)sysconf(_SC_PAGESIZE))

static struct dp_observation dp_o;

/* One file, mapped by as many views as there are witnesses. */
struct dp_views {
	char *view[DP_EDGE_WITNESSES];
	uint32_t asked;
};

static void dp_views_make(struct dp_views *v, uint64_t pages)
{
	int fd = memfd_create("dp-test", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, pages * PAGE), 0);
	ck_assert_int_eq(dp_sigbus_install(&dp_o), 0);
	ck_assert_int_eq(dp_touch_selftest(), 0);
	v->asked = 0;
	for (int w = 0; w < DP_EDGE_WITNESSES; w++) {
		v->view[w] = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_POPULATE, fd, 0);
		ck_assert_ptr_ne(v->view[w], MAP_FAILED);
	}
	close(fd);
}

static int dp_ask_view(void *arg, uint32_t witness, uint64_t offset)
{
	struct dp_views *v = arg;
	struct dp_touch t;

	/* Each once, in order. */
	ck_assert_uint_eq(witness, v->asked++);
	dp_touch(v->view[witness] + offset, false, &t);
	return t.signal >= 0 ? 1 : t.faults > 0;
}

static void dp_finds(struct dp_views *v, uint64_t pages, uint64_t hit,
		     uint64_t first, uint64_t n)
{
	struct dp_range got;
	uint32_t used;

	ck_assert_int_eq(dp_edges_find((struct dp_range){ 0, pages * PAGE },
				       hit * PAGE, PAGE, DP_EDGE_WITNESSES,
				       dp_ask_view, v, &got, &used), 0);
	ck_assert_msg(got.offset == first * PAGE && got.length == n * PAGE,
		      "%llu pages from %llu, not %llu from %llu",
		      (unsigned long long)(got.length / PAGE),
		      (unsigned long long)(got.offset / PAGE),
		      (unsigned long long)n, (unsigned long long)first);
	ck_assert_uint_le(used, dp_edge_witnesses(pages));
	ck_assert_uint_eq(used, v->asked);
}

static const struct { uint64_t first, n, hit; } dp_known[] = {
	{ 0, PAGES, 500 },	{ 0, 1, 0 },	     { PAGES - 1, 1, PAGES - 1 },
	{ 512, 1, 512 },	{ 511, 2, 512 },     { 512, 512, 700 },
	{ 0, 512, 511 },	{ 1, PAGES - 2, 1 }, { 333, 77, 400 },
	{ 333, 77, 333 },	{ 333, 77, 409 },    { 16, 16, 20 },
};

START_TEST(torn_down)
{
	for (size_t i = 0; i < ARRAY_SIZE(dp_known); i++) {
		struct dp_views v;

		dp_views_make(&v, PAGES);
		for (int w = 0; w < DP_EDGE_WITNESSES; w++)
			ck_assert_int_eq(madvise(v.view[w] +
							 dp_known[i].first * PAGE,
						 dp_known[i].n * PAGE,
						 MADV_DONTNEED), 0);
		dp_finds(&v, PAGES, dp_known[i].hit, dp_known[i].first,
			 dp_known[i].n);
		for (int w = 0; w < DP_EDGE_WITNESSES; w++)
			munmap(v.view[w], PAGES * PAGE);
	}
}
END_TEST

START_TEST(neighbours_unmapped)
{
	struct dp_views v;

	/* Pages 100 to 299 of each view are mapped anew and never touched. */
	dp_views_make(&v, PAGES);
	for (int w = 0; w < DP_EDGE_WITNESSES; w++) {
		ck_assert_int_eq(munmap(v.view[w] + 100 * PAGE, 200 * PAGE), 0);
		ck_assert_ptr_ne(mmap(v.view[w] + 100 * PAGE, 200 * PAGE,
				      PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
						 MAP_FIXED_NOREPLACE, -1, 0),
				 MAP_FAILED);
		madvise(v.view[w] + 100 * PAGE, 200 * PAGE, MADV_NOHUGEPAGE);
	}
	dp_finds(&v, PAGES, 123, 100, 200);
}
END_TEST

START_TEST(revoked)
{
	int fd = memfd_create("dp-test", MFD_CLOEXEC);
	struct dp_views v;

	/* The owner takes pages away from all who map them, at once. */
	dp_views_make(&v, PAGES);
	ck_assert_int_eq(ftruncate(fd, PAGES * PAGE), 0);
	for (int w = 0; w < DP_EDGE_WITNESSES; w++)
		ck_assert_ptr_ne(mmap(v.view[w], PAGES * PAGE, PROT_READ,
				      MAP_SHARED | MAP_FIXED | MAP_POPULATE, fd,
				      0), MAP_FAILED);
	ck_assert_int_eq(ftruncate(fd, 640 * PAGE), 0);
	dp_finds(&v, PAGES, 1000, 640, PAGES - 640);
	close(fd);
}
END_TEST

/* A model of what DAX does, at the size of its units: 3G of 4K pages, any
 * stretch gone. */
struct dp_told {
	struct dp_range gone;
	int fails_at;
	uint32_t asked;
};

static int dp_ask_told(void *arg, uint32_t witness, uint64_t offset)
{
	struct dp_told *told = arg;

	told->asked++;
	if ((int)witness == told->fails_at)
		return -1;
	return offset - told->gone.offset < told->gone.length;
}

START_TEST(bounded)
{
	struct dp_range within = { 1ULL << 30, 3ULL << 30 }, got;
	struct dp_told told = {
		.gone = { 2ULL << 30, 1ULL << 30 },
		.fails_at = -1,
	};
	uint64_t hit = (2ULL << 30) + 0x20002000;
	uint32_t used;

	ck_assert_uint_le(dp_edge_witnesses((4ULL << 30) / 4096 - 1),
			  DP_EDGE_WITNESSES);
	ck_assert_int_eq(dp_edges_find(within, hit, 4096, DP_EDGE_WITNESSES,
				       dp_ask_told, &told, &got, &used), 0);
	ck_assert_uint_eq(got.offset, told.gone.offset);
	ck_assert_uint_eq(got.length, told.gone.length);
	ck_assert_uint_le(used, 40);
	/* Too few, and one that cannot tell: no answer instead of a wrong one. */
	ck_assert_int_eq(dp_edges_find(within, hit, 4096, 10, dp_ask_told,
				       &told, &got, &used), -ENOBUFS);
	told.fails_at = 7;
	ck_assert_int_eq(dp_edges_find(within, hit, 4096, DP_EDGE_WITNESSES,
				       dp_ask_told, &told, &got, &used),
			 -EAGAIN);
	ck_assert_uint_eq(used, 8);
	/* A single page needs no question. */
	told.asked = 0;
	ck_assert_int_eq(dp_edges_find((struct dp_range){ 0, 4096 }, 0, 4096,
				       0, dp_ask_told, &told, &got, &used), 0);
	ck_assert_uint_eq(told.asked, 0);
	ck_assert_uint_eq(got.length, 4096);
}
END_TEST

UNIT_SUITE("edges", &torn_down, &neighbours_unmapped, &revoked, &bounded)
