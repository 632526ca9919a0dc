/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run/bystander.h"
#include "run/looker.h"
#include "sys/sigbus.h"

/* How it takes SIGBUS while it waits. Looking and touching need the handler
 * again, whatever was asked for. */
static int dp_set_handler(const struct dp_bystander *b)
{
	sigset_t bus;

	sigemptyset(&bus);
	sigaddset(&bus, SIGBUS);
	switch ((enum dp_handler)b->handler) {
	case DP_HANDLER_CATCH:
	case DP_HANDLER_MAX:
		return 0;
	case DP_HANDLER_BLOCK:
		return sigprocmask(SIG_BLOCK, &bus, NULL) ? -errno : 0;
	case DP_HANDLER_IGNORE:
		return signal(SIGBUS, SIG_IGN) == SIG_ERR ? -errno : 0;
	case DP_HANDLER_NONE:
		return signal(SIGBUS, SIG_DFL) == SIG_ERR ? -errno : 0;
	}
	return -EINVAL;
}

/* A signal that is blocked was sent all the same: fetch it. */
static void dp_fetch_pending(struct dp_observation *o)
{
	struct timespec now, none = { 0, 0 };
	struct dp_signal *s;
	siginfo_t info;
	sigset_t bus;

	sigemptyset(&bus);
	sigaddset(&bus, SIGBUS);
	if (sigtimedwait(&bus, &info, &none) != SIGBUS ||
	    o->n_signals == DP_SIGNALS_MAX)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	s = &o->signals[o->n_signals++];
	*s = (struct dp_signal){
		.code = info.si_code,
		.addr = (uintptr_t)info.si_addr,
		.lsb = info.si_addr_lsb,
		.when = now.tv_sec * 1000000000LL + now.tv_nsec,
		.tid = getpid(),
		.step = DP_STEP_INJECT,
		.pending = true,
	};
}

static int dp_stand_by(const struct dp_part *part, struct dp_looker *l,
		       struct dp_area *area)
{
	const struct dp_bystander *b = part->bystander;
	const struct dp_case *c = part->c;
	struct dp_observation *o = part->o;
	_cleanup_close_ int fd = -1;
	int rc;

	dp_enter(o, DP_STEP_OPEN);
	rc = dp_sigbus_install(o);
	if (!rc)
		rc = dp_sigbus_policy(b->policy);
	if (rc)
		return rc;
	fd = b->other ? dup(c->target->other_fd)
		      : open(c->target->path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	dp_enter(o, DP_STEP_MAP);
	rc = dp_area_map_case(area, c, b->skewed ? c->page : 0, o, fd);
	if (!rc)
		rc = dp_looker_init(l, c, o, area->start, fd);
	if (!rc && !b->unfaulted)
		rc = dp_looker_fault_in(l);
	if (rc)
		return rc;
	dp_enter(o, DP_STEP_BASELINE);
	if (!b->unfaulted)
		rc = dp_looker_baseline(l);
	if (!rc)
		rc = dp_set_handler(b);
	if (rc)
		return rc;
	dp_enter(o, DP_STEP_INJECT);
	dp_part_wait(part);
	if (b->handler == DP_HANDLER_BLOCK)
		dp_fetch_pending(o);
	rc = dp_sigbus_install(o);
	dp_enter(o, DP_STEP_OBSERVE);
	if (!rc && !b->unfaulted)
		rc = dp_looker_after(l);
	dp_part_wait(part);
	dp_enter(o, DP_STEP_TOUCH);
	if (!rc && !b->unfaulted)
		dp_looker_touch(l);
	return rc;
}

void dp_bystander_body(const struct dp_part *part)
{
	struct dp_area area = { 0 };
	struct dp_looker l = { 0 };
	int rc;

	rc = dp_stand_by(part, &l, &area);
	if (rc)
		dp_give_up(part->o, rc);
	dp_looker_deinit(&l);
	dp_area_deinit(&area);
	dp_enter(part->o, DP_STEP_DONE);
}
