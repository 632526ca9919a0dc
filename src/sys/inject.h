/* SPDX-License-Identifier: GPL-2.0-only */
/* The ways to inject; one row each. */
#ifndef DP_SYS_INJECT_H
#define DP_SYS_INJECT_H

#include "model/axes.h"

/* Where the page is, in every way in which a method may want to name it. */
struct dp_injection {
	void *addr;		/* in the caller's own mapping */
	uint64_t length;	/* bytes: one page */
};

/* Inject. 0, or negative errno of the call. The SIGBUS that it causes arrives
 * before it returns (madvise), or whenever the method delivers it. */
int dp_inject(enum dp_method method, const struct dp_injection *injection);

#endif
