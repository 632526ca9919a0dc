/* SPDX-License-Identifier: GPL-2.0-only */
/* Putting back contents from outside, when whoever took them is gone. */
#ifndef DP_RUN_RESCUE_H
#define DP_RUN_RESCUE_H

#include "model/case.h"
#include "model/record.h"

/* Put back what an injector that is gone has left dirty, from a process of its
 * own; c->target's path is where. 0 (also when there was nothing to do), or
 * negative errno. */
int dp_record_rescue(struct dp_record *record, const struct dp_case *c);

/* The same without a case: into the device at `path`, whose units are of
 * `align` bytes. All of it is read back. 0, -EIO, -ECANCELED when the process
 * that does it was killed time after time, or another negative errno. */
int dp_record_put_back(struct dp_record *record, const char *path,
		       uint64_t align);

/* What kept either of the two from it. */
const char *dp_put_back_strerror(int rc);

#endif
