/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <linux/ndctl.h>

#include "sys/ndctl.h"
#include "sys/nfit-test.h"

static int dp_find_bus(struct ndctl_ctx **ctx, struct ndctl_bus **bus,
		       struct dp_why *why)
{
	int rc = dp_ndctl_new(ctx, why);

	if (rc)
		return rc;
	*bus = ndctl_bus_get_by_provider(*ctx, DP_NFIT_TEST_BUS);
	if (!*bus)
		return dp_why(why, -ENODEV, "nfit_test is loaded and there is no bus %s; the kernel's log says why",
			      DP_NFIT_TEST_BUS);
	return 0;
}

/* As 'ndctl init-labels -f'. */
static int dp_init_labels(struct ndctl_dimm *dimm)
{
	struct ndctl_cmd *read = ndctl_dimm_read_label_index(dimm);
	int rc;

	if (!read)
		return -ENXIO;
	rc = ndctl_dimm_init_labels(dimm, NDCTL_NS_VERSION_1_2);
	ndctl_cmd_unref(read);
	/* The kernel has read them when it enabled the DIMM. */
	if (rc >= 0 && ndctl_dimm_is_enabled(dimm)) {
		rc = ndctl_dimm_disable(dimm);
		if (rc >= 0)
			rc = ndctl_dimm_enable(dimm);
	}
	return rc < 0 ? rc : 0;
}

static int dp_label_bus(struct ndctl_bus *bus, struct dp_why *why)
{
	struct ndctl_region *region;
	struct ndctl_dimm *dimm;
	int rc;

	ndctl_region_foreach (bus, region) {
		rc = ndctl_region_disable_invalidate(region);
		if (rc < 0)
			return dp_why(why, rc, "cannot disable %s of %s: %s",
				      ndctl_region_get_devname(region),
				      DP_NFIT_TEST_BUS, strerror(-rc));
	}
	ndctl_dimm_foreach (bus, dimm) {
		rc = dp_init_labels(dimm);
		if (rc)
			return dp_why(why, rc, "cannot write the labels of %s of %s: %s",
				      ndctl_dimm_get_devname(dimm),
				      DP_NFIT_TEST_BUS, strerror(-rc));
	}
	ndctl_region_foreach (bus, region) {
		rc = ndctl_region_enable(region);
		if (rc < 0)
			return dp_why(why, rc, "cannot enable %s of %s: %s",
				      ndctl_region_get_devname(region),
				      DP_NFIT_TEST_BUS, strerror(-rc));
	}
	return 0;
}

int dp_nfit_test_labels(struct dp_why *why)
{
	_cleanup_ndctl_ struct ndctl_ctx *ctx = NULL, *fresh = NULL;
	struct ndctl_bus *bus;
	int rc;

	rc = dp_find_bus(&ctx, &bus, why);
	if (rc)
		return rc;
	rc = ndctl_bus_wait_probe(bus);
	if (rc < 0)
		return dp_why(why, rc, "%s was not probed: %s",
			      DP_NFIT_TEST_BUS, strerror(-rc));
	/* What was there before may have been looked up too early. */
	rc = dp_find_bus(&fresh, &bus, why);
	return rc ? rc : dp_label_bus(bus, why);
}

int dp_nfit_test_room(uint64_t bytes, char *name, size_t size,
		      struct dp_why *why)
{
	_cleanup_ndctl_ struct ndctl_ctx *ctx = NULL;
	struct ndctl_region *region, *best = NULL;
	unsigned long long room, most = 0;
	struct ndctl_bus *bus;
	int rc;

	rc = dp_find_bus(&ctx, &bus, why);
	if (rc)
		return rc;
	ndctl_region_foreach (bus, region) {
		room = ndctl_region_get_max_available_extent(region);
		if (room == ULLONG_MAX)
			room = ndctl_region_get_available_size(region);
		if (room == ULLONG_MAX || room < bytes || room < most ||
		    ndctl_region_get_type(region) != ND_DEVICE_REGION_PMEM)
			continue;
		/* libndctl lists them in any order. */
		if (room == most && ndctl_region_get_id(region) <
					    ndctl_region_get_id(best))
			continue;
		best = region;
		most = room;
	}
	if (!best)
		return dp_why(why, -ENOSPC, "no region of %s has 0x%" PRIx64 " bytes free",
			      DP_NFIT_TEST_BUS, bytes);
	snprintf(name, size, "%s", ndctl_region_get_devname(best));
	return 0;
}
