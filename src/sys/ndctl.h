/* SPDX-License-Identifier: GPL-2.0-only */
/* What everything that talks to libndctl needs: a context that keeps quiet,
 * and names turned into objects. */
#ifndef DP_SYS_NDCTL_H
#define DP_SYS_NDCTL_H

#include <ndctl/libndctl.h>

#include "base/cleanup.h"
#include "base/why.h"

/* A new context. Neither it nor its libdaxctl context writes to stderr, as
 * both do by default. Owned by the caller (ndctl_unref, _cleanup_ndctl_).
 * 0 or negative errno with a reason. */
int dp_ndctl_new(struct ndctl_ctx **ctx, struct dp_why *why);

static inline void dp_ndctl_unrefp(struct ndctl_ctx **ctx)
{
	if (*ctx)
		ndctl_unref(*ctx);
}

#define _cleanup_ndctl_ _cleanup_(dp_ndctl_unrefp)

/* The region ("region0") or namespace ("namespace0.0") of that name, or NULL.
 * Owned by the context. */
struct ndctl_region *dp_ndctl_region(struct ndctl_ctx *ctx, const char *name);
struct ndctl_namespace *dp_ndctl_namespace(struct ndctl_ctx *ctx,
					   const char *name);

/* Room for the text of a uuid. */
#define DP_UUID_TEXT 37

/* A random uuid (RFC 4122, version 4). 0 or negative errno of getrandom(2). */
int dp_uuid_new(unsigned char uuid[16]);
/* The text of a uuid, or "" where all its bytes are 0. Returns `buf`. */
const char *dp_uuid_text(char buf[DP_UUID_TEXT], const unsigned char uuid[16]);

#endif
