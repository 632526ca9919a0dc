/* SPDX-License-Identifier: GPL-2.0-only */
/* A command is a row: its name, its function, its summary and its options.
 * Help, completion and the check of the manual pages come from the row. */
#ifndef DP_CMD_COMMAND_H
#define DP_CMD_COMMAND_H

#include "base/exit.h"
#include "base/log.h"
#include "model/filter.h"

/* One option. `id` is its letter, or a value from 256 on where it has none. */
struct dp_option {
	int id;
	const char *name;	/* without the dashes */
	const char *arg;	/* what it takes, or NULL: "SIZE", "read|write" */
	const char *help;
};

/* Options that every command takes. */
struct dp_globals {
	struct dp_log log;
	bool json;
	bool ktap;
	bool human;		/* -u: sizes rounded for people */
	struct dp_filter filter;
	char *const *argv;	/* the whole command line, for "repeat" */
	int argc;
};

struct dp_command {
	const char *name;
	const char *summary;	/* one line, lower case */
	const char *operands;	/* "TARGET", "[-- COMMAND...]" or "" */
	const struct dp_option *options; /* ends with a zero row */
	const struct dp_option *shared;	/* options it shares with others */
	bool filters;		/* takes -b -r -n -d -m -U */
	bool hidden;		/* internal; in no help, no completion */
	void (*more_help)(void); /* prints what follows the options; or NULL */
	/* argv[0] is the command's name. Returns enum dp_exit. */
	int (*run)(struct dp_globals *globals, int argc, char **argv);
};

extern const struct dp_command dp_cmd_list;
extern const struct dp_command dp_cmd_clear;
extern const struct dp_command dp_cmd_inject;
extern const struct dp_command dp_cmd_verify_alignment;
extern const struct dp_command dp_cmd_guarantees;
extern const struct dp_command dp_cmd_decode;
extern const struct dp_command dp_cmd_vm;
extern const struct dp_command dp_cmd_merge;
extern const struct dp_command dp_cmd_metadata;
extern const struct dp_command dp_cmd_guest;

/* The row of a command, or NULL. */
const struct dp_command *dp_command_find(const char *name);

/* The state of one command's walk over its options. */
struct dp_options {
	const struct dp_command *command;
	struct dp_globals *globals;
	struct option *longs;	/* built from the rows; owned */
	char *shorts;
	const char *arg;	/* argument of the option just returned */
};

enum {
	DP_OPTIONS_END = -1,	/* no more; operands start at optind */
	DP_OPTIONS_USAGE = -2,	/* bad option, already reported */
	DP_OPTIONS_DONE = -3,	/* --help or --list-opts answered it */
};

int dp_options_init(struct dp_options *o, const struct dp_command *command,
		    struct dp_globals *globals);
void dp_options_deinit(struct dp_options *o);
/* The id of the command's next own option; global options and filters are
 * taken care of here. Or one of the values above. */
int dp_options_next(struct dp_options *o, int argc, char **argv);

/* Report a usage error on stderr and return DP_EXIT_USAGE. */
int dp_usage(const struct dp_command *command, const char *fmt, ...)
	dp_printf(2, 3);

void dp_help(const struct dp_command *command);

#endif
