/* SPDX-License-Identifier: GPL-2.0-only */
/* A namespace that is configured in another way for a while, and gets its own way
 * back: also if we are killed meanwhile, or cannot go on. */
#ifndef DP_RUN_PUT_BACK_H
#define DP_RUN_PUT_BACK_H

#include <sys/types.h>

#include "base/why.h"
#include "model/target.h"

struct dp_put_back {
	char namespace[DP_NAME_MAX];
	enum dp_mode mode;
	uint64_t align;		/* bytes */
	struct dp_range memory;	/* physical */
	int journal;		/* not owned */
	pid_t keeper;		/* does it if we do not; 0: nobody */
	int line;		/* tells it that we live, or -1 */
};

/* Before the namespace of `was`, a device, is touched. The journal must stay
 * open. 0 or negative errno. */
int dp_put_back_begin(struct dp_put_back *p, const struct dp_target *was,
		      int journal);

/* Put it back. Its contents are lost, and with them what the journal would have
 * put back of them. 0, or negative errno with a reason. */
int dp_put_back_end(struct dp_put_back *p, struct dp_why *why);

#endif
