/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of the journal, for people and machines. */
#ifndef DP_OUT_JOURNAL_H
#define DP_OUT_JOURNAL_H

#include <stdio.h>

#include <json-c/json.h>

#include "model/record.h"

/* One record and what became of it. */
struct dp_record_row {
	const char *id;
	const struct dp_record *record; /* NULL: it cannot be read */
	const char *said;	/* what was done, or why nothing */
	bool left;		/* there is still something to put back */
};

/* A line or two for people. */
void dp_record_print(FILE *out, const struct dp_record_row *row);

/* An object, owned by the caller. */
struct json_object *dp_json_record(const struct dp_record_row *row);

#endif
