/* SPDX-License-Identifier: GPL-2.0-only */
/* Every parser of bytes that somebody else wrote, behind one signature: for
 * libFuzzer (fuzz.c) and for the replay of what it found (replay.c). */
#ifndef DP_TESTS_FUZZ_PARSERS_H
#define DP_TESTS_FUZZ_PARSERS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/macros.h"

/* What holds for any input; assert() is gone with NDEBUG. */
#define HOLDS(what)                                                            \
	do {                                                                   \
		if (!(what)) {                                                 \
			fprintf(stderr, "%s:%d: does not hold: %s\n",          \
				__FILE__, __LINE__, #what);                    \
			abort();                                               \
		}                                                              \
	} while (0)

struct dp_parser {
	const char *name;	/* of its directory of inputs, too */
	/* `data` is exactly n bytes long; nothing is kept. */
	void (*run)(const uint8_t *data, size_t n);
};

/* The parser of this name, or NULL. */
const struct dp_parser *dp_parser_named(const char *name);
/* The n-th, or NULL after the last. */
const struct dp_parser *dp_parser_at(size_t n);

/* The bytes as a string: a copy with a NUL, owned by the caller. */
char *dp_fuzz_text(const uint8_t *data, size_t n);

/* texts.c */
void dp_fuzz_sizes(const uint8_t *data, size_t n);
void dp_fuzz_pmem(const uint8_t *data, size_t n);
void dp_fuzz_bystander(const uint8_t *data, size_t n);
void dp_fuzz_known(const uint8_t *data, size_t n);
void dp_fuzz_options(const uint8_t *data, size_t n);
void dp_fuzz_decode(const uint8_t *data, size_t n);
void dp_fuzz_filter(const uint8_t *data, size_t n);
/* records.c */
void dp_fuzz_record(const uint8_t *data, size_t n);
void dp_fuzz_klog(const uint8_t *data, size_t n);
void dp_fuzz_kmsg(const uint8_t *data, size_t n);
void dp_fuzz_core(const uint8_t *data, size_t n);
void dp_fuzz_fiemap(const uint8_t *data, size_t n);
void dp_fuzz_metadata(const uint8_t *data, size_t n);
/* guests.c */
void dp_fuzz_frame(const uint8_t *data, size_t n);
void dp_fuzz_orders(const uint8_t *data, size_t n);
void dp_fuzz_request(const uint8_t *data, size_t n);
void dp_fuzz_qmp(const uint8_t *data, size_t n);
void dp_fuzz_bzimage(const uint8_t *data, size_t n);
void dp_fuzz_vmlinux(const uint8_t *data, size_t n);
/* documents.c */
void dp_fuzz_matrix(const uint8_t *data, size_t n);
void dp_fuzz_inventory(const uint8_t *data, size_t n);

#endif
