/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/signalfd.h>

#include "base/cleanup.h"
#include "run/file-watch.h"
#include "run/journal.h"
#include "run/kept.h"
#include "run/medium.h"
#include "run/rescue.h"
#include "run/safety.h"
#include "run/series.h"
#include "run/session.h"
#include "run/stage.h"
#include "sys/early-kill.h"
#include "sys/inject.h"

static const int dp_stops[] = { SIGINT, SIGTERM, SIGHUP };

/* Whether we were asked to stop, once or more. The signals are held back and
 * read here, so that none of them can strike in the midst of a case. */
static bool dp_stop_asked(int fd)
{
	struct signalfd_siginfo info;
	bool asked = false;

	while (read(fd, &info, sizeof(info)) == sizeof(info))
		asked = true;
	return asked;
}

/* A case that could not be begun, since the setting was refused. */
static void dp_case_refused(const struct dp_case *c, struct dp_scene *scene,
			    int err)
{
	scene->n = 1 + c->n_bystanders;
	for (uint32_t i = 0; i < scene->n; i++) {
		dp_observation_reset(&scene->at[i]);
		dp_give_up(&scene->at[i], err);
	}
}

/* One case, under the setting that it asks for. 0 or negative errno. */
static int dp_run_case(struct dp_stage *st, const struct dp_case *c)
{
	const struct dp_session *s = st->s;
	struct dp_scene *scene = st->scene;
	struct dp_early_kill_hold hold = { 0 };
	int rc = 0, restored;

	if (c->early_kill)
		rc = dp_early_kill_set(&hold, c->early_kill == DP_EARLY_KILL_ON);
	if (rc) {
		dp_case_refused(c, scene, rc);
		return 0;
	}
	rc = dp_stage_cast(st, c);
	restored = dp_early_kill_restore(&hold);
	if (restored && !rc)
		rc = dp_why(s->why, restored, "vm.memory_failure_early_kill could not be put back: %s",
			    strerror(-restored));
	return rc;
}

/* The record of the case's target; `before`: whose it is that is there now, or
 * NULL. 0 or negative errno with a reason. */
static int dp_take_record(struct dp_stage *st, const struct dp_case *c,
			  const struct dp_target *before)
{
	if (st->entry->record && before == c->target)
		return 0;
	/* Who has stayed has the other one's. */
	dp_kept_dismiss(&st->kept);
	dp_journal_give(st->entry);
	return dp_journal_take(st->s->journal, c->target, c->page, st->entry,
			       st->s->why);
}

/* Play the case, and put back what it took: 0, or negative errno with a reason. */
static int dp_play_single(struct dp_stage *st, const struct dp_case *c, int *left)
{
	struct dp_record *record = st->entry->record;
	struct dp_observation *o = &st->scene->at[0];
	int rc;

	dp_accountant_begin(&st->accountant, c, &st->scene->account);
	record->n = record->n_lines = 0;
	rc = dp_run_case(st, c);
	*left = dp_record_rescue(record, c);
	if (!*left && o->end != DP_END_EXITED)
		o->data.restored = true;
	return rc;
}

/* One case, by itself. 0 or negative errno, with a reason. */
static int dp_run_single(struct dp_stage *st, struct dp_file_watch *watch,
			 const struct dp_case *c)
{
	struct dp_record *record = st->entry->record;
	struct dp_scene *scene = st->scene;
	bool medium = c->type == DP_CASE_POISON &&
		      dp_method_info(c->method)->medium;
	struct dp_why torn = { "" };
	int rc, left = 0, lost = 0;

	rc = dp_file_watch(watch, c, st->s->why);
	if (!rc)
		rc = dp_play_single(st, c, &left);
	if (rc)
		return left ? dp_stage_torn(st, c->target, left) : rc;
	/* What was listed, before it is cleared. */
	if (medium)
		dp_accountant_end(&st->accountant, &scene->account);
	if (scene->at[0].platform.injected && !c->leave)
		lost = dp_medium_undo(record, c->target, &scene->at[0].platform,
				      &torn);
	if (!lost)
		lost = dp_file_watch_page(watch, c, record, &scene->file, &torn);
	if (!lost && !left)
		lost = dp_record_set(record, DP_RECORD_CLEAN);
	if (!medium)
		dp_accountant_end(&st->accountant, &scene->account);
	dp_stage_judge(st, c);
	rc = dp_stage_check_ends(st);
	/* Another case would take the patterns for contents. */
	if (left)
		return dp_stage_torn(st, c->target, left);
	return lost ? dp_why(st->s->why, lost, "%s", torn.text) : rc;
}

/* When cases are taken in series. */
struct dp_serial {
	size_t alone;		/* so many are to be taken by themselves */
	size_t setback;		/* ... after the next series that departs */
};

/* Fewer are not worth a mapping of their own. */
#define DP_SERIES_MIN 4

/* The plan's i-th case is the next, and the record is its target's. 0 or negative
 * errno, with a reason. */
static int dp_next_case(struct dp_stage *st, const struct dp_plan *plan, size_t i)
{
	const struct dp_target *before = st->now->target;
	struct dp_case room;

	*st->now = *dp_plan_case(plan, i, &room);
	dp_debug(st->s->log, "case %s", st->now->id);
	/* First, since an earlier run may know why it cannot be read. */
	return dp_take_record(st, st->now, before);
}

/* Whether the case is as the pattern is, if there is one. */
static bool dp_fits_pattern(const struct dp_stage *st, const struct dp_case *c)
{
	return st->series && st->series->pattern.taken &&
	       dp_case_moved(&st->series->pattern.c, c);
}

/* The next case and those behind it, n in all, if they are a series: *taken of them
 * are done, in the series' order; none, if the next one is to be taken by itself. 0
 * or negative errno, with a reason. */
static int dp_run_series(struct dp_stage *st, struct dp_serial *serial,
			 uint64_t by, size_t n, uint32_t *taken)
{
	struct dp_cases cases;
	int rc;

	*taken = 0;
	if (serial->alone || !dp_fits_pattern(st, st->now))
		return 0;
	cases = dp_series_of(st->now, by, n);
	if (cases.n < DP_SERIES_MIN)
		return 0;
	dp_series_set(st->series, &cases, &st->accountant);
	rc = dp_series_play(st, taken);
	/* Where each departs, nothing is gained. */
	serial->alone = *taken == cases.n ? 0 : serial->setback;
	serial->setback = *taken == cases.n
				  ? 1
				  : dp_min(2 * serial->setback,
					   (size_t)DP_SERIES_MAX);
	return rc;
}

/* Cases of a plan: the first, and every `step`-th behind it, n in all. */
struct dp_lane {
	const struct dp_plan *plan;
	size_t first, step, n;
	uint64_t by;		/* bytes from one to the next */
};

/* Those from the i-th on. */
static int dp_run_lane(struct dp_stage *st, struct dp_serial *serial,
		       const struct dp_lane *lane, size_t i,
		       struct dp_file_watch *watch, int stop)
{
	uint32_t taken;
	int rc;

	for (; i < lane->n; i += taken) {
		if (dp_stop_asked(stop))
			return -EINTR;
		rc = dp_next_case(st, lane->plan, lane->first + i * lane->step);
		if (!rc)
			rc = dp_run_series(st, serial, lane->by, lane->n - i,
					   &taken);
		if (!rc && taken)
			continue;
		if (!rc)
			rc = dp_run_single(st, watch, st->now);
		if (rc)
			return rc;
		if (st->series)
			dp_pattern_take(&st->series->pattern, st->now, st->scene,
					st->verdict);
		serial->alone -= serial->alone > 0;
		taken = 1;
	}
	return 0;
}

/* The plan's i-th case, and those behind it that may be a series with it, *n in all:
 * as one, or else lane by lane. 0 or negative errno, with a reason. */
static int dp_run_some(struct dp_stage *st, struct dp_serial *serial,
		       const struct dp_plan *plan, size_t i, size_t *n,
		       struct dp_file_watch *watch, int stop)
{
	struct dp_case room;
	const struct dp_case *c = dp_plan_case(plan, i, &room);
	uint32_t taken = 0, done;
	struct dp_cases cases;
	uint64_t by;
	int rc = 0;

	*n = dp_plan_span(plan, i, &by);
	cases = dp_series_of(c, by, dp_fits_pattern(st, c) ? *n : 1);
	*n = cases.n;
	if (cases.lanes > 1 && cases.n >= DP_SERIES_MIN) {
		if (dp_stop_asked(stop))
			return -EINTR;
		rc = dp_next_case(st, plan, i);
		if (!rc)
			rc = dp_run_series(st, serial, by, cases.n, &taken);
	}
	for (uint32_t k = 0; k < cases.lanes && !rc; k++) {
		struct dp_lane lane = {
			.plan = plan,
			.first = i + k,
			.step = cases.lanes,
			.n = (cases.n + cases.lanes - 1 - k) / cases.lanes,
			.by = by * cases.lanes,
		};

		done = dp_min(taken, (uint32_t)lane.n);
		taken -= done;
		rc = dp_run_lane(st, serial, &lane, done, watch, stop);
	}
	return rc;
}

static int dp_run_cases(struct dp_stage *st, const struct dp_plan *plan,
			struct dp_file_watch *watch, int stop)
{
	struct dp_serial serial = { .setback = 1 };
	size_t n;
	int rc = 0;

	for (size_t i = 0; i < plan->n && !rc; i += n)
		rc = dp_run_some(st, &serial, plan, i, &n, watch, stop);
	return rc;
}

static int dp_run_all(const struct dp_session *s, const struct dp_plan *plan,
		      struct dp_summary *summary,
		      struct dp_journal_entry *entry, int stop)
{
	_cleanup_(dp_stage_deinit) struct dp_stage st;
	struct dp_file_watch watch = { 0 };
	int rc, lost;

	rc = dp_stage_init(&st, s, summary, entry);
	if (!rc)
		rc = dp_run_cases(&st, plan, &watch, stop);
	lost = dp_file_watch_end(&watch, rc ? NULL : s->why);
	return rc ? rc : lost;
}

/* Those that the plan's cases inject by. */
static unsigned int dp_methods_of(const struct dp_plan *plan)
{
	unsigned int methods = 0;

	for (size_t i = 0; i < plan->n_stored; i++)
		if (plan->cases[i].type == DP_CASE_POISON)
			methods |= DP_BIT(plan->cases[i].method);
	return methods;
}

int dp_session_run(const struct dp_session *s, const struct dp_plan *plan,
		   struct dp_summary *summary)
{
	struct dp_journal_entry entry = { .fd = -1 };
	_cleanup_close_ int stop = -1;
	struct dp_armed armed;
	sigset_t mask, held;
	int rc, disarmed;

	/* Of the signals that end a program, those that the caller holds back
	 * are asked about between cases. */
	sigprocmask(SIG_BLOCK, NULL, &held);
	sigemptyset(&mask);
	for (size_t i = 0; i < ARRAY_SIZE(dp_stops); i++)
		if (sigismember(&held, dp_stops[i]))
			sigaddset(&mask, dp_stops[i]);
	stop = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
	if (stop < 0)
		return -errno;
	summary->planned += plan->n;
	rc = dp_safety_check_plan(plan, s->force, s->why);
	if (rc)
		return rc;
	rc = dp_arm(&armed, dp_methods_of(plan), s->why);
	if (!rc)
		rc = dp_run_all(s, plan, summary, &entry, stop);
	disarmed = dp_disarm(&armed);
	if (disarmed)
		dp_info(s->log, "hwpoison_inject stays loaded: %s",
			strerror(-disarmed));
	dp_journal_give(&entry);
	return !rc && dp_stop_asked(stop) ? -EINTR : rc;
}
