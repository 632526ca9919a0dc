/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "out/metadata.h"
#include "out/table.h"
#include "out/wrap.h"

const char *dp_metadata_id(char buf[DP_METADATA_ID], const char *fs,
			   const struct dp_metadata_run *run)
{
	if (run->place == DP_PLACE_NOTHING)
		snprintf(buf, DP_METADATA_ID, "%s/%s", fs,
			 dp_metadata_place_name(run->place));
	else
		snprintf(buf, DP_METADATA_ID, "%s/%s/%s", fs,
			 dp_metadata_place_name(run->place),
			 dp_metadata_how_info(run->how)->name);
	return buf;
}

/* "EIO (fsync)", "94 of 96, 2 EIO (open)", "exit status 1". */
static void dp_outcome(char *buf, size_t size, enum dp_metadata_step step,
		       const struct dp_metadata_result *r)
{
	*buf = '\0';
	if (!r->tried) {
		dp_append(buf, size, "-");
		return;
	}
	if (r->late) {
		dp_append(buf, size, "%s", r->stuck ? "HANGS, cannot be killed"
						    : "HANGS, killed");
		return;
	}
	if (dp_metadata_counts(step)) {
		dp_append(buf, size, "%u of %u", r->good,
			  r->good + r->failed + r->wrong);
		if (r->wrong)
			dp_append(buf, size, ", %u WRONG", r->wrong);
		if (r->nameless)
			dp_append(buf, size, ", %u in lost+found", r->nameless);
		if (r->failed)
			dp_append(buf, size, ", %u %s (%s)", r->failed,
				  dp_errno_name(r->err), r->call);
		else if (r->err)
			dp_append(buf, size, ", %s (%s)",
				  dp_errno_name(r->err), r->call);
		return;
	}
	if (r->err)
		dp_append(buf, size, "%s (%s)", dp_errno_name(r->err),
			  r->call);
	else if (r->status > 0)
		dp_append(buf, size, "exit status %d", r->status);
	else
		dp_append(buf, size, "ok");
}

static void dp_metadata_row(struct dp_table *table,
			    const struct dp_metadata_run *run,
			    enum dp_metadata_step step, bool verbose)
{
	const struct dp_metadata_result *r = &run->at_step[step];
	char outcome[96], note[DP_METADATA_LINES * (DP_METADATA_LINE + 16)];
	int row = dp_table_row(table, -1);

	if (row < 0)
		return;
	dp_outcome(outcome, sizeof(outcome), step, r);
	dp_table_cell(table, row, 0, dp_metadata_step_name(step));
	dp_table_cell(table, row, 1, dp_metadata_step_text(step));
	dp_table_cell(table, row, 2, outcome);
	*note = '\0';
	if (*r->said && (verbose || r->err || r->status > 0))
		dp_append(note, sizeof(note), "%s", r->said);
	for (uint32_t i = 0; i < dp_min(r->n_lines, DP_METADATA_LINES); i++) {
		/* To mount and to unmount is told of in any case. */
		if (!verbose && !r->err && strstr(r->lines[i], "ount"))
			continue;
		dp_append(note, sizeof(note), "%skernel: %.90s",
			  *note ? "\n" : "", r->lines[i]);
	}
	if (*note)
		dp_table_note(table, row, note);
}

void dp_metadata_print(FILE *out, const char *fs,
		       const struct dp_metadata_run *run,
		       const struct dp_metadata_verdict *v, bool verbose)
{
	_cleanup_(dp_table_freep) struct dp_table *table = dp_table_new();
	char id[DP_METADATA_ID];
	int rc = table ? 0 : -ENOMEM;

	fprintf(out, "%s: %s", dp_metadata_id(id, fs, run),
		dp_metadata_place_text(run->place));
	if (run->place != DP_PLACE_NOTHING)
		fprintf(out, ", at 0x%" PRIx64 " of the device (block %" PRIu64 ")",
			run->at, run->at / 512);
	if (run->place != DP_PLACE_NOTHING && run->phys != DP_PHYS_UNKNOWN)
		fprintf(out, ", physical 0x%" PRIx64, run->phys);
	fputc('\n', out);
	if (!rc)
		rc = dp_table_column(table, "STEP", 0, 0);
	if (!rc)
		rc = dp_table_column(table, "WHAT", 0, 0);
	if (!rc)
		rc = dp_table_column(table, "RESULT", 0, 0);
	for (int s = 0; !rc && s < DP_METADATA_STEPS; s++)
		if (verbose || s >= DP_MS_POISON || run->at_step[s].err ||
		    run->at_step[s].status > 0)
			dp_metadata_row(table, run, s, verbose);
	if (!rc)
		dp_table_print(table, out);
	for (unsigned int i = 0; i < v->n; i++) {
		const struct dp_metadata_judgement *j = &v->at[i];
		char text[300];

		snprintf(text, sizeof(text), "%s: %s", j->promise->id,
			 j->detail);
		dp_wrap(out, 2, dp_verdict_name(j->verdict), text);
	}
	fprintf(out, "verdict: %s\n\n", dp_verdict_name(v->verdict));
	fflush(out);
}

void dp_metadata_ktap(FILE *out, unsigned int n, const char *fs,
		      const struct dp_metadata_run *run,
		      const struct dp_metadata_verdict *v)
{
	char id[DP_METADATA_ID];
	bool skipped = v->verdict == DP_VERDICT_NOT_JUDGED;

	for (unsigned int i = 0; i < v->n; i++)
		fprintf(out, "# %s %s: %s\n", v->at[i].promise->id,
			dp_verdict_name(v->at[i].verdict), v->at[i].detail);
	fprintf(out, "%s %u %s%s%s\n",
		v->verdict == DP_VERDICT_VIOLATED ? "not ok" : "ok", n,
		dp_metadata_id(id, fs, run), skipped ? " # SKIP " : "",
		skipped ? v->at[0].detail : "");
	fflush(out);
}
