/* SPDX-License-Identifier: GPL-2.0-only */
#include <ctype.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "sys/caps.h"
#include "sys/inject.h"
#include "sys/module.h"

/* Large enough for what is looked for in /proc/cpuinfo: the flags stand in the
 * first processor's paragraph. */
#define DP_PROC_TEXT 16384

static bool dp_probe_memory_failure(const struct dp_rootdir *root, char *text)
{
	void *page = MAP_FAILED;
	bool known;

	if (!root->is_real)
		return dp_rootdir_read(root, text, DP_PROC_TEXT,
				       "proc/meminfo") >= 0 &&
		       strstr(text, "HardwareCorrupted:");
	page = mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return false;
	/* EPERM could only come from a filter of system calls; it says nothing
	 * about the kernel, and that the capability is missing is said too. */
	known = !madvise(page, 0, MADV_HWPOISON) || errno == EPERM;
	munmap(page, sysconf(_SC_PAGESIZE));
	return known;
}

static bool dp_probe_sys_admin(const struct dp_rootdir *root, char *text)
{
	const char *at;

	if (dp_rootdir_read(root, text, DP_PROC_TEXT, "proc/self/status") < 0)
		return false;
	at = strstr(text, "\nCapEff:");
	return at &&
	       strtoull(at + strlen("\nCapEff:"), NULL, 16) >> CAP_SYS_ADMIN &
		       1;
}

static bool dp_probe_hypervisor(const struct dp_rootdir *root, char *text)
{
	char *flags;

	if (dp_rootdir_read(root, text, DP_PROC_TEXT, "proc/cpuinfo") < 0)
		return false;
	flags = strstr(text, "\nflags");
	if (!flags)
		return false;
	flags[1 + strcspn(flags + 1, "\n")] = '\0';
	return strstr(flags, " hypervisor");
}

/* By debugfs, or by a module that could be loaded: not below another root. */
static const char *dp_probe_hwpoison(const struct dp_rootdir *root)
{
	struct dp_modules modules;
	struct statfs fs;
	uint64_t filter;
	bool known;

	if (dp_rootdir_access(root, X_OK, "sys/kernel/debug"))
		return "/sys/kernel/debug cannot be entered";
	if (root->is_real && (statfs("/sys/kernel/debug", &fs) ||
			      fs.f_type != DEBUGFS_MAGIC))
		return "debugfs is not mounted at /sys/kernel/debug";
	if (!dp_rootdir_read_u64(root, &filter, "%s/corrupt-filter-enable",
				 DP_HWPOISON_DIR) &&
	    filter)
		return "corrupt-filter-enable is set: what is injected may be dropped silently; 'echo 0 > /sys/kernel/debug/hwpoison/corrupt-filter-enable'";
	if (!dp_rootdir_access(root, W_OK, "%s/corrupt-pfn", DP_HWPOISON_DIR))
		return NULL;
	if (!root->is_real || dp_modules_init(&modules, NULL, NULL))
		return "no hwpoison/corrupt-pfn in debugfs";
	known = dp_modules_has(&modules, DP_HWPOISON_MODULE);
	dp_modules_deinit(&modules);
	return known ? NULL : "the kernel has no module hwpoison_inject";
}

static const char *dp_probe_offline(const struct dp_rootdir *root,
				    const char *file)
{
	int rc = dp_rootdir_access(root, W_OK, "%s/%s", DP_MEMORY_DIR, file);

	if (rc == -ENOENT)
		return "the kernel has no such file in /sys/devices/system/memory";
	return rc ? "its file in /sys/devices/system/memory may not be written"
		  : NULL;
}

void dp_caps_probe(const struct dp_rootdir *root, struct dp_caps *caps)
{
	_cleanup_free_ char *text = malloc(DP_PROC_TEXT);

	*caps = (struct dp_caps){ 0 };
	if (!text)
		return;
	caps->memory_failure = dp_probe_memory_failure(root, text);
	caps->sys_admin = dp_probe_sys_admin(root, text);
	caps->hypervisor = dp_probe_hypervisor(root, text);
	if (!caps->memory_failure)
		caps->lacks[DP_NEED_MEMORY_FAILURE] =
			"kernel lacks CONFIG_MEMORY_FAILURE";
	if (!caps->sys_admin)
		caps->lacks[DP_NEED_SYS_ADMIN] = "CAP_SYS_ADMIN is missing";
	caps->lacks[DP_NEED_HWPOISON_INJECT] = dp_probe_hwpoison(root);
	caps->lacks[DP_NEED_HARD_OFFLINE] =
		dp_probe_offline(root, "hard_offline_page");
	if (dp_einj_offered(root))
		caps->lacks[DP_NEED_EINJ] =
			"no uncorrectable memory errors in /sys/kernel/debug/apei/einj: no ACPI EINJ table, or its module is not loaded";
	if (dp_rootdir_access(root, F_OK, DP_AGENT_SOCKET))
		caps->lacks[DP_NEED_AGENT] =
			"this is no guest of 'daxpoison vm'";
	caps->lacks[DP_NEED_SOFT_OFFLINE] =
		dp_probe_offline(root, "soft_offline_page");
}

void dp_lockdown_get(const struct dp_rootdir *root,
		     char level[DP_LOCKDOWN_MAX])
{
	char text[96];

	level[0] = '\0';
	if (dp_rootdir_read(root, text, sizeof(text),
			    "sys/kernel/security/lockdown") > 0)
		dp_lockdown_parse(text, level);
}

static void dp_reason(struct dp_method_state *state, const char *reason)
{
	dp_append(state->why, sizeof(state->why), "%s%s",
		  state->why[0] ? "; " : "", reason);
}

/* The kernel's tools/testing/nvdimm. */
static bool dp_is_simulated(const char *provider)
{
	return provider && !strncmp(provider, "nfit_test", strlen("nfit_test"));
}

struct dp_method_state dp_caps_method(const struct dp_caps *caps,
				      const struct dp_device_facts *device,
				      enum dp_method method)
{
	const unsigned int needs = dp_method_info(method)->needs;
	const struct dp_node *node = device->node;
	struct dp_method_state state = { 0 };
	char text[96];

	if (node->mode == DP_MODE_SYSTEM_RAM)
		dp_reason(&state, "it is system RAM now");
	else if (!node->enabled)
		dp_reason(&state, "no driver is bound");
	else if (!node->devnode[0])
		dp_reason(&state, "its node in /dev is missing");
	else if (device->open_rc) {
		snprintf(text, sizeof(text), "cannot open %.40s to write (%s)",
			 node->devnode, dp_errno_name(-device->open_rc));
		dp_reason(&state, text);
	}
	if (node->mode == DP_MODE_RAW && !dp_method_info(method)->medium)
		dp_reason(&state, "raw mode has no DAX");
	if (node->mode == DP_MODE_FSDAX && !node->mount[0] &&
	    !dp_method_info(method)->medium)
		dp_reason(&state, "no file system is mounted on it");
	if (device->ranges > 1) {
		snprintf(text, sizeof(text),
			 "%u physical ranges are too many for pfn arithmetic",
			 device->ranges);
		dp_reason(&state, text);
	}
	/* Its addresses belong to something else, and its pages to the kernel's
	 * own heap: to poison them would hit the machine. */
	if (dp_is_simulated(device->provider) &&
	    !dp_method_info(method)->medium)
		dp_reason(&state, "nfit_test simulates it in ordinary memory, which poison would hit");
	if ((needs & DP_BIT(DP_NEED_ARS)) && !device->injects)
		dp_reason(&state, "the platform cannot inject errors on its bus");
	for (int n = 0; n < DP_NEED_MAX; n++) {
		if (!(needs & DP_BIT(n)))
			continue;
		if (n == DP_NEED_PHYS && node->phys == DP_PHYS_UNKNOWN)
			dp_reason(&state, "its physical address is not known");
		else if (caps->lacks[n])
			dp_reason(&state, caps->lacks[n]);
	}
	state.usable = !state.why[0];
	return state;
}

/* A number with the kernel's suffixes; lib/cmdline.c: memparse(). */
static uint64_t dp_memparse(const char **at)
{
	static const char suffixes[] = "KMGTPE";
	const char *suffix;
	uint64_t n;
	char *end;

	n = strtoull(*at, &end, 0);
	suffix = *end ? strchr(suffixes, toupper((unsigned char)*end)) : NULL;
	if (suffix) {
		n <<= 10 * (suffix - suffixes + 1);
		end++;
	}
	*at = end;
	return n;
}

/* Whether memmap=SIZE!START,... on the kernel's command line holds the address:
 * ordinary RAM that is called pmem. Source: admin-guide/kernel-parameters. */
static bool dp_is_memmap(const struct dp_rootdir *root, uint64_t phys,
			 char said[64])
{
	static const char option[] = "memmap=";
	_cleanup_free_ char *line = malloc(DP_PROC_TEXT);
	const char *at, *each;
	uint64_t size, start;

	if (!line ||
	    dp_rootdir_read(root, line, DP_PROC_TEXT, "proc/cmdline") < 0)
		return false;
	for (at = line; (at = strstr(at, option));) {
		at += strlen(option);
		do {
			each = at;
			size = dp_memparse(&at);
			if (*at == '!') {
				at++;
				start = dp_memparse(&at);
				if (start && phys >= start &&
				    phys - start < size) {
					snprintf(said, 64, "%s%.*s", option,
						 (int)(at - each), each);
					return true;
				}
			}
			at += strcspn(at, ", ");
		} while (*at == ',' && at++);
	}
	return false;
}

struct dp_medium dp_caps_medium(const struct dp_caps *caps,
				const struct dp_rootdir *root,
				const char *provider, uint64_t phys)
{
	struct dp_medium m = { .emulated = true };
	char said[64];

	if (dp_is_simulated(provider))
		snprintf(m.evidence, sizeof(m.evidence),
			 "the bus is %.32s, which simulates its memory",
			 provider);
	else if (provider && !strcmp(provider, "e820") &&
		 dp_is_memmap(root, phys, said))
		snprintf(m.evidence, sizeof(m.evidence),
			 "RAM set aside by %.50s", said);
	else if (caps->hypervisor)
		snprintf(m.evidence, sizeof(m.evidence),
			 "the CPU says that it runs under a hypervisor");
	else
		m = (struct dp_medium){
			.evidence = "nothing says that it is emulated",
		};
	return m;
}
