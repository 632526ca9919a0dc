/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <sys/utsname.h>

#include "sys/kernel.h"

void dp_kernel_get(struct dp_kernel *kernel)
{
	struct utsname u;

	if (uname(&u)) {
		*kernel = (struct dp_kernel){ "", "", "" };
		return;
	}
	snprintf(kernel->release, sizeof(kernel->release), "%s", u.release);
	snprintf(kernel->version, sizeof(kernel->version), "%s", u.version);
	snprintf(kernel->machine, sizeof(kernel->machine), "%s", u.machine);
}
