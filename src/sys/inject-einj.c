/* SPDX-License-Identifier: GPL-2.0-only */
/* ACPI error injection, by Documentation/firmware-guide/acpi/apei/einj.rst and
 * drivers/acpi/apei/einj-core.c. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/rootdir.h"
#include "sys/inject.h"

#define DP_EINJ_MEMORY_UNCORRECTABLE 0x10
#define DP_EINJ_ADDRESS_VALID 0x2

int dp_einj_offered(const struct dp_rootdir *root)
{
	char text[2048];
	int rc;

	rc = dp_rootdir_read(root, text, sizeof(text),
			     "%s/available_error_type", DP_EINJ_DIR);
	if (rc < 0)
		return rc;
	/* Lines "0x00000010\tMemory Uncorrectable non-fatal". */
	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strtoull(at, NULL, 16) == DP_EINJ_MEMORY_UNCORRECTABLE)
			return 0;
	}
	return -EOPNOTSUPP;
}

int dp_einj_write(const struct dp_rootdir *root, uint64_t phys, uint64_t length)
{
	const struct {
		const char *file;
		uint64_t value;
	} steps[] = {
		{ "error_type", DP_EINJ_MEMORY_UNCORRECTABLE },
		{ "flags", DP_EINJ_ADDRESS_VALID },
		{ "param1", phys },
		{ "param2", ~(length - 1) },
		{ "notrigger", 0 },
		{ "error_inject", 1 },	/* the last: it acts */
	};
	char text[32];
	int rc;

	rc = dp_einj_offered(root);
	for (size_t i = 0; !rc && i < ARRAY_SIZE(steps); i++) {
		snprintf(text, sizeof(text), "0x%" PRIx64, steps[i].value);
		rc = dp_rootdir_write(root, text, "%s/%s", DP_EINJ_DIR,
				      steps[i].file);
	}
	return rc;
}

int dp_inject_einj(const struct dp_injection *i)
{
	_cleanup_(dp_rootdir_deinit) struct dp_rootdir root = { .fd = -1 };
	uint64_t was = dp_corrupted_kb();
	int rc;

	rc = dp_rootdir_init(&root, NULL);
	if (!rc)
		rc = dp_einj_write(&root, i->at.phys, i->length);
	return rc ? rc : dp_await_poison(i, was, -1);
}
