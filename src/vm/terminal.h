/* SPDX-License-Identifier: GPL-2.0-only */
/* The terminal that a guest's command is connected to. */
#ifndef DP_VM_TERMINAL_H
#define DP_VM_TERMINAL_H

#include <termios.h>

#include "vm/frame.h"

struct dp_terminal {
	bool raw;		/* to be restored */
	struct termios saved;
};

/* Pass every key on. 0 or negative errno. _restore undoes it, if it was done,
 * and may be called any number of times. */
int dp_terminal_raw(struct dp_terminal *t);
void dp_terminal_restore(struct dp_terminal *t);

/* The size of the window, or -ENOTTY. */
int dp_terminal_size(struct dp_frame_winsize *size);

#endif
