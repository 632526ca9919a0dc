/* SPDX-License-Identifier: GPL-2.0-only */
/* The blast map of a case, as a drawing: a row for each view, a cell for so
 * many pages; what was told, what was lost and the poisoned page over each
 * other. Colours have a character beside them, for whoever cannot tell them
 * apart, and for paper. */
#ifndef DP_OUT_SVG_H
#define DP_OUT_SVG_H

#include <stdio.h>

#include <json-c/json.h>

/* A phone shows it at nearly its own size. */
#define DP_SVG_WIDTH 408

/* Colours and fonts, by classes; the same for a page and for a file. */
extern const char dp_svg_colours[];
extern const char dp_svg_style[];

/* The height that a case takes; 0 for one that has nothing to draw. */
unsigned int dp_svg_height(struct json_object *c);

/* An <svg> element with its upper edge at `y`. */
void dp_svg_case(FILE *out, struct json_object *c, unsigned int y);

#endif
