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

void dp_touch_each(volatile char *const *addr, uint32_t n, bool write,
		   struct dp_touch *t)
{
	/* Where the answers go may be a page that nobody touched yet: they are
	 * given when all are there. */
	long faults[DP_TOUCHES_MAX + 1] = { 0 };
	int signals[DP_TOUCHES_MAX] = { 0 };

	faults[0] = dp_steady(write);
	for (uint32_t i = 0; i < n; i++) {
		struct dp_access_arg arg = { addr[i], write };

		signals[i] = dp_sigbus_guard(dp_access, &arg);
		faults[i + 1] = dp_faults();
	}
	for (uint32_t i = 0; i < n; i++) {
		t[i].write = write;
		t[i].signal = signals[i];
		t[i].faults = faults[i + 1] - faults[i];
	}
}

void dp_touch_first(volatile char *const *addr, uint32_t n, bool write,
		    struct dp_touch *t)
{
	int signals[DP_TOUCHES_MAX] = { 0 };
	long faults[3] = { 0 };

	faults[0] = faults[1] = dp_faults();
	for (uint32_t i = 0; i < n; i++) {
		struct dp_access_arg arg = { addr[i], write };

		signals[i] = dp_sigbus_guard(dp_access, &arg);
		if (!i || i + 1 == n)
			faults[i ? 2 : 1] = dp_faults();
	}
	for (uint32_t i = 0; i < n; i++) {
		t[i].write = write;
		t[i].signal = signals[i];
		t[i].faults = i == 0   ? faults[1] - faults[0]
			      : i == 1 ? faults[2] - faults[1]
				       : 0;
	}
}

int dp_touch_steady(void)
{
	volatile char own[3] = { 0 };
	volatile char *const addr[] = { &own[0], &own[1], &own[2] };
	struct dp_touch t[3] = { 0 };

	for (int i = 0; i < DP_STEADY_MAX; i++) {
		dp_touch_first(addr, 3, true, t);
		if (!t[0].faults && !t[1].faults)
			return 0;
	}
	return -ENOTRECOVERABLE;
}

void dp_touch(volatile char *addr, bool write, struct dp_touch *t)
{
	dp_touch_each(&addr, 1, write, t);
}

void dp_touch_steps(volatile char *addr, uint64_t step, uint64_t n,
		    struct dp_touch *t)
{
	struct dp_access_arg arg = { addr, false };
	long before = dp_steady(false), after;
	int signal = -1;

	for (uint64_t i = 0; i < n && signal < 0; i++, arg.addr += step)
		signal = dp_sigbus_guard(dp_access, &arg);
	after = dp_faults();
	t->write = false;
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
