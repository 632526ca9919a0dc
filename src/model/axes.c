/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "model/axes.h"

static const char *const dp_kind_names[] = {
	[DP_KIND_DEVDAX] = "devdax",
	[DP_KIND_FSDAX] = "fsdax",
	[DP_KIND_BLOCK] = "block",
};
static_assert(ARRAY_SIZE(dp_kind_names) == DP_KIND_MAX, "a kind has no name");

static const char *const dp_mode_names[] = {
	[DP_MODE_UNKNOWN] = "unknown",	 [DP_MODE_DEVDAX] = "devdax",
	[DP_MODE_FSDAX] = "fsdax",	 [DP_MODE_RAW] = "raw",
	[DP_MODE_SECTOR] = "sector",	 [DP_MODE_SYSTEM_RAM] = "system-ram",
};
static_assert(ARRAY_SIZE(dp_mode_names) == DP_MODE_MAX, "a mode has no name");

static const char *const dp_place_names[] = {
	[DP_PLACE_FIRST] = "first",
	[DP_PLACE_MID] = "mid",
	[DP_PLACE_LAST] = "last",
	[DP_PLACE_GIVEN] = "given",
};
static_assert(ARRAY_SIZE(dp_place_names) == DP_PLACE_MAX,
	      "a place has no name");

static const char *const dp_access_names[] = {
	[DP_ACCESS_READ] = "read",
	[DP_ACCESS_WRITE] = "write",
	[DP_ACCESS_NONE] = "none",
};
static_assert(ARRAY_SIZE(dp_access_names) == DP_ACCESS_MAX,
	      "an access has no name");

static const char *const dp_prop_names[] = {
	[DP_PROP_PLAIN] = "plain",
	[DP_PROP_SMALL] = "small",
	[DP_PROP_STRAY] = "stray-entry",
	[DP_PROP_HOLE] = "hole-beside",
	[DP_PROP_REFLINK] = "reflink",
	[DP_PROP_HALF_REFLINK] = "half-reflink",
};
static_assert(ARRAY_SIZE(dp_prop_names) == DP_PROP_MAX,
	      "a preparation has no name");

static const char *const dp_sharing_names[] = {
	[DP_SHARING_SHARED] = "shared",
	[DP_SHARING_PRIVATE] = "private",
	[DP_SHARING_SYNC] = "sync",
};
static_assert(ARRAY_SIZE(dp_sharing_names) == DP_SHARING_MAX,
	      "a sharing has no name");

static int dp_find_name(const char *const *names, int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return i;
	return -EINVAL;
}

const char *dp_kind_name(enum dp_kind kind)
{
	return dp_kind_names[kind];
}

const char *dp_mode_name(enum dp_mode mode)
{
	return dp_mode_names[mode];
}

const char *dp_place_name(enum dp_place place)
{
	return dp_place_names[place];
}

const char *dp_access_name(enum dp_access access)
{
	return dp_access_names[access];
}

const char *dp_prop_name(enum dp_prop prop)
{
	return dp_prop_names[prop];
}

const char *dp_sharing_name(enum dp_sharing sharing)
{
	return dp_sharing_names[sharing];
}

int dp_sharing_from_name(const char *name)
{
	return dp_find_name(dp_sharing_names, DP_SHARING_MAX, name);
}

int dp_kind_from_name(const char *name)
{
	return dp_find_name(dp_kind_names, DP_KIND_MAX, name);
}

int dp_mode_from_name(const char *name)
{
	return dp_find_name(dp_mode_names, DP_MODE_MAX, name);
}

int dp_access_from_name(const char *name)
{
	return dp_find_name(dp_access_names, DP_ACCESS_MAX, name);
}

struct dp_units dp_units_of(uint64_t page)
{
	/* A table of one page holds page / 8 entries. */
	return (struct dp_units){
		.pte = page,
		.pmd = page * (page / 8),
		.pud = page * (page / 8) * (page / 8),
	};
}
