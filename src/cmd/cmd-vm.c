/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/command.h"

static int dp_run_vm(struct dp_globals *globals, int argc, char **argv)
{
	(void)globals;
	(void)argc;
	(void)argv;
	return DP_EXIT_FAILED;
}

const struct dp_command dp_cmd_vm = {
	.name = "vm",
	.summary = "",
	.operands = "",
	.run = dp_run_vm,
};
