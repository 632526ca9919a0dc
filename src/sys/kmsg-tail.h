/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel log says of a block device and the file system on it, from one
 * moment to the next. Source: Documentation/ABI/testing/dev-kmsg. */
#ifndef DP_SYS_KMSG_TAIL_H
#define DP_SYS_KMSG_TAIL_H

#include <stddef.h>

#include "base/macros.h"

/* Open it at its end: a descriptor, or negative errno. */
int dp_kmsg_tail_open(void);

/* Hand the lines that came since the last call, without what stands before the
 * message, to `each`: those that name the device ("pmem0") or tell of failing
 * memory. */
void dp_kmsg_tail_read(int fd, const char *device,
		       void (*each)(const char *line, void *arg), void *arg);

#endif
