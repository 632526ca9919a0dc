/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of guarantees: for people, for machines, and as a manual page. */
#ifndef DP_OUT_GUARANTEES_H
#define DP_OUT_GUARANTEES_H

#include <stdint.h>
#include <stdio.h>

enum dp_guarantees_form {
	DP_GUARANTEES_TEXT,
	DP_GUARANTEES_JSON,
	DP_GUARANTEES_MDOC,
};

struct dp_guarantee_view {
	enum dp_guarantees_form form;
	int kind;		/* enum dp_kind, or -1: all */
	int method;		/* enum dp_method, or -1: all */
	uint64_t unit;		/* bytes, or 0: all */
	uint64_t page;		/* bytes of a base page */
};

/* 0 or negative errno. */
int dp_guarantees_print(FILE *out, const struct dp_guarantee_view *view);

#endif
