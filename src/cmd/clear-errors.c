/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/clear-errors.h"
#include "cmd/refused.h"
#include "cmd/run-plan.h"
#include "out/clear.h"
#include "out/json.h"
#include "run/clear.h"
#include "run/journal.h"
#include "sys/find-file.h"
#include "sys/find.h"
#include "sys/kernel.h"

static void dp_announce_clearing(const struct dp_clearing *c, void *arg)
{
	const struct dp_globals *globals = arg;

	if (!globals->json)
		dp_clearing_print_plan(stdout, c);
}

static int dp_clearing_report(const struct dp_globals *globals,
			      const struct dp_clearing *c)
{
	struct json_object *doc;
	struct dp_kernel kernel;
	int rc;

	if (!globals->json) {
		dp_clearing_print_result(stdout, c);
		return fflush(stdout) ? -EIO : 0;
	}
	dp_kernel_get(&kernel);
	doc = dp_json_document(&kernel);
	if (!doc)
		return -ENOMEM;
	json_object_array_add(json_object_object_get(doc, "targets"),
			      dp_json_target(c->target));
	json_object_object_add(doc, "cleared", dp_json_clearing(c));
	rc = dp_json_print(stdout, doc);
	json_object_put(doc);
	return rc;
}

/* A range that makes no sense for the target: -EINVAL with a reason. */
static int dp_clear_range(const struct dp_target *t,
			  const struct dp_clear_errors_options *o,
			  struct dp_range *range, struct dp_why *why)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);
	const uint64_t end = dp_align_up(t->size, page);

	*range = (struct dp_range){ o->offset, o->length ?: page };
	if (t->is_dir)
		return dp_why(why, -EINVAL, "%s is a directory; name a file",
			      t->name);
	if (range->offset % page || range->length % page)
		return dp_why(why, -EINVAL, "--offset and --length must be multiples of the page, 0x%" PRIx64,
			      page);
	if (range->offset >= end || range->length > end - range->offset)
		return dp_why(why, -EINVAL, "0x%" PRIx64 " bytes at 0x%" PRIx64 " are not inside %s, which has 0x%" PRIx64,
			      range->length, range->offset, t->name, t->size);
	return 0;
}

static int dp_clear_found(const struct dp_globals *globals,
			  const struct dp_target *t,
			  const struct dp_clear_errors_options *o)
{
	struct dp_clearing c = { .target = t, .dry_run = o->dry_run };
	_cleanup_close_ int dir = -1;
	struct dp_why why = { "" };
	int rc;

	rc = dp_clear_range(t, o, &c.range, &why);
	if (rc)
		return dp_usage(&dp_cmd_clear, "%s", dp_why_text(&why, rc));
	if (!o->dry_run)
		dir = rc = dp_journal_open(o->journal, &why);
	if (rc >= 0) {
		/* A device that was stopped has to be started. */
		dp_hold_signals();
		rc = dp_clear_errors(&c, dir, o->force, dp_announce_clearing,
				     (void *)globals, &why);
		if (rc)
			return dp_refused(globals, dp_why_text(&why, rc));
		rc = dp_clearing_report(globals, &c);
	}
	if (rc < 0) {
		dp_error("%s", dp_why_text(&why, rc));
		return DP_EXIT_FAILED;
	}
	switch (dp_cleared_judge(&c)) {
	case DP_CLEARED_LEFT:
	case DP_CLEARED_UNKNOWN:
		return DP_EXIT_NOT_JUDGED;
	default:
		return DP_EXIT_HELD;
	}
}

int dp_clear_errors_run(const struct dp_globals *globals, const char *name,
			const struct dp_clear_errors_options *o)
{
	_cleanup_(dp_inventory_deinit) struct dp_inventory inv = { 0 };
	_cleanup_free_ struct dp_target *target = NULL;
	struct dp_why why = { "" };
	int rc, status;

	target = calloc(1, sizeof(*target));
	if (!target)
		dp_out_of_memory();
	rc = dp_find_all(&inv, &why);
	if (!rc)
		rc = dp_find_medium(&inv, name, target, &why);
	if (rc)
		return dp_refused(globals, dp_why_text(&why, rc));
	status = dp_clear_found(globals, target, o);
	dp_find_release(target);
	return status;
}
