/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/format.h"
#include "model/case.h"

static const char *const dp_case_type_names[] = {
	[DP_CASE_POISON] = "poison",
	[DP_CASE_ATTEMPT] = "attempt",
};
static_assert(ARRAY_SIZE(dp_case_type_names) == DP_CASE_TYPE_MAX,
	      "a case type has no name");

static const char *const dp_op_names[] = {
	[DP_OP_NONE] = "none",
	[DP_OP_MMAP_OFFSET] = "mmap-offset",
	[DP_OP_MMAP_LENGTH] = "mmap-length",
	[DP_OP_MMAP_ADDRESS] = "mmap-address",
	[DP_OP_MMAP_PRIVATE] = "mmap-private",
	[DP_OP_MUNMAP_PART] = "munmap-part",
	[DP_OP_MPROTECT_PART] = "mprotect-part",
	[DP_OP_MREMAP_SHRINK] = "mremap-shrink",
	[DP_OP_MREMAP_MOVE] = "mremap-move",
	[DP_OP_DONTNEED_PART] = "dontneed-part",
	[DP_OP_SOFT_OFFLINE] = "soft-offline",
};
static_assert(ARRAY_SIZE(dp_op_names) == DP_OP_MAX, "an attempt has no name");

static const char *const dp_observer_names[] = {
	[DP_OBSERVER_PAGEMAP] = "pagemap",
	[DP_OBSERVER_FAULTS] = "faults",
	[DP_OBSERVER_EDGES] = "edges",
};
static_assert(ARRAY_SIZE(dp_observer_names) == DP_OBSERVER_MAX,
	      "an observer has no name");

static const char *const dp_early_kill_names[] = {
	[DP_EARLY_KILL_LEAVE] = NULL,
	[DP_EARLY_KILL_OFF] = "off",
	[DP_EARLY_KILL_ON] = "on",
};
static_assert(ARRAY_SIZE(dp_early_kill_names) == DP_EARLY_KILL_MAX,
	      "a setting has no name");

const char *dp_case_type_name(enum dp_case_type type)
{
	return dp_case_type_names[type];
}

const char *dp_op_name(enum dp_attempt_op op)
{
	return dp_op_names[op];
}

const char *dp_observer_name(enum dp_observer observer)
{
	return dp_observer_names[observer];
}

int dp_observer_from_name(const char *name)
{
	for (int i = 0; i < DP_OBSERVER_MAX; i++)
		if (!strcmp(dp_observer_names[i], name))
			return i;
	return -EINVAL;
}

enum dp_policy dp_case_policy(const struct dp_case *c)
{
	return c->own_policy ? c->policy : dp_method_policy(c->method);
}

uint64_t dp_case_largest(const struct dp_case *c)
{
	return c->target->kind == DP_KIND_FSDAX ? dp_units_of(c->page).pmd
						: c->unit;
}

const char *dp_early_kill_name(enum dp_early_kill value)
{
	return dp_early_kill_names[value];
}

int dp_early_kill_from_name(const char *name)
{
	for (int i = DP_EARLY_KILL_LEAVE + 1; i < DP_EARLY_KILL_MAX; i++)
		if (!strcmp(dp_early_kill_names[i], name))
			return i;
	return -EINVAL;
}

bool dp_case_shared_blindly(const struct dp_case *c)
{
	const struct dp_extent *e =
		dp_layout_at(&c->target->layout, c->poison.offset);

	return c->target->no_reverse_map && e && e->flags & DP_EXTENT_SHARED;
}

void dp_case_move(struct dp_case *c, uint64_t by)
{
	c->poison.offset += by;
	c->map.offset += by;
	c->first_fault += by;
}

void dp_case_name(struct dp_case *c)
{
	char unit[DP_SIZE_TEXT];

	snprintf(c->id, sizeof(c->id), "%s/%s/0x%" PRIx64 "/%s",
		 dp_kind_name(c->target->kind),
		 dp_size_text(unit, c->unit, false), c->poison.offset,
		 dp_method_name(c->method));
}

struct dp_range dp_case_unit_at(const struct dp_case *c, uint64_t offset)
{
	return (struct dp_range){ dp_align_down(offset, c->unit), c->unit };
}

struct dp_case dp_case_seen_by(const struct dp_case *c,
			       const struct dp_bystander *b)
{
	struct dp_case seen = *c;

	seen.skew = b->skewed ? c->page : 0;
	seen.readonly = b->readonly;
	if (b->readonly && c->access == DP_ACCESS_WRITE)
		seen.access = DP_ACCESS_READ;
	if (b->tail)
		seen.map.offset =
			c->target->kind == DP_KIND_DEVDAX
				? dp_case_unit_at(c, c->poison.offset).offset
				: c->poison.offset;
	if (b->placed)
		seen.map.offset = b->offset;
	/* None where it begins beyond the end; the planner refuses that. */
	seen.map.length = b->length ?: dp_range_end(c->map) -
				dp_min(seen.map.offset, dp_range_end(c->map));
	if (c->first_fault - seen.map.offset >= seen.map.length)
		seen.first_fault = c->poison.offset + 0x123;
	return seen;
}

enum dp_observer dp_case_observer(uint64_t unit, uint64_t page)
{
	/* A page-table walk at a PUD that maps DAX memory zaps it:
	 * mm/huge_memory.c:__split_huge_pud, called by the walkers of pagemap,
	 * mincore, smaps and PAGEMAP_SCAN. */
	return unit >= dp_units_of(page).pud ? DP_OBSERVER_FAULTS
					     : DP_OBSERVER_PAGEMAP;
}

char *dp_case_repeat(const struct dp_case *c)
{
	char word[DP_BYSTANDER_TEXT], other[DP_BYSTANDER_TEXT], *text = NULL;
	size_t size;
	FILE *out;

	/* A file of our own can be had again only the way it was made. */
	if (c->type == DP_CASE_ATTEMPT ||
	    (c->target->own && c->place != DP_PLACE_GIVEN))
		return dp_asprintf("verify-alignment %s --case %s",
				   c->target->name, c->id);
	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	fprintf(out, "inject %s", c->target->name);
	if (c->target->own)
		fprintf(out, " --unit %s", dp_size_text(word, c->unit, false));
	else if (c->target->kind == DP_KIND_BLOCK)
		fprintf(out, " --offset 0x%" PRIx64, c->poison.offset);
	else
		fprintf(out, " --offset 0x%" PRIx64 " --map-offset 0x%" PRIx64 " --map-size 0x%" PRIx64 " --first-fault 0x%" PRIx64,
			c->poison.offset, c->map.offset, c->map.length,
			c->first_fault);
	fprintf(out, " --access %s --method %s", dp_access_name(c->access),
		dp_method_name(c->method));
	if (c->quiet)
		fprintf(out, " --no-notify");
	if (c->leave)
		fprintf(out, " --leave");
	if (c->wait)
		fprintf(out, " --wait %u", c->wait);
	if (dp_case_policy(c) != dp_method_policy(c->method))
		fprintf(out, " --policy %s",
			dp_policy_name(dp_case_policy(c)));
	if (c->sharing != DP_SHARING_SHARED)
		fprintf(out, " --sharing %s", dp_sharing_name(c->sharing));
	if (c->skew)
		fprintf(out, " --skew 0x%" PRIx64, c->skew);
	if (c->observer != dp_case_observer(c->unit, c->page))
		fprintf(out, " --observer %s", dp_observer_name(c->observer));
	if (c->early_kill)
		fprintf(out, " --early-kill-sysctl %s",
			dp_early_kill_name(c->early_kill));
	for (unsigned int i = 0, n; i < c->n_bystanders; i += n) {
		const struct dp_bystander *b = &c->bystanders[i];

		dp_bystander_text(word, b);
		for (n = 1; i + n < c->n_bystanders; n++)
			if (b[n].view != b->view ||
			    strcmp(dp_bystander_text(other, &b[n]), word))
				break;
		fprintf(out, " --%s %s", b->view ? "views" : "bystander", word);
		if (n > 1)
			fprintf(out, "*%u", n);
	}
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}
