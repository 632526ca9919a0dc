/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>

#include "vm/accel.h"

static const char *const dp_accel_names[] = {
	[DP_ACCEL_AUTO] = "auto",
	[DP_ACCEL_KVM] = "kvm",
	[DP_ACCEL_TCG] = "tcg",
};

const char *dp_accel_name(enum dp_accel accel)
{
	return dp_accel_names[accel];
}

int dp_accel_from_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(dp_accel_names); i++)
		if (!strcmp(name, dp_accel_names[i]))
			return i;
	return -EINVAL;
}
