/* SPDX-License-Identifier: GPL-2.0-only */
/* What a SIGBUS, or the kernel's log of one, means: what was told, what is
 * lost, what may still be trusted, and which row of the table says so. */
#ifndef DP_MODEL_DECODE_H
#define DP_MODEL_DECODE_H

#include "model/core-file.h"
#include "model/guarantee.h"
#include "model/klog.h"

enum dp_topic {
	DP_TOPIC_TOLD,		/* what the signal or the log itself says */
	DP_TOPIC_LOST,
	DP_TOPIC_TRUST,		/* may be relied on, as firmly as its row says */
	DP_TOPIC_DOUBT,		/* cannot be known from this */
	DP_TOPIC_MAX,
};

const char *dp_topic_name(enum dp_topic topic);

struct dp_statement {
	enum dp_topic topic;
	const struct dp_guarantee *guarantee; /* NULL: follows from no row */
	char text[256];
};

#define DP_STATEMENTS_MAX 16
struct dp_statements {
	unsigned int n;
	struct dp_statement at[DP_STATEMENTS_MAX];
};

/* A signal, and what is known of its process. */
struct dp_told {
	struct dp_signal signal; /* code, addr, lsb */
	int kind;		/* enum dp_kind, or -1: not known */
	uint64_t page;		/* bytes */
	const struct dp_mapped *maps; /* borrowed */
	size_t n_maps;
};

/* A part of the reported range that a mapping holds. */
struct dp_told_part {
	const struct dp_mapped *map;
	uint64_t start, end;	/* virtual addresses */
	uint64_t offset;	/* of start, into what is mapped */
};

/* The part of the reported range that the n-th mapping holds; false: none. */
bool dp_told_part(const struct dp_told *told, size_t n,
		  struct dp_told_part *part);

void dp_decode_signal(const struct dp_told *told, struct dp_statements *out);
void dp_decode_incident(const struct dp_incident *in,
			struct dp_statements *out);

#endif
