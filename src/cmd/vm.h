/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the vm command share. */
#ifndef DP_CMD_VM_H
#define DP_CMD_VM_H

#include "cmd/result-files.h"
#include "model/pmem-spec.h"
#include "vm/accel.h"
#include "vm/initramfs.h"

#define DP_VM_ADDED_MAX 64
#define DP_VM_KERNELS_MAX 32

/* What the command line asks for. */
struct dp_vm_request {
	const struct dp_globals *globals;
	const char *kernel;	/* what dp_vm_start() boots; NULL: the default */
	const char *kernels[DP_VM_KERNELS_MAX];
	size_t n_kernels;
	unsigned int jobs;	/* guests at once; 0: as many as CPUs */
	struct dp_result_files files;
	bool resume;
	const char *append;
	struct dp_pmem_spec pmem[DP_PMEM_MAX];
	size_t n_pmem;
	struct dp_pmem_spec nfit_test[DP_NFIT_TEST_MAX];
	size_t n_nfit_test;
	struct dp_added_file added[DP_VM_ADDED_MAX + 1];
	size_t n_added;
	uint64_t memory;	/* bytes; 0: what is usual */
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

/* Boot a guest for each kernel, several at once, run the command in each of
 * them and compare. The gravest exit status. */
int dp_vm_many(struct dp_vm_request *r);

#endif
