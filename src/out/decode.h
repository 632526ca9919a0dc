/* SPDX-License-Identifier: GPL-2.0-only */
/* What was decoded, for people or as a document (daxpoison-decode/1). */
#ifndef DP_OUT_DECODE_H
#define DP_OUT_DECODE_H

#include <stdio.h>

#include "model/decode.h"

/* What there was to decode: a signal, a log, or both NULL. */
struct dp_decoding {
	const struct dp_told *told;
	const struct dp_core *core; /* where `told` was read, or NULL */
	const struct dp_klog *log;
};

/* 0 or negative errno. */
int dp_decode_print(FILE *out, const struct dp_decoding *d);
int dp_decode_print_json(FILE *out, const struct dp_decoding *d);

#endif
