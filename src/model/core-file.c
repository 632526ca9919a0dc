/* SPDX-License-Identifier: GPL-2.0-only */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/core-file.h"

/* Numbers of one byte order within bounds. */
struct dp_bytes {
	const uint8_t *at;
	size_t n;
	bool big;
};

/* Whether [from, from + n) lies within. */
static bool dp_within(const struct dp_bytes *b, uint64_t from, uint64_t n)
{
	return from <= b->n && n <= b->n - from;
}

/* The caller has checked the bounds. */
static uint64_t dp_number(const struct dp_bytes *b, uint64_t at, size_t bytes)
{
	uint64_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n = n << 8 | b->at[at + (b->big ? i : bytes - 1 - i)];
	return n;
}

/* Machines where siginfo_t has the layout of asm-generic/siginfo.h in 64 bits. */
static const uint16_t dp_machines[] = {
	EM_X86_64, EM_AARCH64, EM_RISCV, EM_PPC64, EM_S390, EM_LOONGARCH,
};

#define SI_SIGNO 0
#define SI_CODE 8
#define SI_ADDR 16
#define SI_ADDR_LSB 24
#define SI_LENGTH 26

static void dp_core_siginfo(struct dp_core *core, const struct dp_bytes *desc)
{
	if (desc->n < SI_LENGTH)
		return;
	core->signo = dp_number(desc, SI_SIGNO, 4);
	core->code = dp_number(desc, SI_CODE, 4);
	core->addr = dp_number(desc, SI_ADDR, 8);
	core->lsb = dp_number(desc, SI_ADDR_LSB, 2);
	core->have_siginfo = true;
}

/* struct elf_prpsinfo (linux/elfcore.h): pid and name stand at these places
 * wherever uid_t has four bytes and pr_flag eight. */
#define PR_PID 24
#define PR_FNAME 40

static void dp_core_process(struct dp_core *core, const struct dp_bytes *desc)
{
	if (desc->n < PR_FNAME + 16)
		return;
	core->pid = dp_number(desc, PR_PID, 4);
	memcpy(core->comm, desc->at + PR_FNAME, 16);
	core->have_process = true;
}

/* count, page size, then count times start, end, offset in pages; then as many
 * names, each with its NUL. */
static int dp_core_files(struct dp_core *core, const struct dp_bytes *desc,
			 struct dp_why *why)
{
	uint64_t count, page, name;

	if (core->maps || desc->n < 16)
		return 0;
	count = dp_number(desc, 0, 8);
	page = dp_number(desc, 8, 8);
	if (count > (desc->n - 16) / 24)
		return dp_why(why, -EBADMSG,
			      "its list of files is longer than its note");
	if (!count)
		return 0;
	core->maps = calloc(count, sizeof(*core->maps));
	if (!core->maps)
		return -ENOMEM;
	name = 16 + count * 24;
	for (uint64_t i = 0; i < count; i++) {
		struct dp_mapped *m = &core->maps[core->n_maps];
		size_t left = desc->n - name, len;
		const char *text = (const char *)desc->at + name;

		len = strnlen(text, left);
		m->start = dp_number(desc, 16 + i * 24, 8);
		m->end = dp_number(desc, 24 + i * 24, 8);
		m->offset = dp_number(desc, 32 + i * 24, 8) * page;
		memcpy(m->path, text, dp_min(len, sizeof(m->path) - 1));
		name += dp_min(len + 1, left);
		if (m->start < m->end)
			core->n_maps++;
		else
			memset(m, 0, sizeof(*m));
	}
	return 0;
}

static int dp_core_note(struct dp_core *core, uint64_t type,
			const struct dp_bytes *desc, struct dp_why *why)
{
	switch (type) {
	case NT_SIGINFO:
		/* The first is that of the thread that died. */
		if (!core->have_siginfo)
			dp_core_siginfo(core, desc);
		return 0;
	case NT_PRPSINFO:
		dp_core_process(core, desc);
		return 0;
	case NT_FILE:
		return dp_core_files(core, desc, why);
	}
	return 0;
}

static int dp_core_notes(struct dp_core *core, const struct dp_bytes *notes,
			 struct dp_why *why)
{
	uint64_t at = 0, name, size, desc_at;
	struct dp_bytes desc = *notes;
	int rc = 0;

	while (!rc && dp_within(notes, at, 12)) {
		name = dp_align_up(dp_number(notes, at, 4), 4);
		size = dp_number(notes, at + 4, 4);
		desc_at = at + 12 + name;
		if (!dp_within(notes, desc_at, size))
			return dp_why(why, -EBADMSG,
				      "a note at its byte %llu runs over the end",
				      (unsigned long long)at);
		desc.at = notes->at + desc_at;
		desc.n = size;
		rc = dp_core_note(core, dp_number(notes, at + 8, 4), &desc, why);
		at = desc_at + dp_align_up(size, 4);
	}
	return rc;
}

static int dp_core_header(struct dp_bytes *b, uint16_t *phdrs,
			  struct dp_why *why)
{
	uint16_t machine;

	if (b->n < sizeof(Elf64_Ehdr) || memcmp(b->at, ELFMAG, SELFMAG))
		return dp_why(why, -ENOEXEC, "not an ELF file");
	if (b->at[EI_CLASS] != ELFCLASS64)
		return dp_why(why, -ENOEXEC, "not a 64-bit ELF file");
	b->big = b->at[EI_DATA] == ELFDATA2MSB;
	if (dp_number(b, offsetof(Elf64_Ehdr, e_type), 2) != ET_CORE)
		return dp_why(why, -ENOEXEC, "an ELF file, but not a core");
	machine = dp_number(b, offsetof(Elf64_Ehdr, e_machine), 2);
	*phdrs = dp_number(b, offsetof(Elf64_Ehdr, e_phnum), 2);
	if (dp_number(b, offsetof(Elf64_Ehdr, e_phentsize), 2) !=
	    sizeof(Elf64_Phdr))
		return dp_why(why, -EBADMSG,
			      "its program headers have an unknown size");
	for (size_t i = 0; i < ARRAY_SIZE(dp_machines); i++)
		if (machine == dp_machines[i])
			return 0;
	return dp_why(why, -ENOEXEC,
		      "a core of machine %u, whose siginfo has a layout that is not known here",
		      machine);
}

int dp_core_read(struct dp_core *core, const uint8_t *data, size_t n,
		 struct dp_why *why)
{
	struct dp_bytes b = { data, n, false }, notes;
	uint64_t at, from, size;
	uint16_t phdrs = 0;
	int rc;

	*core = (struct dp_core){ .maps = NULL };
	rc = dp_core_header(&b, &phdrs, why);
	if (rc)
		return rc;
	at = dp_number(&b, offsetof(Elf64_Ehdr, e_phoff), 8);
	for (; !rc && phdrs; phdrs--, at += sizeof(Elf64_Phdr)) {
		if (!dp_within(&b, at, sizeof(Elf64_Phdr))) {
			rc = dp_why(why, -EBADMSG,
				    "its program headers run over the end");
			break;
		}
		if (dp_number(&b, at + offsetof(Elf64_Phdr, p_type), 4) !=
		    PT_NOTE)
			continue;
		from = dp_number(&b, at + offsetof(Elf64_Phdr, p_offset), 8);
		size = dp_number(&b, at + offsetof(Elf64_Phdr, p_filesz), 8);
		if (!dp_within(&b, from, size)) {
			rc = dp_why(why, -EBADMSG,
				    "its notes run over the end: it is cut off");
			break;
		}
		notes = (struct dp_bytes){ data + from, size, b.big };
		rc = dp_core_notes(core, &notes, why);
	}
	if (rc)
		dp_core_deinit(core);
	return rc;
}

void dp_core_deinit(struct dp_core *core)
{
	free(core->maps);
	*core = (struct dp_core){ .maps = NULL };
}
