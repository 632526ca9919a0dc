/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "model/record.h"

static const char *const dp_record_state_names[] = {
	[DP_RECORD_CLEAN] = "clean",
	[DP_RECORD_DIRTY] = "patterns",
	[DP_RECORD_STRUCK] = "poisoned",
};
static_assert(ARRAY_SIZE(dp_record_state_names) == DP_RECORD_STATE_MAX,
	      "a state has no name");

const char *dp_record_state_name(uint32_t state)
{
	return state < DP_RECORD_STATE_MAX ? dp_record_state_names[state]
					   : "unknown";
}

uint64_t dp_record_size(uint64_t page)
{
	return sizeof(struct dp_record) + DP_RECORD_PAGES * page;
}

uint64_t dp_record_line(const struct dp_record *r, uint32_t i)
{
	uint64_t offset = r->lined + i * r->line_step;
	uint64_t lines = r->page / DP_RECORD_LINE;

	/* Odd steps: all places come up in turn. */
	return offset + (offset / r->page * 37 + r->poison / r->page * 11) %
				lines * DP_RECORD_LINE;
}

bool dp_record_lined(const struct dp_record *r, uint64_t page)
{
	return r->n_lines && page >= r->lined &&
	       !((page - r->lined) % r->line_step) &&
	       (page - r->lined) / r->line_step < r->n_lines;
}

uint32_t dp_record_pages(const struct dp_record *r)
{
	uint32_t pages = r->n_lines;

	for (uint32_t i = 0; i < r->n; i++)
		pages += !dp_record_lined(r, r->offsets[i]);
	return pages;
}

static bool dp_is_text(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

int dp_record_check(const struct dp_record *r, uint64_t length,
		    struct dp_why *why)
{
	if (length < sizeof(*r) ||
	    memcmp(r->magic, DP_RECORD_MAGIC, sizeof(r->magic)))
		return dp_why(why, -EBADMSG, "it is not a record");
	if (r->state >= DP_RECORD_STATE_MAX || r->kind >= DP_KIND_MAX ||
	    r->method >= DP_METHOD_MAX || !dp_is_power_of_2(r->page) ||
	    r->page > DP_GIB || !dp_is_text(r->name, sizeof(r->name)) ||
	    !dp_is_text(r->uuid, sizeof(r->uuid)) ||
	    !dp_is_text(r->boot_id, sizeof(r->boot_id)))
		return dp_why(why, -EBADMSG, "a field of it makes no sense");
	if (r->n > DP_RECORD_PAGES || length < sizeof(*r) + r->n * r->page)
		return dp_why(why, -EBADMSG, "it is cut off");
	for (uint32_t i = 0; i < r->n; i++)
		if (!dp_is_aligned(r->offsets[i], r->page) ||
		    r->offsets[i] >= r->size ||
		    (i && r->offsets[i] <= r->offsets[i - 1]))
			return dp_why(why, -EBADMSG,
				      "page %u of it has no place in the target",
				      i);
	if (r->n_lines &&
	    (r->n_lines > DP_RECORD_LINES || r->page < DP_RECORD_LINE ||
	     !dp_is_aligned(r->lined, r->page) || r->lined >= r->size ||
	     r->size - r->lined < r->page || r->line_step < r->page ||
	     !dp_is_aligned(r->line_step, r->page) ||
	     (r->size - r->lined - r->page) / r->line_step < r->n_lines - 1))
		return dp_why(why, -EBADMSG,
			      "its lines have no place in the target");
	return 0;
}

bool dp_record_is_of(const struct dp_record *r, const struct dp_target *t,
		     uint64_t device, uint64_t inode)
{
	if (r->kind != t->kind)
		return false;
	if (t->kind == DP_KIND_FSDAX)
		return !strcmp(r->uuid, t->uuid) && r->device == device &&
		       r->inode == inode;
	return !strcmp(r->uuid, t->uuid) && r->phys == t->phys &&
	       r->size == t->size;
}
