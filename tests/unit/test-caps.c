/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/caps.h"
#include "unit.h"

/* A root with these files of /proc; NULL: no such file. */
struct dp_fake {
	char path[32];
	struct dp_rootdir root;
};

static void dp_write(const struct dp_fake *fake, const char *name,
		     const char *text)
{
	_cleanup_close_ int fd = -1;

	if (!text)
		return;
	fd = openat(fake->root.fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (int)strlen(text));
}

static void dp_fake_init(struct dp_fake *fake, const char *cpuinfo,
			 const char *cmdline, const char *meminfo,
			 const char *status)
{
	strcpy(fake->path, "/tmp/dp-caps-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(fake->path));
	ck_assert_int_eq(dp_rootdir_init(&fake->root, fake->path), 0);
	ck_assert_int_eq(mkdirat(fake->root.fd, "proc", 0700), 0);
	ck_assert_int_eq(mkdirat(fake->root.fd, "proc/self", 0700), 0);
	dp_write(fake, "proc/cpuinfo", cpuinfo);
	dp_write(fake, "proc/cmdline", cmdline);
	dp_write(fake, "proc/meminfo", meminfo);
	dp_write(fake, "proc/self/status", status);
}

static void dp_fake_deinit(struct dp_fake *fake)
{
	static const char *const files[] = {
		"proc/cpuinfo", "proc/cmdline", "proc/meminfo",
		"proc/self/status",
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		unlinkat(fake->root.fd, files[i], 0);
	unlinkat(fake->root.fd, "proc/self", AT_REMOVEDIR);
	unlinkat(fake->root.fd, "proc", AT_REMOVEDIR);
	rmdir(fake->path);
	dp_rootdir_deinit(&fake->root);
}

static struct dp_caps dp_probe(const char *cpuinfo, const char *meminfo,
			       const char *status)
{
	struct dp_fake fake;
	struct dp_caps caps;

	dp_fake_init(&fake, cpuinfo, NULL, meminfo, status);
	dp_caps_probe(&fake.root, &caps);
	dp_fake_deinit(&fake);
	return caps;
}

START_TEST(what_cannot_be_read_is_absent)
{
	struct dp_caps caps = dp_probe(NULL, NULL, NULL);

	ck_assert(!caps.memory_failure);
	ck_assert(!caps.sys_admin);
	ck_assert(!caps.hypervisor);
}
END_TEST

START_TEST(each_fact_has_its_file)
{
	struct dp_caps caps;

	caps = dp_probe("processor\t: 0\nflags\t\t: fpu hypervisor lahf\n\n",
			"MemTotal: 1 kB\nHardwareCorrupted:     0 kB\n",
			"Name:\tx\nCapEff:\t000001ffffffffff\n");
	ck_assert(caps.memory_failure);
	ck_assert(caps.sys_admin);
	ck_assert(caps.hypervisor);
}
END_TEST

START_TEST(look_alikes_do_not_count)
{
	struct dp_caps caps;

	/* Not a flag; not the effective set; not bit 21. */
	caps = dp_probe("model name : hypervisor\nflags : fpu\nbugs : hypervisor\n",
			"HardwareCorruptedNot: 0 kB\n",
			"Name:\tx\nCapPrm:\t000001ffffffffff\nCapEff:\t000001ffffdfffff\n");
	ck_assert(!caps.memory_failure);
	ck_assert(!caps.sys_admin);
	ck_assert(!caps.hypervisor);
}
END_TEST

START_TEST(the_running_system_answers)
{
	struct dp_rootdir root;
	struct dp_caps caps;

	ck_assert_int_eq(dp_rootdir_init(&root, "/"), 0);
	dp_caps_probe(&root, &caps);
	/* The two ways to find CONFIG_MEMORY_FAILURE agree. */
	root.is_real = false;
	{
		struct dp_caps by_file;

		dp_caps_probe(&root, &by_file);
		ck_assert(caps.memory_failure == by_file.memory_failure);
		ck_assert(caps.sys_admin == by_file.sys_admin);
	}
	dp_rootdir_deinit(&root);
}
END_TEST

static void dp_check_medium(const char *cmdline, bool hypervisor,
			    const char *provider, uint64_t phys, bool emulated,
			    const char *evidence)
{
	struct dp_caps caps = { .hypervisor = hypervisor };
	struct dp_medium m;
	struct dp_fake fake;

	dp_fake_init(&fake, NULL, cmdline, NULL, NULL);
	m = dp_caps_medium(&caps, &fake.root, provider, phys);
	dp_fake_deinit(&fake);
	ck_assert_msg(m.emulated == emulated, "%s: %s", cmdline, m.evidence);
	ck_assert_str_eq(m.evidence, evidence);
}

#define REAL "nothing says that it is emulated"

START_TEST(the_medium_is_real_until_something_says_otherwise)
{
	dp_check_medium(NULL, false, "ACPI.NFIT", 1 << 30, false, REAL);
	dp_check_medium(NULL, false, NULL, DP_PHYS_UNKNOWN, false, REAL);
	dp_check_medium(NULL, false, "e820", 1 << 30, false, REAL);
	dp_check_medium(NULL, true, "ACPI.NFIT", 1 << 30, true,
			"the CPU says that it runs under a hypervisor");
	dp_check_medium(NULL, false, "nfit_test.0", DP_PHYS_UNKNOWN, true,
			"the bus is nfit_test.0, which simulates its memory");
}
END_TEST

START_TEST(memmap_is_asked_for_the_very_address)
{
	const uint64_t g = DP_GIB;

	dp_check_medium("quiet memmap=512M!1G ro\n", false, "e820", g, true,
			"RAM set aside by memmap=512M!1G");
	dp_check_medium("memmap=512M!1G", false, "e820", g + 512 * DP_MIB - 1,
			true, "RAM set aside by memmap=512M!1G");
	dp_check_medium("memmap=512M!1G", false, "e820", g + 512 * DP_MIB,
			false, REAL);
	dp_check_medium("memmap=512M!1G", false, "e820", g - 1, false, REAL);
	dp_check_medium("memmap=1G!4G,0x100000!8g", false, "e820", 8 * g, true,
			"RAM set aside by memmap=0x100000!8g");
	dp_check_medium("memmap=64K$0x1000 memmap=4G!4G", false, "e820", 5 * g,
			true, "RAM set aside by memmap=4G!4G");
	/* Reserved or soft-reserved, not pmem. */
	dp_check_medium("memmap=4G$4G memmap=4G%4G-1+0xefffffff", false, "e820",
			5 * g, false, REAL);
	/* Another bus has nothing to do with it. */
	dp_check_medium("memmap=4G!4G", false, "ACPI.NFIT", 5 * g, false, REAL);
	dp_check_medium("memmap=4G!4G", false, "e820", DP_PHYS_UNKNOWN, false,
			REAL);
	dp_check_medium("memmap= memmap=! memmap=4G!", false, "e820", g, false,
			REAL);
}
END_TEST

static struct dp_method_state dp_ask(struct dp_caps caps, struct dp_node node,
				     int open_rc, unsigned int ranges)
{
	const struct dp_device_facts facts = {
		.node = &node,
		.open_rc = open_rc,
		.ranges = ranges,
	};

	return dp_caps_method(&caps, &facts, DP_METHOD_MADVISE);
}

START_TEST(every_reason_is_told)
{
	const struct dp_caps able = { true, true, false, { NULL } };
	const struct dp_caps unable = {
		.lacks = {
			[DP_NEED_MEMORY_FAILURE] = "kernel lacks CONFIG_MEMORY_FAILURE",
			[DP_NEED_SYS_ADMIN] = "CAP_SYS_ADMIN is missing",
			[DP_NEED_HWPOISON_INJECT] = "no module",
		},
	};
	const struct dp_node good = { .type = DP_NODE_DAX,
				      .mode = DP_MODE_DEVDAX,
				      .enabled = true,
				      .devnode = "/dev/dax0.0" };
	struct dp_node node;
	struct dp_method_state s;

	s = dp_ask(able, good, 0, 1);
	ck_assert(s.usable);
	ck_assert_str_eq(s.why, "");
	s = dp_ask(unable, good, 0, 1);
	ck_assert(!s.usable);
	ck_assert_str_eq(s.why, "kernel lacks CONFIG_MEMORY_FAILURE; CAP_SYS_ADMIN is missing");
	s = dp_ask(able, good, -EPERM, 2);
	ck_assert(!s.usable);
	ck_assert_str_eq(s.why, "cannot open /dev/dax0.0 to write (EPERM); 2 physical ranges are too many for pfn arithmetic");
	node = good;
	node.devnode[0] = '\0';
	ck_assert_str_eq(dp_ask(able, node, 0, 1).why,
			 "its node in /dev is missing");
	node.enabled = false;
	ck_assert_str_eq(dp_ask(able, node, 0, 1).why, "no driver is bound");
	node.mode = DP_MODE_SYSTEM_RAM;
	ck_assert_str_eq(dp_ask(able, node, 0, 1).why,
			 "it is system RAM now");
}
END_TEST

UNIT_SUITE("caps", &what_cannot_be_read_is_absent, &each_fact_has_its_file,
	   &look_alikes_do_not_count, &the_running_system_answers,
	   &the_medium_is_real_until_something_says_otherwise,
	   &memmap_is_asked_for_the_very_address, &every_reason_is_told)
