/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "sys/sigbus.h"
#include "sys/touch.h"

struct dp_access_arg {
	volatile char *addr;
	bool write;
};

/* A sanitizer would look at its shadow of the address first, and fault there. */
__attribute__((no_sanitize("address", "undefined"))) static void
dp_access(void *p)
{
	const struct dp_access_arg *a = p;
	char byte = *a->addr;

	if (a->write)
		*a->addr = byte;
}

static long dp_faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

/* How often to try for a touch of our own memory that takes no fault. */
#define DP_STEADY_MAX 8

/* The pages that touching needs, code, stack and counters, may have been taken
 * from us since the last time: by a fork, which makes us copy them, or by
 * reclaim. A fault on one of these would be taken for one at the address. The
 * faults so far. */
static long dp_steady(bool write)
{
	volatile char own = 0;
	struct dp_access_arg arg = { &own, write };
	long before = dp_faults(), after;

	for (int i = 0; i < DP_STEADY_MAX; i++, before = after) {
		dp_sigbus_guard(dp_access, &arg);
		after = dp_faults();
		if (after == before)
			break;
	}
	return before;
}

void dp_touch(volatile char *addr, bool write, struct dp_touch *t)
{
	struct dp_access_arg arg = { addr, write };
	long before, after;
	int signal;

	before = dp_steady(write);
	signal = dp_sigbus_guard(dp_access, &arg);
	after = dp_faults();
	/* Where the answer goes may be a page that nobody touched yet. */
	t->write = write;
	t->signal = signal;
	t->faults = after - before;
}

int dp_touch_selftest(void)
{
	long page = sysconf(_SC_PAGESIZE);
	struct dp_touch warm = { 0 }, fresh = { 0 }, again = { 0 };
	char *two;

	two = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (two == MAP_FAILED)
		return -errno;
	/* Huge pages would map both at once. */
	madvise(two, 2 * page, MADV_NOHUGEPAGE);
	dp_touch(two, false, &warm);
	dp_touch(two + page, false, &fresh);
	dp_touch(two + page, false, &again);
	munmap(two, 2 * page);
	return fresh.faults == 1 && again.faults == 0 ? 0 : -ENOTRECOVERABLE;
}
