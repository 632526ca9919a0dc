/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes of a case: each of its own, since it may be killed; what each
 * saw is kept, and its death is an observation. They act on cue:
 *
 *	bystanders that map before the injector	... ready
 *	the injector				... ready
 *	bystanders forked from the injector	... ready
 *	bystanders that map after the injector	... ready
 *	the injector injects, or waits while that is done from outside
 *						... injected
 *	all look at what they lost		... looked
 *	all touch, and end
 */
#ifndef DP_RUN_CAST_H
#define DP_RUN_CAST_H

#include "run/part.h"

struct dp_kept;

/* The injector's: start the bystanders that are to be forked from it. They find
 * the case's part of the target mapped at `mapped`. 0 or negative errno. */
int dp_part_fork(const struct dp_part *part, char *mapped);

struct dp_cast_bodies {
	void (*injector)(const struct dp_part *part);
	void (*bystander)(const struct dp_part *part);
	/* The director's own part, where the injection comes from outside:
	 * 0 or negative errno of the injection. */
	int (*outside)(const struct dp_case *c, struct dp_observation *o);
	/* Called right before it, where someone else injects; or NULL. */
	void (*announce)(const struct dp_case *c, void *arg);
	void *arg;
	/* For an injector that carries out several cases, all in one; or NULL.
	 * `progress` grows with each of its steps, which has its own time. */
	struct dp_series *series;
	const uint32_t *progress;
};

/* Run all parts of the case, wait for their ends, and fill the scene, where
 * default_is_early is the caller's to set before. After `timeout` seconds whoever
 * is left is killed; of a series each case has so many. Every process dies with its parent. `kept`: who may play the
 * injector, and who stays as one; NULL: nobody stays. 0, or negative errno when
 * they could not be started. */
int dp_cast_run(const struct dp_case *c, struct dp_scene *scene,
		struct dp_record *saved, unsigned int timeout,
		const struct dp_cast_bodies *bodies, struct dp_kept *kept);

/* Memory for a scene that processes can share; NULL when short of it. */
struct dp_scene *dp_scene_new(void);
void dp_scene_free(struct dp_scene *scene);

#endif
