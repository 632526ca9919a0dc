/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the vm command share. */
#ifndef DP_CMD_VM_H
#define DP_CMD_VM_H

#include "cmd/command.h"
#include "model/pmem-spec.h"
#include "vm/accel.h"
#include "vm/initramfs.h"

#define DP_VM_ADDED_MAX 64

/* What the command line asks for. */
struct dp_vm_request {
	const struct dp_globals *globals;
	const char *kernel, *append;
	struct dp_pmem_spec pmem[DP_PMEM_MAX];
	size_t n_pmem;
	struct dp_added_file added[DP_VM_ADDED_MAX + 1];
	size_t n_added;
	uint64_t memory;
	unsigned int timeout;
	bool timeout_given;
	bool keep, console;
	enum dp_accel accel;
	char **args;		/* the command, NULL-terminated */
	bool ours;		/* ... is one of daxpoison */
	bool tty;
};

/* Boot one guest and run the command in it, whose output is ours. The exit
 * status (enum dp_exit, or that of the command). */
int dp_vm_start(struct dp_vm_request *r);

#endif
