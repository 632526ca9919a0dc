/* SPDX-License-Identifier: GPL-2.0-only */
/* Text in XML and HTML. */
#ifndef DP_OUT_MARKUP_H
#define DP_OUT_MARKUP_H

#include <stdio.h>

#include "base/macros.h"

/* Text for the content of an element or for an attribute in double quotes.
 * What XML 1.0 has no character for (control characters, bytes that are no
 * UTF-8) comes out as U+FFFD. */
void dp_markup_text(FILE *out, const char *text);

/* fprintf, whose %s arguments are escaped so. Takes %s, %d, %u, %zu, %llu and
 * %%, without flags. */
void dp_markup(FILE *out, const char *fmt, ...) dp_printf(2, 3);

#endif
