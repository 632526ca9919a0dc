/* SPDX-License-Identifier: GPL-2.0-only */
/* libFuzzer's side, see tests/fuzz/README: --parser=NAME tells which one. */
#include <string.h>

#include "parsers.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct dp_parser *dp_the_parser;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char option[] = "--parser=";

	for (int i = 1; i < *argc; i++)
		if (!strncmp((*argv)[i], option, strlen(option)))
			dp_the_parser = dp_parser_named((*argv)[i] +
							strlen(option));
	if (!dp_the_parser) {
		for (size_t i = 0; dp_parser_at(i); i++)
			puts(dp_parser_at(i)->name);
		exit(2);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	dp_the_parser->run(data, n);
	return 0;
}
