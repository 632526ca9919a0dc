/* SPDX-License-Identifier: GPL-2.0-only */
/* The host's share of nfit_test: the kernel's own simulation of a platform that
 * injects errors, tools/testing/nvdimm, whose modules take the place of the
 * kernel's NVDIMM drivers. */
#ifndef DP_VM_NFIT_TEST_H
#define DP_VM_NFIT_TEST_H

#include "vm/kernel-image.h"

/* Have the guest of this kernel get its modules from the tree that
 * tests/nfit-test/build has put into the cache, nfit-test/RELEASE. 0; -ENOENT
 * there is none; -ENOEXEC it was built for another kernel; or another negative
 * errno; each with a reason. */
int dp_nfit_test_modules(struct dp_kernel_image *image, struct dp_why *why);

#endif
