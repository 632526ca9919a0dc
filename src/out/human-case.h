/* SPDX-License-Identifier: GPL-2.0-only */
/* One case for people: the cells of its row, the notes below the table, and
 * the long form with the blast map. */
#ifndef DP_OUT_HUMAN_CASE_H
#define DP_OUT_HUMAN_CASE_H

#include <stdio.h>

#include "model/judge.h"

struct dp_report_options;

/* Cells of the table; each writes at most `size` bytes. */
void dp_human_poisoned(char *buf, size_t size, const struct dp_case *c);
void dp_human_told(char *buf, size_t size, const struct dp_case *c,
		   const struct dp_scene *scene, uint32_t process);
void dp_human_lost(char *buf, size_t size, const struct dp_case *c,
		   const struct dp_observation *o);

/* The whole case, about 20 lines. */
void dp_human_case_print(const struct dp_report_options *options,
			 const struct dp_case *c, const struct dp_scene *scene,
			 const struct dp_case_verdict *v);

/* Lines that explain verdicts other than held, kept until the table is out. */
struct dp_notes {
	char *text;
	size_t size;
	FILE *stream;		/* open_memstream(3) on the two above */
};

/* What is not simply held of this case (if verbose: everything), and a line for
 * a bug report where there is something to report. 0 or negative errno. */
int dp_notes_add(struct dp_notes *n, const struct dp_report_options *options,
		 const struct dp_case *c, const struct dp_scene *scene,
		 const struct dp_case_verdict *v);
void dp_notes_print(struct dp_notes *n, FILE *out);
void dp_notes_deinit(struct dp_notes *n);

#endif
