/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/format.h"
#include "out/clear.h"
#include "out/json.h"

static const char *dp_lacks(int64_t n)
{
	if (n == -EOPNOTSUPP)
		return "the platform takes no injections";
	if (n == -ENODATA)
		return "the kernel does not show it";
	return strerror(-n);
}

static void dp_print_count(FILE *out, const char *what, int64_t n)
{
	if (n < 0)
		fprintf(out, "    %-28s not known: %s\n", what, dp_lacks(n));
	else
		fprintf(out, "    %-28s %" PRId64 "\n", what, n);
}

static void dp_print_errors(FILE *out, const char *when,
			    const struct dp_errors *e)
{
	fprintf(out, "  %s\n", when);
	dp_print_count(out, "blocks listed as bad", e->listed);
	for (uint32_t i = 0; i < e->blocks.n; i++)
		fprintf(out, "      block %" PRIu64 " of the region, %" PRIu64 " of them\n",
			e->blocks.at[i].offset / DP_BLOCK_SIZE,
			e->blocks.at[i].length / DP_BLOCK_SIZE);
	if (e->blocks.truncated)
		fprintf(out, "      ... and more\n");
	dp_print_count(out, "blocks the platform injects", e->injected);
	dp_print_count(out, "pages flagged as poisoned", e->flagged);
}

/* The steps after which bad blocks hold other bytes. */
static bool dp_loses(unsigned int steps)
{
	return steps & (DP_BIT(DP_CLEAR_REWRITE) | DP_BIT(DP_CLEAR_WRITE) |
			DP_BIT(DP_CLEAR_STOPPED));
}

static int64_t dp_lost(const struct dp_clearing *c)
{
	bool failed = false;

	if (!dp_loses(c->done) || c->before.listed < 0)
		return 0;
	for (int i = 0; i < DP_CLEAR_STEP_MAX; i++)
		failed |= c->errors[i] != 0;
	/* Of a step that failed, as far as it came. */
	return failed ? dp_max(c->before.listed - c->after.listed, (int64_t)0)
		      : c->before.listed;
}

void dp_clearing_print_plan(FILE *out, const struct dp_clearing *c)
{
	char length[DP_SIZE_TEXT];

	fprintf(out, "%s at 0x%" PRIx64 ", %s\n", c->target->name,
		c->range.offset, dp_size_text(length, c->range.length, false));
	dp_print_errors(out, "before", &c->before);
	if (c->steps)
		fprintf(out, "  to be done\n");
	for (int i = 0; i < DP_CLEAR_STEP_MAX; i++)
		if (c->steps & DP_BIT(i))
			fprintf(out, "    %-12s %s\n", dp_clear_step_name(i),
				dp_clear_step_text(i));
	if (dp_loses(c->steps))
		fprintf(out, "    what the %" PRId64 " bad blocks of 512 bytes held is lost by it\n",
			c->before.listed);
	fflush(out);
}

static const char *dp_clearing_says(const struct dp_clearing *c,
				    enum dp_cleared verdict)
{
	switch (verdict) {
	case DP_CLEARED_NOTHING:
		return "nothing is bad there";
	case DP_CLEARED_ALL:
		return c->after.flagged < 0
			       ? "no block is listed as bad; whether a page is poisoned cannot be seen, but what was done takes poison off"
			       : "nothing is bad there any more";
	case DP_CLEARED_PLANNED:
		return "nothing was done (--dry-run)";
	case DP_CLEARED_UNKNOWN:
		return c->before.listed < 0
			       ? "the list of bad blocks cannot be seen; nothing was done"
			       : "no block is listed as bad; whether a page is poisoned cannot be seen, and under a file system it could not be cleared: unmount it and name the namespace";
	case DP_CLEARED_LEFT:
		if (c->moved)
			return "the file is well, but its page was given other blocks; those that were bad may still be, and belong to nobody or another file";
		if (c->target->kind == DP_KIND_FSDAX && !c->steps)
			return "a poisoned page cannot be cleared under a file system: unmount it and name the namespace";
		if (c->errors[DP_CLEAR_STOPPED] == ENOTTY)
			return "the platform has no command to clear errors";
		if (c->before.blocks.truncated)
			return "not all that is bad was cleared at once; do it again";
		return "something is left";
	case DP_CLEARED_MAX:
		break;
	}
	return "";
}

void dp_clearing_print_result(FILE *out, const struct dp_clearing *c)
{
	enum dp_cleared verdict = dp_cleared_judge(c);

	for (int i = 0; i < DP_CLEAR_STEP_MAX; i++)
		if (c->errors[i])
			fprintf(out, "  %s failed: %s\n", dp_clear_step_name(i),
				strerror(c->errors[i]));
	if (c->done)
		dp_print_errors(out, "after", &c->after);
	if (dp_lost(c))
		fprintf(out, "  lost: what %" PRId64 " blocks of 512 bytes held\n",
			dp_lost(c));
	fprintf(out, "%s: %s\n", dp_cleared_name(verdict),
		dp_clearing_says(c, verdict));
}

static struct json_object *dp_json_count(int64_t n)
{
	return n < 0 ? NULL : json_object_new_int64(n);
}

static struct json_object *dp_json_errors(const struct dp_errors *e)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *ranges = json_object_new_array();

	for (uint32_t i = 0; i < e->blocks.n; i++) {
		struct json_object *r = json_object_new_object();

		json_object_object_add(r, "region_block", json_object_new_uint64(
				e->blocks.at[i].offset / DP_BLOCK_SIZE));
		json_object_object_add(r, "count", json_object_new_uint64(
				e->blocks.at[i].length / DP_BLOCK_SIZE));
		json_object_array_add(ranges, r);
	}
	json_object_object_add(obj, "listed_blocks", dp_json_count(e->listed));
	json_object_object_add(obj, "listed", ranges);
	json_object_object_add(obj, "injected_blocks",
			       dp_json_count(e->injected));
	json_object_object_add(obj, "flagged_pages", dp_json_count(e->flagged));
	return obj;
}

struct json_object *dp_json_clearing(const struct dp_clearing *c)
{
	enum dp_cleared verdict = dp_cleared_judge(c);
	struct json_object *obj = json_object_new_object();
	struct json_object *steps = json_object_new_array();

	for (int i = 0; i < DP_CLEAR_STEP_MAX; i++) {
		struct json_object *step;

		if (!(c->steps & DP_BIT(i)))
			continue;
		step = json_object_new_object();
		json_object_object_add(step, "step", json_object_new_string(
				dp_clear_step_name(i)));
		json_object_object_add(step, "errno", c->done & DP_BIT(i)
				? json_object_new_int(c->errors[i]) : NULL);
		json_object_array_add(steps, step);
	}
	json_object_object_add(obj, "target",
			       json_object_new_string(c->target->name));
	json_object_object_add(obj, "range", dp_json_range(c->range));
	json_object_object_add(obj, "before", dp_json_errors(&c->before));
	json_object_object_add(obj, "steps", steps);
	json_object_object_add(obj, "lost_blocks", json_object_new_int64(
			dp_lost(c)));
	json_object_object_add(obj, "moved_pages",
			       json_object_new_uint64(c->moved));
	json_object_object_add(obj, "after", dp_json_errors(&c->after));
	json_object_object_add(obj, "verdict", json_object_new_string(
			dp_cleared_name(verdict)));
	json_object_object_add(obj, "reason", json_object_new_string(
			dp_clearing_says(c, verdict)));
	return obj;
}
