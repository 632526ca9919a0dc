/* SPDX-License-Identifier: GPL-2.0-only */
/* What --keep leaves behind: a directory with all that is needed to look into
 * a guest, or to start it again by hand. */
#ifndef DP_VM_KEEP_H
#define DP_VM_KEEP_H

#include "vm/qemu.h"

struct dp_keep {
	char dir[PATH_MAX];	/* empty: nothing is kept */
	int console;		/* the log of the console, or -1; owned */
};

/* Make a directory of its own in $TMPDIR or /tmp, with the initramfs, QEMU's
 * command line (as a shell script) and an empty log. `kernel` is the path of
 * the image. 0 or negative errno with a reason. */
int dp_keep_init(struct dp_keep *keep, const struct dp_qemu_config *config,
		 const char *kernel, struct dp_why *why);
void dp_keep_deinit(struct dp_keep *keep);

#endif
