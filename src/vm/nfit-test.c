/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/module.h"
#include "vm/cache-dir.h"
#include "vm/nfit-test.h"

static int dp_check_built_for(const char *path, const char *release,
			      struct dp_why *why)
{
	char built_for[128];
	int rc;

	rc = dp_module_built_for(path, built_for, sizeof(built_for));
	if (rc)
		return dp_why(why, rc, "cannot read the module %s: %s; remove what is there and run 'tests/nfit-test/build %s' again",
			      path, strerror(-rc), release);
	if (strcmp(built_for, release))
		return dp_why(why, -ENOEXEC, "%s was built for kernel %s, not for %s; remove what is there and run 'tests/nfit-test/build %s' again",
			      path, built_for, release, release);
	return 0;
}

int dp_nfit_test_modules(struct dp_kernel_image *image, struct dp_why *why)
{
	char cache[PATH_MAX / 2], dir[PATH_MAX], path[PATH_MAX + 32];
	const char *release = image->release;
	int rc;

	rc = dp_cache_dir(cache, sizeof(cache));
	if (rc)
		return dp_why(why, rc, "no cache directory for the modules of nfit_test: neither XDG_CACHE_HOME nor HOME is set");
	if (snprintf(dir, sizeof(dir), "%s/nfit-test/%s/lib/modules/%s", cache,
		     release, release) >= (int)sizeof(dir))
		return -ENAMETOOLONG;
	snprintf(path, sizeof(path), "%s/updates/nfit_test.ko", dir);
	if (access(path, R_OK))
		return dp_why(why, -ENOENT, "the modules of nfit_test are not built for kernel %s (no %s); 'tests/nfit-test/build %s' of the sources builds them",
			      release, path, release);
	rc = dp_check_built_for(path, release, why);
	if (rc)
		return rc;
	/* Without links and "..": libkmod compares names. */
	return realpath(dir, image->modules) ? 0 : -errno;
}
