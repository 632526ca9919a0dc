/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stddef.h>
#include <string.h>

#include <linux/kernel-page-flags.h>

#include "model/account.h"

static const char *const dp_source_names[] = {
	[DP_SOURCE_LOG] = "log",
	[DP_SOURCE_TRACE] = "trace",
	[DP_SOURCE_HARDWARE_CORRUPTED] = "hardware_corrupted",
	[DP_SOURCE_NODES] = "nodes",
	[DP_SOURCE_KPAGEFLAGS] = "kpageflags",
	[DP_SOURCE_BADBLOCKS] = "badblocks",
};
static_assert(ARRAY_SIZE(dp_source_names) == DP_SOURCE_MAX,
	      "a source has no name");

static const char *const dp_complaints[] = {
	"bad pgd", "bad p4d", "bad pud", "bad pmd", "BUG:", "WARNING:",
};

static const char *const dp_kpageflag_names[] = {
	[KPF_LOCKED] = "locked",
	[KPF_ERROR] = "error",
	[KPF_REFERENCED] = "referenced",
	[KPF_UPTODATE] = "uptodate",
	[KPF_DIRTY] = "dirty",
	[KPF_LRU] = "lru",
	[KPF_ACTIVE] = "active",
	[KPF_SLAB] = "slab",
	[KPF_WRITEBACK] = "writeback",
	[KPF_RECLAIM] = "reclaim",
	[KPF_BUDDY] = "buddy",
	[KPF_MMAP] = "mmap",
	[KPF_ANON] = "anon",
	[KPF_SWAPCACHE] = "swapcache",
	[KPF_SWAPBACKED] = "swapbacked",
	[KPF_COMPOUND_HEAD] = "compound-head",
	[KPF_COMPOUND_TAIL] = "compound-tail",
	[KPF_HUGE] = "huge",
	[KPF_UNEVICTABLE] = "unevictable",
	[KPF_HWPOISON] = "hwpoison",
	[KPF_NOPAGE] = "nopage",
	[KPF_KSM] = "ksm",
	[KPF_THP] = "thp",
	[KPF_OFFLINE] = "offline",
	[KPF_ZERO_PAGE] = "zero-page",
	[KPF_IDLE] = "idle",
	[KPF_PGTABLE] = "pgtable",
};

const char *dp_source_name(enum dp_source source)
{
	return dp_source_names[source];
}

bool dp_account_has(const struct dp_account *account, enum dp_source source)
{
	return !account->missing[source][0];
}

void dp_account_reset(struct dp_account *account)
{
	memset(account, 0, offsetof(struct dp_account, lines));
}

const char *dp_account_complaint(const struct dp_account *account)
{
	for (uint32_t i = 0; i < account->n_lines && i < DP_ACCOUNT_LINES; i++)
		for (size_t k = 0; k < ARRAY_SIZE(dp_complaints); k++)
			if (strstr(account->lines[i], dp_complaints[k]))
				return account->lines[i];
	return NULL;
}

bool dp_account_action(const char *line, struct dp_account_event *out)
{
	static const char says[] = ": recovery action for ";
	const char *at = strstr(line, says), *result, *pfn;

	if (!at)
		return false;
	for (pfn = at; pfn > line && pfn[-1] != ' '; pfn--)
		;
	if (sscanf(pfn, "%" SCNx64, &out->pfn) != 1)
		return false;
	at += strlen(says);
	/* "dax page: Recovered"; a type may hold colons, a result may not. */
	result = strrchr(at, ':');
	if (!result || result[1] != ' ')
		return false;
	snprintf(out->type, sizeof(out->type), "%.*s", (int)(result - at), at);
	snprintf(out->result, sizeof(out->result), "%s", result + 2);
	return true;
}

const char *dp_kpageflag_name(unsigned int bit)
{
	return bit < ARRAY_SIZE(dp_kpageflag_names) ? dp_kpageflag_names[bit]
						     : NULL;
}

bool dp_kpageflags_silent(uint64_t flags)
{
	return flags & 1ULL << KPF_NOPAGE;
}

bool dp_kpageflags_poisoned(uint64_t flags)
{
	return flags & 1ULL << KPF_HWPOISON;
}
