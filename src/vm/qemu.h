/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU as a child process: its command line, its descriptors, its end. */
#ifndef DP_VM_QEMU_H
#define DP_VM_QEMU_H

#include <limits.h>
#include <sys/types.h>

#include "base/why.h"
#include "model/pmem-spec.h"

#define DP_QEMU_PROGRAM "qemu-system-x86_64"

enum dp_accel {
	DP_ACCEL_AUTO,
	DP_ACCEL_KVM,
	DP_ACCEL_TCG,
};

struct dp_qemu_config {
	int kernel_fd, initrd_fd; /* borrowed */
	const struct dp_pmem_spec *pmem;
	size_t n_pmem;
	uint64_t memory;	/* bytes of ordinary memory */
	enum dp_accel accel;	/* not AUTO */
	const char *append;	/* more kernel arguments, or NULL */
};

/* A list of strings, NULL-terminated, ready for execve. */
struct dp_argv {
	char **v;
	size_t n;
	bool failed;		/* out of memory: do not use it */
};

void dp_argv_add(struct dp_argv *a, const char *fmt, ...) dp_printf(2, 3);
void dp_argv_deinit(struct dp_argv *a);

/* What the files of a guest are called: descriptors in a run, real names in a
 * command line that is kept. */
struct dp_qemu_names {
	char kernel[PATH_MAX], initrd[PATH_MAX];
	const char *pmem;	/* what the number follows */
	int pmem_number[DP_PMEM_MAX];
	char console[64], channel[64]; /* "socket,fd=5", "stdio" */
	char monitor[64];	/* for QMP; empty: none */
};

/* The whole command line. */
void dp_qemu_args(struct dp_argv *a, const struct dp_qemu_config *config,
		  const struct dp_qemu_names *names);

/* A running QEMU. All descriptors are owned. */
struct dp_qemu {
	pid_t pid;		/* 0: none */
	int pidfd;		/* readable once it ended */
	int console;		/* the guest's serial console */
	int channel;		/* the port for frames */
	int monitor;		/* QMP */
	int errors;		/* what QEMU itself prints */
};

/* Start it. It dies with this process, and signals of the terminal do not
 * reach it. 0 or negative errno with a reason (-ENOENT: not installed). */
int dp_qemu_start(struct dp_qemu *q, const struct dp_qemu_config *config,
		  struct dp_why *why);

/* Start any QEMU command line, with `fds` (ends with -1) left open in it, and
 * its stdout and stderr going to `out`. Returns the pid, or negative errno
 * with a reason. */
pid_t dp_qemu_spawn(const struct dp_argv *argv, const int *fds, int out,
		    struct dp_why *why);

/* Kill it if it still runs, and collect it. Its wait status, or -1 if it was
 * collected before, or has not ended 5 s after. Closes everything. */
int dp_qemu_stop(struct dp_qemu *q);

#endif
