/* SPDX-License-Identifier: GPL-2.0-only */
/* One process's own end of a case that is played by several (run/cast.h). */
#ifndef DP_RUN_PART_H
#define DP_RUN_PART_H

#include "model/scene.h"

struct dp_cast;
struct dp_record;
struct dp_senses;
struct dp_series;

struct dp_part {
	const struct dp_case *c;
	struct dp_observation *o;
	const struct dp_bystander *bystander; /* NULL: the injector */
	int cue;		/* socket to whoever directs */
	bool alone;		/* nobody else takes part: nothing to wait for */
	struct dp_record *saved;	/* room for contents; see run/contents.h */
	char *inherited;	/* forked from the injector: where the case's
				 * mapping is; else NULL */
	struct dp_senses *senses; /* this process's; see run/senses.h */
	struct dp_scene *scene;	/* everyone's observations */
	struct dp_cast *cast;	/* run/cast.c's own */
	struct dp_series *series; /* of dp_cast_bodies */
};

/* Tell that the next stage is reached, and wait for the cue to go on. */
void dp_part_wait(const struct dp_part *part);

/* This part has come to a step. */
void dp_enter(struct dp_observation *o, enum dp_step step);

/* It cannot go on: err is a negative errno. */
void dp_give_up(struct dp_observation *o, int err);

#endif
