/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs side by side: the same plan on several kernels, compared. The document
 * (daxpoison-matrix/1) is all there is; every form is made from it, so that
 * runs of other machines can be merged and shown like those of this one. */
#ifndef DP_OUT_MATRIX_H
#define DP_OUT_MATRIX_H

#include <stdio.h>

#include "out/json-must.h"

#include "base/why.h"

/* What a run was, and what came of it. Strings are copied. */
struct dp_matrix_run {
	const char *asked;	/* the kernel as it was named */
	const char *release;	/* of the kernel that was booted, or "" */
	const char *const *pmem; /* specs, NULL-terminated */
	char *const *command;	/* NULL-terminated */
	int status;		/* enum dp_exit */
	const char *messages;	/* stderr, lines */
	const char *output;	/* stdout; a document if all went well */
	size_t output_size;
};

/* An empty matrix, owned by the caller (json_object_put); NULL: no memory. */
struct json_object *dp_matrix_new(void);

/* What a run is told apart by; the same text means the same work. Owned by the
 * caller. NULL: no memory. */
char *dp_matrix_item(const struct dp_matrix_run *run);

/* A run whose output is no whole document counts as lost: status 4. */
int dp_matrix_add(struct json_object *matrix, const struct dp_matrix_run *run);

/* Add the runs of a document read from somewhere: another matrix, or what
 * inject or verify-alignment print with --json. 0; -EBADMSG with a reason;
 * -EEXIST with a reason: a run is there twice. */
int dp_matrix_take(struct json_object *matrix, struct json_object *document,
		   struct dp_why *why);

/* A document, or NULL with a reason. */
struct json_object *dp_matrix_parse(const char *text, size_t n,
				    struct dp_why *why);

/* Sort the runs, compare them and sum up. Before anything below. */
void dp_matrix_compare(struct json_object *matrix);

/* The gravest exit status of the runs: 4, 2, 1, 3, 0; 3 if there is no run. */
int dp_matrix_status(struct json_object *matrix);

/* Whether every run came to a result. */
bool dp_matrix_is_whole(struct json_object *matrix);

/* The forms. 0 or negative errno. */
int dp_matrix_print(FILE *out, struct json_object *matrix);
int dp_matrix_ktap(FILE *out, struct json_object *matrix);
int dp_matrix_junit(FILE *out, struct json_object *matrix);
int dp_matrix_html(FILE *out, struct json_object *matrix);
int dp_matrix_svg(FILE *out, struct json_object *matrix);

#endif
