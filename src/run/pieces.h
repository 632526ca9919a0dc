/* SPDX-License-Identifier: GPL-2.0-only */
/* What a record holds, a piece at a time, in a mapping of the target: a page, or
 * a line of one. */
#ifndef DP_RUN_PIECES_H
#define DP_RUN_PIECES_H

#include "model/record.h"

struct dp_piece {
	uint64_t *at;		/* in the mapping */
	uint64_t *saved;
	uint64_t words;
	uint64_t pattern;	/* its first word; those behind follow in steps */
	bool kept;		/* compare with what was saved */
	bool differs;
};

/* What can be done with one: keep what is there, put the pattern there, see
 * whether it differs from what was saved, or from the pattern if that has taken
 * its place (the record is dirty); put back what was saved. */
typedef void dp_piece_fn(struct dp_piece *p);

void dp_piece_save(struct dp_piece *p);
void dp_piece_fill(struct dp_piece *p);
void dp_piece_differs(struct dp_piece *p);
void dp_piece_compare(struct dp_piece *p);
void dp_piece_restore(struct dp_piece *p);

/* First all lines, then all pages of the record, by number. A page that has a
 * line, too, has the same in both. */
struct dp_pieces {
	struct dp_record *saved;
	char *at;		/* where the target's part at `offset` is mapped */
	uint64_t offset;	/* bytes */
	dp_piece_fn *fn;
	uint32_t next, end;	/* from which on, and up to which */
	uint64_t differs[(DP_RECORD_LINES + DP_RECORD_PAGES) / 64];
};

uint32_t dp_pieces_n(const struct dp_record *r);

/* Where the i-th is, in bytes from the beginning of the target. */
uint64_t dp_piece_offset(const struct dp_record *r, uint32_t i);

/* Do it with all of them, under the SIGBUS guard, though some raise SIGBUS: those
 * count as different, and make it return -EIO, else 0. */
int dp_pieces_do(struct dp_pieces *w);

#endif
