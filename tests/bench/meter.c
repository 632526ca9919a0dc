/* SPDX-License-Identifier: GPL-2.0-only */
/* What a benchmark measures with, in a guest that has neither perf nor a clock
 * in its shell.
 *
 * meter run TIMES COMMAND...: the medians of wall, user and system time in
 *	microseconds, and the largest resident set in KiB.
 * meter poison DEVICE UNIT COUNT: the bare loop that `inject --count` is held
 *	against. One mapping; for each unit a fault, madvise(MADV_HWPOISON), the
 *	SIGBUS that it raises, and one read of the unit's pagemap. Microseconds
 *	for each injection.
 * meter judge DEVICE UNIT COUNT: the same loop with what no judgement can do
 *	without: see dp_judged(). Microseconds for each injection.
 * meter look DEVICE UNIT LENGTH: one look at `LENGTH` bytes that are mapped: the
 *	time and the faults of mapping all of it; then by pagemap, by mincore,
 *	by PAGEMAP_SCAN and by pagemap of one unit, each as in dp_looks_by(). */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t dp_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ULL + ts.tv_nsec / 1000;
}

static void dp_die(const char *what)
{
	perror(what);
	exit(1);
}

static int dp_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t dp_median(uint64_t *all, size_t n)
{
	qsort(all, n, sizeof(*all), dp_compare);
	return all[n / 2];
}

static uint64_t dp_us(struct timeval t)
{
	return t.tv_sec * 1000000ULL + t.tv_usec;
}

static int dp_run(size_t times, char **argv)
{
	uint64_t *wall = calloc(3 * times, sizeof(*wall));
	uint64_t *user = wall + times, *sys = user + times;
	long peak = 0;

	if (!wall || !times)
		return 2;
	for (size_t i = 0; i < times; i++) {
		struct rusage usage;
		uint64_t began = dp_now();
		int status = 0, null;
		pid_t pid = fork();

		if (!pid) {
			null = open("/dev/null", O_WRONLY);
			dup2(null, STDOUT_FILENO);
			execvp(argv[0], argv);
			_exit(127);
		}
		if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
			dp_die("wait4");
		wall[i] = dp_now() - began;
		user[i] = dp_us(usage.ru_utime);
		sys[i] = dp_us(usage.ru_stime);
		peak = usage.ru_maxrss > peak ? usage.ru_maxrss : peak;
		if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
			fprintf(stderr, "meter: %s: wait status 0x%x\n", argv[0],
				status);
			return 1;
		}
	}
	printf("%llu %llu %llu %ld\n",
	       (unsigned long long)dp_median(wall, times),
	       (unsigned long long)dp_median(user, times),
	       (unsigned long long)dp_median(sys, times), peak);
	free(wall);
	return 0;
}

static sigjmp_buf dp_out;

static void dp_on_sigbus(int n)
{
	(void)n;
	siglongjmp(dp_out, 1);
}

/* Poison the page: whether that was told by SIGBUS. */
static bool dp_told(char *at, uint64_t page)
{
	if (sigsetjmp(dp_out, 1))
		return true;
	madvise(at, page, MADV_HWPOISON);
	return false;
}

static char *dp_map(const char *device, uint64_t length)
{
	int fd = open(device, O_RDWR);
	char *at;

	if (fd < 0)
		dp_die(device);
	at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		dp_die("mmap");
	close(fd);
	return at;
}

static uint64_t *dp_look(int pagemap, const char *at, uint64_t length)
{
	static uint64_t *entries;
	static uint64_t room;
	uint64_t page = sysconf(_SC_PAGESIZE), n = length / page * 8;

	if (n > room) {
		entries = realloc(entries, n);
		room = n;
	}
	if (!entries ||
	    pread(pagemap, entries, n, (uintptr_t)at / page * 8) != (ssize_t)n)
		dp_die("pagemap");
	return entries;
}

static int dp_poison(const char *device, uint64_t unit, uint64_t count)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY);
	char *map = dp_map(device, unit * count);
	volatile uint64_t told = 0, lost = 0;
	uint64_t page = sysconf(_SC_PAGESIZE), began;

	signal(SIGBUS, dp_on_sigbus);
	began = dp_now();
	for (volatile uint64_t i = 0; i < count; i++) {
		char *at = map + i * unit;

		*(volatile char *)at;
		told += dp_told(at, page);
		lost += !(dp_look(pagemap, at, unit)[0] >> 63);
	}
	began = dp_now() - began;
	if (told != count || lost != count) {
		fprintf(stderr, "meter: %llu told, %llu lost\n",
			(unsigned long long)told, (unsigned long long)lost);
		return 1;
	}
	printf("%llu\n", (unsigned long long)(began / count));
	return 0;
}

static void dp_reread(int fd, const char *path, char *buf, size_t size)
{
	if (pread(fd, buf, size, 0) < 0)
		dp_die(path);
}

static int dp_open(const char *path, int flags)
{
	int fd = open(path, O_RDONLY | flags);

	if (fd < 0)
		dp_die(path);
	return fd;
}

#define DP_STEP 0x9e3779b97f4a7c15ULL

/* Of a unit all of its first, second and last page, and of the others a line: what
 * daxpoison takes, when it poisons the first. */
#define DP_LINE 64

enum dp_what { DP_SAVE, DP_FILL, DP_COMPARE, DP_RESTORE };

static uint64_t dp_words(uint64_t *at, uint64_t *saved, uint64_t words,
			 uint64_t word, enum dp_what what)
{
	uint64_t differs = 0;

	switch (what) {
	case DP_SAVE:
		memcpy(saved, at, words * 8);
		break;
	case DP_FILL:
		for (uint64_t i = 0; i < words; i++, word += DP_STEP)
			at[i] = word;
		break;
	case DP_COMPARE:
		for (uint64_t i = 0; i < words; i++, word += DP_STEP)
			differs |= at[i] ^ word;
		break;
	case DP_RESTORE:
		memcpy(at, saved, words * 8);
		break;
	}
	return differs;
}

static bool dp_contents(char *at, char *saved, uint64_t unit, uint64_t page,
			uint64_t word, enum dp_what what)
{
	uint64_t pages = unit / page, differs = 0;

	for (uint64_t i = 0; i < pages; i++, word += page / 8 * DP_STEP) {
		bool whole = i < 2 || i == pages - 1;
		uint64_t in = whole ? 0 : i * 37 * DP_LINE % page;

		differs |= dp_words((uint64_t *)(at + i * page + in),
				    (uint64_t *)(saved + i * page + in),
				    (whole ? page : DP_LINE) / 8,
				    word + in / 8 * DP_STEP, what);
	}
	return differs;
}

/* The steps of one judged injection that prove something, and no more: of the
 * unit and a neighbour on each side, as far as there is room for them
 *
 *	- what is there before, unmapped and mapped, twice over
 *	- contents saved and replaced by a pattern; afterwards compared, and
 *	  put back
 *	- what is gone afterwards
 *	- touches of the page and beside it, with the faults they take counted
 *	- the account of the kernel: its log, HardwareCorrupted, the page's flags
 *
 * All in one process with everything open, one mapping that stays, no choice,
 * no record that outlives a crash, no second process to survive this one, and
 * no report. */
static int dp_judged(const char *device, uint64_t unit, uint64_t count)
{
	uint64_t page = sysconf(_SC_PAGESIZE), began;
	int pagemap = open("/proc/self/pagemap", O_RDONLY);
	int kmsg = dp_open("/dev/kmsg", O_NONBLOCK);
	int meminfo = dp_open("/proc/meminfo", 0);
	int flags = dp_open("/proc/kpageflags", 0);
	char *saved = malloc(unit);
	volatile uint64_t told = 0, lost = 0, wrong = 0, faults = 0;
	char text[8192], *map;
	struct rusage usage;

	map = dp_map(device, unit * count);
	if (!saved)
		dp_die("malloc");
	signal(SIGBUS, dp_on_sigbus);
	lseek(kmsg, 0, SEEK_END);
	began = dp_now();
	for (volatile uint64_t i = 0; i < count; i++) {
		uint64_t first = i ? i - 1 : 0, end = i + 2 > count ? count : i + 2;
		char *at = map + i * unit;
		char *from = map + first * unit;
		uint64_t length = (end - first) * unit, seen;

		dp_look(pagemap, from, length);
		for (uint64_t u = first; u < end; u++)
			*(volatile char *)(map + u * unit);
		dp_look(pagemap, from, length);
		dp_contents(at, saved, unit, page, i + 1, DP_SAVE);
		dp_contents(at, saved, unit, page, i + 1, DP_FILL);
		dp_look(pagemap, from, length);
		seen = dp_look(pagemap, at, page)[0] & ((1ULL << 55) - 1);
		dp_reread(meminfo, "/proc/meminfo", text, sizeof(text));
		if (pread(flags, text, 8, seen * 8) < 0)
			dp_die("/proc/kpageflags");
		told += dp_told(at, page);
		lost += !(dp_look(pagemap, from, length)[(i - first) * unit / page] >> 63);
		for (int k = 0; k < 6; k++) {
			getrusage(RUSAGE_THREAD, &usage);
			faults -= usage.ru_minflt;
			*(volatile char *)(at + k * (unit - 1) / 5);
			getrusage(RUSAGE_THREAD, &usage);
			faults += usage.ru_minflt;
		}
		wrong += dp_contents(at, saved, unit, page, i + 1, DP_COMPARE);
		dp_contents(at, saved, unit, page, i + 1, DP_RESTORE);
		while (read(kmsg, text, sizeof(text)) > 0)
			;
		dp_reread(meminfo, "/proc/meminfo", text, sizeof(text));
		if (pread(flags, text, 8, seen * 8) < 0)
			dp_die("/proc/kpageflags");
	}
	began = dp_now() - began;
	if (told != count || lost != count || wrong || faults < count) {
		fprintf(stderr, "meter: %llu told, %llu lost, %llu units changed, %llu faults\n",
			(unsigned long long)told, (unsigned long long)lost,
			(unsigned long long)wrong, (unsigned long long)faults);
		return 1;
	}
	printf("%llu\n", (unsigned long long)(began / count));
	free(saved);
	return 0;
}

/* What a walk of page tables says of a mapping: how many pages are there. All
 * in pieces of what daxpoison itself reads at once. */
#define DP_PIECE 8192

static int dp_by_pagemap(int pagemap, const char *at, uint64_t length,
			 uint64_t *there)
{
	uint64_t page = sysconf(_SC_PAGESIZE), n;

	*there = 0;
	for (uint64_t done = 0; done < length; done += n * page) {
		uint64_t *entries;

		n = (length - done) / page;
		n = n < DP_PIECE ? n : DP_PIECE;
		entries = dp_look(pagemap, at + done, n * page);
		for (uint64_t i = 0; i < n; i++)
			*there += entries[i] >> 63;
	}
	return 0;
}

static int dp_by_mincore(int pagemap, const char *at, uint64_t length,
			 uint64_t *there)
{
	uint64_t page = sysconf(_SC_PAGESIZE), n;
	unsigned char vec[DP_PIECE];

	(void)pagemap;
	*there = 0;
	for (uint64_t done = 0; done < length; done += n * page) {
		n = (length - done) / page;
		n = n < DP_PIECE ? n : DP_PIECE;
		if (mincore((char *)at + done, n * page, vec))
			dp_die("mincore");
		for (uint64_t i = 0; i < n; i++)
			*there += vec[i] & 1;
	}
	return 0;
}

/* include/uapi/linux/fs.h, from Linux 6.7 on; headers of older ones serve. */
struct dp_region {
	uint64_t start, end, categories;
};

struct dp_scan {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t inverted, mask, anyof, wanted;
};

#define DP_SCAN _IOWR('f', 16, struct dp_scan)
#define DP_SCAN_PRESENT (1 << 3)
#define DP_REGIONS 64

/* Not 0: this kernel has none. */
static int dp_by_scan(int pagemap, const char *at, uint64_t length,
		      uint64_t *there)
{
	struct dp_region regions[DP_REGIONS];
	struct dp_scan scan = {
		.size = sizeof(scan),
		.start = (uintptr_t)at,
		.end = (uintptr_t)at + length,
		.vec = (uintptr_t)regions,
		.vec_len = DP_REGIONS,
		.mask = DP_SCAN_PRESENT,
		.wanted = DP_SCAN_PRESENT,
	};

	*there = 0;
	for (; scan.start < scan.end; scan.start = scan.walk_end) {
		int n = ioctl(pagemap, DP_SCAN, &scan);

		if (n < 0 && (errno == ENOTTY || errno == EINVAL))
			return -1;
		if (n < 0)
			dp_die("PAGEMAP_SCAN");
		for (int i = 0; i < n; i++)
			*there += (regions[i].end - regions[i].start) /
				  sysconf(_SC_PAGESIZE);
	}
	return 0;
}

/* Touches each unit; how many of them were not mapped, by faults. */
static uint64_t dp_touch_all(const char *map, uint64_t unit, uint64_t length)
{
	struct rusage before, after;

	getrusage(RUSAGE_SELF, &before);
	for (uint64_t at = 0; at < length; at += unit)
		*(volatile const char *)(map + at);
	getrusage(RUSAGE_SELF, &after);
	return after.ru_minflt - before.ru_minflt;
}

#define DP_LOOKS 5

/* Median of a few looks, each at a mapping that is there, what the look found
 * there, and how many units it left: "US FOUND/PAGES LEFT/UNITS". One at a
 * unit says nothing of the others. */
static void dp_looks_by(const char *map, uint64_t unit, uint64_t mapped,
			uint64_t length,
			int (*fn)(int, const char *, uint64_t, uint64_t *))
{
	int pagemap = dp_open("/proc/self/pagemap", 0);
	uint64_t us[DP_LOOKS], found = 0, lost = 0, units = mapped / unit;

	for (int i = 0; i < DP_LOOKS; i++) {
		dp_touch_all(map, unit, mapped);
		us[i] = dp_now();
		if (fn(pagemap, map, length, &found)) {
			printf(" - - -");
			close(pagemap);
			return;
		}
		us[i] = dp_now() - us[i];
		lost = dp_touch_all(map, unit, mapped);
	}
	printf(" %llu %llu/%llu %llu/%llu",
	       (unsigned long long)dp_median(us, DP_LOOKS),
	       (unsigned long long)found,
	       (unsigned long long)(length / sysconf(_SC_PAGESIZE)),
	       (unsigned long long)(lost < units ? units - lost : 0),
	       (unsigned long long)units);
	close(pagemap);
}

static int dp_looks(const char *device, uint64_t unit, uint64_t length)
{
	char *map = dp_map(device, length);
	uint64_t began = dp_now(), faults;

	faults = dp_touch_all(map, unit, length);
	printf("%llu %llu", (unsigned long long)(dp_now() - began),
	       (unsigned long long)faults);
	dp_looks_by(map, unit, length, length, dp_by_pagemap);
	dp_looks_by(map, unit, length, length, dp_by_mincore);
	dp_looks_by(map, unit, length, length, dp_by_scan);
	dp_looks_by(map, unit, length, unit, dp_by_pagemap);
	printf("\n");
	return 0;
}

/* 4K, 2M, 1G, or bytes. */
static uint64_t dp_size(const char *text)
{
	char *end;
	uint64_t n = strtoull(text, &end, 0);

	return *end == 'K' ? n << 10 : *end == 'M' ? n << 20 : *end == 'G' ? n << 30 : n;
}

int main(int argc, char **argv)
{
	if (argc > 3 && !strcmp(argv[1], "run"))
		return dp_run(strtoull(argv[2], NULL, 0), argv + 3);
	if (argc == 5 && !strcmp(argv[1], "poison"))
		return dp_poison(argv[2], dp_size(argv[3]),
				 strtoull(argv[4], NULL, 0));
	if (argc == 5 && !strcmp(argv[1], "judge"))
		return dp_judged(argv[2], dp_size(argv[3]),
				 strtoull(argv[4], NULL, 0));
	if (argc == 5 && !strcmp(argv[1], "look"))
		return dp_looks(argv[2], dp_size(argv[3]), dp_size(argv[4]));
	fprintf(stderr, "usage: meter run|poison|judge|look ...\n");
	return 2;
}
