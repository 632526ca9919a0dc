/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <sys/utsname.h>

#include "base/rootdir.h"
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

void dp_boot_id_get(char id[DP_BOOT_ID_SIZE])
{
	struct dp_rootdir root;

	id[0] = '\0';
	if (dp_rootdir_init(&root, NULL))
		return;
	if (dp_rootdir_read(&root, id, DP_BOOT_ID_SIZE,
			    "proc/sys/kernel/random/boot_id") < 0)
		id[0] = '\0';
	dp_rootdir_deinit(&root);
}
