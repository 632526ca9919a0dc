/* SPDX-License-Identifier: GPL-2.0-only */
/* Taking down the kernel's own account. Each source is optional: what cannot be
 * read is named, the rest goes on. */
#ifndef DP_SYS_ACCOUNT_H
#define DP_SYS_ACCOUNT_H

#include "base/rootdir.h"
#include "model/account.h"
#include "model/case.h"
#include "sys/account-lists.h"
#include "sys/account-nodes.h"
#include "sys/account-trace.h"

struct dp_accountant {
	struct dp_rootdir root;
	int kmsg;		/* -1: not readable */
	uint64_t log_end;	/* number of the last record that was read */
	int kpageflags;		/* -1: not readable */
	int meminfo;		/* -1: not readable */
	struct dp_account_nodes nodes;
	struct dp_account_lists lists;
	struct dp_tracer *tracer; /* NULL: no trace */
	char missing[DP_SOURCE_MAX][DP_ACCOUNT_WHY];
};

/* Open the sources. Never fails; _deinit closes them. */
void dp_accountant_init(struct dp_accountant *a);
void dp_accountant_deinit(struct dp_accountant *a);

/* From here on, and up to here; both fill `out`. Log lines are those of
 * mm/memory-failure.c and mm/madvise.c, which name themselves in every version
 * ("Memory failure:", "Injecting memory failure", "Soft offlining"), of the
 * machine-check code ("MCE:", "mce:"), and complaints ("bad pud", "BUG:",
 * "WARNING:"). Source: Documentation/ABI/testing/dev-kmsg; fs/proc/meminfo.c. */
void dp_accountant_begin(struct dp_accountant *a, const struct dp_case *c,
			 struct dp_account *out);
void dp_accountant_end(struct dp_accountant *a, struct dp_account *out);

/* For a series, which is begun as its last case: the first `series->n` were injected.
 * `out` gets what is left for the case `series->left`. The numbers of records tell
 * whether there are as many of them as with the pattern; only if not, all are read
 * that there still are. */
void dp_accountant_end_series(struct dp_accountant *a,
			      struct dp_series_account *series,
			      struct dp_account *out);

/* In the injector, before the last case of a series: its records are the ones that
 * will be read. */
void dp_accountant_skip(const struct dp_accountant *a);

#endif
