/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <sys/mman.h>

#include "sys/inject.h"

/* madvise(2), MADV_HWPOISON; mm/madvise.c:madvise_inject_error. One page a
 * call: over several pages of a compound page only the first is poisoned. */
static int dp_inject_madvise(const struct dp_injection *i)
{
	return madvise(i->addr, i->length, MADV_HWPOISON) ? -errno : 0;
}

static int (*const dp_injectors[])(const struct dp_injection *) = {
	[DP_METHOD_MADVISE] = dp_inject_madvise,
};
static_assert(ARRAY_SIZE(dp_injectors) == DP_METHOD_MAX,
	      "a method has no function");

int dp_inject(enum dp_method method, const struct dp_injection *injection)
{
	return dp_injectors[method](injection);
}
