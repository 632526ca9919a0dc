/* SPDX-License-Identifier: GPL-2.0-only */
/* A namespace taken out of use and back, with all that it holds. */
#ifndef DP_SYS_RENEW_H
#define DP_SYS_RENEW_H

#include <stddef.h>

#include "base/why.h"

/* Disable the namespace and enable it again: its page structures are made anew,
 * and its block device reads the list of bad blocks from its region, which
 * forgets what was only written to that list (drivers/nvdimm/badrange.c:
 * nvdimm_badblocks_populate). The data stays. The name of its block device goes
 * to `device` ("/dev/pmem0"). 0, or negative errno with a reason: -EBUSY it is
 * in use. */
int dp_namespace_renew(const char *name, char *device, size_t size,
		       struct dp_why *why);

#endif
