/* SPDX-License-Identifier: GPL-2.0-only */
/* What this kernel, this process and this machine can do. Found by trying, or
 * by what the kernel shows; never by its version. */
#ifndef DP_SYS_CAPS_H
#define DP_SYS_CAPS_H

#include "base/rootdir.h"
#include "model/method.h"
#include "model/refusal.h"
#include "model/target.h"

struct dp_caps {
	bool memory_failure;	/* CONFIG_MEMORY_FAILURE */
	bool sys_admin;		/* CAP_SYS_ADMIN is effective */
	bool hypervisor;	/* the CPU says that it is a guest's */
	/* Why the other needs of methods are not met; NULL: they are. */
	const char *lacks[DP_NEED_MAX];
};

/* Probe. On the running system CONFIG_MEMORY_FAILURE is found by
 * madvise(MADV_HWPOISON) over 0 bytes, which checks that the advice is known
 * and does nothing (mm/madvise.c: madvise_behavior_valid() is asked before the
 * length is looked at, the capability after it); below another root by
 * HardwareCorrupted in /proc/meminfo, which has the same condition
 * (fs/proc/meminfo.c). The rest comes from /proc/self/status (CapEff) and
 * /proc/cpuinfo, and whether what the methods write to is there from debugfs and
 * sysfs. What cannot be read counts as absent. */
void dp_caps_probe(const struct dp_rootdir *root, struct dp_caps *caps);

/* What the kernel is locked down for ("integrity", "confidentiality"); empty: for
 * nothing, or it does not say (securityfs is not mounted). */
void dp_lockdown_get(const struct dp_rootdir *root,
		     char level[DP_LOCKDOWN_MAX]);

/* What is known of one dax device. */
struct dp_device_facts {
	const struct dp_node *node;
	int open_rc;		/* 0, or negative errno of opening for write */
	unsigned int ranges;	/* physical ranges that it is made of */
	const char *provider;	/* of its bus, or NULL: it is on none */
	bool injects;		/* its bus can be told to report errors */
};

/* Whether the method works on the device; every reason why not, in words. */
struct dp_method_state dp_caps_method(const struct dp_caps *caps,
				      const struct dp_device_facts *device,
				      enum dp_method method);

/* Whether poison in a region at `phys` (first byte, or DP_PHYS_UNKNOWN), on a
 * bus of this provider (NULL: on none), harms anything real: not on nfit_test
 * (the kernel's tools/testing/nvdimm), not in RAM that memmap=SIZE!START on the
 * kernel's command line calls pmem, not under a hypervisor. */
struct dp_medium dp_caps_medium(const struct dp_caps *caps,
				const struct dp_rootdir *root,
				const char *provider, uint64_t phys);

#endif
