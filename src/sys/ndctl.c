/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include <daxctl/libdaxctl.h>

#include "sys/ndctl.h"

int dp_ndctl_new(struct ndctl_ctx **ctx, struct dp_why *why)
{
	struct ndctl_ctx *c;
	int rc;

	rc = ndctl_new(&c);
	if (rc)
		return dp_why(why, rc, "libndctl does not start: %s",
			      strerror(-rc));
	/* Below LOG_ERR, the most important level that the libraries use. */
	ndctl_set_log_priority(c, 0);
	daxctl_set_log_priority(ndctl_get_daxctl_ctx(c), 0);
	*ctx = c;
	return 0;
}

struct ndctl_region *dp_ndctl_region(struct ndctl_ctx *ctx, const char *name)
{
	struct ndctl_region *region;
	struct ndctl_bus *bus;

	ndctl_bus_foreach (ctx, bus)
		ndctl_region_foreach (bus, region)
			if (!strcmp(ndctl_region_get_devname(region), name))
				return region;
	return NULL;
}

struct ndctl_namespace *dp_ndctl_namespace(struct ndctl_ctx *ctx,
					   const char *name)
{
	struct ndctl_namespace *ns;
	struct ndctl_region *region;
	struct ndctl_bus *bus;

	ndctl_bus_foreach (ctx, bus)
		ndctl_region_foreach (bus, region)
			ndctl_namespace_foreach (region, ns)
				if (!strcmp(ndctl_namespace_get_devname(ns),
					    name))
					return ns;
	return NULL;
}

int dp_uuid_new(unsigned char uuid[16])
{
	ssize_t n;

	/* Up to 256 bytes come whole or not at all; getrandom(2). */
	n = getrandom(uuid, 16, 0);
	if (n < 0)
		return -errno;
	uuid[6] = (uuid[6] & 0x0f) | 0x40;
	uuid[8] = (uuid[8] & 0x3f) | 0x80;
	return 0;
}

const char *dp_uuid_text(char buf[DP_UUID_TEXT], const unsigned char uuid[16])
{
	char *s = buf;
	bool any = false;

	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*s++ = '-';
		s += sprintf(s, "%02x", uuid[i]);
		any |= uuid[i];
	}
	if (!any)
		buf[0] = '\0';
	return buf;
}
