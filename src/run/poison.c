/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run/contents.h"
#include "run/journal.h"
#include "run/looker.h"
#include "run/medium.h"
#include "run/poison.h"
#include "run/views.h"
#include "sys/inject.h"
#include "sys/sigbus.h"

/* A page of a file may be another than the planner's: a hole's zero page, a
 * copy of our own, a block that has moved. Poison must not hit that. */
static int dp_check_page(const struct dp_case *c, struct dp_observation *o,
			 struct dp_looker *l, char *at)
{
	struct dp_place_bases bases;

	if (c->target->kind == DP_KIND_DEVDAX)
		return 0;
	bases = dp_target_bases(c->target, c->poison.offset, c->page);
	o->pfn_seen = dp_pagemap_pfn(
		l->pagemap,
		(uintptr_t)at + (c->poison.offset - c->map.offset));
	return bases.pfn != DP_PHYS_UNKNOWN && o->pfn_seen == bases.pfn
		       ? 0
		       : -ESTALE;
}

static int dp_inject_at(const struct dp_case *c, struct dp_observation *o,
			void *addr)
{
	struct dp_injection i = {
		.target = c->target,
		.at = dp_target_bases(c->target, c->poison.offset, c->page),
		.pfn_seen = o->pfn_seen,
		.told = &o->n_signals,
		.wait = c->wait ?: dp_method_info(c->method)->wait,
		.addr = addr,
		.length = c->poison.length,
		.quiet = c->quiet,
		.platform = &o->platform,
	};

	return dp_inject(c->method, &i);
}

int dp_poison_outside(const struct dp_case *c, struct dp_observation *o)
{
	return dp_inject_at(c, o, NULL);
}

static void dp_inject_step(const struct dp_part *part, char *at)
{
	const struct dp_case *c = part->c;
	struct dp_observation *o = part->o;
	struct timespec now;
	int rc;

	dp_enter(o, DP_STEP_INJECT);
	if (dp_method_info(c->method)->from_outside) {
		dp_part_wait(part);
		return;
	}
	o->injected = true;
	rc = dp_inject_at(c, o, at + (c->poison.offset - c->map.offset));
	clock_gettime(CLOCK_MONOTONIC, &now);
	o->inject_done = now.tv_sec * 1000000000LL + now.tv_nsec;
	o->inject_errno = -rc;
}

static int dp_prepare(const struct dp_part *part, struct dp_looker *l,
		      struct dp_contents *ct, int fd, char *at)
{
	const struct dp_case *c = part->c;
	struct dp_observation *o = part->o;
	int rc;

	rc = dp_looker_init(l, part->senses, c, o, at, fd);
	if (rc)
		return rc;
	rc = dp_looker_fault_in(l);
	if (rc)
		return rc;
	/* To leave the page alone afterwards is to leave its contents alone. */
	if (c->access != DP_ACCESS_NONE) {
		dp_enter(o, DP_STEP_PATTERN);
		rc = dp_contents_init(ct, c, at, part->saved);
		if (!rc && dp_contents_filled(c))
			rc = dp_contents_fill(ct);
		if (rc)
			return rc;
	}
	dp_enter(o, DP_STEP_BASELINE);
	return dp_looker_baseline(l);
}

static int dp_carry_out(const struct dp_part *part, struct dp_looker *l,
			struct dp_contents *ct, struct dp_area *area,
			struct dp_views *views)
{
	const struct dp_case *c = part->c;
	struct dp_observation *o = part->o;
	_cleanup_close_ int fd = -1;
	char *at;
	int rc;

	dp_enter(o, DP_STEP_OPEN);
	rc = dp_sigbus_install(o);
	if (!rc)
		rc = dp_sigbus_policy(dp_case_policy(c));
	if (rc)
		return rc;
	fd = open(c->target->path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	dp_enter(o, DP_STEP_MAP);
	rc = dp_views_init(views, part);
	if (rc)
		return rc;
	dp_views_map(views, false);
	rc = dp_area_map_case(area, c, o, fd);
	if (rc)
		return rc;
	at = area->start;
	rc = dp_prepare(part, l, ct, fd, at);
	if (rc)
		return rc;
	dp_views_map(views, true);
	dp_views_baseline(views);
	rc = dp_part_fork(part, at);
	if (rc)
		return rc;
	dp_part_wait(part);
	dp_enter(o, DP_STEP_INJECT);
	rc = dp_check_page(c, o, l, at);
	/* What was put in place of a device's contents is on record by now. */
	if (!rc && part->saved->state == DP_RECORD_CLEAN)
		rc = dp_record_set(part->saved, DP_RECORD_STRUCK);
	if (rc)
		return rc;
	dp_inject_step(part, at);
	dp_part_wait(part);
	dp_enter(o, DP_STEP_OBSERVE);
	rc = dp_looker_after(l);
	if (rc)
		return rc;
	dp_views_look(views);
	dp_part_wait(part);
	dp_enter(o, DP_STEP_TOUCH);
	if (c->access != DP_ACCESS_NONE)
		dp_looker_touch(l);
	dp_views_touch(views);
	dp_enter(o, DP_STEP_COMPARE);
	o->data.pages_mapped = c->map.length / c->page;
	if (c->access != DP_ACCESS_NONE)
		dp_contents_compare(ct, &o->data);
	return 0;
}

void dp_poison_body(const struct dp_part *part)
{
	struct dp_observation *o = part->o;
	struct dp_contents ct = { 0 };
	struct dp_area area = { 0 };
	struct dp_looker l = { 0 };
	struct dp_views views = { 0 };
	int rc;

	if (dp_method_info(part->c->method)->medium) {
		dp_medium_body(part);
		return;
	}
	rc = dp_carry_out(part, &l, &ct, &area, &views);
	if (rc)
		dp_give_up(o, rc);
	/* Whatever went wrong, the contents go back. */
	dp_enter(o, DP_STEP_RESTORE);
	o->data.restored = !dp_contents_restore(&ct);
	dp_views_deinit(&views);
	dp_looker_deinit(&l);
	dp_area_deinit(&area);
	dp_enter(o, DP_STEP_DONE);
}
