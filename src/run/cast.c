/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "run/cast.h"
#include "run/kept.h"
#include "run/senses.h"
#include "sys/bounded.h"
#include "sys/map.h"

/* A process as its director sees it. */
struct dp_actor {
	pid_t pid;		/* 0: not started */
	int cue;		/* -1: it has ended, or has nothing more to say */
	int end;		/* of the cue, until it is forked; or -1 */
	bool hung;		/* we killed it, since its time was up */
	bool ended;		/* its case; it lives, and waits for another */
};

struct dp_cast {
	const struct dp_case *c;
	struct dp_scene *scene;
	struct dp_record *saved;
	const struct dp_cast_bodies *bodies;
	int64_t until;		/* ns, CLOCK_MONOTONIC */
	int64_t each;		/* ns that a case has */
	uint32_t progress;	/* of a series when that was last set */
	bool extended;
	bool keeps;		/* the injector stays for the next case */
	struct dp_kept *kept;
	struct dp_actor actors[DP_PROCESSES_MAX];
};

struct dp_scene *dp_scene_new(void)
{
	return dp_shared_new(sizeof(struct dp_scene));
}

void dp_scene_free(struct dp_scene *scene)
{
	dp_shared_free(scene, sizeof(*scene));
}

static int64_t dp_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* What an actor sends: that it has come to a stage, or to its end. */
enum { DP_AT_STAGE, DP_AT_END };

/* The injector has ended its case and tells so; then the next one comes, by its
 * address, since we were forked from who has the plan. Ours is a copy of the
 * cast. */
static bool dp_act_again(struct dp_cast *cast, int cue)
{
	const struct dp_case *next;
	char byte = DP_AT_END;
	ssize_t n;

	if (send(cue, &byte, 1, MSG_NOSIGNAL) != 1)
		return false;
	do
		n = recv(cue, &next, sizeof(next), MSG_WAITALL);
	while (n < 0 && errno == EINTR);
	if (n != sizeof(next))
		return false;
	cast->c = next;
	return true;
}

/* In the child. */
static void dp_act(struct dp_cast *cast, uint32_t i, int cue, pid_t parent,
		   char *inherited) __attribute__((noreturn));

static void dp_act(struct dp_cast *cast, uint32_t i, int cue, pid_t parent,
		   char *inherited)
{
	struct dp_senses senses = { 0 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	for (;;) {
		struct dp_part part = {
			.c = cast->c,
			.o = &cast->scene->at[i],
			.bystander = i ? &cast->c->bystanders[i - 1] : NULL,
			.cue = cue,
			.alone = dp_case_alone(cast->c),
			.saved = cast->saved,
			.inherited = inherited,
			.senses = &senses,
			.scene = cast->scene,
			.cast = cast,
			.series = cast->bodies->series,
		};

		part.o->pid = getpid();
		dp_enter(part.o, DP_STEP_START);
		if (i)
			cast->bodies->bystander(&part);
		else
			cast->bodies->injector(&part);
		if (i || !cast->keeps || part.o->error ||
		    !dp_act_again(cast, cue))
			break;
	}
	dp_senses_deinit(&senses);
	_exit(0);
}

static int dp_actor_start(struct dp_cast *cast, uint32_t i)
{
	pid_t parent = getpid(), pid;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -errno;
	pid = fork();
	if (!pid) {
		close(ends[0]);
		dp_act(cast, i, ends[1], parent, NULL);
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return -errno;
	}
	cast->actors[i].pid = pid;
	cast->actors[i].cue = ends[0];
	return 0;
}

static bool dp_is_forked(const struct dp_cast *cast, uint32_t i)
{
	return i && cast->c->bystanders[i - 1].forked;
}

static void dp_close_end(struct dp_cast *cast, uint32_t i)
{
	if (cast->actors[i].end >= 0)
		close(cast->actors[i].end);
	cast->actors[i].end = -1;
}

int dp_part_fork(const struct dp_part *part, char *mapped)
{
	struct dp_cast *cast = part->cast;
	pid_t director, pid;

	for (uint32_t i = 1; i < cast->scene->n; i++) {
		if (!dp_is_forked(cast, i))
			continue;
		director = getppid();
		/* A child of the director, as the others are, who waits for
		 * it; and who must see it end though we live on. */
		pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
		if (pid < 0)
			return -errno;
		if (!pid) {
			int end = cast->actors[i].end;

			/* Whoever holds an end keeps its owner alive to see. */
			cast->actors[i].end = -1;
			for (uint32_t k = 0; k < cast->scene->n; k++)
				dp_close_end(cast, k);
			close(part->cue);
			dp_act(cast, i, end, director, mapped);
		}
		cast->scene->at[i].pid = pid;
		dp_close_end(cast, i);
	}
	return 0;
}

/* Sockets for those that the injector will fork; it inherits their ends. */
static int dp_forked_prepare(struct dp_cast *cast)
{
	int ends[2];

	for (uint32_t i = 1; i < cast->scene->n; i++) {
		if (!dp_is_forked(cast, i))
			continue;
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
			return -errno;
		cast->actors[i].cue = ends[0];
		cast->actors[i].end = ends[1];
	}
	return 0;
}

static void dp_actor_gone(struct dp_actor *a)
{
	if (a->cue >= 0)
		close(a->cue);
	a->cue = -1;
}

/* How long the others may take to end when one had to be killed. */
#define DP_GRACE (5 * 1000000000LL)

/* Its time is up: it goes, alone. The others are given a little more, so that
 * what they saw is kept and the injector puts the contents back. */
static void dp_actor_hung(struct dp_cast *cast, struct dp_actor *a)
{
	kill(a->pid, SIGKILL);
	a->hung = true;
	dp_actor_gone(a);
	if (!cast->extended)
		cast->until = dp_now() + DP_GRACE;
	cast->extended = true;
}

/* A series has come further: the next case has its own time. */
static bool dp_cast_goes_on(struct dp_cast *cast)
{
	const uint32_t *at = cast->bodies->progress;
	uint32_t progress = at ? __atomic_load_n(at, __ATOMIC_RELAXED) : 0;

	if (progress == cast->progress)
		return false;
	cast->progress = progress;
	cast->until = dp_now() + cast->each;
	return true;
}

/* Wait until this actor reports the next stage, or is gone. */
static void dp_actor_await(struct dp_cast *cast, uint32_t i)
{
	struct dp_actor *a = &cast->actors[i];
	struct pollfd pfd = { .fd = a->cue, .events = POLLIN };
	int64_t left;
	char byte;

	while (a->cue >= 0 && !a->ended) {
		left = dp_max(cast->until - dp_now(), (int64_t)0);
		if (poll(&pfd, 1, left / 1000000 + !!left) <= 0) {
			if (!left && !dp_cast_goes_on(cast))
				dp_actor_hung(cast, a);
			continue;
		}
		if (read(a->cue, &byte, 1) == 1) {
			a->ended = byte == DP_AT_END;
			return;
		}
		dp_actor_gone(a);
	}
}

static void dp_actor_cue(struct dp_actor *a)
{
	char byte = 0;

	/* MSG_NOSIGNAL: one that has died must not take us along. */
	if (a->cue >= 0 && !a->ended && send(a->cue, &byte, 1, MSG_NOSIGNAL) != 1)
		dp_actor_gone(a);
}

/* The injector has forked its bystanders, or is gone: wait for each. */
static void dp_forked_await(struct dp_cast *cast)
{
	for (uint32_t i = 1; i < cast->scene->n; i++) {
		if (!dp_is_forked(cast, i))
			continue;
		cast->actors[i].pid = cast->scene->at[i].pid;
		if (cast->actors[i].pid)
			dp_actor_await(cast, i);
		else
			dp_actor_gone(&cast->actors[i]);
	}
}

/* Start the bystanders of one kind and wait for each to be ready. 0, or what
 * fork says. */
static int dp_cast_bystanders(struct dp_cast *cast, bool after)
{
	int rc;

	for (uint32_t i = 1; i < cast->scene->n; i++) {
		if (cast->c->bystanders[i - 1].after != after ||
		    dp_is_forked(cast, i) || dp_is_view(cast->c, i))
			continue;
		rc = dp_actor_start(cast, i);
		if (rc)
			return rc;
		dp_actor_await(cast, i);
	}
	return 0;
}

/* All go on, and are waited for. */
static void dp_cast_cue(struct dp_cast *cast)
{
	for (uint32_t i = 0; i < cast->scene->n; i++)
		dp_actor_cue(&cast->actors[i]);
	for (uint32_t i = 0; i < cast->scene->n; i++)
		dp_actor_await(cast, i);
}

/* The injector stands by, its page mapped; whoever is told waits in a read. */
static void dp_cast_outside(struct dp_cast *cast)
{
	struct dp_observation *o = &cast->scene->at[0];
	int64_t began = dp_now();

	if (o->step != DP_STEP_INJECT)
		return;
	if (cast->bodies->announce &&
	    dp_method_info(cast->c->method)->announced)
		cast->bodies->announce(cast->c, cast->bodies->arg);
	o->inject_errno = -cast->bodies->outside(cast->c, o);
	o->injected = true;
	o->inject_done = dp_now();
	/* What someone else took to inject is not to be missing later. */
	cast->until += o->inject_done - began;
	dp_actor_cue(&cast->actors[0]);
	dp_actor_await(cast, 0);
}

/* A new injector, or one who is here already. 0, or what fork says. */
static int dp_injector_start(struct dp_cast *cast)
{
	struct dp_kept *kept = cast->kept;
	struct dp_actor *a = &cast->actors[0];

	if (!kept)
		return dp_actor_start(cast, 0);
	if (kept->pid && (!cast->keeps || kept->target != cast->c->target ||
			  kept->n_bystanders != cast->c->n_bystanders))
		dp_kept_dismiss(kept);
	if (!kept->pid)
		return dp_actor_start(cast, 0);
	*a = (struct dp_actor){ .pid = kept->pid, .cue = kept->cue, .end = -1 };
	kept->pid = 0;
	if (send(a->cue, &cast->c, sizeof(cast->c), MSG_NOSIGNAL) !=
	    sizeof(cast->c))
		dp_actor_gone(a);
	return 0;
}

/* Whether the injector has come to its end, and waits for another case. */
static bool dp_injector_keep(struct dp_cast *cast)
{
	struct dp_observation *o = &cast->scene->at[0];
	struct dp_actor *a = &cast->actors[0];

	if (!a->ended)
		return false;
	*cast->kept = (struct dp_kept){
		.pid = a->pid,
		.cue = a->cue,
		.target = cast->c->target,
		.n_bystanders = cast->c->n_bystanders,
	};
	o->end = DP_END_EXITED;
	o->end_detail = 0;
	return true;
}

/* The whole play. 0, or what fork says. */
static int dp_cast_play(struct dp_cast *cast)
{
	int rc;

	rc = dp_cast_bystanders(cast, false);
	if (!rc)
		rc = dp_forked_prepare(cast);
	if (!rc)
		rc = dp_injector_start(cast);
	for (uint32_t i = 0; i < cast->scene->n; i++)
		dp_close_end(cast, i);
	if (rc)
		return rc;
	dp_actor_await(cast, 0);
	/* That was its end. */
	if (dp_case_alone(cast->c))
		return 0;
	dp_forked_await(cast);
	rc = dp_cast_bystanders(cast, true);
	if (rc)
		return rc;
	/* The injector alone; the others wait, and may be hit. */
	dp_actor_cue(&cast->actors[0]);
	dp_actor_await(cast, 0);
	if (cast->c->type == DP_CASE_POISON &&
	    dp_method_info(cast->c->method)->from_outside)
		dp_cast_outside(cast);
	/* All look; then all touch, and end. */
	dp_cast_cue(cast);
	dp_cast_cue(cast);
	return 0;
}

static void dp_actor_reap(struct dp_cast *cast, uint32_t i,
			  unsigned int timeout)
{
	struct dp_observation *o = &cast->scene->at[i];
	struct dp_actor *a = &cast->actors[i];
	int64_t left = dp_max(cast->until - dp_now(), (int64_t)0) / 1000000;
	int status, rc;

	if (!a->pid) {
		dp_actor_gone(a);
		return;
	}
	rc = a->hung ? -ETIMEDOUT : dp_bounded_reap(a->pid, left, &status);
	if (rc == -ETIMEDOUT) {
		if (!a->hung)
			dp_actor_hung(cast, a);
		rc = dp_bounded_reap(a->pid, DP_GONE_MS, &status);
	}
	dp_actor_gone(a);
	if (rc == -ETIMEDOUT) {
		o->end = DP_END_STUCK;
		o->end_detail = timeout;
	}
	if (rc)
		return;
	o->end = WIFSIGNALED(status) ? DP_END_KILLED : DP_END_EXITED;
	o->end_detail = WIFSIGNALED(status) ? WTERMSIG(status)
					    : WEXITSTATUS(status);
	/* Our own SIGKILL is not the kernel's. */
	if (a->hung && o->end == DP_END_KILLED && o->end_detail == SIGKILL) {
		o->end = DP_END_TIMEOUT;
		o->end_detail = timeout;
	}
}

int dp_cast_run(const struct dp_case *c, struct dp_scene *scene,
		struct dp_record *saved, unsigned int timeout,
		const struct dp_cast_bodies *bodies, struct dp_kept *kept)
{
	struct dp_cast cast = {
		.c = c,
		.scene = scene,
		.saved = saved,
		.bodies = bodies,
		.until = dp_now() + timeout * 1000000000LL,
		.each = timeout * 1000000000LL,
		.keeps = kept && dp_case_keeps(c),
		.kept = kept,
	};
	int rc;

	scene->n = 1 + c->n_bystanders;
	for (uint32_t i = 0; i < scene->n; i++) {
		dp_observation_reset(&scene->at[i]);
		cast.actors[i].cue = cast.actors[i].end = -1;
	}
	/* What we have buffered is not a child's to write. */
	fflush(NULL);
	rc = dp_cast_play(&cast);
	for (uint32_t i = 0; rc && i < scene->n; i++)
		if (cast.actors[i].pid)
			kill(cast.actors[i].pid, SIGKILL);
	for (uint32_t i = !rc && dp_injector_keep(&cast); i < scene->n; i++)
		dp_actor_reap(&cast, i, timeout);
	/* A view ends as the process that it is in. */
	for (uint32_t i = 1; i < scene->n; i++) {
		if (!dp_is_view(c, i))
			continue;
		scene->at[i].end = scene->at[0].end;
		scene->at[i].end_detail = scene->at[0].end_detail;
	}
	return rc;
}
