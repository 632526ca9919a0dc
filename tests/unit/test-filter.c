/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>

#include "inventories.h"
#include "model/filter.h"

/* The names of what the filter leaves of the dump, apart by blanks. */
static void dp_left(const char *dump, struct dp_filter f, char *names,
		    size_t size, struct dp_why *why)
{
	struct dp_inventory inv = { 0 };
	struct dp_kernel kernel;
	int rc;

	dp_dump_read(dump, &inv, &kernel);
	names[0] = '\0';
	rc = dp_filter_apply(&f, &inv, why);
	ck_assert_int_eq(rc, inv.n ? 0 : -ENOENT);
	for (size_t i = 0; i < inv.n; i++) {
		/* The tree is still one. */
		ck_assert_int_lt(inv.nodes[i].parent, (int)i);
		snprintf(names + strlen(names), size - strlen(names), "%s%s",
			 i ? " " : "", inv.nodes[i].name);
	}
	dp_inventory_deinit(&inv);
}

#define LEAVES(dump, filter, wanted)                                           \
	do {                                                                   \
		struct dp_filter _f = DP_FILTER_ALL;                           \
		struct dp_why _why = { "" };                                   \
		char _names[1024];                                             \
		_f.filter;                                                     \
		dp_left(dump, _f, _names, sizeof(_names), &_why);              \
		ck_assert_str_eq(_names, wanted);                              \
		ck_assert_str_eq(_why.text, "");                               \
	} while (0)

#define ALL_DEFAULT                                                            \
	"ndbus0 region0 namespace0.0 dax0.0 region1 namespace1.0 dax1.0 region2 namespace2.0 dax2.0"
#define ONE_DEFAULT "ndbus0 region1 namespace1.0 dax1.0"

START_TEST(nothing_given_is_everything)
{
	LEAVES("default-6.1", bus = NULL, ALL_DEFAULT);
	LEAVES("default-6.1", bus = "", ALL_DEFAULT);
	LEAVES("default-6.1", region = "all", ALL_DEFAULT);
	LEAVES("default-6.1", dev = "all", ALL_DEFAULT);
}
END_TEST

START_TEST(bus_by_name_id_or_provider)
{
	LEAVES("default-6.1", bus = "ndbus0", ALL_DEFAULT);
	LEAVES("default-6.1", bus = "0", ALL_DEFAULT);
	LEAVES("default-6.1", bus = "ACPI.NFIT", ALL_DEFAULT);
}
END_TEST

START_TEST(region_by_name_or_id)
{
	LEAVES("default-6.1", region = "region1", ONE_DEFAULT);
	LEAVES("default-6.1", region = "1", ONE_DEFAULT);
	LEAVES("hmem", region = "hmem.0", "hmem.0 dax0.1 dax0.2 dax0.3");
}
END_TEST

START_TEST(namespace_by_name_or_id)
{
	LEAVES("default-6.1", namespace = "namespace1.0", ONE_DEFAULT);
	LEAVES("default-6.1", namespace = "1.0", ONE_DEFAULT);
	LEAVES("mixed", namespace = "0.3", "ndbus0 region0 namespace0.3");
}
END_TEST

START_TEST(dev_by_name_or_path)
{
	LEAVES("default-6.1", dev = "dax1.0", ONE_DEFAULT);
	LEAVES("default-6.1", dev = "/dev/dax1.0", ONE_DEFAULT);
}
END_TEST

START_TEST(several_words_are_any_of_them)
{
	LEAVES("default-6.1", region = "region9 region1", ONE_DEFAULT);
	LEAVES("default-6.1", region = "9,1", ONE_DEFAULT);
	LEAVES("default-6.1", dev = " dax1.0 ,", ONE_DEFAULT);
}
END_TEST

START_TEST(mode_is_asked_of_each_node)
{
	LEAVES("mixed", mode = DP_MODE_SECTOR, "ndbus0 region0 namespace0.2");
	LEAVES("mixed", mode = DP_MODE_FSDAX, "ndbus0 region0 namespace0.1");
	/* The device has another mode than its namespace. */
	LEAVES("mixed", mode = DP_MODE_SYSTEM_RAM,
	       "ndbus0 region2 namespace2.0 dax2.0");
	LEAVES("mixed", mode = DP_MODE_DEVDAX,
	       "ndbus0 region0 namespace0.0 dax0.0 region1 namespace1.0 dax1.0 region2 namespace2.0");
}
END_TEST

START_TEST(numa_node)
{
	LEAVES("default-6.1", numa_node = 0, ALL_DEFAULT);
}
END_TEST

START_TEST(filters_combine)
{
	struct dp_filter f = DP_FILTER_ALL;
	struct dp_why why = { "" };
	char names[1024];

	f.bus = "ndbus0";
	f.region = "region0";
	f.mode = DP_MODE_DEVDAX;
	dp_left("mixed", f, names, sizeof(names), &why);
	ck_assert_str_eq(names, "ndbus0 region0 namespace0.0 dax0.0");
}
END_TEST

START_TEST(a_part_of_a_name_is_not_the_name)
{
	struct dp_inventory inv = { 0 };
	struct dp_filter f = DP_FILTER_ALL;
	struct dp_kernel kernel;

	dp_dump_read("default-6.1", &inv, &kernel);
	f.region = "region";
	for (size_t i = 0; i < inv.n; i++)
		ck_assert(!dp_filter_match(&f, &inv, i));
	f.region = "region11";
	for (size_t i = 0; i < inv.n; i++)
		ck_assert(!dp_filter_match(&f, &inv, i));
	dp_inventory_deinit(&inv);
}
END_TEST

/* Nothing passes, and the reason is this. */
static void dp_check_nothing(const char *dump, struct dp_filter f,
			     const char *reason)
{
	struct dp_why why = { "" };
	char names[1024];

	dp_left(dump, f, names, sizeof(names), &why);
	ck_assert_str_eq(names, "");
	ck_assert_str_eq(why.text, reason);
}

START_TEST(nothing_matches_is_explained)
{
	struct dp_filter f = DP_FILTER_ALL;

	f.region = "9";
	dp_check_nothing("default-6.1", f,
			 "nothing matches -r 9; there are: region0, region1, region2");
	f.region = NULL;
	f.dev = "dax9.0";
	dp_check_nothing("hmem", f,
			 "nothing matches -d dax9.0; there are: dax0.1, dax0.2, dax0.3");
	f.dev = NULL;
	f.bus = "e820";
	dp_check_nothing("hmem", f,
			 "nothing matches -b e820; there is none at all");
	f.bus = NULL;
	f.mode = DP_MODE_RAW;
	dp_check_nothing("default-6.1", f,
			 "nothing matches -m raw; there are: devdax");
	f.mode = -1;
	f.numa_node = 3;
	dp_check_nothing("e820", f,
			 "nothing matches -U 3; there are: region0 on 0");
}
END_TEST

START_TEST(the_filter_that_matches_nothing_is_named)
{
	struct dp_filter f = DP_FILTER_ALL;

	f.bus = "ndbus0";
	f.namespace = "namespace7.0";
	dp_check_nothing("e820", f,
			 "nothing matches -n namespace7.0; there are: namespace0.0");
	f.namespace = "namespace0.0";
	f.dev = "dax0.0";
	f.mode = DP_MODE_FSDAX;
	dp_check_nothing("mixed", f,
			 "nothing matches -b ndbus0 and -n namespace0.0 and -d dax0.0 and -m fsdax together, though each of them matches something");
}
END_TEST

START_TEST(no_devices_is_explained)
{
	dp_check_nothing("none", DP_FILTER_ALL,
			 "this machine has no nvdimm or dax devices; 'daxpoison vm' boots a guest that has");
}
END_TEST

UNIT_SUITE("filter", &nothing_given_is_everything, &bus_by_name_id_or_provider,
	   &region_by_name_or_id, &namespace_by_name_or_id,
	   &dev_by_name_or_path, &several_words_are_any_of_them,
	   &mode_is_asked_of_each_node, &numa_node, &filters_combine,
	   &a_part_of_a_name_is_not_the_name, &nothing_matches_is_explained,
	   &the_filter_that_matches_nothing_is_named, &no_devices_is_explained)
