/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's side: drivers/nvdimm/pfn_devs.c (nd_pfn_init, alignment and
 * room), drivers/nvdimm/namespace_devs.c (__size_store, the 16M rule). */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>

#include <linux/ndctl.h>

#include "base/format.h"
#include "base/macros.h"
#include "sys/ndctl.h"
#include "sys/provision.h"
#include "sys/users.h"

/* Where the kernel looks for a namespace's own description (pfn, dax or btt
 * signature): 4K past its start, 4K long. */
#define DP_INFO_BLOCK (8 * DP_KIB)
/* sizeof(struct page) as the layout on the medium has it:
 * drivers/nvdimm/nd.h, MAX_STRUCT_PAGE_SIZE. */
#define DP_STRUCT_PAGE 64

/* What is being made of what. */
struct dp_making {
	struct ndctl_region *region;
	struct ndctl_namespace *ns;
	enum dp_mode mode;
	uint64_t align;
	uint64_t size;
	enum ndctl_pfn_loc location;
	/* The one of these that the mode needs; the others are NULL. */
	struct ndctl_dax *dax;
	struct ndctl_pfn *pfn;
	struct dp_why *why;
};

static const char *dp_making_name(const struct dp_making *m)
{
	return m->ns ? ndctl_namespace_get_devname(m->ns)
		     : ndctl_region_get_devname(m->region);
}

static int dp_aligns(const struct dp_making *m)
{
	return m->dax ? ndctl_dax_get_num_alignments(m->dax)
		      : ndctl_pfn_get_num_alignments(m->pfn);
}

static uint64_t dp_align_at(const struct dp_making *m, int i)
{
	return m->dax ? ndctl_dax_get_supported_alignment(m->dax, i)
		      : ndctl_pfn_get_supported_alignment(m->pfn, i);
}

static uint64_t dp_align_default(const struct dp_making *m)
{
	return m->dax ? ndctl_dax_get_align(m->dax)
		      : ndctl_pfn_get_align(m->pfn);
}

/* Every region keeps one unused dax and pfn device, its seeds; enabling one
 * makes the next. */
static int dp_take_seed(struct dp_making *m)
{
	switch (m->mode) {
	case DP_MODE_DEVDAX:
		m->dax = ndctl_region_get_dax_seed(m->region);
		break;
	case DP_MODE_FSDAX:
		m->pfn = ndctl_region_get_pfn_seed(m->region);
		break;
	case DP_MODE_RAW:
		return 0;
	default:
		return dp_why(
			m->why, -EINVAL,
			"cannot make a namespace in %s mode; expected devdax, fsdax or raw",
			dp_mode_name(m->mode));
	}
	if (m->dax || m->pfn)
		return 0;
	return dp_why(
		m->why, -EOPNOTSUPP,
		"the kernel has no %s mode for %s (CONFIG_NVDIMM_DAX, CONFIG_NVDIMM_PFN)",
		dp_mode_name(m->mode), ndctl_region_get_devname(m->region));
}

static int dp_check_align(struct dp_making *m)
{
	char list[128] = "", text[DP_SIZE_TEXT];
	int n;

	if (m->mode == DP_MODE_RAW) {
		if (!m->align)
			return 0;
		return dp_why(m->why, -EINVAL,
			      "raw mode has no alignment to set");
	}
	if (!m->align)
		m->align = dp_align_default(m);
	n = dp_aligns(m);
	for (int i = 0; i < n; i++) {
		if (dp_align_at(m, i) == m->align)
			return 0;
		dp_append(list, sizeof(list), "%s%s", i ? ", " : "",
			  dp_size_text(text, dp_align_at(m, i), false));
	}
	return dp_why(
		m->why, -EINVAL,
		"alignment %s is not supported by %s in %s mode; supported: %s",
		dp_size_text(text, m->align, false),
		ndctl_region_get_devname(m->region), dp_mode_name(m->mode),
		n > 0 ? list : "none");
}

/* Page structures in ordinary memory leave the whole device to the data, but
 * take 1/64 of its size: only where that is a small part of what is free. */
static enum ndctl_pfn_loc dp_location(uint64_t size)
{
	struct sysinfo info;
	uint64_t need = size / 4096 * DP_STRUCT_PAGE;

	if (sysinfo(&info) || need > (uint64_t)info.freeram * info.mem_unit / 8)
		return NDCTL_PFN_LOC_PMEM;
	return NDCTL_PFN_LOC_RAM;
}

/* A namespace whose size is not a multiple of the region's alignment exists,
 * but cannot be mapped ("misaligned, unable to map" in the kernel log). */
static int dp_check_size(struct dp_making *m)
{
	unsigned long step = ndctl_region_get_align(m->region);
	char a[DP_SIZE_TEXT], b[DP_SIZE_TEXT], c[DP_SIZE_TEXT];

	/* ULONG_MAX: a kernel without the attribute, and without the rule. */
	if (step == ULONG_MAX || !step || m->size % step == 0)
		return 0;
	return dp_why(
		m->why, -EINVAL,
		"%s has %" PRIu64
		" bytes, which is not a multiple of %s; the nearest sizes that work are %s and %s",
		dp_making_name(m), m->size, dp_size_text(a, step, false),
		dp_size_text(b, m->size - m->size % step, false),
		dp_size_text(c, m->size - m->size % step + step, false));
}

/* The data starts at the first aligned address after the info block and the
 * page structures, and ends at an aligned address: nd_pfn_init(). */
static int dp_check_room(struct dp_making *m)
{
	uint64_t start = ndctl_region_get_resource(m->region);
	uint64_t skip = DP_INFO_BLOCK, first, end;
	char a[DP_SIZE_TEXT], b[DP_SIZE_TEXT], c[DP_SIZE_TEXT];

	if (m->mode == DP_MODE_RAW)
		return 0;
	if (m->ns && ndctl_namespace_get_resource(m->ns) != ULLONG_MAX)
		start = ndctl_namespace_get_resource(m->ns);
	if (start == ULLONG_MAX)
		start = 0;
	if (m->location == NDCTL_PFN_LOC_PMEM)
		skip += m->size / 4096 * DP_STRUCT_PAGE;
	first = dp_align_up(start + skip, m->align);
	end = dp_align_down(start + m->size, m->align);
	if (first < end)
		return 0;
	return dp_why(
		m->why, -ENOSPC,
		"%s has %s, too little for %s mode at alignment %s; it needs at least %s",
		dp_making_name(m), dp_size_text(a, m->size, false),
		dp_mode_name(m->mode), dp_size_text(b, m->align, false),
		dp_size_text(c, first + m->align - start, false));
}

/* libndctl passes over most errors of writing to sysfs; the first is best met
 * before anything is changed. EACCES: not root; EROFS: a container. */
static int dp_check_permission(struct dp_making *m)
{
	char path[128];
	int rc;

	snprintf(path, sizeof(path), "/sys/bus/nd/devices/%.64s/force_raw",
		 ndctl_namespace_get_devname(m->ns));
	if (!access(path, W_OK))
		return 0;
	rc = -errno;
	return dp_why(m->why, rc, "may not change %s: %s is not writable (%s)",
		      dp_making_name(m), path, dp_errno_name(-rc));
}

/* Everything that can be refused before anything is changed. */
static int dp_making_check(struct dp_making *m)
{
	int rc;

	rc = dp_check_permission(m);
	if (rc)
		return rc;
	if (!ndctl_region_is_enabled(m->region))
		return dp_why(m->why, -ENODEV, "%s is disabled",
			      ndctl_region_get_devname(m->region));
	if (ndctl_region_get_ro(m->region))
		return dp_why(m->why, -EROFS, "%s is read-only",
			      ndctl_region_get_devname(m->region));
	rc = dp_take_seed(m);
	if (rc)
		return rc;
	rc = dp_check_align(m);
	if (rc)
		return rc;
	rc = dp_check_size(m);
	if (rc)
		return rc;
	m->location = dp_location(m->size);
	return dp_check_room(m);
}

/* An info block that stays behind is found again by the next probe, which then
 * makes the old device anew. It can be reached in raw mode only. */
static int dp_wipe_device(struct ndctl_namespace *ns, struct dp_why *why)
{
	_cleanup_close_ int fd = -1;
	static const char zeros[DP_INFO_BLOCK] __attribute__((aligned(4096)));
	char path[64];
	int rc;

	snprintf(path, sizeof(path), "/dev/%s",
		 ndctl_namespace_get_block_device(ns));
	fd = open(path, O_RDWR | O_DIRECT | O_EXCL | O_CLOEXEC);
	if (fd < 0) {
		rc = -errno;
		return dp_why(why, rc,
			      "cannot open %s to wipe the info block: %s", path,
			      strerror(-rc));
	}
	if (pwrite(fd, zeros, sizeof(zeros), 0) != sizeof(zeros)) {
		rc = errno ? -errno : -EIO;
		return dp_why(why, rc, "cannot wipe the info block on %s: %s",
			      path, strerror(-rc));
	}
	return 0;
}

static int dp_wipe(struct ndctl_namespace *ns, struct dp_why *why)
{
	int rc;

	rc = ndctl_namespace_set_raw_mode(ns, 1);
	if (rc >= 0)
		rc = ndctl_namespace_enable(ns);
	if (rc >= 0)
		rc = dp_wipe_device(ns, why);
	else
		dp_why(why, rc, "cannot enable %s in raw mode to wipe it: %s",
		       ndctl_namespace_get_devname(ns), strerror(-rc));
	ndctl_namespace_disable_invalidate(ns);
	ndctl_namespace_set_raw_mode(ns, 0);
	return rc;
}

/* Stop the namespace, unless someone uses it. */
static int dp_stop(struct ndctl_namespace *ns, struct dp_why *why)
{
	const char *name = ndctl_namespace_get_devname(ns);
	struct ndctl_dax *dax = ndctl_namespace_get_dax(ns);
	struct daxctl_region *region =
		dax ? ndctl_dax_get_daxctl_region(dax) : NULL;
	int rc;

	/* The kernel unbinds a device-dax instance from under its users. */
	rc = region ? dp_users_of_region(region, why) : 0;
	if (rc)
		return rc;
	rc = ndctl_namespace_disable_safe(ns);
	if (rc < 0)
		return dp_why(
			why, rc,
			"%s is in use (%s): mounted, opened or online as system RAM",
			name, dp_errno_name(-rc));
	/* disable_safe does not pass on that unbinding failed. */
	if (ndctl_namespace_is_active(ns))
		return dp_why(why, -EBUSY, "the kernel does not let go of %s",
			      name);
	return 0;
}

#define DP_TRY(m, call)                                                        \
	do {                                                                   \
		int _rc = (call);                                              \
		if (_rc < 0)                                                   \
			return dp_why((m)->why, _rc, "%s: %s: %s",             \
				      dp_making_name(m), #call,                \
				      strerror(-_rc));                         \
	} while (0)

static int dp_enable_dax(struct dp_making *m)
{
	unsigned char uuid[16];
	struct ndctl_dax *dax = m->dax;
	int rc;

	DP_TRY(m, dp_uuid_new(uuid));
	DP_TRY(m, ndctl_dax_set_uuid(dax, uuid));
	DP_TRY(m, ndctl_dax_set_location(dax, m->location));
	DP_TRY(m, ndctl_dax_set_align(dax, m->align));
	DP_TRY(m, ndctl_dax_set_namespace(dax, m->ns));
	rc = ndctl_dax_enable(dax);
	if (rc)
		ndctl_dax_set_namespace(dax, NULL);
	return rc;
}

static int dp_enable_pfn(struct dp_making *m)
{
	unsigned char uuid[16];
	struct ndctl_pfn *pfn = m->pfn;
	int rc;

	DP_TRY(m, dp_uuid_new(uuid));
	DP_TRY(m, ndctl_pfn_set_uuid(pfn, uuid));
	DP_TRY(m, ndctl_pfn_set_location(pfn, m->location));
	DP_TRY(m, ndctl_pfn_set_align(pfn, m->align));
	DP_TRY(m, ndctl_pfn_set_namespace(pfn, m->ns));
	rc = ndctl_pfn_enable(pfn);
	if (rc)
		ndctl_pfn_set_namespace(pfn, NULL);
	return rc;
}

/* Give the stopped namespace its mode, and start it. */
static int dp_start(struct dp_making *m)
{
	static const enum ndctl_namespace_mode modes[DP_MODE_MAX] = {
		[DP_MODE_DEVDAX] = NDCTL_NS_MODE_DEVDAX,
		[DP_MODE_FSDAX] = NDCTL_NS_MODE_FSDAX,
		[DP_MODE_RAW] = NDCTL_NS_MODE_RAW,
	};
	int rc;

	/* A note in the label for other drivers; not every label has room. */
	ndctl_namespace_set_enforce_mode(m->ns, modes[m->mode]);
	if (m->mode == DP_MODE_DEVDAX)
		rc = dp_enable_dax(m);
	else if (m->mode == DP_MODE_FSDAX)
		rc = dp_enable_pfn(m);
	else
		rc = ndctl_namespace_enable(m->ns);
	if (rc >= 0)
		return 0;
	if (m->why && m->why->text[0])
		return rc;
	return dp_why(
		m->why, rc,
		"the kernel did not enable %s in %s mode: %s; its log says why",
		dp_making_name(m), dp_mode_name(m->mode), strerror(-rc));
}

static int dp_give_name(struct dp_making *m, char *name, size_t size)
{
	const char *real = ndctl_namespace_get_devname(m->ns);

	if (snprintf(name, size, "%s", real) >= (int)size)
		return dp_why(m->why, -ENAMETOOLONG, "no room for the name %s",
			      real);
	return 0;
}

/* Without labels one namespace always fills the region: it is free space until
 * something has been made of it. */
static int dp_take_unlabelled(struct dp_making *m)
{
	struct ndctl_namespace *ns = ndctl_namespace_get_first(m->region);
	const char *region = ndctl_region_get_devname(m->region);

	if (!ns)
		return dp_why(m->why, -ENODEV, "%s has no namespace", region);
	if (ndctl_namespace_get_dax(ns) || ndctl_namespace_get_pfn(ns) ||
	    ndctl_namespace_get_btt(ns))
		return dp_why(
			m->why, -EBUSY,
			"%s is busy: %s fills it and is configured already",
			region, ndctl_namespace_get_devname(ns));
	m->ns = ns;
	m->size = ndctl_namespace_get_size(ns);
	return 0;
}

/* With labels the space is divided at will; the seed namespace is the one that
 * has no space yet. */
static int dp_take_labelled(struct dp_making *m)
{
	unsigned long step = ndctl_region_get_align(m->region);
	unsigned long long size;
	const char *region = ndctl_region_get_devname(m->region);

	size = ndctl_region_get_max_available_extent(m->region);
	if (size == ULLONG_MAX)
		size = ndctl_region_get_available_size(m->region);
	if (step != ULONG_MAX && step)
		size -= size % step;
	if (size == 0 || size == ULLONG_MAX)
		return dp_why(m->why, -ENOSPC,
			      "%s is busy: its namespaces leave no space free",
			      region);
	m->ns = ndctl_region_get_namespace_seed(m->region);
	if (!m->ns || !ndctl_namespace_is_configuration_idle(m->ns))
		return dp_why(
			m->why, -EBUSY,
			"%s is busy: it has no unused namespace to configure",
			region);
	m->size = size;
	return 0;
}

/* Write the label of a new namespace. */
static int dp_label(struct dp_making *m)
{
	unsigned char uuid[16];

	DP_TRY(m, dp_uuid_new(uuid));
	DP_TRY(m, ndctl_namespace_set_uuid(m->ns, uuid));
	DP_TRY(m, ndctl_namespace_set_size(m->ns, m->size));
	return 0;
}

int dp_provision_region(const char *region, enum dp_mode mode, uint64_t align,
			uint64_t size, char *name, size_t name_size,
			struct dp_why *why)
{
	_cleanup_ndctl_ struct ndctl_ctx *ctx = NULL;
	struct dp_making m = {.mode = mode, .align = align, .why = why};
	bool labelled;
	int rc;

	rc = dp_ndctl_new(&ctx, why);
	if (rc)
		return rc;
	m.region = dp_ndctl_region(ctx, region);
	if (!m.region)
		return dp_why(why, -ENOENT, "there is no region '%s'", region);
	labelled = ndctl_region_get_nstype(m.region) != ND_DEVICE_NAMESPACE_IO;
	rc = labelled ? dp_take_labelled(&m) : dp_take_unlabelled(&m);
	if (rc)
		return rc;
	if (size && labelled)
		m.size = dp_min(size, m.size);
	rc = dp_making_check(&m);
	if (rc)
		return rc;
	rc = labelled ? dp_label(&m) : dp_stop(m.ns, why);
	if (!rc)
		rc = dp_wipe(m.ns, why);
	if (!rc)
		rc = dp_start(&m);
	if (!rc)
		return dp_give_name(&m, name, name_size);
	if (labelled) {
		ndctl_namespace_set_enforce_mode(m.ns, NDCTL_NS_MODE_RAW);
		ndctl_namespace_delete(m.ns);
	}
	return rc;
}

int dp_provision_namespace(const char *ns, enum dp_mode mode, uint64_t align,
			   char *name, size_t name_size, struct dp_why *why)
{
	_cleanup_ndctl_ struct ndctl_ctx *ctx = NULL;
	struct dp_making m = {.mode = mode, .align = align, .why = why};
	int rc;

	rc = dp_ndctl_new(&ctx, why);
	if (rc)
		return rc;
	m.ns = dp_ndctl_namespace(ctx, ns);
	if (!m.ns)
		return dp_why(why, -ENOENT, "there is no namespace '%s'", ns);
	m.region = ndctl_namespace_get_region(m.ns);
	m.size = ndctl_namespace_get_size(m.ns);
	if (!m.size)
		return dp_why(why, -ENOSPC,
			      "%s has no space; it is the unused one of %s", ns,
			      ndctl_region_get_devname(m.region));
	rc = dp_making_check(&m);
	if (rc)
		return rc;
	rc = dp_stop(m.ns, why);
	if (rc)
		return rc;
	ndctl_namespace_set_enforce_mode(m.ns, NDCTL_NS_MODE_RAW);
	rc = dp_wipe(m.ns, why);
	if (rc)
		return rc;
	rc = dp_start(&m);
	if (rc)
		return rc;
	return dp_give_name(&m, name, name_size);
}
