/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "run/pieces.h"
#include "sys/sigbus.h"

/* splitmix64: the first word of a page. Those behind it follow in odd steps, so
 * that all of a page differ, from each other and from those of other pages;
 * half a million words a case must cost no more than that. */
#define DP_PATTERN_STEP 0xd1342543de82ef95ULL

static uint64_t dp_pattern(uint64_t offset)
{
	uint64_t z = offset + 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

void dp_piece_save(struct dp_piece *p)
{
	memcpy(p->saved, p->at, p->words * sizeof(uint64_t));
}

/* Words side by side, as many as every processor of 64 bits with vectors takes at
 * once; lines and pages hold a multiple of them. */
#define DP_LANES 2
typedef uint64_t dp_lanes
	__attribute__((vector_size(DP_LANES * 8), aligned(8), may_alias));
static_assert(DP_RECORD_LINE % sizeof(dp_lanes) == 0,
	      "a line must hold whole vectors");
#define dp_pattern_lanes(word) ((dp_lanes){ (word), (word) + DP_PATTERN_STEP })

void dp_piece_fill(struct dp_piece *p)
{
	dp_lanes *at = (dp_lanes *)p->at, word = dp_pattern_lanes(p->pattern);
	uint64_t n = p->words / DP_LANES;

#pragma GCC unroll 4
	for (uint64_t i = 0; i < n; i++) {
		at[i] = word;
		word += DP_LANES * DP_PATTERN_STEP;
	}
}

void dp_piece_differs(struct dp_piece *p)
{
	p->differs = memcmp(p->at, p->saved, p->words * sizeof(uint64_t));
}

void dp_piece_compare(struct dp_piece *p)
{
	const dp_lanes *at = (const dp_lanes *)p->at;
	dp_lanes word = dp_pattern_lanes(p->pattern), wrong = { 0 };
	uint64_t n = p->words / DP_LANES;

	if (p->kept) {
		dp_piece_differs(p);
		return;
	}
#pragma GCC unroll 4
	for (uint64_t i = 0; i < n; i++) {
		wrong |= at[i] ^ word;
		word += DP_LANES * DP_PATTERN_STEP;
	}
	p->differs = wrong[0] | wrong[1];
}

void dp_piece_restore(struct dp_piece *p)
{
	memcpy(p->at, p->saved, p->words * sizeof(uint64_t));
}

uint32_t dp_pieces_n(const struct dp_record *r)
{
	return r->n_lines + r->n;
}

uint64_t dp_piece_offset(const struct dp_record *r, uint32_t i)
{
	return i < r->n_lines ? dp_record_line(r, i) : r->offsets[i - r->n_lines];
}

static struct dp_piece dp_piece_at(const struct dp_pieces *w, uint32_t i)
{
	struct dp_record *r = w->saved;
	bool line = i < r->n_lines;
	uint64_t offset = dp_piece_offset(r, i);
	uint64_t page = dp_align_down(offset, r->page);

	return (struct dp_piece){
		.at = (uint64_t *)(w->at + (offset - w->offset)),
		.saved = (uint64_t *)(line ? r->lines[i]
					   : r->pages + (i - r->n_lines) * r->page),
		.words = (line ? DP_RECORD_LINE : r->page) / sizeof(uint64_t),
		.pattern = dp_pattern(page) + (offset - page) /
				sizeof(uint64_t) * DP_PATTERN_STEP,
		.kept = r->state != DP_RECORD_DIRTY,
	};
}

static void dp_pieces_run(void *arg)
{
	struct dp_pieces *w = arg;

	for (; w->next < w->end; w->next++) {
		struct dp_piece p = dp_piece_at(w, w->next);

		w->fn(&p);
		w->differs[w->next / 64] |= (uint64_t)p.differs << w->next % 64;
	}
}

int dp_pieces_do(struct dp_pieces *w)
{
	int rc = 0;

	while (w->next < w->end && dp_sigbus_guard(dp_pieces_run, w) >= 0) {
		w->differs[w->next / 64] |= 1ULL << w->next % 64;
		w->next++;
		rc = -EIO;
	}
	return rc;
}
