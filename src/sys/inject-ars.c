/* SPDX-License-Identifier: GPL-2.0-only */
/* Errors that the platform reports: ACPI 6.2, 9.20.7.9, ARS Error Inject. The
 * kernel asks for a list of them (address range scrub) when it is notified, or
 * when user space starts a scrub: drivers/acpi/nfit/core.c. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/rootdir.h"
#include "sys/inject.h"
#include "sys/ndctl.h"

#define DP_BLOCK 512
#define DP_LOOK_MS 50

/* Where block 0 of ndctl_namespace_inject_error2() is: of the data, not of what
 * the namespace begins with (libndctl, inject.c). */
static uint64_t dp_inject_base(struct ndctl_namespace *ns)
{
	struct ndctl_pfn *pfn = ndctl_namespace_get_pfn(ns);
	struct ndctl_dax *dax = ndctl_namespace_get_dax(ns);

	if (dax)
		return ndctl_dax_get_resource(dax);
	return pfn ? ndctl_pfn_get_resource(pfn)
		   : ndctl_namespace_get_resource(ns);
}

/* Whether all these blocks are in the region's list: lines "START COUNT". */
static bool dp_region_lists(const char *region, uint64_t block, uint64_t count)
{
	_cleanup_(dp_rootdir_deinit) struct dp_rootdir root = { .fd = -1 };
	uint64_t from, n;
	char text[4096];
	int used;

	if (dp_rootdir_init(&root, NULL) ||
	    dp_rootdir_read(&root, text, sizeof(text),
			    "sys/bus/nd/devices/%s/badblocks", region) < 0)
		return false;
	for (const char *at = text;
	     sscanf(at, " %" SCNu64 " %" SCNu64 "%n", &from, &n, &used) == 2;
	     at += used)
		if (block >= from && block - from < n &&
		    n - (block - from) >= count)
			return true;
	return false;
}

static bool dp_wait_listed(const struct dp_injection *i, unsigned int ms)
{
	for (unsigned int t = 0; t < ms; t += DP_LOOK_MS) {
		if (dp_region_lists(i->target->region, i->at.region_block,
				    i->length / DP_BLOCK))
			return true;
		poll(NULL, 0, DP_LOOK_MS);
	}
	return false;
}

int dp_inject_ars(const struct dp_injection *i)
{
	_cleanup_ndctl_ struct ndctl_ctx *ctx = NULL;
	unsigned int half = i->wait * 1000 / 2;
	struct ndctl_namespace *ns;
	uint64_t base;
	int rc;

	rc = dp_ndctl_new(&ctx, NULL);
	if (rc)
		return rc;
	ns = dp_ndctl_namespace(ctx, i->target->namespace);
	base = ns ? dp_inject_base(ns) : UINT64_MAX;
	if (base == UINT64_MAX || i->at.phys == DP_PHYS_UNKNOWN ||
	    i->at.phys < base || i->at.region_block == DP_PHYS_UNKNOWN)
		return -ERANGE;
	rc = ndctl_namespace_inject_error2(ns, (i->at.phys - base) / DP_BLOCK,
					   i->length / DP_BLOCK,
					   1 << NDCTL_NS_INJECT_NOTIFY);
	if (rc)
		return rc;
	if (dp_wait_listed(i, half))
		return 0;
	/* -EBUSY: one is under way already. */
	rc = ndctl_bus_start_scrub(ndctl_namespace_get_bus(ns));
	if (rc && rc != -EBUSY)
		return rc;
	return dp_wait_listed(i, half) ? 0 : -ETIMEDOUT;
}
