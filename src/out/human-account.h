/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DP_OUT_HUMAN_ACCOUNT_H
#define DP_OUT_HUMAN_ACCOUNT_H

#include <stdio.h>

#include "model/account.h"

/* What the kernel says of a case itself: the log as it is; of the rest what has
 * changed, and what could not be read. */
void dp_human_account(FILE *out, const struct dp_account *account);

#endif
