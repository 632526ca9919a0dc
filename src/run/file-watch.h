/* SPDX-License-Identifier: GPL-2.0-only */
/* A file while cases are run on it: what it held before, whether every byte of
 * it is the same afterwards, and its poisoned pages put right meanwhile. */
#ifndef DP_RUN_FILE_WATCH_H
#define DP_RUN_FILE_WATCH_H

#include <sys/stat.h>

#include "base/why.h"
#include "model/scene.h"
#include "run/contents.h"

/* Files up to this size are compared whole, of larger ones what lies around
 * the cases' mappings is compared by the cases themselves. */
#define DP_WATCH_MAX (256 * DP_MIB)

struct dp_file_watch {
	const struct dp_target *target; /* NULL: no file is watched */
	uint64_t page;
	uint64_t n;		/* pages remembered */
	uint64_t *sums;		/* of each; owned */
	struct stat st;		/* size and times */
};

/* Watch the target of the case from now on, if it is a file and not watched
 * yet; another that was is let go as by _end(). 0 or negative errno with a
 * reason. */
int dp_file_watch(struct dp_file_watch *w, const struct dp_case *c,
		  struct dp_why *why);

/* After a case: the poisoned page, with the contents that `saved` holds. Into
 * `after`. 0, or negative errno with a reason when they cannot be put back. */
int dp_file_watch_page(const struct dp_file_watch *w, const struct dp_case *c,
		       const struct dp_record *saved,
		       struct dp_file_after *after, struct dp_why *why);

/* Compare the whole file with what was there before, and give it its times
 * back. 0; -EUCLEAN with a reason that names the first page that differs; or
 * another negative errno. */
int dp_file_watch_end(struct dp_file_watch *w, struct dp_why *why);

#endif
