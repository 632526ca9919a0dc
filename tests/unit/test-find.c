/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>

#include "inventories.h"
#include "sys/find.h"

START_TEST(a_namespace_stands_for_its_device)
{
	static const char *const names[] = { "namespace1.0", "dax1.0" };
	struct dp_inventory inv = { 0 };
	struct dp_kernel kernel;
	struct dp_target t;

	dp_dump_read("default-6.1", &inv, &kernel);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		memset(&t, 0xff, sizeof(t));
		ck_assert_int_eq(dp_find_target(&inv, names[i], &t, NULL), 0);
		ck_assert_str_eq(t.name, "dax1.0");
		ck_assert_str_eq(t.path, "/dev/dax1.0");
		ck_assert_str_eq(t.bus, "ndbus0");
		ck_assert_str_eq(t.region, "region1");
		ck_assert_str_eq(t.namespace, "namespace1.0");
		ck_assert_uint_eq(strlen(t.uuid), 36);
		ck_assert_int_eq(t.kind, DP_KIND_DEVDAX);
		ck_assert_uint_eq(t.size, 4 * DP_GIB);
		ck_assert_uint_eq(t.align, DP_GIB);
		ck_assert_uint_eq(t.n_aligns, 3);
		ck_assert_uint_eq(t.phys, 0x180000000);
		ck_assert_uint_eq(t.namespace_phys, 0x140000000);
		ck_assert_uint_eq(t.region_phys, 0x140000000);
		ck_assert(t.medium.emulated);
		ck_assert(t.methods[DP_METHOD_MADVISE].usable);
	}
	dp_inventory_deinit(&inv);
}
END_TEST

START_TEST(a_device_may_be_on_no_bus)
{
	struct dp_inventory inv = { 0 };
	struct dp_kernel kernel;
	struct dp_target t;

	dp_dump_read("hmem", &inv, &kernel);
	ck_assert_int_eq(dp_find_target(&inv, "dax0.2", &t, NULL), 0);
	ck_assert_str_eq(t.bus, "");
	ck_assert_str_eq(t.namespace, "");
	ck_assert_str_eq(t.region, "hmem.0");
	ck_assert(t.namespace_phys == DP_PHYS_UNKNOWN);
	dp_inventory_deinit(&inv);
}
END_TEST

START_TEST(what_cannot_be_a_target_is_explained)
{
	static const struct {
		const char *dump, *name;
		int rc;
		const char *reason;
	} cases[] = {
		{ "e820", "dax9.0", -ENOENT,
		  "there is no target 'dax9.0'; there are: namespace0.0, dax0.0" },
		{ "e820", "", -ENOENT, "there is no target ''; there are:" },
		{ "none", "dax0.0", -ENOENT,
		  "there is no target 'dax0.0': this machine has no nvdimm" },
		{ "e820", "/dev/no-such-device", -ENOENT,
		  "there is no target '/dev/no-such-device'; there are:" },
		{ "e820", "/dev/null", -ENODEV, "/dev/null is not a dax device, nor a file" },
		{ "e820", "/tmp", -ENODEV, "/tmp is on " },
		{ "e820", "region0", -ENODEV,
		  "region0 is a region; name a namespace or a dax device" },
		{ "mixed", "namespace0.1", -ENODEV,
		  "namespace0.1 is in fsdax mode and /dev/pmem0.1 is not mounted" },
		{ "mixed", "namespace0.3", -ENODEV,
		  "refused (not-dax): namespace0.3 is in raw mode; only devdax and fsdax can be mapped" },
		{ "mixed", "dax2.0", -ENODEV,
		  "refused (system-ram): dax2.0 is in system-ram mode; only devdax can be mapped" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct dp_inventory inv = { 0 };
		struct dp_why why = { "" };
		struct dp_kernel kernel;
		struct dp_target t;

		dp_dump_read(cases[i].dump, &inv, &kernel);
		ck_assert_int_eq(dp_find_target(&inv, cases[i].name, &t, &why),
				 cases[i].rc);
		ck_assert_msg(!strncmp(why.text, cases[i].reason,
				       strlen(cases[i].reason)),
			      "'%s' does not begin with '%s'", why.text,
			      cases[i].reason);
		dp_inventory_deinit(&inv);
	}
}
END_TEST

START_TEST(a_disabled_device_is_explained)
{
	struct dp_inventory inv = { 0 };
	struct dp_why why = { "" };
	struct dp_kernel kernel;
	struct dp_target t;
	int dax;

	dp_dump_read("e820", &inv, &kernel);
	dax = dp_inventory_find(&inv, "dax0.0");
	inv.nodes[dax].enabled = false;
	ck_assert_int_eq(dp_find_target(&inv, "namespace0.0", &t, &why),
			 -ENODEV);
	ck_assert_str_eq(why.text, "dax0.0 is disabled: no driver is bound to it; is the module device_dax loaded?");
	inv.nodes[dax].enabled = true;
	inv.nodes[dax].devnode[0] = '\0';
	ck_assert_int_eq(dp_find_target(&inv, "dax0.0", &t, &why), -ENODEV);
	ck_assert_str_eq(why.text,
			 "/dev/dax0.0 is missing, so dax0.0 cannot be mapped");
	/* The namespace without its device. */
	inv.n = dax;
	ck_assert_int_eq(dp_find_target(&inv, "namespace0.0", &t, &why),
			 -ENODEV);
	ck_assert_str_eq(why.text, "namespace0.0 has no dax device; is the module dax_pmem loaded?");
	inv.nodes[dax - 1].enabled = false;
	ck_assert_int_eq(dp_find_target(&inv, "namespace0.0", &t, &why),
			 -ENODEV);
	ck_assert_str_eq(why.text, "namespace0.0 is disabled; 'ndctl enable-namespace namespace0.0' enables it");
	dp_inventory_deinit(&inv);
}
END_TEST

UNIT_SUITE("find", &a_namespace_stands_for_its_device,
	   &a_device_may_be_on_no_bus, &what_cannot_be_a_target_is_explained,
	   &a_disabled_device_is_explained)
