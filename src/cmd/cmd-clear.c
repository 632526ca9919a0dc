/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "cmd/clear-errors.h"
#include "cmd/command.h"
#include "model/method.h"
#include "out/journal.h"
#include "out/json.h"
#include "run/undo.h"
#include "sys/find.h"
#include "sys/kernel.h"

enum {
	OPT_LIST = 256,
	OPT_ALL,
	OPT_JOURNAL,
	OPT_OFFSET,
	OPT_LENGTH,
	OPT_DRY_RUN,
	OPT_FORCE,
};

static const struct dp_option dp_clear_rows[] = {
	{ OPT_LIST, "list", NULL, "only show what there is to put back" },
	{ OPT_ALL, "all", NULL, "put back whatever the journal holds" },
	{ OPT_OFFSET, "offset", "OFFSET", "clear errors at this offset of TARGET, without the journal; loses what bad blocks held" },
	{ OPT_LENGTH, "length", "SIZE", "... in this much of it (default one page)" },
	{ OPT_DRY_RUN, "dry-run", NULL, "... only show what there is and what would be done" },
	{ OPT_FORCE, "force", NULL, "... on real hardware too, or while somebody has it open" },
	{ OPT_JOURNAL, "journal", "DIR", "the journal (default: /var/lib/daxpoison)" },
	{ 0, NULL, NULL, NULL },
};

/* A run over the journal. */
struct dp_clear {
	bool list, all;
	bool have_offset, have_other; /* --length, --dry-run, --force */
	struct dp_clear_errors_options errors;
	const char *journal;
	char *const *names;
	int n_names;
	const struct dp_globals *globals;
	struct dp_inventory inv;
	struct json_object *doc, *records; /* with --json */
	unsigned int seen, left;
};

static bool dp_clear_wants(const struct dp_clear *c,
			   const struct dp_journal_entry *e)
{
	for (int i = 0; i < c->n_names; i++)
		if (!strcmp(c->names[i], e->id) ||
		    (e->record && !strcmp(c->names[i], e->record->name)))
			return true;
	return !c->n_names;
}

static void dp_clear_show(struct dp_clear *c, const struct dp_record_row *row)
{
	if (c->records)
		json_object_array_add(c->records, dp_json_record(row));
	else
		dp_record_print(stdout, row);
}

static void dp_clear_each(struct dp_journal_entry *e, bool busy,
			  const char *bad, void *arg)
{
	struct dp_clear *c = arg;
	struct dp_record_row row = { .id = e->id, .record = e->record };
	struct dp_why said = { "" };

	if (!dp_clear_wants(c, e))
		return;
	c->seen++;
	if (e->unbegun) {
		dp_why(&said, 0, "its run ended before anything was taken");
	} else if (bad) {
		dp_why(&said, 0, "cannot be read: %s", bad);
		row.left = true;
	} else if (busy) {
		dp_why(&said, 0, "process %d is at work on it", e->record->pid);
		row.left = true;
	} else if (c->list) {
		dp_why(&said, 0, "%s",
		       e->record->state == DP_RECORD_CLEAN
			       ? "nothing is left to put back"
			       : "to be put back");
	} else {
		row.left = dp_undo(e, &c->inv, &said) != 0;
	}
	row.said = said.text;
	c->left += row.left;
	dp_clear_show(c, &row);
	if (!c->list && !row.left)
		unlinkat(e->dir, e->id, 0);
}

static int dp_clear_option(struct dp_clear *c, int id, const char *arg,
			   struct dp_why *why)
{
	int rc;

	switch (id) {
	case OPT_LIST:
		c->list = true;
		return 0;
	case OPT_ALL:
		c->all = true;
		return 0;
	case OPT_JOURNAL:
		c->journal = arg;
		return 0;
	case OPT_OFFSET:
		c->have_offset = true;
		return dp_parse_size(arg, &c->errors.offset, why);
	case OPT_LENGTH:
		c->have_other = true;
		rc = dp_parse_size(arg, &c->errors.length, why);
		return rc || c->errors.length
			       ? rc
			       : dp_why(why, -EINVAL, "a length of 0 clears nothing");
	case OPT_DRY_RUN:
		c->have_other = c->errors.dry_run = true;
		return 0;
	case OPT_FORCE:
		c->have_other = c->errors.force = true;
		return 0;
	}
	return -EINVAL;
}

static int dp_clear_parse(struct dp_clear *c, struct dp_globals *globals,
			  int argc, char **argv)
{
	struct dp_options o;
	int id, rc;

	if (dp_options_init(&o, &dp_cmd_clear, globals))
		return DP_OPTIONS_USAGE;
	while ((id = dp_options_next(&o, argc, argv)) >= 0) {
		struct dp_why why = { "" };

		rc = dp_clear_option(c, id, o.arg, &why);
		if (!rc)
			continue;
		dp_usage(&dp_cmd_clear, "%s", dp_why_text(&why, rc));
		id = DP_OPTIONS_USAGE;
		break;
	}
	dp_options_deinit(&o);
	return id;
}

static int dp_clear_end(struct dp_clear *c, int rc, const struct dp_why *why)
{
	if (!rc && c->doc)
		rc = dp_json_print(stdout, c->doc);
	json_object_put(c->doc);
	dp_inventory_deinit(&c->inv);
	if (rc) {
		dp_error("%s", dp_why_text(why, rc));
		return DP_EXIT_FAILED;
	}
	if (!c->seen && c->n_names) {
		dp_error("the journal has no record '%s'; 'daxpoison clear --list' shows what there is",
			 c->names[0]);
		return DP_EXIT_NOT_JUDGED;
	}
	if (!c->seen && !c->doc)
		printf("the journal is empty: there is nothing to put back\n");
	return c->left ? DP_EXIT_NOT_JUDGED : DP_EXIT_HELD;
}

static int dp_clear_run(struct dp_clear *c)
{
	_cleanup_close_ int dir = -1;
	struct dp_why why = { "" };
	struct dp_kernel kernel;
	int rc;

	dir = rc = dp_journal_open(c->journal, &why);
	if (rc < 0)
		return dp_clear_end(c, rc, &why);
	rc = c->list ? 0 : dp_find_all(&c->inv, &why);
	if (c->globals->json) {
		dp_kernel_get(&kernel);
		c->doc = dp_json_document(&kernel);
		c->records = json_object_new_array();
		json_object_object_add(c->doc, "records", c->records);
	}
	if (!rc)
		rc = dp_journal_each(dir, dp_clear_each, c);
	return dp_clear_end(c, rc, &why);
}

static int dp_run_clear(struct dp_globals *globals, int argc, char **argv)
{
	struct dp_clear c = { .globals = globals };
	int rc = dp_clear_parse(&c, globals, argc, argv);

	if (rc == DP_OPTIONS_DONE)
		return DP_EXIT_HELD;
	if (rc == DP_OPTIONS_USAGE)
		return DP_EXIT_USAGE;
	c.names = argv + optind;
	c.n_names = argc - optind;
	if (globals->ktap)
		return dp_usage(&dp_cmd_clear, "there are no results to report in KTAP; --json is for machines");
	if (c.have_other && !c.have_offset)
		return dp_usage(&dp_cmd_clear, "--length, --dry-run and --force go with --offset");
	if (c.have_offset && (c.all || c.list || c.n_names != 1))
		return dp_usage(&dp_cmd_clear, "--offset takes one target, and neither --all nor --list");
	if (c.have_offset) {
		c.errors.journal = c.journal;
		return dp_clear_errors_run(globals, c.names[0], &c.errors);
	}
	if (c.all + c.list + !!c.n_names != 1)
		return dp_usage(&dp_cmd_clear, "name records or targets, or say --all or --list");
	return dp_clear_run(&c);
}

const struct dp_command dp_cmd_clear = {
	.name = "clear",
	.summary = "put back what a run that was cut short has left behind, or clear errors",
	.operands = "[ID|TARGET...]",
	.options = dp_clear_rows,
	.run = dp_run_clear,
};
