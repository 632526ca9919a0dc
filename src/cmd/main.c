/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "sys/inherited.h"
#include "vm/guest.h"

static const struct dp_command *const dp_commands[] = {
	&dp_cmd_list,
	&dp_cmd_inject,
	&dp_cmd_clear,
	&dp_cmd_verify_alignment,
	&dp_cmd_metadata,
	&dp_cmd_guarantees,
	&dp_cmd_decode,
	&dp_cmd_vm,
	&dp_cmd_merge,
	&dp_cmd_guest,
};

const struct dp_command *dp_command_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(dp_commands); i++)
		if (!strcmp(dp_commands[i]->name, name))
			return dp_commands[i];
	return NULL;
}

static void dp_main_help(FILE *out)
{
	fprintf(out,
		"Usage: daxpoison COMMAND [options]\n\n"
		"Injects memory poison into DAX memory and measures the blast radius: what the\n"
		"kernel told (siginfo), what was really lost (measured), what was promised.\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(dp_commands); i++)
		if (!dp_commands[i]->hidden)
			fprintf(out, "  %-18s %s\n", dp_commands[i]->name,
				dp_commands[i]->summary);
	fprintf(out,
		"  %-18s show the help of a command\n\n"
		"Exit status: 0 all guarantees held, 1 one was violated, 2 usage,\n"
		"3 nothing could be judged, 4 daxpoison failed.\n"
		"No hardware? 'daxpoison vm' boots a guest with emulated pmem.\n",
		"help CMD");
}

static int dp_main_list_cmds(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(dp_commands); i++)
		if (!dp_commands[i]->hidden)
			puts(dp_commands[i]->name);
	puts("help");
	return DP_EXIT_HELD;
}

static int dp_main_help_cmd(const char *name)
{
	const struct dp_command *command;

	if (!name) {
		dp_main_help(stdout);
		return DP_EXIT_HELD;
	}
	command = dp_command_find(name);
	if (!command)
		return dp_usage(NULL, "no command '%s'", name);
	dp_help(command);
	return DP_EXIT_HELD;
}

static int dp_main(int argc, char **argv)
{
	struct dp_globals globals = {
		.filter = DP_FILTER_ALL,
		.argv = argv,
		.argc = argc,
	};
	const struct dp_command *command;

	/* In the guest daxpoison is the first process, and has no arguments
	 * but those that the kernel passes on. */
	if (dp_guest_is())
		return dp_cmd_guest.run(&globals, argc, argv);
	if (argc < 2) {
		dp_main_help(stderr);
		return DP_EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("daxpoison " PACKAGE_VERSION);
		return DP_EXIT_HELD;
	}
	if (!strcmp(argv[1], "--list-cmds"))
		return dp_main_list_cmds();
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return dp_main_help_cmd(NULL);
	if (!strcmp(argv[1], "help"))
		return dp_main_help_cmd(argc > 2 ? argv[2] : NULL);
	command = dp_command_find(argv[1]);
	if (!command)
		return dp_usage(NULL, "no command '%s'", argv[1]);
	return command->run(&globals, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	int status;

	/* The guest's first process starts without streams, and without the
	 * /dev that would have one to open. */
	if (!dp_guest_is() && dp_inherited_settle())
		return DP_EXIT_FAILED;
	status = dp_main(argc, argv);

	/* A report that could not be written is no report. */
	if (fflush(stdout) || ferror(stdout)) {
		dp_error("cannot write to standard output");
		return DP_EXIT_FAILED;
	}
	return status;
}
