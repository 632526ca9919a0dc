/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/format.h"
#include "model/method.h"

static const char *const dp_needs[] = {
	[DP_NEED_MEMORY_FAILURE] = "CONFIG_MEMORY_FAILURE",
	[DP_NEED_SYS_ADMIN] = "CAP_SYS_ADMIN",
	[DP_NEED_PHYS] = "one physical range whose address is known",
	[DP_NEED_HWPOISON_INJECT] = "debugfs and the module hwpoison_inject",
	[DP_NEED_HARD_OFFLINE] = "/sys/devices/system/memory/hard_offline_page",
	[DP_NEED_ARS] = "platform firmware that injects errors (ACPI 6.2, ARS Error Inject)",
	[DP_NEED_EINJ] = "firmware with an ACPI EINJ table that offers uncorrectable memory errors, and the module einj",
	[DP_NEED_AGENT] = "a guest that 'daxpoison vm' has booted",
	[DP_NEED_SOFT_OFFLINE] = "/sys/devices/system/memory/soft_offline_page",
};
static_assert(ARRAY_SIZE(dp_needs) == DP_NEED_MAX, "a need has no text");

#define MEMORY_FAILURE                                                         \
	(DP_BIT(DP_NEED_MEMORY_FAILURE) | DP_BIT(DP_NEED_SYS_ADMIN))

static const char dp_software[] =
	"a page that the kernel believes to be bad; the memory is good";
static const char dp_counted[] =
	"the page is counted as corrupted until the namespace is made anew; touching it works, no bad block is added";
static const char dp_anew[] =
	"the contents are put back; making the namespace anew clears the page's mark, unpoison is refused for DAX";

static const struct dp_method_info dp_methods[] = {
	[DP_METHOD_MADVISE] = {
		.name = "madvise",
		.summary = "madvise(2) with MADV_HWPOISON on the page",
		.simulates = dp_software,
		.needs = MEMORY_FAILURE,
		.leaves = dp_counted,
		.undo = dp_anew,
	},
	[DP_METHOD_MADVISE_SOFT] = {
		.name = "madvise-soft",
		.summary = "madvise(2) with MADV_SOFT_OFFLINE on the page",
		.simulates = "a page with corrected errors, to be emptied while it is good; DAX memory must be refused",
		.needs = MEMORY_FAILURE,
		.refused = true,
		.leaves = "nothing, as it is refused",
		.undo = "nothing to undo",
	},
	[DP_METHOD_CORRUPT_PFN] = {
		.name = "corrupt-pfn",
		.summary = "the page's number written to debugfs, hwpoison/corrupt-pfn",
		.simulates = "a page found bad by someone else than the program that maps it",
		.needs = MEMORY_FAILURE | DP_BIT(DP_NEED_PHYS) |
			 DP_BIT(DP_NEED_HWPOISON_INJECT),
		.from_outside = true,
		.leaves = dp_counted,
		.undo = dp_anew,
	},
	[DP_METHOD_HARD_OFFLINE] = {
		.name = "hard-offline",
		.summary = "the page's address written to sysfs, hard_offline_page",
		.simulates = "an administrator who takes a bad page out of use",
		.needs = MEMORY_FAILURE | DP_BIT(DP_NEED_PHYS) |
			 DP_BIT(DP_NEED_HARD_OFFLINE),
		.from_outside = true,
		.leaves = dp_counted,
		.undo = dp_anew,
	},
	[DP_METHOD_SOFT_OFFLINE] = {
		.name = "soft-offline",
		.summary = "the page's address written to sysfs, soft_offline_page",
		.simulates = "an administrator who takes a page with corrected errors out of use; DAX memory must be refused",
		.needs = MEMORY_FAILURE | DP_BIT(DP_NEED_PHYS) |
			 DP_BIT(DP_NEED_SOFT_OFFLINE),
		.from_outside = true,
		.refused = true,
		.leaves = "nothing, as it is refused",
		.undo = "nothing to undo",
	},
	[DP_METHOD_MCE] = {
		.name = "mce",
		.summary = "a machine check, which the host of 'daxpoison vm' raises in the guest's CPU: an uncorrected error that the memory scrubber found at the page's address",
		.simulates = "what the hardware reports: machine check, memory failure, NFIT driver; without its memory going bad",
		.needs = MEMORY_FAILURE | DP_BIT(DP_NEED_PHYS) |
			 DP_BIT(DP_NEED_AGENT),
		.from_outside = true,
		.on_demand = true,
		.wait = 10,
		.leaves = "a bad block of region and namespace, for which read(2) fails with EIO; the page is out of the kernel's own map; nothing can be unpoisoned until reboot",
		.undo = "the contents are put back through the mapping; the bad block goes by writing to it where the NVDIMM can clear errors, or with the guest",
	},
	[DP_METHOD_ARS] = {
		.name = "ars",
		.summary = "the platform is asked, through libndctl, to report the page's blocks as bad",
		.simulates = "an error of the medium that the platform has found and tells of: bad blocks, found before anybody read them",
		.needs = DP_BIT(DP_NEED_SYS_ADMIN) | DP_BIT(DP_NEED_ARS),
		.from_outside = true,
		.on_demand = true,
		.medium = true,
		.wait = 30,
		.leaves = "nothing; with --leave a bad block of region and namespace, for which read(2) fails with EIO, and which the platform reports again at each scrub",
		.undo = "the platform is told to report it no longer, then what stood there is written to the block device, which clears the bad block; under a dax device it is cleared by command, the namespace stopped for a moment",
	},
	[DP_METHOD_EINJ] = {
		.name = "einj",
		.summary = "firmware is asked through ACPI EINJ for an uncorrectable, non-fatal memory error at the page's address",
		.simulates = "a real error of real memory",
		.needs = MEMORY_FAILURE | DP_BIT(DP_NEED_PHYS) |
			 DP_BIT(DP_NEED_EINJ),
		.from_outside = true,
		.on_demand = true,
		.wait = 30,
		.caveat = "written from the kernel's documentation, never exercised on hardware",
		.leaves = "memory that is bad: a bad block, and machine checks for whoever reads it",
		.undo = "the contents are put back through the mapping, which may heal the memory; ndctl clear-errors takes the bad block away",
	},
	[DP_METHOD_EXTERNAL] = {
		.name = "external",
		.summary = "nothing but waiting: someone else injects at the address that is told",
		.simulates = "whatever the other injector does: a BMC, a hypervisor, a script",
		.needs = DP_BIT(DP_NEED_MEMORY_FAILURE) | DP_BIT(DP_NEED_PHYS),
		.from_outside = true,
		.on_demand = true,
		.announced = true,
		.wait = 60,
		.leaves = "whatever the other injector leaves",
		.undo = "the contents are put back; the rest is the other injector's",
	},
};
static_assert(ARRAY_SIZE(dp_methods) == DP_METHOD_MAX, "a method has no row");

const struct dp_method_info *dp_method_info(enum dp_method method)
{
	return &dp_methods[method];
}

const char *dp_method_name(enum dp_method method)
{
	return dp_methods[method].name;
}

int dp_method_from_name(const char *name)
{
	for (int m = 0; m < DP_METHOD_MAX; m++)
		if (!strcmp(dp_methods[m].name, name))
			return m;
	return -EINVAL;
}

const char *dp_need_text(enum dp_need need)
{
	return dp_needs[need];
}

enum dp_policy dp_method_policy(enum dp_method method)
{
	return dp_methods[method].from_outside ? DP_POLICY_EARLY
					       : DP_POLICY_DEFAULT;
}

const char *dp_method_error(int err)
{
	switch (-err) {
	case ERANGE:
		return "its address is not inside the target";
	case ESTALE:
		return "pagemap shows another page there than the one to be named";
	case ETIMEDOUT:
		return "nothing came of it within the time limit (--wait)";
	case ENODATA:
		return "it is said to be done, but the kernel has noticed nothing";
	default:
		return strerror(-err);
	}
}

const char *dp_method_names(char buf[DP_METHOD_NAMES])
{
	buf[0] = '\0';
	for (int m = 0; m < DP_METHOD_MAX; m++)
		dp_append(buf, DP_METHOD_NAMES, "%s%s", m ? "|" : "",
			  dp_methods[m].name);
	return buf;
}
