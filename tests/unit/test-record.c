/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/record.h"
#include "unit.h"

#define PAGE 4096ULL

static struct dp_record *dp_a_record(uint64_t *length)
{
	struct dp_record *r;

	*length = sizeof(*r) + 2 * PAGE;
	r = calloc(1, *length);
	ck_assert_ptr_nonnull(r);
	memcpy(r->magic, DP_RECORD_MAGIC, sizeof(r->magic));
	r->state = DP_RECORD_DIRTY;
	r->kind = DP_KIND_DEVDAX;
	r->page = PAGE;
	r->phys = 0x100000000;
	r->size = 16 * PAGE;
	strcpy(r->name, "dax0.0");
	strcpy(r->uuid, "u");
	r->n = 2;
	r->offsets[1] = 3 * PAGE;
	return r;
}

static void dp_bad(const struct dp_record *r, uint64_t length, const char *says)
{
	struct dp_why why = { "" };

	ck_assert_int_eq(dp_record_check(r, length, &why), -EBADMSG);
	ck_assert_msg(strstr(why.text, says), "'%s' lacks '%s'", why.text, says);
}

START_TEST(only_a_whole_record_is_acted_on)
{
	uint64_t length;
	struct dp_record *r = dp_a_record(&length);

	ck_assert_int_eq(dp_record_check(r, length, NULL), 0);
	for (uint64_t cut = 0; cut < length; cut += 97)
		dp_bad(r, cut, cut < sizeof(*r) ? "not a record" : "cut off");
	dp_bad(r, length - 1, "cut off");
	r->n = DP_RECORD_PAGES + 1;
	dp_bad(r, length, "cut off");
	r->n = UINT32_MAX;
	dp_bad(r, length, "cut off");
	r->n = 2;
	r->offsets[1] = 0;
	dp_bad(r, length, "page 1 of it has no place");
	r->offsets[1] = 16 * PAGE;
	dp_bad(r, length, "page 1 of it has no place");
	r->offsets[1] = 5;
	dp_bad(r, length, "page 1 of it has no place");
	r->offsets[1] = PAGE;
	r->n_lines = 13;
	r->line_step = PAGE;
	r->lined = 3 * PAGE;
	ck_assert_int_eq(dp_record_check(r, length, NULL), 0);
	ck_assert_uint_eq(dp_record_pages(r), 15);
	r->offsets[1] = 15 * PAGE;
	ck_assert_uint_eq(dp_record_pages(r), 14);
	r->n_lines = 4;
	r->line_step = 4 * PAGE;
	r->lined = 0;
	ck_assert_int_eq(dp_record_check(r, length, NULL), 0);
	ck_assert_uint_eq(dp_record_pages(r), 5);
	r->offsets[1] = 12 * PAGE;
	ck_assert_uint_eq(dp_record_pages(r), 4);
	/* The last of them is the target's last page; behind it. */
	r->line_step = 5 * PAGE;
	ck_assert_int_eq(dp_record_check(r, length, NULL), 0);
	r->lined = PAGE;
	dp_bad(r, length, "its lines have no place");
	r->lined = 0;
	r->line_step = 6 * PAGE;
	dp_bad(r, length, "its lines have no place");
	r->line_step = 1;
	dp_bad(r, length, "its lines have no place");
	r->line_step = PAGE + 1;
	dp_bad(r, length, "its lines have no place");
	r->line_step = -PAGE;
	dp_bad(r, length, "its lines have no place");
	r->line_step = 0;
	dp_bad(r, length, "its lines have no place");
	r->line_step = PAGE;
	r->lined = 3 * PAGE;
	r->n_lines = 14;
	dp_bad(r, length, "its lines have no place");
	r->lined = 16 * PAGE;
	dp_bad(r, length, "its lines have no place");
	r->lined = 5;
	dp_bad(r, length, "its lines have no place");
	r->lined = -PAGE;
	dp_bad(r, length, "its lines have no place");
	r->lined = 0;
	r->size = UINT64_MAX;
	r->n_lines = DP_RECORD_LINES + 1;
	dp_bad(r, length, "its lines have no place");
	r->n = 0;
	r->n_lines = 1;
	r->page = r->line_step = DP_RECORD_LINE / 2;
	dp_bad(r, length, "its lines have no place");
	r->page = PAGE;
	r->size = 16 * PAGE;
	r->n = 2;
	r->n_lines = 0;
	r->offsets[1] = PAGE;
	r->page = 0;
	dp_bad(r, length, "makes no sense");
	r->page = 4097;
	dp_bad(r, length, "makes no sense");
	r->page = PAGE;
	r->state = DP_RECORD_STATE_MAX;
	dp_bad(r, length, "makes no sense");
	r->state = DP_RECORD_CLEAN;
	r->method = DP_METHOD_MAX;
	dp_bad(r, length, "makes no sense");
	r->method = DP_METHOD_ARS;
	memset(r->name, 'x', sizeof(r->name));
	dp_bad(r, length, "makes no sense");
	free(r);
}
END_TEST

/* In no page the same bytes in all cases; and never beyond the page. */
START_TEST(lines_come_everywhere)
{
	uint64_t length, line;
	struct dp_record *r = dp_a_record(&length);
	uint64_t seen[8] = { 0 };

	r->lined = 8 * PAGE;
	r->n_lines = 8;
	r->line_step = PAGE;
	for (uint64_t poison = 0; poison < 64; poison++) {
		r->poison = poison * PAGE;
		for (uint32_t i = 0; i < r->n_lines; i++) {
			line = dp_record_line(r, i) - (8 + i) * PAGE;
			ck_assert_uint_lt(line, PAGE);
			ck_assert_uint_eq(line % DP_RECORD_LINE, 0);
			seen[i] |= 1ULL << line / DP_RECORD_LINE;
		}
	}
	for (uint32_t i = 0; i < r->n_lines; i++)
		ck_assert_uint_eq(seen[i], UINT64_MAX);
	free(r);
}
END_TEST

START_TEST(only_its_own_target_is_written)
{
	struct dp_target t = {
		.kind = DP_KIND_DEVDAX,
		.phys = 0x100000000,
		.size = 16 * PAGE,
		.uuid = "u",
	};
	uint64_t length;
	struct dp_record *r = dp_a_record(&length);

	ck_assert(dp_record_is_of(r, &t, 0, 0));
	t.phys += PAGE;
	ck_assert(!dp_record_is_of(r, &t, 0, 0));
	t.phys -= PAGE;
	t.size *= 2;
	ck_assert(!dp_record_is_of(r, &t, 0, 0));
	t.size /= 2;
	strcpy(t.uuid, "v");
	ck_assert(!dp_record_is_of(r, &t, 0, 0));
	strcpy(t.uuid, "u");
	t.kind = DP_KIND_FSDAX;
	ck_assert(!dp_record_is_of(r, &t, 0, 0));
	r->kind = DP_KIND_FSDAX;
	r->device = 3;
	r->inode = 4;
	ck_assert(dp_record_is_of(r, &t, 3, 4));
	ck_assert(!dp_record_is_of(r, &t, 3, 5));
	ck_assert(!dp_record_is_of(r, &t, 4, 4));
	free(r);
}
END_TEST

UNIT_SUITE("record", &only_a_whole_record_is_acted_on, &lines_come_everywhere,
	   &only_its_own_target_is_written)
