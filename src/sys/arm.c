/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/rootdir.h"
#include "sys/inject.h"
#include "sys/module.h"

static bool dp_has_corrupt_pfn(void)
{
	_cleanup_(dp_rootdir_deinit) struct dp_rootdir root = { .fd = -1 };

	return !dp_rootdir_init(&root, NULL) &&
	       !dp_rootdir_access(&root, F_OK, "%s/corrupt-pfn",
				  DP_HWPOISON_DIR);
}

static int dp_with_hwpoison(int (*fn)(const struct dp_modules *m,
				      struct dp_why *why),
			    struct dp_why *why)
{
	struct dp_modules modules;
	int rc;

	rc = dp_modules_init(&modules, NULL, why);
	if (rc)
		return rc;
	rc = fn(&modules, why);
	dp_modules_deinit(&modules);
	return rc;
}

static int dp_load(const struct dp_modules *m, struct dp_why *why)
{
	return dp_modules_load(m, DP_HWPOISON_MODULE, why);
}

static int dp_unload(const struct dp_modules *m, struct dp_why *why)
{
	(void)why;
	return dp_modules_unload(m, DP_HWPOISON_MODULE);
}

int dp_arm(struct dp_armed *armed, unsigned int methods, struct dp_why *why)
{
	unsigned int needs = 0;
	int rc;

	*armed = (struct dp_armed){ 0 };
	for (int m = 0; m < DP_METHOD_MAX; m++)
		if (methods & DP_BIT(m))
			needs |= dp_method_info(m)->needs;
	if (!(needs & DP_BIT(DP_NEED_HWPOISON_INJECT)) || dp_has_corrupt_pfn())
		return 0;
	rc = dp_with_hwpoison(dp_load, why);
	if (rc)
		return rc;
	armed->hwpoison = true;
	if (dp_has_corrupt_pfn())
		return 0;
	dp_disarm(armed);
	return dp_why(why, -ENOENT, "the module hwpoison_inject is loaded, but there is no hwpoison/corrupt-pfn at /sys/kernel/debug");
}

int dp_disarm(struct dp_armed *armed)
{
	if (!armed->hwpoison)
		return 0;
	armed->hwpoison = false;
	return dp_with_hwpoison(dp_unload, NULL);
}
