/* SPDX-License-Identifier: GPL-2.0-only */
/* The pure parts of the guest: orders, kernel headers, the console's tail. */
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"
#include "vm/kernel-image.h"
#include "vm/orders.h"
#include "vm/tail.h"
#include "vm/vmlinux.h"

START_TEST(orders_come_back)
{
	struct dp_pmem_spec spec = { .size = 16 * DP_MIB, .mode = DP_MODE_RAW };
	struct dp_orders o = { .tty = false }, back;
	struct dp_pmem_spec fs;

	ck_assert(!dp_orders_add_arg(&o, "sh"));
	ck_assert(!dp_orders_add_arg(&o, ""));
	ck_assert(!dp_orders_add_arg(&o, "a=b\nc"));
	ck_assert(!dp_orders_add_env(&o, "TERM", ""));
	ck_assert(!dp_orders_add_module(&o, "nfit"));
	ck_assert(!dp_orders_add_pmem(&o, &spec));
	ck_assert(!dp_nfit_test_parse("fsdax:ext4", &fs, NULL));
	ck_assert(!dp_orders_add_nfit_test(&o, &fs));
	ck_assert(!dp_orders_set_tty(&o));
	ck_assert(!dp_orders_parse(&back, o.text.data, o.text.used, NULL));
	ck_assert_uint_eq(back.n_args, 3);
	ck_assert_str_eq(back.args[1], "");
	ck_assert_str_eq(back.args[2], "a=b\nc");
	ck_assert_ptr_null(back.args[3]);
	ck_assert_str_eq(back.env[0], "TERM=");
	ck_assert_str_eq(back.modules[0], "nfit");
	ck_assert_uint_eq(back.n_pmem, 1);
	ck_assert_mem_eq(&back.pmem[0], &spec, sizeof(spec));
	ck_assert_uint_eq(back.n_nfit_test, 1);
	ck_assert_mem_eq(&back.nfit_test[0], &fs, sizeof(fs));
	ck_assert(back.tty);
	dp_orders_deinit(&o);
}
END_TEST

START_TEST(orders_have_limits)
{
	struct dp_pmem_spec spec = { .size = 16 * DP_MIB, .mode = DP_MODE_RAW };
	struct dp_orders o = { .tty = false };
	int i, rc = 0;

	for (i = 0; !rc && i < 10000; i++)
		rc = dp_orders_add_arg(&o, "x");
	ck_assert_int_eq(rc, -E2BIG);
	ck_assert_int_eq(i, DP_ORDERS_STRINGS + 1);
	for (i = 0, rc = 0; !rc; i++)
		rc = dp_orders_add_pmem(&o, &spec);
	ck_assert_int_eq(rc, -E2BIG);
	ck_assert_int_eq(i, DP_PMEM_MAX + 1);
	for (i = 0, rc = 0; !rc; i++)
		rc = dp_orders_add_nfit_test(&o, &spec);
	ck_assert_int_eq(rc, -E2BIG);
	ck_assert_int_eq(i, DP_NFIT_TEST_MAX + 1);
	dp_orders_deinit(&o);
}
END_TEST

START_TEST(bad_orders)
{
	static const struct {
		const char *text;
		size_t n;
	} bad[] = {
		{ "", 0 },	     { "arg=x", 5 },  { "arg\0", 4 },
		{ "what=x\0", 7 },   { "env=A=1\0", 8 },
		{ "arg=x\0pmem=1\0", 13 }, { "arg=x\0nfit-test=x\0", 18 },
	};
	struct dp_orders o;
	struct dp_why why;
	char text[32];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		memcpy(text, bad[i].text, bad[i].n);
		why.text[0] = '\0';
		ck_assert_int_lt(dp_orders_parse(&o, text, bad[i].n, &why), 0);
		ck_assert_int_ne(why.text[0], '\0');
	}
}
END_TEST

static void dp_make_image(unsigned char head[0x1000])
{
	memset(head, 0, 0x1000);
	head[0x1f1] = 1;			/* setup sectors */
	head[0x1f4] = 0x10;			/* 16 paragraphs of system */
	memcpy(head + 0x202, "HdrS", 4);
	head[0x20e] = 0x00;
	head[0x20f] = 0x04;			/* release at 0x200 + 0x400 */
	strcpy((char *)head + 0x600, "6.1.0-13-amd64 (someone) #1 SMP");
}

START_TEST(boot_images)
{
	unsigned char head[0x1000];
	struct dp_why why = { "" };
	char release[32], tiny[8];

	dp_make_image(head);
	ck_assert(!dp_bzimage_check(head, sizeof(head), 0x1000, release,
				    sizeof(release), &why));
	ck_assert_str_eq(release, "6.1.0-13-amd64");
	ck_assert_int_eq(dp_bzimage_check(head, sizeof(head), 0x1000, tiny,
					  sizeof(tiny), &why), -ENOEXEC);
	/* One byte less than its header promises. */
	ck_assert(!dp_bzimage_check(head, sizeof(head), 1024 + 256, release,
				    sizeof(release), &why));
	ck_assert_int_eq(dp_bzimage_check(head, sizeof(head), 1024 + 255,
					  release, sizeof(release), &why),
			 -ENOEXEC);
	ck_assert_ptr_nonnull(strstr(why.text, "cut off"));
	/* A release that does not end within what was read. */
	ck_assert_int_eq(dp_bzimage_check(head, 0x605, 0x1000, release,
					  sizeof(release), &why), -ENOEXEC);
	head[0x202] = 'X';
	ck_assert_int_eq(dp_bzimage_check(head, sizeof(head), 0x1000, release,
					  sizeof(release), &why), -ENOEXEC);
	for (size_t n = 0; n < 0x210; n++)
		ck_assert_int_eq(dp_bzimage_check(head, n, n, release,
						  sizeof(release), &why),
				 -ENOEXEC);
}
END_TEST

static void dp_check_tail(struct dp_tail *t, unsigned int lines,
			  const char *wanted)
{
	char *text = dp_tail_text(t, lines);

	ck_assert_str_eq(text, wanted);
	free(text);
}

START_TEST(console_tail)
{
	struct dp_tail *t = calloc(1, sizeof(*t));
	char line[32], *text;

	dp_check_tail(t, 3, "");
	dp_tail_add(t, "one", 3);
	dp_check_tail(t, 3, "one\n");
	dp_check_tail(t, UINT_MAX, "one\n");
	dp_tail_add(t, "\r\ntwo\r\n\033[2J\033[1;31mthree\a\n", 26);
	dp_check_tail(t, 3, "one\ntwo\nthree\n");
	dp_check_tail(t, 2, "two\nthree\n");
	for (int i = 0; i < 100000; i++)
		dp_tail_add(t, line,
			    snprintf(line, sizeof(line), "line %d\n", i));
	dp_check_tail(t, 2, "line 99998\nline 99999\n");
	text = dp_tail_around(t, "99990", 4);
	ck_assert_str_eq(text,
			 "line 99989\nline 99990\nline 99991\nline 99992\n");
	free(text);
	text = dp_tail_around(t, "99999", 4);
	ck_assert_str_eq(text, "line 99998\nline 99999\n");
	free(text);
	text = dp_tail_around(t, "panic", 1);
	ck_assert_str_eq(text, "line 99999\n");
	free(text);
	free(t);
}
END_TEST

/* An ELF image with one note; returns its size. */
static size_t dp_make_elf(unsigned char *elf, uint32_t type, const char *name)
{
	Elf64_Ehdr head = { .e_ident = ELFMAG, .e_phoff = sizeof(head),
			    .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 1 };
	Elf64_Phdr part = { .p_type = PT_NOTE,
			    .p_offset = sizeof(head) + sizeof(part),
			    .p_filesz = sizeof(Elf64_Nhdr) + 4 + 8 };
	Elf64_Nhdr note = { 4, 8, type };

	head.e_ident[EI_CLASS] = ELFCLASS64;
	memcpy(elf, &head, sizeof(head));
	memcpy(elf + sizeof(head), &part, sizeof(part));
	memcpy(elf + part.p_offset, &note, sizeof(note));
	memcpy(elf + part.p_offset + sizeof(note), name, 4);
	return part.p_offset + part.p_filesz;
}

START_TEST(pvh_entries)
{
	unsigned char elf[256] = { 0 };
	size_t n = dp_make_elf(elf, 18, "Xen");

	ck_assert(dp_vmlinux_has_pvh(elf, n));
	for (size_t cut = 0; cut < n; cut++)
		ck_assert_msg(!dp_vmlinux_has_pvh(elf, cut), "cut at %zu", cut);
	elf[EI_CLASS] = ELFCLASS32;
	ck_assert(!dp_vmlinux_has_pvh(elf, n));
	n = dp_make_elf(elf, 17, "Xen");
	ck_assert(!dp_vmlinux_has_pvh(elf, n));
	n = dp_make_elf(elf, 18, "GNU");
	ck_assert(!dp_vmlinux_has_pvh(elf, n));
}
END_TEST

UNIT_SUITE("vm", &orders_come_back, &orders_have_limits, &bad_orders,
	   &boot_images, &pvh_entries, &console_tail)
