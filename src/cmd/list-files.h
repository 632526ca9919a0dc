/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DP_CMD_LIST_FILES_H
#define DP_CMD_LIST_FILES_H

#include "cmd/command.h"

/* `list FILE...`: how each file lies in memory and by what units it can be
 * mapped. The exit status. */
int dp_list_files(const struct dp_globals *globals, char *const *names,
		  int n_names);

#endif
