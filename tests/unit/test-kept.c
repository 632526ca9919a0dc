/* SPDX-License-Identifier: GPL-2.0-only */
/* An injector that stays for the next case: who may, who must not, and that
 * nothing of one case shows in another. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/cast.h"
#include "run/kept.h"
#include "unit.h"

static const struct dp_target dp_one = { .kind = DP_KIND_DEVDAX };
static const struct dp_target dp_other = { .kind = DP_KIND_DEVDAX };
static const struct dp_target dp_a_file = { .kind = DP_KIND_FSDAX };

/* Plays all stages; its case tells by `skew` what happens on the way. */
enum { WELL, FAILS, DIES, ENDS_EARLY };

static void dp_body(const struct dp_part *part)
{
	dp_enter(part->o, DP_STEP_BASELINE);
	part->o->pfn_seen = part->c->poison.offset;
	dp_part_wait(part);
	if (part->c->skew == FAILS) {
		dp_give_up(part->o, -EIO);
		return;
	}
	if (part->c->skew == DIES)
		kill(getpid(), SIGKILL);
	if (part->c->skew == ENDS_EARLY)
		return;
	dp_part_wait(part);
	dp_part_wait(part);
	dp_enter(part->o, DP_STEP_DONE);
}

static void dp_stands(const struct dp_part *part)
{
	dp_part_wait(part);
	dp_part_wait(part);
	part->o->pfn_seen = part->c->poison.offset;
}

/* The pid of who played the injector of the case. */
static pid_t dp_play(struct dp_scene *s, const struct dp_case *c,
		     struct dp_kept *kept)
{
	const struct dp_cast_bodies bodies = { .injector = dp_body, .bystander = dp_stands };

	ck_assert_int_eq(dp_cast_run(c, s, NULL, 10, &bodies, kept), 0);
	ck_assert_int_eq(s->at[0].pfn_seen, c->poison.offset);
	if (c->skew == WELL) {
		ck_assert_int_eq(s->at[0].end, DP_END_EXITED);
		ck_assert_int_eq(s->at[0].step, DP_STEP_DONE);
	}
	return s->at[0].pid;
}

START_TEST(who_stays_for_another_case)
{
	struct dp_kept kept = { .cue = -1 };
	struct dp_scene *s = dp_scene_new();
	struct dp_bystander late[DP_BYSTANDERS_MAX];
	const struct dp_bystander forked = { .forked = true };
	struct dp_case c[10] = { 0 };
	pid_t pid, next;

	for (int i = 0; i < 10; i++) {
		c[i].target = &dp_one;
		c[i].method = DP_METHOD_MADVISE;
		c[i].poison.offset = 4096 * (i + 1);
	}
	pid = dp_play(s, &c[0], &kept);
	ck_assert_int_eq(kept.pid, pid);
	ck_assert_int_eq(dp_play(s, &c[1], &kept), pid);
	/* With another number of processes the scene is laid out anew. */
	ck_assert_int_eq(dp_bystander_parse("late*3", late,
					    &c[2].n_bystanders, NULL), 0);
	c[3].n_bystanders = 3;
	c[2].bystanders = c[3].bystanders = late;
	/* What is forked already cannot know what is written here now. */
	dp_kept_dismiss(&kept);
	pid = dp_play(s, &c[2], &kept);
	ck_assert_int_eq(dp_play(s, &c[3], &kept), pid);
	ck_assert_int_eq(s->at[3].pfn_seen, c[3].poison.offset);
	next = dp_play(s, &c[4], &kept);
	ck_assert_int_ne(next, pid);
	/* Another target has another record. */
	c[5].target = &dp_other;
	pid = dp_play(s, &c[5], &kept);
	ck_assert_int_ne(next, pid);
	/* Of files nobody stays, nor where one has forked another. */
	c[6].target = &dp_a_file;
	dp_play(s, &c[6], &kept);
	ck_assert_int_eq(kept.pid, 0);
	c[7].n_bystanders = 1;
	c[7].bystanders = &forked;
	dp_play(s, &c[7], NULL);
	c[8].method = DP_METHOD_CORRUPT_PFN;
	c[8].skew = ENDS_EARLY;
	dp_play(s, &c[8], &kept);
	ck_assert_int_eq(kept.pid, 0);
	dp_scene_free(s);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST(who_came_to_harm_does_not_stay)
{
	struct dp_kept kept = { .cue = -1 };
	struct dp_scene *s = dp_scene_new();
	struct dp_case c[7] = { 0 };
	const uint64_t skews[7] = { WELL, FAILS, WELL, DIES, WELL, ENDS_EARLY, WELL };

	for (int i = 0; i < 7; i++) {
		c[i].target = &dp_one;
		c[i].method = DP_METHOD_MADVISE;
		c[i].poison.offset = 4096 * (i + 1);
		c[i].skew = skews[i];
	}
	dp_play(s, &c[0], &kept);
	dp_play(s, &c[1], &kept);
	ck_assert_int_eq(s->at[0].error, -EIO);
	ck_assert_int_eq(kept.pid, 0);
	dp_play(s, &c[2], &kept);
	ck_assert_int_eq(s->at[0].error, 0);
	dp_play(s, &c[3], &kept);
	ck_assert_int_eq(s->at[0].end, DP_END_KILLED);
	ck_assert_int_eq(s->at[0].end_detail, SIGKILL);
	ck_assert_int_eq(kept.pid, 0);
	dp_play(s, &c[4], &kept);
	/* Its end is not taken for a stage, nor a cue for a case. */
	dp_play(s, &c[5], &kept);
	dp_play(s, &c[6], &kept);
	ck_assert_int_ne(kept.pid, 0);
	/* Killed while it waits: the case has no injector, and says so. */
	kill(kept.pid, SIGKILL);
	ck_assert_int_eq(waitid(P_PID, kept.pid, &(siginfo_t){ 0 },
				WEXITED | WNOWAIT), 0);
	ck_assert_int_eq(dp_cast_run(&c[0], s, NULL, 10,
				     &(struct dp_cast_bodies){ .injector = dp_body, .bystander = dp_stands },
				     &kept), 0);
	ck_assert_int_eq(s->at[0].end, DP_END_KILLED);
	ck_assert_int_eq(s->at[0].step, DP_STEP_START);
	ck_assert_int_eq(kept.pid, 0);
	dp_scene_free(s);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

UNIT_SUITE("kept", &who_stays_for_another_case,
	   &who_came_to_harm_does_not_stay)
