/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DP_CMD_REFUSED_H
#define DP_CMD_REFUSED_H

#include "cmd/command.h"

/* Tell why nothing was done: on stderr and, with --json, as a document. Returns
 * DP_EXIT_NOT_JUDGED, or DP_EXIT_FAILED where that cannot be written. */
int dp_refused(const struct dp_globals *globals, const char *reason);

#endif
