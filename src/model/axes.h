/* SPDX-License-Identifier: GPL-2.0-only */
/* The axes along which cases differ, and the one name of each value. The same
 * names stand in options, JSON, KTAP and the human output. */
#ifndef DP_MODEL_AXES_H
#define DP_MODEL_AXES_H

#include <stdint.h>

#include "base/macros.h"

/* How the memory is mapped. */
enum dp_kind {
	DP_KIND_DEVDAX,
	DP_KIND_FSDAX,
	DP_KIND_BLOCK,		/* not at all: a namespace's block device */
	DP_KIND_MAX,
};

/* The mode of a namespace; only two of them can be mapped directly. */
enum dp_mode {
	DP_MODE_UNKNOWN,
	DP_MODE_DEVDAX,
	DP_MODE_FSDAX,
	DP_MODE_RAW,
	DP_MODE_SECTOR,		/* btt */
	DP_MODE_SYSTEM_RAM,
	DP_MODE_MAX,
};

/* A way to inject; model/method.h tells about each. */
enum dp_method {
	DP_METHOD_MADVISE,
	DP_METHOD_MADVISE_SOFT,
	DP_METHOD_CORRUPT_PFN,
	DP_METHOD_HARD_OFFLINE,
	DP_METHOD_SOFT_OFFLINE,
	DP_METHOD_MCE,
	DP_METHOD_ARS,
	DP_METHOD_EINJ,
	DP_METHOD_EXTERNAL,
	DP_METHOD_MAX,
};

/* Which page of the unit is poisoned. */
enum dp_place {
	DP_PLACE_FIRST,
	DP_PLACE_MID,
	DP_PLACE_LAST,
	DP_PLACE_GIVEN,		/* `inject`: the user said where */
	DP_PLACE_MAX,
};

/* What is done to the poisoned page and its neighbours after the injection. */
enum dp_access {
	DP_ACCESS_READ,
	DP_ACCESS_WRITE,
	DP_ACCESS_NONE,
	DP_ACCESS_MAX,
};

/* How a file of daxpoison's own is prepared before it is mapped. */
enum dp_prop {
	DP_PROP_PLAIN,		/* written, aligned units one after another */
	DP_PROP_SMALL,		/* ... to be mapped by the smallest unit */
	DP_PROP_STRAY,		/* a 4K entry was made in the unit before */
	DP_PROP_HOLE,		/* a hole in the unit before and after */
	DP_PROP_REFLINK,	/* all blocks are another file's too */
	DP_PROP_HALF_REFLINK,	/* ... from the middle of the unit on */
	DP_PROP_MAX,
};

/* How a view is mapped. */
enum dp_sharing {
	DP_SHARING_SHARED,	/* MAP_SHARED */
	DP_SHARING_PRIVATE,	/* MAP_PRIVATE, only read */
	DP_SHARING_SYNC,	/* MAP_SHARED_VALIDATE | MAP_SYNC */
	DP_SHARING_MAX,
};

const char *dp_prop_name(enum dp_prop prop);
const char *dp_sharing_name(enum dp_sharing sharing);
int dp_sharing_from_name(const char *name);

const char *dp_kind_name(enum dp_kind kind);
const char *dp_mode_name(enum dp_mode mode);
const char *dp_method_name(enum dp_method method);
const char *dp_place_name(enum dp_place place);
const char *dp_access_name(enum dp_access access);

/* The value with this name, or -EINVAL. */
int dp_kind_from_name(const char *name);
int dp_mode_from_name(const char *name);
int dp_method_from_name(const char *name);
int dp_access_from_name(const char *name);

/* Sizes of the page-table entries: base page, and the entries one and two
 * levels up. All follow from the base page, with 8-byte entries in page-sized
 * tables (x86-64, arm64, riscv64): PTE 4K -> PMD 2M -> PUD 1G. */
struct dp_units {
	uint64_t pte, pmd, pud;
};

/* `page` is sysconf(_SC_PAGESIZE), in bytes. */
struct dp_units dp_units_of(uint64_t page);

#endif
