/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DP_SYS_KERNEL_H
#define DP_SYS_KERNEL_H

#include "model/kernel.h"

/* The running kernel's own names for itself: uname(2). */
void dp_kernel_get(struct dp_kernel *kernel);

#endif
