/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sys/ndctl.h"
#include "sys/renew.h"

/* libndctl keeps what it has read: who wants to see the change asks anew. */
static int dp_renewed(const char *name, char *device, size_t size,
		      struct dp_why *why)
{
	_cleanup_ndctl_ struct ndctl_ctx *ctx = NULL;
	struct ndctl_namespace *ns;
	struct ndctl_pfn *pfn;
	const char *block;
	int rc;

	rc = dp_ndctl_new(&ctx, why);
	if (rc)
		return rc;
	ns = dp_ndctl_namespace(ctx, name);
	if (!ns || !ndctl_namespace_is_active(ns))
		return dp_why(why, -ENODEV, "%s was disabled, and does not come back",
			      name);
	pfn = ndctl_namespace_get_pfn(ns);
	block = pfn ? ndctl_pfn_get_block_device(pfn)
		    : ndctl_namespace_get_block_device(ns);
	if (!block || !*block)
		return dp_why(why, -ENODEV, "%s came back without a block device",
			      name);
	snprintf(device, size, "/dev/%s", block);
	return 0;
}

int dp_namespace_renew(const char *name, char *device, size_t size,
		       struct dp_why *why)
{
	_cleanup_ndctl_ struct ndctl_ctx *ctx = NULL;
	struct ndctl_namespace *ns;
	int rc;

	rc = dp_ndctl_new(&ctx, why);
	if (rc)
		return rc;
	ns = dp_ndctl_namespace(ctx, name);
	if (!ns)
		return dp_why(why, -ENODEV, "there is no namespace '%s'", name);
	rc = ndctl_namespace_disable_safe(ns);
	/* disable_safe does not pass on that unbinding failed. */
	if (!rc && ndctl_namespace_is_active(ns))
		rc = -EBUSY;
	if (rc < 0)
		return dp_why(why, rc, "%s cannot be disabled: %s", name,
			      strerror(-rc));
	rc = ndctl_namespace_enable(ns);
	if (rc < 0)
		return dp_why(why, rc, "%s cannot be enabled again: %s", name,
			      strerror(-rc));
	return dp_renewed(name, device, size, why);
}
