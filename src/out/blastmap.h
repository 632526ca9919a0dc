/* SPDX-License-Identifier: GPL-2.0-only */
/* The blast map: one row a view, a cell for so many pages, so that a mismatch
 * between what was told and what was lost is seen at a glance. */
#ifndef DP_OUT_BLASTMAP_H
#define DP_OUT_BLASTMAP_H

#include <stdio.h>

#include "model/scene.h"

/* What a cell shows, gravest last: a cell of many pages shows the gravest. */
enum dp_cell {
	DP_CELL_ABSENT,		/* ' ' not in this view */
	DP_CELL_INTACT,		/* '.' */
	DP_CELL_AGREED,		/* '#' reported and lost */
	DP_CELL_UNLOST,		/* '?' reported, still mapped */
	DP_CELL_UNTOLD,		/* '!' lost, not reported */
	DP_CELL_MAX,
};

#define DP_BLASTMAP_CELLS 64

struct dp_blastmap {
	struct dp_range window;	/* of the target */
	uint64_t per_cell;	/* bytes */
	unsigned int n;		/* cells */
	enum dp_cell cells[DP_BLASTMAP_CELLS];
	unsigned int poison;	/* the cell with the poisoned page */
};

/* What one process or view was told and lost; who was told nothing is held
 * against what the injector was told. The whole of the case's mapping, or the
 * unit that was hit and its neighbours where that is much larger. */
void dp_blastmap_make(struct dp_blastmap *m, const struct dp_case *c,
		      const struct dp_scene *scene, uint32_t process);

/* The scale; a row; what the characters mean. */
void dp_blastmap_head(FILE *out, const struct dp_blastmap *m);
void dp_blastmap_row(FILE *out, const struct dp_blastmap *m,
		     const struct dp_case *c, const char *name);
void dp_blastmap_legend(FILE *out);

#endif
