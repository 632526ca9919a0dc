/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's side: the first process of the machine. Everything goes to the
 * host in frames; nothing is printed. */
#ifndef DP_VM_GUEST_H
#define DP_VM_GUEST_H

#include "base/rootdir.h"
#include "base/why.h"
#include "sys/uevent.h"
#include "vm/frame.h"
#include "vm/orders.h"

struct dp_guest {
	struct dp_orders orders;
	struct dp_rootdir root;
	struct dp_uevents uevents;
	int channel;		/* the port to the host, or -1 */
	int agent;		/* takes requests for the host, or -1 */
	int asking;		/* who made the one under way, or -1 */
};

/* Whether this process is the first one of a guest that `daxpoison vm` made
 * (and not, for example, the first one of a container). */
bool dp_guest_is(void);

/* Prepare the machine, run the command of the orders, power off. Returns only
 * if even powering off failed. */
void dp_guest_main(void);

/* guest-say.c */

/* Send one frame whole. 0 or negative errno. */
int dp_guest_send(struct dp_guest *g, enum dp_frame_type type,
		  const void *data, size_t length);
/* Tell the host what is being done; cut at 127 bytes. */
void dp_guest_note(struct dp_guest *g, const char *fmt, ...) dp_printf(2, 3);
/* Tell the host why there will be no result. The console is the only way
 * before there is a channel; the host shows its last lines. */
void dp_guest_fail(struct dp_guest *g, const struct dp_why *why, int err);

/* guest-devices.c */

/* Wait for the port to the host and open it as g->channel. */
int dp_guest_open_channel(struct dp_guest *g, struct dp_why *why);
/* Wait for the emulated NVDIMMs and give each what its spec says. */
int dp_guest_provision(struct dp_guest *g, struct dp_why *why);

/* guest-nfit-test.c */

/* Load nfit_test and make the namespaces in it that the orders name, if they
 * name any. 0 or negative errno with a reason. */
int dp_guest_nfit_test(struct dp_guest *g, struct dp_why *why);

/* guest-files.c */

/* Make the file system of the spec on the block device of the namespace, and
 * mount it with -o dax=always on /mnt/pmemN. 0 or negative errno with a
 * reason. */
int dp_guest_make_fs(struct dp_guest *g, const struct dp_pmem_spec *spec,
		     const char *namespace, struct dp_why *why);

/* guest-agent.c */

/* Listen for requests of other processes, which the host shall carry out: one
 * packet of text each, answered by one. 0 or negative errno. */
int dp_agent_open(struct dp_guest *g);
/* There is something to take: a request, or the end of who made one. 0, or
 * negative errno of the channel. */
int dp_agent_serve(struct dp_guest *g);
/* The host's answer. */
void dp_agent_reply(struct dp_guest *g, const struct dp_frame *frame);

/* guest-run.c */

/* Run the command of the orders, pass output and input on, and send its exit
 * status. 0, or negative errno with a reason if it could not be started. */
int dp_guest_run(struct dp_guest *g, struct dp_why *why);

#endif
