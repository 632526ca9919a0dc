/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>

#include "inventories.h"
#include "out/inventory.h"

static const char *const dp_dumps[] = {
	"default-6.1", "default-6.12", "no-labels", "mixed",
	"unprivileged", "hmem",	       "e820",	    "none",
};

static int dp_add(struct dp_inventory *inv, enum dp_node_type type, int parent,
		  const char *name)
{
	int index = dp_inventory_add(inv, type, parent);

	ck_assert_int_ge(index, 0);
	strcpy(inv->nodes[index].name, name);
	return index;
}

START_TEST(sort_is_depth_first_and_numeric)
{
	static const char *const wanted[] = {
		"ndbus0",	"region1", "namespace1.2", "dax1.2",
		"namespace1.10", "region10", "hmem.3",
	};
	static const int parents[] = { -1, 0, 1, 2, 1, 0, -1 };
	struct dp_inventory inv = { 0 };
	int bus, region;

	/* Children that were added long after their parents. */
	dp_add(&inv, DP_NODE_REGION, -1, "hmem.3");
	bus = dp_add(&inv, DP_NODE_BUS, -1, "ndbus0");
	dp_add(&inv, DP_NODE_REGION, bus, "region10");
	region = dp_add(&inv, DP_NODE_REGION, bus, "region1");
	dp_add(&inv, DP_NODE_NAMESPACE, region, "namespace1.10");
	bus = dp_add(&inv, DP_NODE_NAMESPACE, region, "namespace1.2");
	dp_add(&inv, DP_NODE_DAX, bus, "dax1.2");
	ck_assert_int_eq(dp_inventory_sort(&inv), 0);
	ck_assert_uint_eq(inv.n, ARRAY_SIZE(wanted));
	for (size_t i = 0; i < inv.n; i++) {
		ck_assert_str_eq(inv.nodes[i].name, wanted[i]);
		ck_assert_int_eq(inv.nodes[i].parent, parents[i]);
	}
	ck_assert_int_eq(dp_inventory_find(&inv, "dax1.2"), 3);
	ck_assert_int_eq(dp_inventory_find(&inv, "dax"), -ENOENT);
	dp_inventory_deinit(&inv);
}
END_TEST

static const char *dp_member_text(struct json_object *of, const char *key)
{
	return json_object_to_json_string(json_object_object_get(of, key));
}

START_TEST(every_dump_comes_back_as_it_was)
{
	for (size_t i = 0; i < ARRAY_SIZE(dp_dumps); i++) {
		_cleanup_free_ char *text = dp_dump_text(dp_dumps[i]);
		struct json_object *was = json_tokener_parse(text), *is;
		struct dp_inventory inv = { 0 };
		struct dp_kernel kernel;

		dp_dump_read(dp_dumps[i], &inv, &kernel);
		is = dp_json_inventory(&inv, &kernel);
		ck_assert_str_eq(dp_member_text(is, "targets"),
				 dp_member_text(was, "targets"));
		ck_assert_str_eq(dp_member_text(is, "kernel"),
				 dp_member_text(was, "kernel"));
		json_object_put(is);
		json_object_put(was);
		dp_inventory_deinit(&inv);
	}
}
END_TEST

START_TEST(a_dump_is_read_to_the_last_field)
{
	struct dp_inventory inv = { 0 };
	struct dp_kernel kernel;
	const struct dp_node *node;

	dp_dump_read("default-6.1", &inv, &kernel);
	ck_assert_uint_eq(inv.n, 10);
	ck_assert_int_eq(strncmp(kernel.release, "6.1.", 4), 0);
	ck_assert_str_eq(inv.nodes[0].provider, "ACPI.NFIT");
	node = &inv.nodes[dp_inventory_find(&inv, "dax1.0")];
	ck_assert_int_eq(node->type, DP_NODE_DAX);
	ck_assert_int_eq(node->mode, DP_MODE_DEVDAX);
	ck_assert_uint_eq(node->size, 4 * DP_GIB);
	ck_assert_uint_eq(node->align, DP_GIB);
	ck_assert_uint_eq(node->n_aligns, 3);
	ck_assert_uint_eq(node->phys, 0x180000000);
	ck_assert_int_eq(node->numa_node, 0);
	ck_assert(node->enabled);
	ck_assert_str_eq(node->devnode, "/dev/dax1.0");
	ck_assert(node->methods[DP_METHOD_MADVISE].usable);
	ck_assert_str_eq(inv.nodes[node->parent].name, "namespace1.0");
	ck_assert(dp_inventory_medium(&inv, 3)->emulated);
	ck_assert_ptr_null(dp_inventory_medium(&inv, 0));
	dp_inventory_deinit(&inv);
}
END_TEST

START_TEST(unknown_is_not_zero)
{
	struct dp_inventory inv = { 0 };
	struct dp_kernel kernel;
	const struct dp_node *node;

	dp_dump_read("unprivileged", &inv, &kernel);
	node = &inv.nodes[dp_inventory_find(&inv, "dax0.0")];
	ck_assert(node->phys == DP_PHYS_UNKNOWN);
	ck_assert(!node->methods[DP_METHOD_MADVISE].usable);
	ck_assert_str_eq(node->methods[DP_METHOD_MADVISE].why,
			 "cannot open /dev/dax0.0 to write (EACCES); CAP_SYS_ADMIN is missing");
	dp_inventory_deinit(&inv);
}
END_TEST

/* Reading the text fails, and the reason begins like this. */
static void dp_check_bad(const char *text, size_t size, const char *reason)
{
	struct dp_inventory inv = { 0 };
	struct dp_why why = { "" };
	struct dp_kernel kernel;

	ck_assert_int_eq(dp_json_inventory_read(text, size, &inv, &kernel,
						&why),
			 -EINVAL);
	ck_assert_msg(!strncmp(why.text, reason, strlen(reason)),
		      "'%s' does not begin with '%s'", why.text, reason);
	ck_assert_uint_eq(inv.n, 0);
	ck_assert_ptr_null(inv.nodes);
}

START_TEST(what_is_not_such_a_document_is_refused)
{
	static const struct {
		const char *text, *reason;
	} bad[] = {
		{ "", "not JSON" },
		{ "{", "not JSON" },
		{ "{} {}", "not JSON" },
		{ "[]", "schema: expected" },
		{ "{}", "schema: expected" },
		{ "{\"schema\":\"daxpoison/2\"}", "schema: expected" },
		{ "{\"schema\":\"daxpoison/1\"}", "kernel: expected an object" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		dp_check_bad(bad[i].text, strlen(bad[i].text), bad[i].reason);
	dp_check_bad("{}\0{}", 5, "not JSON");
}
END_TEST

START_TEST(a_dump_that_is_cut_short_is_refused)
{
	_cleanup_free_ char *text = dp_dump_text("e820");
	size_t end = strlen(text);

	/* The last byte is a newline, which nobody misses. */
	for (size_t n = 0; n + 1 < end; n++)
		dp_check_bad(text, n, "not JSON");
}
END_TEST

/* A change to one key of one node of the dump "e820": the bus, its region, its
 * namespace, its dax device. */
struct dp_damage {
	int node;
	const char *key;
	const char *value;	/* JSON; NULL: the key is taken out */
	const char *reason;
};

START_TEST(damage_is_found_and_placed)
{
	static const struct dp_damage damages[] = {
		{ 0, "name", "null", "targets[0].name: expected a name" },
		{ 0, "name", "7", "targets[0].name: expected a string" },
		{ 0, "name", "\"a\\u0000b\"", "targets[0].name: expected" },
		{ 1, "name", "\"ndbus0\"", "targets[1].name: expected a name that no other" },
		{ 1, "name", NULL, "targets[1].name is missing" },
		{ 0, "type", "\"ship\"", "targets[0].type: expected bus" },
		{ 0, "type", "\"dax\"", "targets[0].parent: expected" },
		{ 2, "parent", "null", "targets[2].parent: expected" },
		{ 2, "parent", "\"dax0.0\"", "targets[2].parent: expected" },
		{ 2, "parent", "\"namespace0.0\"", "targets[2].parent: expected" },
		{ 1, "type", "\"namespace\"", "targets[1].mode: expected" },
		{ 1, "mode", "\"devdax\"", "targets[1].mode: expected" },
		{ 3, "mode", "\"devdaxx\"", "targets[3].mode: expected" },
		{ 3, "mode", "null", "targets[3].mode: expected" },
		{ 3, "size", "null", "targets[3].size: expected a whole" },
		{ 3, "size", "\"4096\"", "targets[3].size: expected a whole" },
		{ 3, "size", "-1", "targets[3].size: expected a number from 0" },
		{ 3, "size", "99999999999999999999", "targets[3].size: expected" },
		{ 3, "size", "1.5", "targets[3].size: expected a whole" },
		{ 1, "available", "null", "targets[1].available: expected" },
		{ 3, "aligns", "4096", "targets[3].aligns: expected an array" },
		{ 3, "aligns", "[null]", "targets[3].aligns: expected a whole" },
		{ 3, "aligns", "[1,2,3,4,5,6,7,8,9]", "targets[3].aligns: expected fewer" },
		{ 3, "numa_node", "2147483648", "targets[3].numa_node: expected a smaller" },
		{ 3, "phys", "4096", "targets[3].phys: expected a string" },
		{ 3, "phys", "\"4096\"", "targets[3].phys: expected an address" },
		{ 3, "phys", "\"0x10g\"", "targets[3].phys: expected an address" },
		{ 3, "enabled", "1", "targets[3].enabled: expected true or false" },
		{ 2, "uuid", "\"0123456789012345678901234567890123456\"",
		  "targets[2].uuid: expected a shorter" },
		{ 2, "mount", "\"/mnt\"", "targets[2].mount: expected an object, of a namespace" },
		{ 1, "mount", "{}", "targets[1].mount: expected an object, of a namespace" },
		{ 2, "mount", "{\"path\":\"/mnt\"}", "targets[2].mount.fs is missing" },
		{ 2, "mount", "{\"path\":1,\"fs\":\"xfs\"}", "targets[2].mount.path: expected a string" },
		{ 1, "medium", "null", "targets[1].medium: expected an object" },
		{ 1, "medium", "{\"emulated\":true}", "targets[1].medium.evidence is missing" },
		{ 3, "methods", "[{\"method\":\"prayer\",\"usable\":true,\"why\":null}]",
		  "targets[3].methods.method: expected the name" },
		{ 3, "methods", "[{\"method\":\"madvise\",\"usable\":false,\"why\":null}]",
		  "targets[3].methods.why: expected a reason" },
		{ 2, "methods", "[{}]", "targets[2].methods: expected an empty array, since nothing" },
		{ 3, "colour", "1", "targets[3].colour: unknown key" },
		{ 3, "devnode", NULL, "targets[3].devnode is missing" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		const struct dp_damage *d = &damages[i];
		_cleanup_free_ char *text = dp_dump_text("e820");
		struct json_object *doc = json_tokener_parse(text), *node;

		node = json_object_array_get_idx(
			json_object_object_get(doc, "targets"), d->node);
		if (d->value)
			json_object_object_add(node, d->key,
					       json_tokener_parse(d->value));
		else
			json_object_object_del(node, d->key);
		dp_check_bad(json_object_to_json_string(doc),
			     strlen(json_object_to_json_string(doc)),
			     d->reason);
		json_object_put(doc);
	}
}
END_TEST

START_TEST(a_method_that_was_not_recorded_is_not_usable)
{
	_cleanup_free_ char *text = dp_dump_text("e820");
	struct json_object *doc = json_tokener_parse(text), *node;
	struct dp_inventory inv = { 0 };
	struct dp_kernel kernel;
	const char *changed;

	node = json_object_array_get_idx(json_object_object_get(doc, "targets"),
					 3);
	json_object_object_add(node, "methods", json_object_new_array());
	changed = json_object_to_json_string(doc);
	ck_assert_int_eq(dp_json_inventory_read(changed, strlen(changed), &inv,
						&kernel, NULL), 0);
	for (int m = 0; m < DP_METHOD_MAX; m++) {
		ck_assert(!inv.nodes[3].methods[m].usable);
		ck_assert_str_eq(inv.nodes[3].methods[m].why, "not recorded");
	}
	json_object_put(doc);
	dp_inventory_deinit(&inv);
}
END_TEST

/* The dump as a table with these columns. */
static void dp_check_table(const char *dump, const char *columns,
			   struct dp_inventory_options options,
			   const char *wanted)
{
	struct dp_column_list list;
	struct dp_inventory inv = { 0 };
	struct dp_kernel kernel;
	char *text = NULL;
	size_t size = 0;
	FILE *out;

	dp_dump_read(dump, &inv, &kernel);
	dp_column_list_init(&list);
	if (columns)
		ck_assert_int_eq(dp_column_list_parse(&list, columns, NULL), 0);
	options.columns = &list;
	out = open_memstream(&text, &size);
	ck_assert_int_eq(dp_inventory_print(out, &inv, &options), 0);
	fclose(out);
	ck_assert_str_eq(text, wanted);
	free(text);
	dp_inventory_deinit(&inv);
}

static const struct dp_inventory_options dp_exact;

START_TEST(the_table)
{
	dp_check_table("e820", NULL, dp_exact,
		       "NAME             MODE   SIZE ALIGN NUMA       PHYS STATE   METHODS\n"
		       "ndbus0                                             enabled\n"
		       "`-region0               512M          0 0x40000000 enabled\n"
		       "  `-namespace0.0 devdax 510M    2M    0 0x40000000 enabled\n"
		       "    `-dax0.0     devdax 510M    2M    0 0x40200000 enabled madvise\n");
}
END_TEST

START_TEST(sizes_are_exact_or_rounded)
{
	const struct dp_inventory_options human = { .human = true };

	dp_check_table("mixed", "size,available,align,aligns", dp_exact,
		       "   SIZE AVAILABLE ALIGN ALIGNS\n"
		       "\n"
		       "  1040M      272M\n"
		       "   250M              4K 4K,2M,1G\n"
		       "   250M              4K 4K,2M,1G\n"
		       "   250M              2M 4K,2M,1G\n"
		       "129888K\n"
		       "    64M\n"
		       "    64M\n"
		       "     3G         0\n"
		       "     2G              1G 4K,2M,1G\n"
		       "     2G              1G 4K,2M,1G\n"
		       "     4G         0\n"
		       "  4094M              2M 4K,2M,1G\n"
		       "  4094M              2M 4K,2M,1G\n");
	dp_check_table("e820", "name,size", human,
		       "NAME             SIZE\n"
		       "ndbus0\n"
		       "`-region0        512M\n"
		       "  `-namespace0.0 510M\n"
		       "    `-dax0.0     510M\n");
}
END_TEST

START_TEST(reasons_stand_under_their_device)
{
	const struct dp_inventory_options reasons = { .reasons = true };

	dp_check_table("hmem", "name,methods,why-not", reasons,
		       "NAME     METHODS WHY-NOT\n"
		       "hmem.0\n"
		       "|-dax0.1 -       madvise: 2 physical ranges are too many for pfn arithmetic\n"
		       "        madvise does not work: 2 physical ranges are too many for pfn arithmetic\n"
		       "|-dax0.2 madvise\n"
		       "`-dax0.3 madvise\n");
}
END_TEST

START_TEST(columns_are_chosen_by_name)
{
	struct dp_column_list list;
	struct dp_why why = { "" };
	size_t usual;

	dp_column_list_init(&list);
	usual = list.n;
	ck_assert_int_eq(dp_column_list_parse(&list, "+uuid,Devnode", &why), 0);
	ck_assert_uint_eq(list.n, usual + 2);
	ck_assert_int_eq(list.ids[usual], DP_COL_UUID);
	ck_assert_int_eq(list.ids[usual + 1], DP_COL_DEVNODE);
	ck_assert_int_eq(dp_column_list_parse(&list, "size", &why), 0);
	ck_assert_uint_eq(list.n, 1);
	ck_assert_int_eq(dp_column_list_parse(&list, "name,,size", &why),
			 -EINVAL);
	ck_assert_int_eq(dp_column_list_parse(&list, "", &why), -EINVAL);
	ck_assert_int_eq(dp_column_list_parse(&list, "+", &why), -EINVAL);
	ck_assert_int_eq(dp_column_list_parse(&list, "siz", &why), -EINVAL);
	ck_assert_int_eq(strncmp(why.text, "'siz' is not a column; there are: NAME, ",
				 40), 0);
	for (int i = 0; i < 2 * DP_COL_MAX; i++)
		ck_assert_int_eq(dp_column_list_parse(&list, "+name", &why),
				 list.n > 2 * DP_COL_MAX ? -EINVAL : 0);
	ck_assert_int_eq(dp_column_list_parse(&list, "+name", &why), -EINVAL);
	ck_assert_str_eq(why.text, "too many columns");
}
END_TEST

UNIT_SUITE("inventory", &sort_is_depth_first_and_numeric,
	   &every_dump_comes_back_as_it_was, &a_dump_is_read_to_the_last_field,
	   &unknown_is_not_zero, &what_is_not_such_a_document_is_refused,
	   &a_dump_that_is_cut_short_is_refused, &damage_is_found_and_placed,
	   &a_method_that_was_not_recorded_is_not_usable, &the_table,
	   &sizes_are_exact_or_rounded, &reasons_stand_under_their_device,
	   &columns_are_chosen_by_name)
