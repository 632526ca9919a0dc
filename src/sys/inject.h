/* SPDX-License-Identifier: GPL-2.0-only */
/* The ways to inject; one function each. */
#ifndef DP_SYS_INJECT_H
#define DP_SYS_INJECT_H

#include "base/why.h"
#include "model/method.h"
#include "model/target.h"

#define DP_HWPOISON_DIR "sys/kernel/debug/hwpoison"
#define DP_HWPOISON_MODULE "hwpoison_inject"
#define DP_MEMORY_DIR "sys/devices/system/memory"

/* Where the page is, in every way in which a method may want to name it. */
struct dp_injection {
	void *addr;		/* in the caller's own mapping */
	uint64_t length;	/* bytes: one page */
	const struct dp_target *target;
	struct dp_place_bases at; /* offset, physical address, pfn, blocks */
	uint64_t pfn_seen;	/* pagemap's, 0: not asked or hidden */
};

/* Inject. 0, or negative errno of the call. The SIGBUS that it causes arrives
 * before it returns (madvise), or whenever the method delivers it. A method
 * that names the page by its physical address is refused with -ERANGE where
 * that is not inside the target, and with -ESTALE where pagemap says that
 * another page is mapped there. */
int dp_inject(enum dp_method method, const struct dp_injection *injection);

/* What the methods of a run need of the kernel, for as long as it lasts. */
struct dp_armed {
	bool hwpoison;		/* we loaded the module */
};

/* Make these methods (of DP_BIT(enum dp_method)) ready: load what is missing.
 * 0, or negative errno with a reason. _disarm takes out what _arm loaded; 0 or
 * negative errno. */
int dp_arm(struct dp_armed *armed, unsigned int methods, struct dp_why *why);
int dp_disarm(struct dp_armed *armed);

#endif
