/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "run/attempt.h"
#include "run/bystander.h"
#include "run/poison.h"
#include "run/rescue.h"
#include "run/stage.h"
#include "sys/early-kill.h"
#include "sys/map.h"

/* One injector plays them all. */
static void dp_injector_body(const struct dp_part *part)
{
	if (part->series && part->c == &part->series->wide)
		dp_series_body(part);
	else if (part->c->type == DP_CASE_ATTEMPT)
		dp_attempt_body(part);
	else
		dp_poison_body(part);
}

int dp_stage_cast(struct dp_stage *st, const struct dp_case *c)
{
	bool series = st->series && c == &st->series->wide;
	const struct dp_cast_bodies bodies = {
		.injector = dp_injector_body,
		.bystander = dp_bystander_body,
		.outside = dp_poison_outside,
		.announce = st->s->announce,
		.arg = st->s->arg,
		.series = st->series,
		.progress = series ? &st->series->progress : NULL,
	};

	st->scene->default_is_early = dp_early_kill_get(st->early_kill);
	return dp_cast_run(c, st->scene, st->entry->record, st->s->timeout,
			   &bodies, &st->kept);
}

int dp_stage_init(struct dp_stage *st, const struct dp_session *s,
		  struct dp_summary *summary, struct dp_journal_entry *entry)
{
	*st = (struct dp_stage){
		.s = s,
		.summary = summary,
		.entry = entry,
		.scene = dp_scene_new(),
		.verdict = malloc(sizeof(*st->verdict)),
		.early_kill = dp_early_kill_open(),
		.now = dp_shared_new(sizeof(*st->now)),
		.kept = { .cue = -1 },
		.series = s->alike ? dp_series_new() : NULL,
	};
	dp_accountant_init(&st->accountant);
	return st->scene && st->verdict && st->now && !s->alike == !st->series
		       ? 0
		       : -ENOMEM;
}

void dp_stage_deinit(struct dp_stage *st)
{
	dp_kept_dismiss(&st->kept);
	dp_series_free(st->series);
	dp_shared_free(st->now, sizeof(*st->now));
	dp_accountant_deinit(&st->accountant);
	if (st->early_kill >= 0)
		close(st->early_kill);
	free(st->verdict);
	dp_scene_free(st->scene);
}

void dp_stage_judge(struct dp_stage *st, const struct dp_case *c)
{
	dp_judge(c, st->scene, st->verdict);
	if (st->s->known)
		dp_known_apply(st->s->known, c, st->verdict);
	dp_summary_add(st->summary, st->verdict);
	dp_timings_add(&st->summary->told, c, st->scene);
	st->s->each(c, st->scene, st->verdict, st->s->arg);
}

int dp_stage_check_ends(const struct dp_stage *st)
{
	for (uint32_t i = 0; i < st->scene->n; i++)
		if (st->scene->at[i].end == DP_END_STUCK)
			return dp_why(st->s->why, -ETIME, "process %d sleeps in the kernel and not even SIGKILL ends it; 'cat /proc/%d/stack' tells where, and starting the machine anew ends it",
				      st->scene->at[i].pid,
				      st->scene->at[i].pid);
	return 0;
}

int dp_stage_torn(const struct dp_stage *st, const struct dp_target *target,
		  int rc)
{
	return dp_why(st->s->why, rc, "the contents of %s could not be put back: %s; 'daxpoison clear %s' tries again",
		      target->name, dp_put_back_strerror(rc), st->entry->id);
}
