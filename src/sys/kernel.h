/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DP_SYS_KERNEL_H
#define DP_SYS_KERNEL_H

#include "model/kernel.h"

/* The running kernel's own names for itself: uname(2). */
void dp_kernel_get(struct dp_kernel *kernel);

/* What tells this boot from every other (random(4): boot_id), or "" if it
 * cannot be read. */
void dp_boot_id_get(char id[DP_BOOT_ID_SIZE]);

#endif
