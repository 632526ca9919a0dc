/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's share of nfit_test: load it beside the emulated NVDIMMs and make
 * the namespaces that the orders name in its memory. */
#include <errno.h>
#include <string.h>

#include "sys/module.h"
#include "sys/nfit-test.h"
#include "sys/provision.h"
#include "vm/guest.h"

static int dp_load_nfit_test(struct dp_why *why)
{
	struct dp_why inner = { "" };
	struct dp_modules modules;
	int rc;

	rc = dp_modules_init(&modules, NULL, why);
	if (rc)
		return rc;
	rc = dp_modules_load(&modules, "nfit_test", &inner);
	dp_modules_deinit(&modules);
	/* Modules remember the versions of the symbols that they were built
	 * against, and a release may be built more than once. */
	if (rc)
		dp_why(why, rc, "%s%s", dp_why_text(&inner, rc),
		       rc == -ENOEXEC || rc == -EINVAL || rc == -ENOENT
			       ? "; was it built for another build of this kernel?"
			       : "");
	return rc;
}

static int dp_make_one(struct dp_guest *g, const struct dp_pmem_spec *spec,
		       struct dp_why *why)
{
	char text[DP_PMEM_SPEC_TEXT], region[32], name[64];
	struct dp_why inner = { "" };
	int rc;

	dp_nfit_test_text(text, spec);
	rc = dp_nfit_test_room(spec->size, region, sizeof(region), &inner);
	if (!rc) {
		dp_guest_note(g, "guest: making %s on %s of nfit_test", text,
			      region);
		rc = dp_provision_region(region, spec->mode, spec->align,
					 spec->size, name, sizeof(name),
					 &inner);
	}
	if (!rc && spec->fs)
		rc = dp_guest_make_fs(g, spec, name, &inner);
	return rc ? dp_why(why, rc, "cannot make %s in nfit_test: %s", text,
			   dp_why_text(&inner, rc))
		  : 0;
}

int dp_guest_nfit_test(struct dp_guest *g, struct dp_why *why)
{
	int rc;

	if (!g->orders.n_nfit_test)
		return 0;
	dp_guest_note(g, "guest: loading nfit_test");
	rc = dp_load_nfit_test(why);
	if (!rc)
		rc = dp_nfit_test_labels(why);
	for (unsigned int i = 0; !rc && i < g->orders.n_nfit_test; i++)
		rc = dp_make_one(g, &g->orders.nfit_test[i], why);
	return rc;
}
