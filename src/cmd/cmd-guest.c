/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/command.h"
#include "vm/guest.h"

/* What `daxpoison vm` puts into a guest as its first process. */
static int dp_run_guest(struct dp_globals *globals, int argc, char **argv)
{
	(void)globals;
	(void)argc;
	(void)argv;
	if (!dp_guest_is())
		return dp_usage(NULL,
				"guest is not for people: it is the first process of what 'daxpoison vm' boots");
	dp_guest_main();
	return DP_EXIT_FAILED;
}

const struct dp_command dp_cmd_guest = {
	.name = "guest",
	.summary = "first process of the guest",
	.operands = "",
	.hidden = true,
	.run = dp_run_guest,
};
