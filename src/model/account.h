/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's own account of a case: what it logged, what it counted. */
#ifndef DP_MODEL_ACCOUNT_H
#define DP_MODEL_ACCOUNT_H

#include <stdint.h>

#include "base/macros.h"

#define DP_ACCOUNT_LINES 16
#define DP_ACCOUNT_LINE 160

struct dp_account {
	bool have_log;		/* the kernel log could be read */
	uint32_t n_lines;	/* about memory failures; may exceed what is kept */
	char lines[DP_ACCOUNT_LINES][DP_ACCOUNT_LINE];
	bool have_corrupted;	/* /proc/meminfo has HardwareCorrupted */
	int64_t corrupted_kb;	/* by how much it grew */
};

/* The first line in which the kernel complains of itself ("bad pud", "BUG:",
 * "WARNING:"), or NULL. */
const char *dp_account_complaint(const struct dp_account *account);

#endif
