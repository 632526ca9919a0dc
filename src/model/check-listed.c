/* SPDX-License-Identifier: GPL-2.0-only */
/* What an error of the medium has added to the list of bad blocks. */
#include <inttypes.h>
#include <string.h>

#include "model/checks.h"

#define DP_BLOCK 512

static const struct dp_account_list *dp_region_list(const struct dp_evidence *e)
{
	const struct dp_account *a = &e->scene->account;

	for (uint32_t i = 0; i < dp_min(a->n_lists, (uint32_t)DP_ACCOUNT_LISTS);
	     i++)
		if (!strcmp(a->lists[i].of, e->c->target->region))
			return &a->lists[i];
	return NULL;
}

void dp_check_listed(const struct dp_guarantee *g, const struct dp_evidence *e,
		     struct dp_finding *f)
{
	const struct dp_account_list *list = dp_region_list(e);
	const struct dp_case *c = e->c;
	struct dp_place_bases at =
		dp_target_bases(c->target, c->poison.offset, c->page);
	struct dp_ranges want = { 0 }, added, missing, more;
	struct dp_range blocks = { at.region_block,
				   c->poison.length / DP_BLOCK };

	(void)g;
	if (!dp_was_injected(e, f))
		return;
	if (!list || at.region_block == DP_PHYS_UNKNOWN) {
		dp_unknown(f, "the bad blocks of the region could not be read");
		return;
	}
	dp_ranges_append(&want, blocks);
	dp_ranges_subtract(&added, &list->after, &list->before);
	dp_ranges_subtract(&missing, &want, &list->after);
	dp_ranges_subtract(&more, &added, &want);
	if (missing.n)
		dp_deviates(f, DP_DEVIATION_ELSEWHERE,
			    "%" PRIu64 " of the %" PRIu64 " blocks from %" PRIu64 " of %s on are not listed",
			    dp_ranges_total(&missing), blocks.length,
			    blocks.offset, list->of);
	else if (more.n)
		dp_deviates(f, DP_DEVIATION_ELSEWHERE,
			    "%" PRIu64 " other blocks were added, the first is %" PRIu64 " of %s",
			    dp_ranges_total(&more), more.at[0].offset,
			    list->of);
	else
		dp_as_said(f, "%s now lists %" PRIu64 " blocks from %" PRIu64 " on, and no others were added",
			   list->of, blocks.length, blocks.offset);
}
