/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the host's side share. */
#ifndef DP_VM_HOST_PARTS_H
#define DP_VM_HOST_PARTS_H

#include "vm/frame.h"
#include "vm/host.h"
#include "vm/tail.h"
#include "vm/terminal.h"

/* How a kernel that gives up begins its last words (kernel/panic.c). */
#define DP_PANIC_MARK "Kernel panic - not syncing"

struct dp_host {
	const struct dp_vm_config *config;
	struct dp_vm_result *result;
	struct dp_qemu qemu;
	struct dp_terminal terminal;
	struct dp_decoder decoder;
	struct dp_tail console, errors;
	int64_t began;		/* ms */
	int signals;		/* signalfd */
	bool started;		/* the command runs */
	bool gone;		/* QEMU ended */
	bool input_open;	/* stdin has more */
	bool over;		/* the result is settled */
	char doing[128];	/* the last note: where it hangs, if it does */
	uint64_t n_out[2];	/* bytes of stdout and stderr that came */
	/* Output not written yet; points into the decoder. */
	const uint8_t *out;
	size_t out_left;
	int out_fd;
	/* A frame for the guest, partly sent. */
	uint8_t to_guest[DP_FRAME_HEADER + 4096];
	size_t to_guest_used, to_guest_sent;
	char reply[96];		/* waits for its turn; empty: none */
};

/* host-agent.c: do what the guest asks for, and word the reply: "done", or why
 * not. The monitor is asked for at most a few seconds. */
void dp_host_request(int monitor, const char *request, char *reply,
		     size_t size);

/* host-end.c */

/* Settle the result; only the first call counts. */
void dp_host_over(struct dp_host *h, enum dp_vm_end end, unsigned int code);

/* QEMU ended with this wait status, and everything that it left behind has
 * been read, but there was no result: settle why. */
void dp_host_ended_early(struct dp_host *h, int status);

#endif
