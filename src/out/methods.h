/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of methods as text and as JSON. */
#ifndef DP_OUT_METHODS_H
#define DP_OUT_METHODS_H

#include <stdbool.h>
#include <stdio.h>

/* All of them with what they need and leave behind. 0 or negative errno. */
int dp_methods_print(FILE *out, bool json);

/* Their names, one a line. */
void dp_methods_names(FILE *out);

#endif
