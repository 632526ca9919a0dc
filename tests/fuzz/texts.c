/* SPDX-License-Identifier: GPL-2.0-only */
/* What people write: options, sizes, specifications, lists. */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "base/parse.h"
#include "cmd/command.h"
#include "model/bystander.h"
#include "model/known.h"
#include "model/pmem-spec.h"
#include "parsers.h"

void dp_fuzz_sizes(const uint8_t *data, size_t n)
{
	_cleanup_free_ char *text = dp_fuzz_text(data, n);
	char again[DP_SIZE_TEXT];
	struct dp_why why = { "" };
	uint64_t bytes, same;
	unsigned int small;

	if (!dp_parse_size(text, &bytes, &why)) {
		dp_size_text(again, bytes, false);
		HOLDS(!dp_parse_size(again, &same, NULL) && same == bytes);
	} else {
		HOLDS(why.text[0]);
	}
	if (!dp_parse_u64(text, &bytes, &why))
		HOLDS(!dp_parse_size(text, &same, NULL) && same == bytes);
	if (!dp_parse_uint(text, 3, 5000, &small, &why))
		HOLDS(small >= 3 && small <= 5000);
}

static void dp_same_spec(const struct dp_pmem_spec *a,
			 const struct dp_pmem_spec *b)
{
	HOLDS(a->size == b->size && a->mode == b->mode && a->align == b->align);
	HOLDS(a->fs == b->fs && !strcmp(a->mkfs, b->mkfs));
}

/* What was parsed can be written, and reads as the same. */
void dp_fuzz_pmem(const uint8_t *data, size_t n)
{
	_cleanup_free_ char *text = dp_fuzz_text(data, n);
	struct dp_pmem_spec spec, again;
	char written[DP_PMEM_SPEC_TEXT];
	struct dp_why why = { "" };

	if (!dp_pmem_spec_parse(text, &spec, &why)) {
		dp_pmem_spec_text(written, &spec);
		HOLDS(!dp_pmem_spec_parse(written, &again, NULL));
		dp_same_spec(&spec, &again);
		HOLDS(dp_is_power_of_2(dp_pmem_spec_phys_align(&spec)));
	} else {
		HOLDS(why.text[0]);
	}
	if (!dp_nfit_test_parse(text, &spec, &why)) {
		dp_nfit_test_text(written, &spec);
		HOLDS(!dp_nfit_test_parse(written, &again, NULL));
		dp_same_spec(&spec, &again);
	}
}

void dp_fuzz_bystander(const uint8_t *data, size_t n)
{
	_cleanup_free_ char *text = dp_fuzz_text(data, n);
	struct dp_bystander list[DP_BYSTANDERS_MAX], again[DP_BYSTANDERS_MAX];
	char written[DP_BYSTANDER_TEXT];
	struct dp_why why = { "" };
	unsigned int many = 3, one = 0;

	if (dp_bystander_parse(text, list, &many, &why)) {
		HOLDS(many == 3 && why.text[0]);
		return;
	}
	HOLDS(many > 3 && many <= DP_BYSTANDERS_MAX);
	dp_bystander_text(written, &list[3]);
	HOLDS(!dp_bystander_parse(written, again, &one, NULL) && one == 1);
	HOLDS(!memcmp(&list[3], again, sizeof(*again)));
}

void dp_fuzz_known(const uint8_t *data, size_t n)
{
	_cleanup_free_ char *text = dp_fuzz_text(data, n);
	struct dp_known_list list = { 0 };
	struct dp_why why = { "" };

	if (dp_known_parse(&list, text, &why))
		HOLDS(why.text[0]);
	for (size_t i = 0; i < list.n; i++) {
		HOLDS(dp_guarantee_named(list.rows[i].guarantee));
		HOLDS(*list.rows[i].id && *list.rows[i].where);
		HOLDS(dp_known_state(&list.rows[i]) == DP_KNOWN_NOT_SEEN);
	}
	dp_known_deinit(&list);
}

/* In the place of main.c's. */
const struct dp_command *dp_command_find(const char *name)
{
	static const struct dp_command *const all[] = {
		&dp_cmd_list,	  &dp_cmd_clear,      &dp_cmd_inject,
		&dp_cmd_decode,	  &dp_cmd_guarantees, &dp_cmd_verify_alignment,
		&dp_cmd_metadata, &dp_cmd_merge,      &dp_cmd_vm,
		&dp_cmd_guest,
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (!strcmp(all[i]->name, name))
			return all[i];
	return NULL;
}

#define ARGUMENTS 32

/* Arguments, apart by newlines. */
static int dp_split(char *text, char *argv[ARGUMENTS + 2])
{
	int argc = 1;

	while (argc <= ARGUMENTS && text)
		argv[argc++] = strsep(&text, "\n");
	argv[argc] = NULL;
	return argc;
}

/* Walk the options of the command whose name is the first line; carry out
 * nothing. */
void dp_fuzz_options(const uint8_t *data, size_t n)
{
	_cleanup_free_ char *text = dp_fuzz_text(data, n);
	char *argv[ARGUMENTS + 2];
	struct dp_globals globals = { .filter = DP_FILTER_ALL };
	const struct dp_command *command;
	struct dp_options o;
	int argc, id;

	argc = dp_split(text, argv);
	command = dp_command_find(argv[1]);
	if (!command)
		return;
	HOLDS(!dp_options_init(&o, command, &globals));
	optind = 0;
	while ((id = dp_options_next(&o, argc - 1, argv + 1)) >= 0)
		HOLDS(id);
	HOLDS(id != DP_OPTIONS_END || optind <= argc);
	dp_options_deinit(&o);
}

/* decode takes all that it works on from its arguments; a path is none of
 * them here. */
void dp_fuzz_decode(const uint8_t *data, size_t n)
{
	_cleanup_free_ char *text = dp_fuzz_text(data, n);
	char *argv[ARGUMENTS + 2];
	struct dp_globals globals = { .filter = DP_FILTER_ALL };
	int argc, status;

	argc = dp_split(text, argv);
	argv[0] = (char *)"decode";
	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], "--l", 3) || !strncmp(argv[i], "--co", 4))
			if (strncmp(argv[i], "--code", 6) &&
			    strncmp(argv[i], "--lsb", 5))
				return;
	globals.argv = argv;
	globals.argc = argc;
	optind = 0;
	status = dp_cmd_decode.run(&globals, argc, argv);
	HOLDS(status == DP_EXIT_HELD || status == DP_EXIT_USAGE ||
	      status == DP_EXIT_NOT_JUDGED);
}

/* Six lines: bus, region, namespace, device, and what they are asked of. */
void dp_fuzz_filter(const uint8_t *data, size_t n)
{
	_cleanup_free_ char *text = dp_fuzz_text(data, n);
	struct dp_filter filter = DP_FILTER_ALL;
	struct dp_inventory inv = { 0 };
	struct dp_why why = { "" };
	char *rest = text, *name;
	struct dp_node *node;
	int parent = -1, rc;

	filter.bus = strsep(&rest, "\n");
	filter.region = strsep(&rest, "\n");
	filter.namespace = strsep(&rest, "\n");
	filter.dev = strsep(&rest, "\n");
	for (int type = 0; type < DP_NODE_MAX; type++) {
		name = strsep(&rest, "\n");
		parent = dp_inventory_add(&inv, type, parent);
		HOLDS(parent >= 0);
		node = &inv.nodes[parent];
		snprintf(node->name, sizeof(node->name), "%s", name ?: "x");
	}
	for (size_t i = 0; i < inv.n; i++)
		dp_filter_match(&filter, &inv, i);
	rc = dp_filter_apply(&filter, &inv, &why);
	HOLDS(!rc ? inv.n > 0 : why.text[0] && !inv.n);
	dp_inventory_deinit(&inv);
}
