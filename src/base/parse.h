/* SPDX-License-Identifier: GPL-2.0-only */
/* Strict parsing: the whole string or nothing. Each function returns 0, or
 * -EINVAL / -ERANGE with a reason that names what was expected. */
#ifndef DP_BASE_PARSE_H
#define DP_BASE_PARSE_H

#include <stdint.h>

#include "base/why.h"

/* A count of bytes: decimal or 0x, with an optional binary suffix K, M, G,
 * T, P or E (also KiB and so on): whatever dp_size_text() writes exactly. */
int dp_parse_size(const char *text, uint64_t *bytes, struct dp_why *why);

/* A whole number, decimal or 0x, without a suffix. */
int dp_parse_u64(const char *text, uint64_t *n, struct dp_why *why);

/* The same within [min, max]. */
int dp_parse_uint(const char *text, unsigned int min, unsigned int max,
		  unsigned int *n, struct dp_why *why);

#endif
