/* SPDX-License-Identifier: GPL-2.0-only */
/* Errors that the platform reports: ACPI 6.2, 9.20.7.9, ARS Error Inject. The
 * kernel asks for a list of them (address range scrub) when it is notified, or
 * when user space starts a scrub: drivers/acpi/nfit/core.c. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/ars-parts.h"
#include "sys/inject.h"
#include "sys/ndctl.h"
#include "sys/region-blocks.h"
#include "sys/users.h"

#define DP_BLOCK 512
#define DP_LOOK_MS 50
/* A scrub that nobody asked for would show by now: the kernel waits a second
 * before it asks again (drivers/acpi/nfit/core.c, scrub_tmo). */
#define DP_QUIET_MS 1500
#define DP_IDLE_MS 15000

/* Where block 0 of ndctl_namespace_inject_error2() is: of the data, not of what
 * the namespace begins with (libndctl, inject.c). What we reckon must be that. */
int dp_ars_namespace(struct ndctl_ctx *ctx, const struct dp_target *t,
		     struct ndctl_namespace **found)
{
	struct ndctl_namespace *ns = dp_ndctl_namespace(ctx, t->namespace);
	struct ndctl_pfn *pfn = ns ? ndctl_namespace_get_pfn(ns) : NULL;
	struct ndctl_dax *dax = ns ? ndctl_namespace_get_dax(ns) : NULL;
	uint64_t base = ULLONG_MAX;

	if (dax)
		base = ndctl_dax_get_resource(dax);
	else if (pfn)
		base = ndctl_pfn_get_resource(pfn);
	else if (ns)
		base = ndctl_namespace_get_resource(ns);
	*found = ns;
	return base == ULLONG_MAX || base != t->data_phys ? -ERANGE : 0;
}

static int dp_find_block(struct ndctl_ctx *ctx, const struct dp_target *t,
			 const struct dp_place_bases *at, uint64_t length,
			 struct ndctl_namespace **found)
{
	if (at->data_block == DP_PHYS_UNKNOWN ||
	    at->region_block == DP_PHYS_UNKNOWN || length % DP_BLOCK)
		return -ERANGE;
	return dp_ars_namespace(ctx, t, found);
}

/* Of the blocks, how many the platform says it has injected. */
static void dp_ask_status(struct ndctl_namespace *ns, struct dp_range blocks,
			  struct dp_platform_seen *seen)
{
	uint64_t from, to;
	struct ndctl_bb *bb;
	int rc;

	rc = ndctl_namespace_injection_status(ns);
	seen->said = 0;
	seen->status_errno = rc < 0 ? -rc : 0;
	if (rc < 0)
		return;
	ndctl_namespace_bb_foreach (ns, bb) {
		from = dp_max((uint64_t)ndctl_bb_get_block(bb), blocks.offset);
		to = dp_min((uint64_t)(ndctl_bb_get_block(bb) +
				       ndctl_bb_get_count(bb)),
			    dp_range_end(blocks));
		seen->said += from < to ? to - from : 0;
	}
}

/* Wait for all of the blocks to be listed. */
static bool dp_wait_listed(const struct dp_injection *i, unsigned int ms)
{
	const struct dp_range blocks = { i->at.region_block,
					 i->length / DP_BLOCK };

	for (unsigned int t = 0; t < ms; t += DP_LOOK_MS) {
		if (dp_region_bad_blocks(i->target->region, blocks) ==
		    (int64_t)blocks.length)
			return true;
		poll(NULL, 0, DP_LOOK_MS);
	}
	return false;
}

/* A scrub under way could list again what is cleared meanwhile. Positive: it is
 * under way. */
static int dp_wait_idle(struct ndctl_bus *bus, unsigned int ms)
{
	for (unsigned int t = 0; t < ms; t += DP_LOOK_MS) {
		if (ndctl_bus_get_scrub_state(bus) <= 0)
			return 0;
		poll(NULL, 0, DP_LOOK_MS);
	}
	return -ETIMEDOUT;
}

int dp_ars_wait_idle(struct ndctl_namespace *ns)
{
	return dp_wait_idle(ndctl_namespace_get_bus(ns), DP_IDLE_MS);
}

static int dp_scrub(const struct dp_injection *i, struct ndctl_bus *bus,
		    unsigned int ms)
{
	int rc;

	i->platform->scrubbed = true;
	/* -EBUSY: one is under way already. */
	rc = ndctl_bus_start_scrub(bus);
	if (rc && rc != -EBUSY)
		return rc;
	return dp_wait_listed(i, ms) ? 0 : -ETIMEDOUT;
}

int dp_inject_ars(const struct dp_injection *i)
{
	const struct dp_range blocks = { i->at.data_block,
					 i->length / DP_BLOCK };
	_cleanup_ndctl_ struct ndctl_ctx *ctx = NULL;
	unsigned int half = i->wait * 1000 / 2;
	struct ndctl_namespace *ns;
	struct ndctl_bus *bus;
	int rc;

	rc = dp_ndctl_new(&ctx, NULL);
	if (!rc)
		rc = dp_find_block(ctx, i->target, &i->at, i->length, &ns);
	if (rc)
		return rc;
	bus = ndctl_namespace_get_bus(ns);
	rc = ndctl_namespace_inject_error2(ns, blocks.offset, blocks.length,
					   i->quiet ? 0 : 1 << NDCTL_NS_INJECT_NOTIFY);
	if (rc)
		return rc;
	i->platform->injected = true;
	dp_ask_status(ns, blocks, i->platform);
	i->platform->listed_early =
		dp_wait_listed(i, i->quiet ? DP_QUIET_MS : half);
	if (!i->platform->listed_early)
		rc = dp_scrub(i, bus, half);
	return rc ? rc : dp_wait_idle(bus, half);
}

/* What stood there is written to the namespace's block device: writing clears,
 * drivers/nvdimm/pmem.c:pmem_do_write. A file's page is not written through the
 * file: that would fail, or move it. */
static int dp_clear_by_writing(struct ndctl_namespace *ns,
			       const struct dp_place_bases *at, uint64_t length,
			       const void *was)
{
	struct ndctl_pfn *pfn = ndctl_namespace_get_pfn(ns);
	_cleanup_free_ void *page = aligned_alloc(length, length);
	_cleanup_close_ int fd = -1;
	char path[64];

	if (!page)
		return -ENOMEM;
	memcpy(page, was, length);
	snprintf(path, sizeof(path), "/dev/%.50s",
		 pfn ? ndctl_pfn_get_block_device(pfn)
		     : ndctl_namespace_get_block_device(ns));
	fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (pwrite(fd, page, length, at->data_block * DP_BLOCK) !=
	    (ssize_t)length)
		return errno ? -errno : -EIO;
	return fsync(fd) ? -errno : 0;
}

static int dp_submit(struct ndctl_cmd *cmd)
{
	int rc = cmd ? ndctl_cmd_submit(cmd) : -ENOTTY;

	return rc < 0 ? rc : 0;
}

/* The kernel does not have it cleared under a namespace in use:
 * drivers/nvdimm/bus.c:nd_pmem_forget_poison_check. */
static int dp_clear_command(struct ndctl_bus *bus, struct dp_range r)
{
	struct ndctl_cmd *cap, *clear = NULL;
	int rc;

	cap = ndctl_bus_cmd_new_ars_cap(bus, r.offset, r.length);
	rc = dp_submit(cap);
	if (!rc) {
		clear = ndctl_bus_cmd_new_clear_error(r.offset, r.length, cap);
		rc = dp_submit(clear);
	}
	if (!rc && ndctl_cmd_clear_error_get_cleared(clear) != r.length)
		rc = -EIO;
	ndctl_cmd_unref(clear);
	ndctl_cmd_unref(cap);
	return rc;
}

int dp_ars_clear_stopped(struct ndctl_namespace *ns,
			 const struct dp_range *ranges, size_t n)
{
	struct ndctl_bus *bus = ndctl_namespace_get_bus(ns);
	struct ndctl_dax *dax = ndctl_namespace_get_dax(ns);
	struct daxctl_region *devices =
		dax ? ndctl_dax_get_daxctl_region(dax) : NULL;
	int rc, enabled;

	rc = devices ? dp_users_of_region(devices, NULL) : 0;
	if (!rc)
		rc = ndctl_namespace_disable_safe(ns);
	if (rc < 0)
		return rc;
	/* disable_safe does not pass on that unbinding failed. */
	if (ndctl_namespace_is_active(ns))
		return -EBUSY;
	rc = 0;
	for (size_t i = 0; i < n && !rc; i++)
		rc = dp_clear_command(bus, ranges[i]);
	/* Its device comes back by the same name. libndctl has freed the dax. */
	enabled = ndctl_namespace_enable(ns);
	return rc ? rc : enabled < 0 ? enabled : 0;
}

int dp_clear_ars(const struct dp_target *t, const struct dp_place_bases *at,
		 uint64_t length, const void *was)
{
	_cleanup_ndctl_ struct ndctl_ctx *ctx = NULL;
	struct ndctl_namespace *ns;
	int rc;

	rc = dp_ndctl_new(&ctx, NULL);
	if (!rc)
		rc = dp_find_block(ctx, t, at, length, &ns);
	if (!rc)
		rc = ndctl_namespace_uninject_error2(ns, at->data_block,
						     length / DP_BLOCK, 0);
	/* Else it would list them when they are cleared. */
	if (!rc)
		rc = dp_wait_idle(ndctl_namespace_get_bus(ns), DP_IDLE_MS);
	if (rc)
		return rc;
	/* Blocks that are not bad may have been written to by others. */
	if (!dp_region_bad_blocks(t->region, (struct dp_range){
			at->region_block, length / DP_BLOCK }))
		return 0;
	if (ndctl_namespace_get_dax(ns))
		return dp_ars_clear_stopped(ns, &(struct dp_range){ at->phys, length },
					    1);
	return was ? dp_clear_by_writing(ns, at, length, was) : -ENODATA;
}
