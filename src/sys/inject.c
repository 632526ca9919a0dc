/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/rootdir.h"
#include "sys/inject.h"

/* include/uapi/asm-generic/mman-common.h; glibc leaves it out. */
#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE 101
#endif

/* madvise(2), MADV_HWPOISON; mm/madvise.c:madvise_inject_error. One page a
 * call: over several pages of a compound page only the first is poisoned. */
static int dp_inject_madvise(const struct dp_injection *i)
{
	return madvise(i->addr, i->length, MADV_HWPOISON) ? -errno : 0;
}

static int dp_inject_madvise_soft(const struct dp_injection *i)
{
	return madvise(i->addr, i->length, MADV_SOFT_OFFLINE) ? -errno : 0;
}

static int dp_inject_write(uint64_t n, const char *dir, const char *file)
{
	_cleanup_(dp_rootdir_deinit) struct dp_rootdir root = { .fd = -1 };
	char text[32];
	int rc;

	snprintf(text, sizeof(text), "0x%" PRIx64, n);
	rc = dp_rootdir_init(&root, NULL);
	return rc ? rc : dp_rootdir_write(&root, text, "%s/%s", dir, file);
}

/* mm/hwpoison-inject.c:hwpoison_inject; Documentation/mm/hwpoison.rst. */
static int dp_inject_corrupt_pfn(const struct dp_injection *i)
{
	return dp_inject_write(i->at.pfn, DP_HWPOISON_DIR, "corrupt-pfn");
}

/* drivers/base/memory.c:hard_offline_page_store, soft_offline_page_store: a
 * physical address; Documentation/ABI/testing/sysfs-memory-page-offline. */
static int dp_inject_hard_offline(const struct dp_injection *i)
{
	return dp_inject_write(i->at.phys, DP_MEMORY_DIR, "hard_offline_page");
}

static int dp_inject_soft_offline(const struct dp_injection *i)
{
	return dp_inject_write(i->at.phys, DP_MEMORY_DIR, "soft_offline_page");
}

static int dp_inject_external(const struct dp_injection *i)
{
	return dp_await_poison(i, dp_corrupted_kb(), STDIN_FILENO);
}

static int (*const dp_injectors[])(const struct dp_injection *) = {
	[DP_METHOD_MADVISE] = dp_inject_madvise,
	[DP_METHOD_MADVISE_SOFT] = dp_inject_madvise_soft,
	[DP_METHOD_CORRUPT_PFN] = dp_inject_corrupt_pfn,
	[DP_METHOD_HARD_OFFLINE] = dp_inject_hard_offline,
	[DP_METHOD_SOFT_OFFLINE] = dp_inject_soft_offline,
	[DP_METHOD_MCE] = dp_inject_mce,
	[DP_METHOD_ARS] = dp_inject_ars,
	[DP_METHOD_EINJ] = dp_inject_einj,
	[DP_METHOD_EXTERNAL] = dp_inject_external,
};
static_assert(ARRAY_SIZE(dp_injectors) == DP_METHOD_MAX,
	      "a method has no function");

/* The kernel believes whatever number it is given: page 0 too. */
static int dp_check_phys(const struct dp_injection *i)
{
	const struct dp_target *t = i->target;
	bool file = t->kind != DP_KIND_DEVDAX;
	uint64_t from = file ? t->fs_phys : t->phys;

	if (from == DP_PHYS_UNKNOWN || i->at.phys == DP_PHYS_UNKNOWN ||
	    !i->at.phys || i->at.phys < from)
		return -ERANGE;
	/* A file may have moved since its extents were read: only what is seen
	 * mapped counts. A device stays where it is. */
	if (file)
		return i->pfn_seen == i->at.pfn ? 0 : -ESTALE;
	if (i->at.phys - from >= t->size ||
	    t->size - (i->at.phys - from) < i->length)
		return -ERANGE;
	return i->pfn_seen && i->pfn_seen != i->at.pfn ? -ESTALE : 0;
}

int dp_inject(enum dp_method method, const struct dp_injection *injection)
{
	int rc = 0;

	if (dp_method_info(method)->needs & DP_BIT(DP_NEED_PHYS))
		rc = dp_check_phys(injection);
	return rc ? rc : dp_injectors[method](injection);
}
