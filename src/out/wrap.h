/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DP_OUT_WRAP_H
#define DP_OUT_WRAP_H

#include <stdio.h>

/* A label, and text behind it that is wrapped at 90 columns with an indent. */
void dp_wrap(FILE *out, unsigned int indent, const char *label,
	     const char *text);

#endif
