/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "model/account.h"

static const char *const dp_complaints[] = {
	"bad pgd", "bad p4d", "bad pud", "bad pmd", "BUG:", "WARNING:",
};

const char *dp_account_complaint(const struct dp_account *account)
{
	for (uint32_t i = 0; i < account->n_lines && i < DP_ACCOUNT_LINES; i++)
		for (size_t k = 0; k < ARRAY_SIZE(dp_complaints); k++)
			if (strstr(account->lines[i], dp_complaints[k]))
				return account->lines[i];
	return NULL;
}
