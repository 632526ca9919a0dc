/* SPDX-License-Identifier: GPL-2.0-only */
#include <inttypes.h>

#include "base/format.h"
#include "out/human-account.h"

/* The first line has the title, the rest stands below it. */
static const char *dp_title(bool *titled)
{
	const char *title = *titled ? "" : "kernel";

	*titled = true;
	return title;
}

static void dp_print_counts(FILE *out, const struct dp_account *a, bool *titled)
{
	char text[160] = "";

	if (dp_account_has(a, DP_SOURCE_HARDWARE_CORRUPTED))
		dp_append(text, sizeof(text), ", HardwareCorrupted %+" PRId64 " kB",
			  a->corrupted_kb);
	for (uint32_t i = 0; i < a->n_counters; i++)
		if (a->counters[i].delta)
			dp_append(text, sizeof(text), ", node%d %s %+" PRId64,
				  a->counters[i].node, a->counters[i].name,
				  a->counters[i].delta);
	if (text[0])
		fprintf(out, "%-9s %s\n", dp_title(titled), text + 2);
}

static void dp_print_flags(FILE *out, const char *sign, uint64_t flags)
{
	for (unsigned int bit = 0; bit < 64; bit++)
		if (flags >> bit & 1 && dp_kpageflag_name(bit))
			fprintf(out, " %s%s", sign, dp_kpageflag_name(bit));
}

static void dp_print_pages(FILE *out, const struct dp_account *a, bool *titled)
{
	uint32_t silent = 0;

	for (uint32_t i = 0; i < a->n_pages; i++) {
		const struct dp_account_page *p = &a->pages[i];

		silent += dp_kpageflags_silent(p->after);
		if (p->before == p->after)
			continue;
		fprintf(out, "%-9s kpageflags of pfn 0x%" PRIx64 ":",
			dp_title(titled), p->pfn);
		dp_print_flags(out, "+", p->after & ~p->before);
		dp_print_flags(out, "-", p->before & ~p->after);
		fputc('\n', out);
	}
	if (a->n_pages && silent == a->n_pages)
		fprintf(out, "%-9s kpageflags tells nothing of this memory\n",
			dp_title(titled));
}

static void dp_print_lists(FILE *out, const struct dp_account *a, bool *titled)
{
	for (uint32_t i = 0; i < a->n_lists; i++) {
		const struct dp_account_list *l = &a->lists[i];

		if (dp_ranges_equal(&l->before, &l->after))
			continue;
		fprintf(out, "%-9s bad blocks of %s: %" PRIu64 " before, %" PRIu64 " now\n",
			dp_title(titled), l->of, dp_ranges_total(&l->before),
			dp_ranges_total(&l->after));
	}
}

void dp_human_account(FILE *out, const struct dp_account *a)
{
	uint32_t kept = dp_min(a->n_lines, (uint32_t)DP_ACCOUNT_LINES);
	bool titled = false;

	for (uint32_t i = 0; i < kept; i++)
		fprintf(out, "%-9s %s\n", dp_title(&titled), a->lines[i]);
	if (a->n_lines > kept)
		fprintf(out, "%-9s and %u more lines\n", dp_title(&titled),
			a->n_lines - kept);
	for (uint32_t i = 0; i < a->n_events && i < DP_ACCOUNT_EVENTS; i++)
		fprintf(out, "%-9s traced: pfn 0x%" PRIx64 ", %s: %s\n",
			dp_title(&titled), a->events[i].pfn, a->events[i].type,
			a->events[i].result);
	dp_print_counts(out, a, &titled);
	dp_print_pages(out, a, &titled);
	dp_print_lists(out, a, &titled);
	for (int s = 0; s < DP_SOURCE_MAX; s++)
		if (!dp_account_has(a, s))
			fprintf(out, "%-9s without %s: %s\n", dp_title(&titled),
				dp_source_name(s), a->missing[s]);
}
