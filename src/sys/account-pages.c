/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel says of the pages themselves. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "sys/account-pages.h"
#include "sys/account-read.h"

/* 0, or negative errno: -ENODATA where the file ends before this page, as it
 * does for memory above all that the kernel manages (fs/proc/page.c:
 * get_max_dump_pfn). */
static int dp_account_flags(int kpageflags, uint64_t pfn,
			    uint64_t *flags)
{
	ssize_t n = pread(kpageflags, flags, sizeof(*flags),
			  pfn * sizeof(*flags));

	if (n < 0)
		return -errno;
	return n == sizeof(*flags) ? 0 : -ENODATA;
}

static void dp_account_no_flags(struct dp_account *out, uint64_t pfn, int rc)
{
	if (rc == -ENODATA)
		dp_account_lacks(out->missing, DP_SOURCE_KPAGEFLAGS,
				 "/proc/kpageflags ends before pfn 0x%" PRIx64 ", which lies above ordinary memory",
				 pfn);
	else
		dp_account_lacks(out->missing, DP_SOURCE_KPAGEFLAGS,
				 "/proc/kpageflags: %s", strerror(-rc));
}

/* Before the injection; a page that is there already is left out. */
static void dp_account_page(int kpageflags, const struct dp_case *c,
			    uint64_t offset, struct dp_account *out)
{
	struct dp_place_bases bases;
	struct dp_account_page *page = &out->pages[out->n_pages];
	int rc;

	/* Of the target only: also what lies below 0 is beyond it. */
	if (offset >= c->target->size)
		return;
	for (uint32_t i = 0; i < out->n_pages; i++)
		if (out->pages[i].offset == offset)
			return;
	bases = dp_target_bases(c->target, offset, c->page);
	if (bases.pfn == DP_PHYS_UNKNOWN) {
		dp_account_lacks(out->missing, DP_SOURCE_KPAGEFLAGS,
				 "the page frames of the target are not known");
		return;
	}
	rc = dp_account_flags(kpageflags, bases.pfn, &page->before);
	if (rc) {
		dp_account_no_flags(out, bases.pfn, rc);
		return;
	}
	page->offset = offset;
	page->pfn = bases.pfn;
	out->n_pages++;
}

void dp_account_pages_begin(int kpageflags, const struct dp_case *c,
			    struct dp_account *out)
{
	struct dp_range unit = dp_case_unit_at(c, c->poison.offset);
	const uint64_t want[DP_ACCOUNT_PAGES] = {
		c->poison.offset, c->poison.offset - c->page,
		c->poison.offset + c->page, unit.offset,
		dp_range_end(unit) - c->page,
	};

	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		if (dp_account_has(out, DP_SOURCE_KPAGEFLAGS))
			dp_account_page(kpageflags, c, want[i], out);
}

void dp_account_pages_end(int kpageflags, struct dp_account *out)
{
	int rc;

	for (uint32_t i = 0; i < out->n_pages; i++) {
		rc = dp_account_flags(kpageflags, out->pages[i].pfn,
				      &out->pages[i].after);
		if (rc)
			dp_account_no_flags(out, out->pages[i].pfn, rc);
	}
}
