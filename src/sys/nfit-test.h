/* SPDX-License-Identifier: GPL-2.0-only */
/* The first bus of nfit_test, the kernel's tools/testing/nvdimm: the one that
 * can inject errors (test/nfit.c, nfit_test0_setup). */
#ifndef DP_SYS_NFIT_TEST_H
#define DP_SYS_NFIT_TEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

#define DP_NFIT_TEST_BUS "nfit_test.0"

/* Wait until the bus is complete, and give its DIMMs empty labels: they come
 * with garbage, with which nothing can be made on their regions. 0 or negative
 * errno with a reason. */
int dp_nfit_test_labels(struct dp_why *why);

/* The name of its region that has the most bytes free in one piece, and at least
 * so many. 0, or
 * negative errno (-ENOSPC) with a reason. */
int dp_nfit_test_room(uint64_t bytes, char *name, size_t size,
		      struct dp_why *why);

#endif
