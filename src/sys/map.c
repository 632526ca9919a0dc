/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <sys/mman.h>

#include "sys/map.h"

int dp_area_init(struct dp_area *area, uint64_t length, uint64_t align)
{
	uint64_t reserved = length + 3 * align;
	void *base;

	if (reserved < length)
		return -ENOMEM;
	base = mmap(NULL, reserved, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (base == MAP_FAILED)
		return -errno;
	area->base = base;
	area->reserved = reserved;
	area->start = (char *)dp_align_up((uintptr_t)base + align, align);
	area->length = length;
	return 0;
}

void dp_area_deinit(struct dp_area *area)
{
	if (area->base)
		munmap(area->base, area->reserved);
	area->base = NULL;
}

void dp_area_skew(struct dp_area *area, uint64_t skew)
{
	area->start += skew;
}

int dp_area_map_as(struct dp_area *area, enum dp_sharing sharing, int prot,
		   int fd, uint64_t offset, uint64_t length)
{
	static const int flags[DP_SHARING_MAX] = {
		[DP_SHARING_SHARED] = MAP_SHARED,
		[DP_SHARING_PRIVATE] = MAP_PRIVATE | MAP_NORESERVE,
		[DP_SHARING_SYNC] = MAP_SHARED_VALIDATE | MAP_SYNC,
	};
	void *got;

	got = mmap(area->start, length, prot,
		   flags[sharing] | MAP_FIXED, fd, offset);
	return got == MAP_FAILED ? -errno : 0;
}

int dp_area_map(struct dp_area *area, uint64_t at, int fd, uint64_t offset,
		uint64_t length)
{
	void *want = area->start + at;
	void *got;

	got = mmap(want, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		   fd, offset);
	return got == MAP_FAILED ? -errno : 0;
}

void *dp_shared_new(uint64_t length)
{
	void *p = mmap(NULL, length, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void dp_shared_free(void *p, uint64_t length)
{
	if (p)
		munmap(p, length);
}
