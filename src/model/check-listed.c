/* SPDX-License-Identifier: GPL-2.0-only */
/* An error of the medium: what it has added to the list of bad blocks, how, and
 * what became of that. */
#include <errno.h>
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

void dp_check_injected(const struct dp_guarantee *g,
		       const struct dp_evidence *e, struct dp_finding *f)
{
	const struct dp_platform_seen *p = &e->o->platform;
	uint64_t blocks = e->c->poison.length / DP_BLOCK;
	struct dp_place_bases at = dp_target_bases(
		e->c->target, e->c->poison.offset, e->c->page);

	(void)g;
	if (!dp_was_injected(e, f))
		return;
	if (!p->injected)
		dp_unknown(f, "the platform was not asked");
	else if (p->status_errno)
		dp_unknown(f, "the platform does not say what it has injected: %s",
			   strerror(p->status_errno));
	else if (p->said != blocks)
		dp_deviates(f, DP_DEVIATION_ELSEWHERE,
			    "the platform names %" PRIu64 " of the %" PRIu64 " blocks from %" PRIu64 " of the namespace's data on",
			    p->said, blocks, at.data_block);
	else
		dp_as_said(f, "the platform names the %" PRIu64 " blocks from %" PRIu64 " of the namespace's data on",
			   blocks, at.data_block);
}

void dp_check_notified(const struct dp_guarantee *g,
		       const struct dp_evidence *e, struct dp_finding *f)
{
	const struct dp_platform_seen *p = &e->o->platform;

	(void)g;
	if (!dp_was_injected(e, f))
		return;
	if (!p->injected)
		dp_unknown(f, "the platform was not asked");
	else if (p->listed_early && e->c->quiet)
		dp_deviates(f, DP_DEVIATION_SIDE_EFFECT,
			    "the blocks were listed without a notification and without a scrub");
	else if (p->scrubbed && !e->c->quiet)
		dp_deviates(f, DP_DEVIATION_NO_SIGNAL,
			    "the notification did not bring the blocks into the list; a scrub did");
	else
		dp_as_said(f, "%s", e->c->quiet
				   ? "not notified, the kernel listed nothing before a scrub"
				   : "notified, the kernel listed the blocks by itself");
}

/* Whether the kernel lists a part of the page. */
static bool dp_is_listed(const struct dp_evidence *e,
			 const struct dp_account_list *list, uint64_t offset)
{
	struct dp_place_bases at =
		dp_target_bases(e->c->target, offset, e->c->page);
	struct dp_ranges in;

	dp_ranges_within(&in, &list->after,
			 (struct dp_range){ at.region_block,
					    e->c->page / DP_BLOCK });
	return at.region_block != DP_PHYS_UNKNOWN && in.n;
}

static bool dp_reads_deviate(const struct dp_evidence *e,
			     const struct dp_account_list *list,
			     struct dp_finding *f)
{
	const struct dp_platform_seen *p = &e->o->platform;

	for (uint32_t i = 0; i < p->n_reads; i++) {
		const struct dp_read *r = &p->reads[i];
		int want = dp_is_listed(e, list, r->offset) ? EIO : 0;

		if (r->err == want)
			continue;
		dp_deviates(f, DP_DEVIATION_WRONG_ERRNO,
			    "read(2) of the page at 0x%" PRIx64 ", of which %s blocks are listed: %s",
			    r->offset, want ? "bad" : "no",
			    r->err ? strerror(r->err) : "it was read");
		return true;
	}
	return false;
}

static bool dp_touches_deviate(const struct dp_evidence *e,
			       const struct dp_account_list *list,
			       struct dp_finding *f)
{
	for (uint32_t i = 0; i < e->o->n_touches; i++) {
		const struct dp_touch *t = &e->o->touches[i];
		bool want = dp_is_listed(e, list, t->offset);

		if ((t->signal >= 0) == want)
			continue;
		dp_deviates(f, want ? DP_DEVIATION_NO_SIGNAL
				    : DP_DEVIATION_EXTRA_SIGNAL,
			    "touching the page at 0x%" PRIx64 ", of which %s blocks are listed: %s",
			    t->offset, want ? "bad" : "no",
			    want ? "no signal" : "SIGBUS");
		return true;
	}
	return false;
}

void dp_check_consumed(const struct dp_guarantee *g,
		       const struct dp_evidence *e, struct dp_finding *f)
{
	const struct dp_account_list *list = dp_region_list(e);

	(void)g;
	if (!dp_was_injected(e, f))
		return;
	if (!e->o->platform.n_reads && !e->o->n_touches) {
		dp_found(f, DP_OUTCOME_VACUOUS, DP_DEVIATION_NONE,
			 "nothing reads it");
		return;
	}
	if (!list) {
		dp_unknown(f, "the bad blocks of the region could not be read");
		return;
	}
	if (dp_reads_deviate(e, list, f) || dp_touches_deviate(e, list, f))
		return;
	dp_as_said(f, "read(2) of the page gives EIO%s; the pages beside it can be read",
		   e->o->n_touches ? ", touching it SIGBUS" : "");
}

void dp_check_cleared(const struct dp_guarantee *g, const struct dp_evidence *e,
		      struct dp_finding *f)
{
	const struct dp_platform_seen *p = &e->o->platform;

	(void)g;
	if (!dp_was_injected(e, f))
		return;
	if (!p->clearing && e->c->leave)
		dp_found(f, DP_OUTCOME_VACUOUS, DP_DEVIATION_NONE,
			 "it was to be left");
	else if (!p->clearing || !p->left_known)
		dp_unknown(f, "what is left was not looked at");
	else if (p->clear_errno)
		dp_unknown(f, "the error could not be taken back: %s",
			   strerror(p->clear_errno));
	else if (p->left)
		dp_deviates(f, DP_DEVIATION_SIDE_EFFECT,
			    "%" PRIu64 " of the blocks are still listed",
			    p->left);
	else
		dp_as_said(f, "taken back and cleared; none of the blocks is listed any more");
}
