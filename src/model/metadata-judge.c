/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "model/metadata.h"

static bool dp_failed(const struct dp_metadata_result *r)
{
	return r->tried && (r->err || r->late || r->failed || r->wrong ||
			    r->status > 0);
}

/* Of what XFS, ext4 and JBD2 say. */
static bool dp_said(const struct dp_metadata_run *run,
		    enum dp_metadata_phase phase, const char *const *words)
{
	for (int s = 0; s < DP_METADATA_STEPS; s++) {
		const struct dp_metadata_result *r = &run->at_step[s];

		/* The poison may be answered before the first step. */
		if (dp_metadata_phase(s) != phase &&
		    !(s == DP_MS_POISON && phase == DP_PHASE_WARM))
			continue;
		/* What is said when it is unmounted is no answer to a user. */
		if (s == DP_MS_UNMOUNT)
			continue;
		for (uint32_t i = 0; i < dp_min(r->n_lines, DP_METADATA_LINES); i++)
			for (size_t w = 0; words[w]; w++)
				if (strcasestr(r->lines[i], words[w]))
					return true;
	}
	return false;
}

enum dp_metadata_did dp_metadata_did(const struct dp_metadata_run *run,
				     enum dp_metadata_phase phase)
{
	static const char *const down[] = { "shutting down filesystem",
					    "Shutting down file",
					    "Filesystem has been shut down",
					    NULL };
	static const char *const read_only[] = {
		"Remounting filesystem read-only", NULL
	};
	enum dp_metadata_did did = DP_DID_NOTHING;
	bool works = false;

	for (int s = 0; s < DP_METADATA_STEPS; s++) {
		const struct dp_metadata_result *r = &run->at_step[s];

		if (dp_metadata_phase(s) != phase || !r->tried)
			continue;
		works |= s != DP_MS_UNMOUNT && !(r->err && !r->good);
		if (!dp_failed(r))
			continue;
		if (r->late)
			return DP_DID_HUNG;
		if (s == DP_MS_AGAIN_MOUNT)
			return DP_DID_REFUSED;
		if (s == DP_MS_UNMOUNT)
			continue;
		did = dp_max(did, r->err == EROFS ? DP_DID_READ_ONLY
						  : DP_DID_ERRORS);
	}
	/* It says so once; what follows fails from the first call to the last. */
	if (dp_said(run, phase, down) || (did && !works))
		return DP_DID_SHUTDOWN;
	return dp_said(run, phase, read_only) ? DP_DID_READ_ONLY : did;
}

/* The first step of the baseline that failed, or -1. */
static int dp_unsound(const struct dp_metadata_run *run)
{
	for (int s = 0; s < DP_METADATA_STEPS; s++)
		if (dp_failed(&run->at_step[s]))
			return s;
	/* It must have come to its end, too. */
	return run->at_step[DP_MS_BACK_MEDIUM].tried ? -1
						   : DP_MS_BACK_MEDIUM;
}

static bool dp_by_method(const struct dp_metadata_run *run)
{
	return run->place != DP_PLACE_NOTHING &&
	       dp_metadata_how_info(run->how)->method >= 0 &&
	       !run->at_step[DP_MS_POISON].late;
}

bool dp_metadata_declined(const struct dp_metadata_run *run)
{
	int err = run->at_step[DP_MS_POISON].err;

	return dp_by_method(run) && (err == EBUSY || err == EOPNOTSUPP ||
				     err == ENXIO || err == EIO);
}

/* It was taken, and that the file system is corrupted now is its answer. */
static bool dp_taken(const struct dp_metadata_run *run)
{
	return dp_by_method(run) && run->at_step[DP_MS_POISON].err == EUCLEAN;
}

/* Why nothing can be judged; NULL: it can. */
static const char *dp_no_basis(const struct dp_metadata_run *run,
			       const struct dp_metadata_run *baseline,
			       char buf[240])
{
	const struct dp_metadata_run *sound = baseline ?: run;
	int s = dp_unsound(sound);

	*buf = '\0';
	if (s >= 0) {
		const struct dp_metadata_result *r = &sound->at_step[s];

		dp_append(buf, 240, "without poison already, %s: %s%s%s",
			 dp_metadata_step_text(s),
			 !r->tried  ? "was not come to"
			 : r->late ? "took too long"
			 : r->err  ? dp_errno_name(r->err)
				   : "not as it should be",
			 r->said[0] ? ": " : "", r->said);
		return buf;
	}
	for (s = 0; s <= DP_MS_POISON; s++) {
		const struct dp_metadata_result *r = &run->at_step[s];

		if (r->tried && !dp_failed(r))
			continue;
		if (s == DP_MS_POISON &&
		    (dp_metadata_declined(run) || dp_taken(run)))
			continue;
		dp_append(buf, 240, "%s: %s%s%s", dp_metadata_step_text(s),
			 r->late ? "took too long"
			 : r->err ? dp_errno_name(r->err)
				  : "failed",
			 r->said[0] ? ": " : "", r->said);
		return buf;
	}
	return NULL;
}

static void dp_judge_read(const struct dp_metadata_run *run,
			  struct dp_metadata_judgement *j)
{
	uint32_t good = 0, wrong = 0;
	int first = -1;

	for (int s = DP_MS_POISON; s < DP_METADATA_STEPS; s++) {
		const struct dp_metadata_result *r = &run->at_step[s];

		if (!dp_metadata_counts(s) || s == DP_MS_MEDIUM ||
		    s == DP_MS_BACK_MEDIUM)
			continue;
		good += r->good;
		wrong += r->wrong;
		if (r->wrong && first < 0)
			first = s;
	}
	if (wrong) {
		j->verdict = DP_VERDICT_VIOLATED;
		j->deviation = DP_DEVIATION_LOST_NEIGHBOUR_DATA;
		snprintf(j->detail, sizeof(j->detail), "%u times other contents without an error, first in %s",
			 wrong, dp_metadata_step_name(first));
	} else if (!good) {
		snprintf(j->detail, sizeof(j->detail), "no file could be read at all");
	} else {
		j->verdict = DP_VERDICT_HELD;
		snprintf(j->detail, sizeof(j->detail), "%u times the right contents, never others",
			 good);
	}
}

/* Once the block was cleared, all of them; once repaired, those whose inode was
 * not lost: the blocks of the others are free, and repair may use them. */
static void dp_judge_medium(const struct dp_metadata_run *run,
			    struct dp_metadata_judgement *j)
{
	const struct dp_metadata_result *r = &run->at_step[DP_MS_MEDIUM];
	const struct dp_metadata_result *after =
		&run->at_step[DP_MS_BACK_MEDIUM];
	uint32_t bad = r->failed + r->wrong, gone;

	if (!r->tried || r->late || !(r->good + bad)) {
		j->verdict = DP_VERDICT_NOT_JUDGED;
		snprintf(j->detail, sizeof(j->detail), "the device was not read: %s",
			 r->said[0] ? r->said : dp_errno_name(r->err));
		return;
	}
	gone = after->failed + after->wrong;
	if (!run->keep && !run->mended)
		gone -= after->near_failed;
	j->verdict = bad || gone ? DP_VERDICT_VIOLATED : DP_VERDICT_HELD;
	if (bad || gone)
		j->deviation = DP_DEVIATION_LOST_NEIGHBOUR_DATA;
	snprintf(j->detail, sizeof(j->detail), "%u blocks hold what was written, %u hold other things, %u cannot be read",
		 r->good, r->wrong, r->failed);
	if (after->tried)
		dp_append(j->detail, sizeof(j->detail), "; after the repair %u, %u and %u, %u of these with their inode in the block",
			  after->good, after->wrong, after->failed,
			  after->near_failed);
}

static void dp_judge_did(const struct dp_metadata_run *run,
			 struct dp_metadata_judgement *j)
{
	*j->detail = '\0';
	if (dp_metadata_declined(run))
		dp_append(j->detail, sizeof(j->detail), "the kernel does not take the page for bad: %s",
			  dp_errno_name(run->at_step[DP_MS_POISON].err));
	if (dp_taken(run))
		dp_append(j->detail, sizeof(j->detail), "told at once, and answers %s",
			  dp_errno_name(run->at_step[DP_MS_POISON].err));
	for (int p = DP_PHASE_WARM; p <= DP_PHASE_AGAIN; p++)
		dp_append(j->detail, sizeof(j->detail), "%s%s: %s",
			  *j->detail ? "; " : "", dp_metadata_phase_name(p),
			  dp_metadata_did_name(dp_metadata_did(run, p)));
}

static void dp_judge_reach(const struct dp_metadata_run *run,
			   struct dp_metadata_judgement *j)
{
	static const enum dp_metadata_step reads[] = {
		DP_MS_WARM_READ, DP_MS_COLD_READ, DP_MS_AGAIN_READ
	};

	snprintf(j->detail, sizeof(j->detail), "of %d files, %u with their inode in the block, could not be read",
		 DP_METADATA_FILES, run->near);
	for (size_t i = 0; i < ARRAY_SIZE(reads); i++) {
		const struct dp_metadata_result *r = &run->at_step[reads[i]];

		dp_append(j->detail, sizeof(j->detail), "%s %s: ",
			  i ? "," : ":", dp_metadata_step_name(reads[i]));
		if (r->tried && !r->late)
			dp_append(j->detail, sizeof(j->detail), "%u (%u of these)",
				  r->failed, r->near_failed);
		else
			dp_append(j->detail, sizeof(j->detail), "all");
	}
}

static void dp_judge_back(const struct dp_metadata_run *run,
			  struct dp_metadata_judgement *j)
{
	const struct dp_metadata_result *plain =
		&run->at_step[DP_MS_PLAIN_MOUNT];
	const struct dp_metadata_result *repair = &run->at_step[DP_MS_REPAIR];
	const struct dp_metadata_result *hard =
		&run->at_step[DP_MS_REPAIR_HARD];
	const struct dp_metadata_result *back = &run->at_step[DP_MS_BACK_READ];

	if (!run->cleared) {
		snprintf(j->detail, sizeof(j->detail), "the block stays bad: %s",
			 run->at_step[DP_MS_CLEAR].err
				 ? "writing it fails, and the namespace made anew has it too"
				 : "it is listed all the same");
		return;
	}
	snprintf(j->detail, sizeof(j->detail), "cleared by %s, contents %s; without repair %s",
		 run->mended   ? "the file system's own writing"
		 : run->healed ? "writing"
			       : "enabling the namespace anew",
		 run->mended ? "not lost"
		 : run->keep ? "put back"
			     : "lost",
		 !plain->tried ? "not tried"
		 : plain->err  ? dp_errno_name(plain->err)
			       : "it mounts");
	if (!plain->err && plain->tried)
		dp_append(j->detail, sizeof(j->detail), ", %u of %d files read",
			  run->at_step[DP_MS_PLAIN_READ].good,
			  DP_METADATA_FILES);
	if (repair->tried)
		dp_append(j->detail, sizeof(j->detail), "; repair %d",
			  repair->status);
	if (hard->tried)
		dp_append(j->detail, sizeof(j->detail), ", without the log %d",
			  hard->status);
	if (back->tried)
		dp_append(j->detail, sizeof(j->detail), ", then %u of %d files read, %u of them in lost+found",
			  back->good, DP_METADATA_FILES, back->nameless);
}

static const struct {
	const char *row;	/* of the table of guarantees */
	void (*judge)(const struct dp_metadata_run *run,
		      struct dp_metadata_judgement *j);
} dp_questions[] = {
	{ "metadata-read-true", dp_judge_read },
	{ "metadata-data-intact", dp_judge_medium },
	{ "metadata-answer", dp_judge_did },
	{ "metadata-reach", dp_judge_reach },
	{ "metadata-back", dp_judge_back },
};
static_assert(ARRAY_SIZE(dp_questions) == DP_METADATA_PROMISES,
	      "a question too many, or too few");

static enum dp_verdict dp_graver(enum dp_verdict a, enum dp_verdict b)
{
	static const int weight[DP_VERDICT_MAX] = {
		[DP_VERDICT_RECORDED] = 0,
		[DP_VERDICT_HELD] = 1,
		[DP_VERDICT_KNOWN] = 2,
		[DP_VERDICT_NOT_JUDGED] = 3,
		[DP_VERDICT_VIOLATED] = 4,
	};

	return weight[a] > weight[b] ? a : b;
}

void dp_metadata_judge(const struct dp_metadata_run *run,
		       const struct dp_metadata_run *baseline,
		       struct dp_metadata_verdict *out)
{
	char buf[240];
	const char *why = dp_no_basis(run, baseline, buf);

	*out = (struct dp_metadata_verdict){
		.verdict = DP_VERDICT_RECORDED,
		.n = DP_METADATA_PROMISES,
	};
	for (int i = 0; i < DP_METADATA_PROMISES; i++) {
		struct dp_metadata_judgement *j = &out->at[i];

		j->promise = dp_guarantee_named(dp_questions[i].row);
		j->verdict = DP_VERDICT_RECORDED;
		if (why) {
			j->verdict = DP_VERDICT_NOT_JUDGED;
			snprintf(j->detail, sizeof(j->detail), "%s", why);
		} else {
			dp_questions[i].judge(run, j);
		}
		/* Without poison nothing was put to the test. */
		if (dp_metadata_declined(run) && j->verdict == DP_VERDICT_HELD)
			j->verdict = DP_VERDICT_RECORDED;
		out->verdict = dp_graver(out->verdict, j->verdict);
	}
}
