/* SPDX-License-Identifier: GPL-2.0-only */
/* Who has a character device open or mapped. A device-dax instance has no
 * exclusive open, and the kernel unbinds it from under its users. */
#ifndef DP_SYS_USERS_H
#define DP_SYS_USERS_H

#include <sys/types.h>

#include <daxctl/libdaxctl.h>

#include "base/why.h"

/* The first process, other than this one, that has the device open or mapped:
 * its pid; 0 none; negative errno where /proc cannot be read. Processes whose
 * files this one may not see (it is not root) count as not using it.
 * Source: proc(5), /proc/PID/fd and /proc/PID/maps. */
pid_t dp_user_of(dev_t device);

/* 0; or -EBUSY with a reason that names the process that uses a device of the
 * region, or the device that is system RAM. */
int dp_users_of_region(struct daxctl_region *region, struct dp_why *why);

#endif
