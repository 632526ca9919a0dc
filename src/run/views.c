/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "run/looker.h"
#include "run/views.h"

struct dp_one_view {
	bool is_view;		/* false: a bystander, no concern of ours */
	const struct dp_bystander *spec;
	struct dp_case seen;	/* the case as it is for this view */
	struct dp_observation *o;
	struct dp_area area;
	struct dp_looker looker;
};

int dp_views_init(struct dp_views *v, const struct dp_part *part)
{
	const struct dp_case *c = part->c;

	*v = (struct dp_views){ .part = part };
	if (!c->n_bystanders)
		return 0;
	v->at = calloc(c->n_bystanders, sizeof(*v->at));
	if (!v->at)
		return -ENOMEM;
	v->n = c->n_bystanders;
	for (uint32_t i = 0; i < v->n; i++) {
		struct dp_one_view *one = &v->at[i];

		one->is_view = c->bystanders[i].view;
		one->spec = &c->bystanders[i];
		one->o = &part->scene->at[i + 1];
		if (one->is_view)
			one->seen = dp_case_seen_by(c, one->spec);
	}
	return 0;
}

static int dp_view_map(struct dp_views *v, struct dp_one_view *one)
{
	_cleanup_close_ int fd = -1;
	int rc;

	one->o->pid = getpid();
	dp_enter(one->o, DP_STEP_OPEN);
	fd = dp_open_beside(&one->seen, one->spec);
	if (fd < 0)
		return fd;
	dp_enter(one->o, DP_STEP_MAP);
	rc = dp_area_map_case(&one->area, &one->seen, one->o, fd);
	if (rc)
		return rc;
	/* A bystander that is forked from the injector has one view. */
	if (madvise(one->area.start, one->seen.map.length, MADV_DONTFORK))
		return -errno;
	return dp_looker_init(&one->looker, v->part->senses, &one->seen,
			      one->o, one->area.start, fd);
}

/* What is done with each that is still fit for it. */
static void dp_each_view(struct dp_views *v, enum dp_step step,
			 int (*fn)(struct dp_one_view *one))
{
	int rc;

	for (uint32_t i = 0; i < v->n; i++) {
		struct dp_one_view *one = &v->at[i];

		if (!one->is_view || one->o->error)
			continue;
		dp_enter(one->o, step);
		rc = fn(one);
		if (rc)
			dp_give_up(one->o, rc);
	}
}

void dp_views_map(struct dp_views *v, bool after)
{
	int rc;

	for (uint32_t i = 0; i < v->n; i++) {
		struct dp_one_view *one = &v->at[i];

		if (!one->is_view || one->o->error)
			continue;
		rc = one->spec->after == after ? dp_view_map(v, one) : 0;
		if (!rc && !one->spec->unfaulted &&
		    (one->spec->after || one->spec->lazy) == after)
			rc = dp_looker_fault_in(&one->looker);
		if (rc)
			dp_give_up(one->o, rc);
	}
}

static int dp_view_baseline(struct dp_one_view *one)
{
	int rc = 0;

	if (!one->spec->unfaulted)
		rc = dp_looker_baseline(&one->looker);
	if (!rc)
		dp_enter(one->o, DP_STEP_INJECT);
	return rc;
}

void dp_views_baseline(struct dp_views *v)
{
	dp_each_view(v, DP_STEP_BASELINE, dp_view_baseline);
}

static int dp_view_look(struct dp_one_view *one)
{
	return one->spec->unfaulted ? 0 : dp_looker_after(&one->looker);
}

void dp_views_look(struct dp_views *v)
{
	dp_each_view(v, DP_STEP_OBSERVE, dp_view_look);
}

static int dp_view_touch(struct dp_one_view *one)
{
	if (!one->spec->unfaulted && one->seen.access != DP_ACCESS_NONE)
		dp_looker_touch(&one->looker);
	return 0;
}

void dp_views_touch(struct dp_views *v)
{
	dp_each_view(v, DP_STEP_TOUCH, dp_view_touch);
}

void dp_views_deinit(struct dp_views *v)
{
	for (uint32_t i = 0; i < v->n; i++) {
		if (!v->at[i].is_view)
			continue;
		dp_looker_deinit(&v->at[i].looker);
		dp_area_deinit(&v->at[i].area);
		dp_enter(v->at[i].o, DP_STEP_DONE);
	}
	free(v->at);
	*v = (struct dp_views){ 0 };
}
