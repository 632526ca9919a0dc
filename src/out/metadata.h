/* SPDX-License-Identifier: GPL-2.0-only */
/* What came of poison in metadata, for people, in KTAP, or as a document
 * (daxpoison-metadata/1). */
#ifndef DP_OUT_METADATA_H
#define DP_OUT_METADATA_H

#include <stdio.h>

#include "model/kernel.h"
#include "model/metadata.h"
#include "out/json.h"

/* "xfs/superblock/badblock"; returns buf. */
#define DP_METADATA_ID 64
const char *dp_metadata_id(char buf[DP_METADATA_ID], const char *fs,
			   const struct dp_metadata_run *run);

/* One run. `fs` names the file system ("xfs-no-rmapbt"). */
void dp_metadata_print(FILE *out, const char *fs,
		       const struct dp_metadata_run *run,
		       const struct dp_metadata_verdict *v, bool verbose);
/* The same as one line of KTAP, the n-th, with its comments. */
void dp_metadata_ktap(FILE *out, unsigned int n, const char *fs,
		      const struct dp_metadata_run *run,
		      const struct dp_metadata_verdict *v);

/* A document without cases, and a further case of it. The caller's. */
struct json_object *dp_metadata_document(const struct dp_kernel *kernel,
					 const struct dp_node *node,
					 const char *fs);
struct json_object *dp_metadata_json(const char *fs,
				     const struct dp_metadata_run *run,
				     const struct dp_metadata_verdict *v);

#endif
