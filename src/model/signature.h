/* SPDX-License-Identifier: GPL-2.0-only */
/* What a block device holds that is not to be lost by mistake: volumes, tables of
 * partitions and file systems, told by the signature that each has in a known
 * place. libblkid knows more of them; these are those that stay in place on a
 * device of persistent memory. */
#ifndef DP_MODEL_SIGNATURE_H
#define DP_MODEL_SIGNATURE_H

#include "model/metadata-map.h"

/* Looks at the first 68 KiB of the device. 1: it holds `*what`, a constant text such
 * as "an LVM volume"; 0: nothing of what is known; or the reader's errno. */
int dp_signature_find(dp_metadata_read_fn read, void *arg, const char **what);

#endif
