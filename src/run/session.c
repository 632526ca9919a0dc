/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/signalfd.h>

#include "base/cleanup.h"
#include "run/attempt.h"
#include "run/bystander.h"
#include "run/file-watch.h"
#include "run/journal.h"
#include "run/kept.h"
#include "run/medium.h"
#include "run/poison.h"
#include "run/rescue.h"
#include "run/safety.h"
#include "run/session.h"
#include "sys/account.h"
#include "sys/early-kill.h"
#include "sys/inject.h"

static const struct dp_cast_bodies dp_bodies[DP_CASE_TYPE_MAX] = {
	[DP_CASE_POISON] = { dp_poison_body, dp_bystander_body, dp_poison_outside, NULL, NULL },
	[DP_CASE_ATTEMPT] = { dp_attempt_body, dp_bystander_body, NULL, NULL, NULL },
};

static void dp_scene_freep(struct dp_scene **scene)
{
	dp_scene_free(*scene);
}

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

/* One case, under the setting that it asks for; `early_kill` shows it. 0 or
 * negative errno. */
static int dp_run_case(const struct dp_session *s, const struct dp_case *c,
		       struct dp_scene *scene, struct dp_record *saved,
		       const struct dp_cast_bodies *bodies,
		       struct dp_kept *kept, int early_kill)
{
	struct dp_early_kill_hold hold = { 0 };
	int rc = 0, restored;

	if (c->early_kill)
		rc = dp_early_kill_set(&hold, c->early_kill == DP_EARLY_KILL_ON);
	if (rc) {
		dp_case_refused(c, scene, rc);
		return 0;
	}
	scene->default_is_early = dp_early_kill_get(early_kill);
	rc = dp_cast_run(c, scene, saved, s->timeout, bodies, kept);
	restored = dp_early_kill_restore(&hold);
	if (restored && !rc)
		rc = dp_why(s->why, restored, "vm.memory_failure_early_kill could not be put back: %s",
			    strerror(-restored));
	return rc;
}

/* The record of the case's target; `before`: the case that had the one there
 * is now, or NULL. 0 or negative errno with a reason. */
static int dp_take_record(const struct dp_session *s, const struct dp_case *c,
			  const struct dp_case *before,
			  struct dp_journal_entry *entry)
{
	if (entry->record && before && before->target == c->target)
		return 0;
	dp_journal_give(entry);
	return dp_journal_take(s->journal, c->target, c->page, entry, s->why);
}

/* Nobody is left over who may still have the page mapped. 0, or -ETIME with a
 * reason. */
static int dp_check_ends(const struct dp_session *s,
			 const struct dp_scene *scene)
{
	for (uint32_t i = 0; i < scene->n; i++)
		if (scene->at[i].end == DP_END_STUCK)
			return dp_why(s->why, -ETIME, "process %d sleeps in the kernel and not even SIGKILL ends it; 'cat /proc/%d/stack' tells where, and starting the machine anew ends it",
				      scene->at[i].pid, scene->at[i].pid);
	return 0;
}

static int dp_run_all(const struct dp_session *s, const struct dp_plan *plan,
		      struct dp_summary *summary,
		      struct dp_journal_entry *entry, int stop)
{
	_cleanup_(dp_scene_freep) struct dp_scene *scene = NULL;
	_cleanup_free_ struct dp_case_verdict *verdict = NULL;
	_cleanup_(dp_accountant_deinit) struct dp_accountant accountant;
	_cleanup_(dp_kept_dismiss) struct dp_kept kept = { .cue = -1 };
	_cleanup_close_ int early_kill = dp_early_kill_open();
	struct dp_why torn = { "" };
	struct dp_file_watch watch = { 0 };
	const struct dp_target *torn_from = NULL;
	int rc = 0, left = 0, lost = 0;

	dp_accountant_init(&accountant);
	scene = dp_scene_new();
	verdict = malloc(sizeof(*verdict));
	if (!scene || !verdict)
		return -ENOMEM;
	for (size_t i = 0; i < plan->n; i++) {
		const struct dp_case *c = &plan->cases[i];
		struct dp_cast_bodies bodies = dp_bodies[c->type];
		bool medium = c->type == DP_CASE_POISON &&
			      dp_method_info(c->method)->medium;

		if (dp_stop_asked(stop)) {
			rc = -EINTR;
			break;
		}
		bodies.announce = s->announce;
		bodies.arg = s->arg;
		dp_debug(s->log, "case %s", c->id);
		/* First, since an earlier run may know why it cannot be read. */
		rc = dp_take_record(s, c, i ? c - 1 : NULL, entry);
		if (!rc)
			rc = dp_file_watch(&watch, c, s->why);
		if (rc)
			break;
		dp_accountant_begin(&accountant, c, &scene->account);
		entry->record->n = entry->record->n_lines = 0;
		rc = dp_run_case(s, c, scene, entry->record, &bodies, &kept,
				 early_kill);
		left = dp_record_rescue(entry->record, c);
		torn_from = left ? c->target : NULL;
		if (!left && scene->at[0].end != DP_END_EXITED)
			scene->at[0].data.restored = true;
		if (rc)
			break;
		/* What was listed, before it is cleared. */
		if (medium)
			dp_accountant_end(&accountant, &scene->account);
		if (scene->at[0].platform.injected && !c->leave)
			lost = dp_medium_undo(entry->record, c->target,
					      &scene->at[0].platform, &torn);
		if (!lost)
			lost = dp_file_watch_page(&watch, c, entry->record,
						  &scene->file, &torn);
		if (!lost && !left)
			lost = dp_record_set(entry->record, DP_RECORD_CLEAN);
		if (!medium)
			dp_accountant_end(&accountant, &scene->account);
		dp_judge(c, scene, verdict);
		if (s->known)
			dp_known_apply(s->known, c, verdict);
		dp_summary_add(summary, verdict);
		dp_timings_add(&summary->told, c, scene);
		s->each(c, scene, verdict, s->arg);
		rc = dp_check_ends(s, scene);
		/* Another case would take the patterns for contents. */
		if (left || lost || rc)
			break;
	}
	if (lost)
		dp_why(s->why, lost, "%s", torn.text);
	if (left)
		dp_why(s->why, left, "the contents of %s could not be put back: %s; 'daxpoison clear %s' tries again",
		       torn_from->name, dp_put_back_strerror(left),
		       entry->id);
	if (left || lost)
		rc = left ? left : lost;
	lost = dp_file_watch_end(&watch, rc ? NULL : s->why);
	return rc ? rc : lost;
}

/* Those that the plan's cases inject by. */
static unsigned int dp_methods_of(const struct dp_plan *plan)
{
	unsigned int methods = 0;

	for (size_t i = 0; i < plan->n; i++)
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
