/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel that is judged, as it names itself: uname(2). For the report only;
 * nothing decides by it. */
#ifndef DP_MODEL_KERNEL_H
#define DP_MODEL_KERNEL_H

struct dp_kernel {
	char release[65];	/* 6.1.0-56-amd64 */
	char version[65];	/* #1 SMP PREEMPT_DYNAMIC ... */
	char machine[65];	/* x86_64 */
};

/* Room for a boot id (random(4)): a UUID of 36 characters. */
#define DP_BOOT_ID_SIZE 40

#endif
