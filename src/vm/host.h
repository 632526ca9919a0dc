/* SPDX-License-Identifier: GPL-2.0-only */
/* The host's side of a running guest: one loop that passes its output on as it
 * comes, feeds its input, and tells how it ended. */
#ifndef DP_VM_HOST_H
#define DP_VM_HOST_H

#include "base/why.h"
#include "vm/qemu.h"

struct dp_vm_config {
	struct dp_qemu_config qemu;
	unsigned int start_timeout; /* seconds until the command runs; 0: none */
	unsigned int timeout;	/* seconds until all is over; 0: none */
	bool console;		/* pass the guest's console on to stderr */
	int console_log;	/* ... and to this descriptor, or -1; borrowed */
	bool input;		/* the command reads our stdin */
	bool tty;		/* raw terminal; the orders say so too */
	/* What is being done, for -v; may be NULL. */
	void (*note)(void *data, double seconds, const char *text);
	void *note_data;
};

enum dp_vm_end {
	DP_VM_EXITED,		/* the command exited with `code` */
	DP_VM_SIGNALLED,	/* signal `code` killed the command */
	DP_VM_REFUSED,		/* the guest said why it cannot run it */
	DP_VM_LOST,		/* the guest ended without a whole result */
	DP_VM_INTERRUPTED,	/* we were told to stop, by signal `code` */
	DP_VM_FAILED,		/* QEMU did not start, or the host failed */
};

struct dp_vm_result {
	enum dp_vm_end end;
	unsigned int code;
	bool greeted;		/* daxpoison ran in the guest */
	struct dp_why why;	/* unless the command ended by itself */
	char *console;		/* the last lines; owned; may be NULL */
};

/* Run a guest from start to end. Output of the command goes to stdout and
 * stderr. Always fills `result`; never leaves QEMU behind. */
void dp_vm_run(const struct dp_vm_config *config, struct dp_vm_result *result);
void dp_vm_result_deinit(struct dp_vm_result *result);

#endif
