/* SPDX-License-Identifier: GPL-2.0-only */
/* Tables for people, printed at once or bit by bit. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "out/table.h"
#include "unit.h"

static struct dp_table *dp_two_columns(void)
{
	struct dp_table *t = dp_table_new();

	ck_assert_ptr_nonnull(t);
	ck_assert_int_eq(dp_table_column(t, "CASE", 0, 0), 0);
	ck_assert_int_eq(dp_table_column(t, "VERDICT", 0, 0), 0);
	return t;
}

static void dp_add(struct dp_table *t, const char *a, const char *b,
		   const char *note)
{
	int row = dp_table_row(t, -1);

	ck_assert_int_ge(row, 0);
	ck_assert_int_eq(dp_table_cell(t, row, 0, a), 0);
	ck_assert_int_eq(dp_table_cell(t, row, 1, b), 0);
	if (note)
		ck_assert_int_eq(dp_table_note(t, row, note), 0);
}

static void dp_prints(struct dp_table *t, const char *want)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	ck_assert_int_eq(dp_table_print(t, f), 0);
	fclose(f);
	ck_assert_str_eq(text, want);
	ck_assert_uint_eq(dp_table_rows(t), 0);
	free(text);
}

START_TEST(notes_stand_below_their_rows)
{
	struct dp_table *t = dp_two_columns();

	dp_add(t, "one", "held", NULL);
	dp_add(t, "two and more", "VIOLATED", "  why");
	dp_add(t, "three", "", NULL);
	ck_assert_uint_eq(dp_table_rows(t), 3);
	dp_prints(t, "CASE         VERDICT\n"
		     "one          held\n"
		     "two and more VIOLATED\n"
		     "  why\n"
		     "three\n");
	dp_table_free(t);
}
END_TEST

/* What comes later stands in the same columns, below no second headings; where
 * it needs more, the columns are wider from then on. */
START_TEST(rows_come_bit_by_bit)
{
	struct dp_table *t = dp_two_columns();

	dp_add(t, "the first", "held", NULL);
	dp_prints(t, "CASE      VERDICT\n"
		     "the first held\n");
	dp_add(t, "2", "held", "  a note");
	dp_add(t, "3", "held", NULL);
	dp_prints(t, "2         held\n"
		     "  a note\n"
		     "3         held\n");
	dp_add(t, "longer than any", "held", NULL);
	dp_add(t, "5", "held", NULL);
	dp_prints(t, "longer than any held\n"
		     "5               held\n");
	dp_add(t, "6", "", NULL);
	dp_prints(t, "6\n");
	dp_add(t, "7", "held", NULL);
	dp_prints(t, "7               held\n");
	dp_table_free(t);
}
END_TEST

START_TEST(letters_are_no_bytes)
{
	struct dp_table *t;

	ck_assert_ptr_nonnull(setlocale(LC_ALL, "C.UTF-8"));
	t = dp_two_columns();
	dp_add(t, "größer", "held", NULL);
	dp_prints(t, "CASE   VERDICT\n"
		     "größer held\n");
	dp_add(t, "7", "held", NULL);
	dp_prints(t, "7      held\n");
	dp_table_free(t);
}
END_TEST

UNIT_SUITE("table", &notes_stand_below_their_rows, &rows_come_bit_by_bit,
	   &letters_are_no_bytes)
