/* SPDX-License-Identifier: GPL-2.0-only */
/* A file of daxpoison's own on a DAX file system: written, laid out and
 * prepared as a case wants it. It has no name (O_TMPFILE), so that nothing is
 * left of it whatever becomes of us. */
#ifndef DP_SYS_OWN_FILE_H
#define DP_SYS_OWN_FILE_H

#include "base/why.h"
#include "model/target.h"

/* Units in a row that leave room for a neighbour on each side of the middle one
 * and of the last. */
#define DP_OWN_UNITS 5

/* What is wanted of the file. */
struct dp_own_file {
	enum dp_prop prop;
	uint64_t units;		/* how many aligned units in a row */
	bool any_layout;	/* take it as it comes: units need not align */
};

/* Make a file in the directory `dir` (a target with is_dir) and describe it in
 * `target`: its layout, and in `run` where `units` neighbouring units of
 * dir->align bytes lie, aligned in memory as in the file, at an offset that is
 * not 0; the file ends with them. Every page has contents of its own. The
 * middle unit is the one that the preparation is about.
 * 0, or negative errno with a reason: -ENODEV it would not be mapped directly,
 * -ENOENT no such stretch could be had, -EOPNOTSUPP the file system has no
 * reflinks, -ENOSPC. dp_find_release() ends the file. */
int dp_own_file_make(const struct dp_target *dir, const struct dp_own_file *own,
		     struct dp_target *target, struct dp_why *why);

#endif
