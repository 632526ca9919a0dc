/* SPDX-License-Identifier: GPL-2.0-only */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "base/parse.h"
#include "model/pmem-spec.h"

static const char dp_wanted[] =
	"expected SIZE[:MODE[:ALIGN]] or SIZE:fsdax:FS[:OPTIONS], such as 64M, 4G:devdax:1G or 512M:fsdax:xfs";

/* What can follow the size. The first row is the default. */
static const struct {
	enum dp_mode mode;
	uint64_t aligns[4];	/* the first is the default; ends with 0 */
} dp_pmem_modes[] = {
	{ DP_MODE_DEVDAX, { 2 * DP_MIB, 4 * DP_KIB, DP_GIB, 0 } },
	{ DP_MODE_FSDAX, { 2 * DP_MIB, 4 * DP_KIB, DP_GIB, 0 } },
	{ DP_MODE_RAW, { 0 } },
};

static const char *dp_mode_list(char *buf, size_t size)
{
	buf[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(dp_pmem_modes); i++)
		dp_append(buf, size, "%s%s", i ? ", " : "",
			  dp_mode_name(dp_pmem_modes[i].mode));
	return buf;
}

/* The row of this name, or the number of rows with a reason. */
static size_t dp_find_mode(const char *name, struct dp_why *why)
{
	char list[64];
	size_t row;

	for (row = 0; row < ARRAY_SIZE(dp_pmem_modes); row++)
		if (!strcmp(name, dp_mode_name(dp_pmem_modes[row].mode)))
			return row;
	dp_why(why, -EINVAL,
	       "'%s' is not a mode for pmem; expected one of %s", name,
	       dp_mode_list(list, sizeof(list)));
	return row;
}

static int dp_parse_align(const char *text, size_t row, uint64_t *align,
			  struct dp_why *why)
{
	const char *name = dp_mode_name(dp_pmem_modes[row].mode);
	const uint64_t *p = dp_pmem_modes[row].aligns;
	char list[64] = "", size[DP_SIZE_TEXT];
	int rc;

	if (!*p)
		return dp_why(why, -EINVAL, "mode %s takes no alignment", name);
	rc = dp_parse_size(text, align, why);
	if (rc)
		return rc;
	for (; *p; p++) {
		if (*p == *align)
			return 0;
		dp_append(list, sizeof(list), "%s%s", *list ? ", " : "",
			  dp_size_text(size, *p, false));
	}
	return dp_why(why, -EINVAL, "alignment '%s' does not exist; expected one of %s",
		      text, list);
}

/* The least region that leaves three units: what goes in front of them (the
 * info block, and page structures if they are kept there) takes up to one. */
static uint64_t dp_least_size(const struct dp_pmem_spec *spec)
{
	uint64_t least = dp_max(DP_PMEM_GRAIN, 4 * spec->align);

	return dp_max(least, dp_file_system(spec->fs)->least);
}

static int dp_check_size(const struct dp_pmem_spec *spec, struct dp_why *why)
{
	uint64_t least = dp_least_size(spec);
	uint64_t below = dp_align_down(spec->size, DP_PMEM_GRAIN);
	char size[DP_SIZE_TEXT], a[DP_SIZE_TEXT], b[DP_SIZE_TEXT];
	struct dp_pmem_spec enough = *spec;
	char text[DP_PMEM_SPEC_TEXT];

	dp_size_text(size, spec->size, false);
	if (spec->size > 1025 * DP_GIB)
		return dp_why(why, -ERANGE, "a size of %s is too large; at most 1T",
			      size);
	enough.size = least;
	if (spec->size < least)
		return dp_why(why, -EINVAL,
			      "a size of %s is too small; the least is %s", size,
			      dp_pmem_spec_text(text, &enough));
	if (spec->size == below)
		return 0;
	return dp_why(why, -EINVAL,
		      "a size of %s does not work: regions are made of 16M pieces; nearest are %s and %s",
		      size, dp_size_text(a, below, false),
		      dp_size_text(b, below + DP_PMEM_GRAIN, false));
}

/* "ext4", "xfs:-i size=1024" */
static int dp_parse_fs(const char *text, struct dp_pmem_spec *spec,
		       struct dp_why *why)
{
	size_t length = strcspn(text, ":");
	int fs = dp_fs_from_name(text, length);

	if (spec->mode != DP_MODE_FSDAX)
		return dp_why(why, -EINVAL, "'%s' is not a size: an alignment is expected after %s, a file system needs fsdax",
			      text, dp_mode_name(spec->mode));
	if (fs < 0)
		return dp_why(why, -EINVAL, "'%.*s' is not a size, nor a file system; expected an alignment, ext4 or xfs",
			      (int)length, text);
	spec->fs = fs;
	if (!text[length])
		return 0;
	if (strlen(text + length + 1) >= sizeof(spec->mkfs))
		return dp_why(why, -EINVAL, "too long; %s", dp_wanted);
	if (!text[length + 1])
		return dp_why(why, -EINVAL, "no options follow '%s'", text);
	strcpy(spec->mkfs, text + length + 1);
	return 0;
}

int dp_pmem_spec_parse(const char *text, struct dp_pmem_spec *spec,
		       struct dp_why *why)
{
	char copy[DP_PMEM_SPEC_TEXT];
	char *mode, *align = NULL;
	size_t row = 0;
	int rc;

	if (strlen(text) >= sizeof(copy))
		return dp_why(why, -EINVAL, "too long; %s", dp_wanted);
	strcpy(copy, text);
	mode = strchr(copy, ':');
	if (mode) {
		*mode++ = '\0';
		align = strchr(mode, ':');
		if (align)
			*align++ = '\0';
		row = dp_find_mode(mode, why);
		if (row == ARRAY_SIZE(dp_pmem_modes))
			return -EINVAL;
	}
	*spec = (struct dp_pmem_spec){
		.mode = dp_pmem_modes[row].mode,
		.align = dp_pmem_modes[row].aligns[0],
	};
	rc = dp_parse_size(copy, &spec->size, why);
	if (!rc && align && isalpha((unsigned char)*align))
		rc = dp_parse_fs(align, spec, why);
	else if (!rc && align)
		rc = dp_parse_align(align, row, &spec->align, why);
	return rc ? rc : dp_check_size(spec, why);
}

/* vmalloc'ed, so no unit is larger than a page: dax-dev.c of the kernel's
 * tools/testing/nvdimm. */
static int dp_check_nfit_test(const struct dp_pmem_spec *spec,
			      struct dp_why *why)
{
	char size[DP_SIZE_TEXT], have[DP_SIZE_TEXT];

	if (spec->mode != DP_MODE_RAW && spec->align != 4 * DP_KIB)
		return dp_why(why, -EINVAL, "the memory of nfit_test has no units of %s; 4K is all there is",
			      dp_size_text(size, spec->align, false));
	if (spec->fs && spec->fs != DP_FS_EXT4)
		return dp_why(why, -EINVAL, "%s does not fit into the %s of a namespace of nfit_test; ext4 does",
			      dp_file_system(spec->fs)->name,
			      dp_size_text(have, DP_NFIT_TEST_SIZE, false));
	return 0;
}

int dp_nfit_test_parse(const char *text, struct dp_pmem_spec *spec,
		       struct dp_why *why)
{
	char mode[16], *rest = strchr(text, ':');
	size_t length = rest ? (size_t)(rest - text) : strlen(text), row;
	int rc = 0;

	snprintf(mode, sizeof(mode), "%.*s",
		 (int)dp_min(length, sizeof(mode) - 1), text);
	row = dp_find_mode(mode, why);
	if (row == ARRAY_SIZE(dp_pmem_modes))
		return -EINVAL;
	*spec = (struct dp_pmem_spec){
		.size = DP_NFIT_TEST_SIZE,
		.mode = dp_pmem_modes[row].mode,
		.align = dp_pmem_modes[row].aligns[0] ? 4 * DP_KIB : 0,
	};
	if (rest && isalpha((unsigned char)rest[1]))
		rc = dp_parse_fs(rest + 1, spec, why);
	else if (rest)
		rc = dp_parse_align(rest + 1, row, &spec->align, why);
	return rc ? rc : dp_check_nfit_test(spec, why);
}

const char *dp_nfit_test_text(char buf[DP_PMEM_SPEC_TEXT],
			      const struct dp_pmem_spec *spec)
{
	const char *mode;

	/* "16M:raw" */
	mode = strchr(dp_pmem_spec_text(buf, spec), ':') + 1;
	return memmove(buf, mode, strlen(mode) + 1);
}

const char *dp_pmem_spec_text(char buf[DP_PMEM_SPEC_TEXT],
			      const struct dp_pmem_spec *spec)
{
	char size[DP_SIZE_TEXT];

	snprintf(buf, DP_PMEM_SPEC_TEXT, "%s:%s",
		 dp_size_text(size, spec->size, false),
		 dp_mode_name(spec->mode));
	if (spec->fs)
		dp_append(buf, DP_PMEM_SPEC_TEXT, ":%s%s%s",
			  dp_file_system(spec->fs)->name,
			  spec->mkfs[0] ? ":" : "", spec->mkfs);
	else if (spec->align)
		dp_append(buf, DP_PMEM_SPEC_TEXT, ":%s",
			  dp_size_text(size, spec->align, false));
	return buf;
}

size_t dp_pmem_spec_defaults(struct dp_pmem_spec specs[DP_PMEM_MAX])
{
	static const struct dp_pmem_spec defaults[] = {
		{ .size = 16 * DP_MIB, .mode = DP_MODE_DEVDAX,
		  .align = 4 * DP_KIB },
		{ .size = 16 * DP_MIB, .mode = DP_MODE_DEVDAX,
		  .align = 2 * DP_MIB },
		{ .size = 5 * DP_GIB, .mode = DP_MODE_DEVDAX,
		  .align = DP_GIB },
		{ .size = 256 * DP_MIB, .mode = DP_MODE_FSDAX,
		  .align = 2 * DP_MIB, .fs = DP_FS_EXT4 },
	};

	memcpy(specs, defaults, sizeof(defaults));
	return ARRAY_SIZE(defaults);
}

uint64_t dp_pmem_spec_phys_align(const struct dp_pmem_spec *spec)
{
	/* QEMU aligns to 2M by itself; less would only be more to think of. */
	return dp_max(spec->align, 2 * DP_MIB);
}
