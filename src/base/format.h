/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DP_BASE_FORMAT_H
#define DP_BASE_FORMAT_H

#include <stdint.h>

#include "base/macros.h"

/* Room for any text that dp_size_text() writes. */
#define DP_SIZE_TEXT 24

/* A size as its shortest exact name: 4K, 2M, 1G, 6442450943. With `human`,
 * rounded to one decimal instead where no short exact name exists: 3.9G.
 * Writes into `buf` and returns it. */
const char *dp_size_text(char buf[DP_SIZE_TEXT], uint64_t bytes, bool human);

/* "EINVAL"; never NULL. */
const char *dp_errno_name(int err);

/* snprintf onto the end of the string in buf; what does not fit is cut off. */
void dp_append(char *buf, size_t size, const char *fmt, ...) dp_printf(3, 4);

/* The text with whatever a terminal or a reader of JSON could stumble over (any
 * byte that is not printable ASCII, and the backslash) as \ooo; what does not
 * fit is cut off. Returns buf. */
const char *dp_printable(char *buf, size_t size, const char *text);

/* As asprintf, but returns the string (owned by the caller), or NULL. */
char *dp_asprintf(const char *fmt, ...) dp_printf(1, 2);

/* Seconds since 1970 as "2026-11-23T18:00:00Z", "?" where that is no time;
 * returns buf. */
#define DP_WHEN_TEXT 32
const char *dp_when_text(char buf[DP_WHEN_TEXT], int64_t when);

#endif
