/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "cmd/command.h"

enum {
	DP_OPT_JSON = 1000,
	DP_OPT_KTAP,
	DP_OPT_DEBUG,
	DP_OPT_LIST_OPTS,
};

static const struct dp_option dp_global_options[] = {
	{DP_OPT_JSON, "json", NULL, "print one JSON document"},
	{DP_OPT_KTAP, "ktap", NULL, "print KTAP version 1"},
	{'u', "human", NULL, "round sizes for people"},
	{'v', "verbose", NULL, "say what is being done"},
	{DP_OPT_DEBUG, "debug", NULL, "say everything that is being done"},
	{'h', "help", NULL, "show this help"},
	{DP_OPT_LIST_OPTS, "list-opts", NULL, NULL},
	{0, NULL, NULL, NULL},
};

static const struct dp_option dp_filter_options[] = {
	{'b', "bus", "BUS", "only this bus: name, id or provider"},
	{'r', "region", "REGION", "only this region"},
	{'n', "namespace", "NAMESPACE", "only this namespace"},
	{'d', "dev", "DEVICE", "only this dax device"},
	{'m', "mode", "MODE", "only devdax, fsdax, raw, sector or system-ram"},
	{'U', "numa-node", "NODE", "only this NUMA node"},
	{0, NULL, NULL, NULL},
};

#define DP_TABLES 4

/* The tables that a command takes its options from, in the order of help. */
static size_t dp_tables(const struct dp_command *command,
			const struct dp_option *tables[DP_TABLES])
{
	size_t n = 0;

	if (command->options)
		tables[n++] = command->options;
	if (command->shared)
		tables[n++] = command->shared;
	if (command->filters)
		tables[n++] = dp_filter_options;
	tables[n++] = dp_global_options;
	return n;
}

int dp_options_init(struct dp_options *o, const struct dp_command *command,
		    struct dp_globals *globals)
{
	const struct dp_option *tables[DP_TABLES], *row;
	size_t n_tables = dp_tables(command, tables), n = 0, t;
	char *s;

	for (t = 0; t < n_tables; t++)
		for (row = tables[t]; row->id; row++)
			n++;
	*o = (struct dp_options){ .command = command, .globals = globals };
	o->longs = calloc(n + 1, sizeof(*o->longs));
	o->shorts = malloc(2 * n + 3);
	if (!o->longs || !o->shorts) {
		dp_options_deinit(o);
		dp_out_of_memory();
	}
	/* ':': tell a missing argument from an unknown option. Options may
	 * follow operands; "--" ends them, where a command line follows. */
	s = stpcpy(o->shorts, ":");
	n = 0;
	for (t = 0; t < n_tables; t++) {
		for (row = tables[t]; row->id; row++) {
			o->longs[n++] = (struct option){
				.name = row->name,
				.has_arg = row->arg ? required_argument
						    : no_argument,
				.val = row->id,
			};
			if (row->id >= 256)
				continue;
			*s++ = row->id;
			if (row->arg)
				*s++ = ':';
		}
	}
	*s = '\0';
	optind = 0;	/* glibc: start over, also after an earlier walk */
	opterr = 0;
	return 0;
}

void dp_options_deinit(struct dp_options *o)
{
	free(o->longs);
	free(o->shorts);
	o->longs = NULL;
	o->shorts = NULL;
}

static void dp_list_opts(const struct dp_command *command)
{
	const struct dp_option *tables[DP_TABLES], *row;
	size_t n = dp_tables(command, tables), t;

	for (t = 0; t < n; t++)
		for (row = tables[t]; row->id; row++)
			if (row->help)
				printf("--%s%s\n", row->name,
				       row->arg ? "=" : "");
}

/* A filter's argument. 0, or -EINVAL with a reason. */
static int dp_set_filter(struct dp_filter *filter, int id, const char *arg,
			 struct dp_why *why)
{
	unsigned int node;
	int rc;

	switch (id) {
	case 'b':
		filter->bus = arg;
		return 0;
	case 'r':
		filter->region = arg;
		return 0;
	case 'n':
		filter->namespace = arg;
		return 0;
	case 'd':
		filter->dev = arg;
		return 0;
	case 'm':
		if (!strcmp(arg, "all"))
			return 0;
		rc = dp_mode_from_name(arg);
		if (rc < 0)
			return dp_why(why, -EINVAL,
				      "'%s' is not a mode; expected devdax, fsdax, raw, sector or system-ram",
				      arg);
		filter->mode = rc;
		return 0;
	case 'U':
		if (!strcmp(arg, "all"))
			return 0;
		rc = dp_parse_uint(arg, 0, 65535, &node, why);
		if (!rc)
			filter->numa_node = node;
		return rc;
	}
	return -ENOENT;
}

/* Whether the id was a global option or filter: 1 yes, 0 no, or one of the
 * DP_OPTIONS_ values. */
static int dp_take_global(struct dp_options *o, int id)
{
	struct dp_globals *g = o->globals;
	struct dp_why why = { "" };
	int rc;

	switch (id) {
	case DP_OPT_JSON:
		g->json = true;
		return 1;
	case DP_OPT_KTAP:
		g->ktap = true;
		return 1;
	case 'u':
		g->human = true;
		return 1;
	case 'v':
		g->log.level = dp_max(g->log.level, DP_LOG_INFO);
		return 1;
	case DP_OPT_DEBUG:
		g->log.level = DP_LOG_DEBUG;
		return 1;
	case 'h':
		dp_help(o->command);
		return DP_OPTIONS_DONE;
	case DP_OPT_LIST_OPTS:
		dp_list_opts(o->command);
		return DP_OPTIONS_DONE;
	}
	if (!o->command->filters)
		return 0;
	rc = dp_set_filter(&g->filter, id, optarg, &why);
	if (rc == -ENOENT)
		return 0;
	if (!rc)
		return 1;
	dp_usage(o->command, "-%c: %s", id, dp_why_text(&why, rc));
	return DP_OPTIONS_USAGE;
}

int dp_options_next(struct dp_options *o, int argc, char **argv)
{
	int id, rc;

	for (;;) {
		id = getopt_long(argc, argv, o->shorts, o->longs, NULL);
		if (id == -1) {
			if (o->globals->json && o->globals->ktap) {
				dp_usage(o->command,
					 "--json and --ktap: choose one");
				return DP_OPTIONS_USAGE;
			}
			return DP_OPTIONS_END;
		}
		if (id == '?' || id == ':') {
			/* A short option has its letter in optopt; a long one
			 * is the word just passed. */
			char letter[3] = { '-', optopt, '\0' };
			bool is_short = optopt > 0 && optopt < 256 &&
					strncmp(argv[optind - 1], "--", 2);

			dp_usage(o->command,
				 id == ':' ? "option '%s' needs an argument"
					   : "unknown or ambiguous option '%s'",
				 is_short ? letter : argv[optind - 1]);
			return DP_OPTIONS_USAGE;
		}
		rc = dp_take_global(o, id);
		if (rc < 0)
			return rc;
		if (rc)
			continue;
		o->arg = optarg;
		return id;
	}
}

int dp_usage(const struct dp_command *command, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	dp_error("%s%s%s", command ? command->name : "", command ? ": " : "",
		 text);
	fprintf(stderr, "Try 'daxpoison %s%s--help'.\n",
		command ? command->name : "", command ? " " : "");
	return DP_EXIT_USAGE;
}

void dp_help(const struct dp_command *command)
{
	const struct dp_option *tables[DP_TABLES], *row;
	size_t n = dp_tables(command, tables), t;
	char left[160];

	printf("Usage: daxpoison %s [options]%s%s\n\n%s\n", command->name,
	       *command->operands ? " " : "", command->operands,
	       command->summary);
	for (t = 0; t < n; t++) {
		printf("\n%s\n",
		       tables[t] == command->shared	? "The run:"
		       : tables[t] == dp_global_options ? "Every command:"
		       : tables[t] == dp_filter_options ? "Filters ('all' matches everything):"
							: "Options:");
		for (row = tables[t]; row->id; row++) {
			if (!row->help)
				continue;
			snprintf(left, sizeof(left), "%c%c%s --%s%s%s",
				 row->id < 256 ? '-' : ' ',
				 row->id < 256 ? row->id : ' ',
				 row->id < 256 ? "," : " ", row->name,
				 row->arg ? " " : "", row->arg ? row->arg : "");
			if (strlen(left) > 26)
				printf("  %s\n  %-26s %s\n", left, "",
				       row->help);
			else
				printf("  %-26s %s\n", left, row->help);
		}
	}
	if (command->more_help)
		command->more_help();
}
