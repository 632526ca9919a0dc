/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "parsers.h"

static const struct dp_parser dp_parsers[] = {
	{ "bystander", dp_fuzz_bystander },
	{ "bzimage", dp_fuzz_bzimage },
	{ "core", dp_fuzz_core },
	{ "decode", dp_fuzz_decode },
	{ "fiemap", dp_fuzz_fiemap },
	{ "filter", dp_fuzz_filter },
	{ "frame", dp_fuzz_frame },
	{ "inventory", dp_fuzz_inventory },
	{ "klog", dp_fuzz_klog },
	{ "kmsg", dp_fuzz_kmsg },
	{ "known", dp_fuzz_known },
	{ "matrix", dp_fuzz_matrix },
	{ "metadata", dp_fuzz_metadata },
	{ "options", dp_fuzz_options },
	{ "orders", dp_fuzz_orders },
	{ "pmem", dp_fuzz_pmem },
	{ "qmp", dp_fuzz_qmp },
	{ "record", dp_fuzz_record },
	{ "request", dp_fuzz_request },
	{ "sizes", dp_fuzz_sizes },
	{ "vmlinux", dp_fuzz_vmlinux },
};

const struct dp_parser *dp_parser_at(size_t n)
{
	return n < ARRAY_SIZE(dp_parsers) ? &dp_parsers[n] : NULL;
}

const struct dp_parser *dp_parser_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(dp_parsers); i++)
		if (!strcmp(dp_parsers[i].name, name))
			return &dp_parsers[i];
	return NULL;
}

char *dp_fuzz_text(const uint8_t *data, size_t n)
{
	char *text = malloc(n + 1);

	if (!text)
		abort();
	if (n)
		memcpy(text, data, n);
	text[n] = '\0';
	return text;
}
