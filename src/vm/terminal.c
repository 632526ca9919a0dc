/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vm/terminal.h"

int dp_terminal_raw(struct dp_terminal *t)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &t->saved))
		return -errno;
	raw = t->saved;
	cfmakeraw(&raw);
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw))
		return -errno;
	t->raw = true;
	return 0;
}

void dp_terminal_restore(struct dp_terminal *t)
{
	if (t->raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &t->saved);
	t->raw = false;
}

int dp_terminal_size(struct dp_frame_winsize *size)
{
	struct winsize w;

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &w))
		return -errno;
	*size = (struct dp_frame_winsize){ w.ws_row, w.ws_col };
	return 0;
}
