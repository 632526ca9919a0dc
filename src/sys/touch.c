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

void dp_touch(volatile char *addr, bool write, struct dp_touch *t)
{
	struct dp_access_arg arg = { addr, write };
	long before;

	t->write = write;
	before = dp_faults();
	t->signal = dp_sigbus_guard(dp_access, &arg);
	t->faults = dp_faults() - before;
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
