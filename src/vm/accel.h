/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether KVM works here. A /dev/kvm that can be opened may still not run a
 * guest, so a tiny one is really run. */
#ifndef DP_VM_ACCEL_H
#define DP_VM_ACCEL_H

#include "vm/qemu.h"

/* "kvm", "tcg" or "auto" to enum dp_accel, or -EINVAL. */
int dp_accel_from_name(const char *name);
const char *dp_accel_name(enum dp_accel accel);

/* DP_ACCEL_KVM if a guest runs with it, else DP_ACCEL_TCG with the reason in
 * `why`. Takes up to two seconds; the answer is remembered for this boot of
 * the machine in the cache directory. */
enum dp_accel dp_accel_probe(struct dp_why *why);

/* Remember that KVM did not work after all. */
void dp_accel_distrust(void);

#endif
