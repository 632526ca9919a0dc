/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel without its compression. A boot image unpacks itself in the guest;
 * where code is translated that takes more than half of the time to boot, so
 * it is done here, and QEMU enters the kernel directly (PVH). */
#ifndef DP_VM_VMLINUX_H
#define DP_VM_VMLINUX_H

#include "base/why.h"

/* The ELF image inside the boot image `bzimage`, in memory; a descriptor that
 * the caller owns. Negative errno with a reason where the boot image must be
 * used as it is: -ENOTSUP (compression unknown or not built in, no PVH entry),
 * -EBADMSG (damaged), -ENOMEM. */
int dp_vmlinux_unpack(int bzimage, struct dp_why *why);

/* Whether this ELF image has an entry for PVH. Pure; reads nothing beyond
 * `size`. */
bool dp_vmlinux_has_pvh(const unsigned char *elf, size_t size);

#endif
