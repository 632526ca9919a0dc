/* SPDX-License-Identifier: GPL-2.0-only */
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "model/decode.h"
#include "unit.h"

static struct dp_klog_event dp_line(const char *text)
{
	struct dp_klog_event e;

	dp_klog_parse(text, strlen(text), &e);
	return e;
}

START_TEST(lines_of_all_versions)
{
	static const struct {
		const char *line;
		enum dp_klog_what what;
		uint64_t pfn, addr;
		const char *comm;
		int pid;
	} rows[] = {
		{ "[ 12.5] Injecting memory failure for pfn 0x100602 at process virtual address 0x7f00", DP_KLOG_INJECT, 0x100602, 0x7f00, "", 0 },
		{ "<6>Injecting memory failure for page 0x19d0 at 0xb7786000", DP_KLOG_INJECT, 0x19d0, 0xb7786000, "", 0 },
		{ "Injecting memory failure for page 19d0 at b7786000", DP_KLOG_INJECT, 0x19d0, 0xb7786000, "", 0 },
		{ "6,1,2,-;Injecting memory failure at pfn 0x10d88e", DP_KLOG_INJECT, 0x10d88e, 0, "", 0 },
		{ "Soft offlining pfn 0x12 at process virtual address 0x34", DP_KLOG_SOFT_OFFLINE, 0x12, 0x34, "", 0 },
		{ "Memory failure: 0x20cb00: Killing dax-pmd:5421 due to hardware memory corruption", DP_KLOG_TOLD, 0x20cb00, 0, "dax-pmd", 5421 },
		{ "Memory failure: 0x20cb00: Sending SIGBUS to a:b due to hardware memory corruption:7 due to hardware memory corruption", DP_KLOG_TOLD, 0x20cb00, 0, "a:b due to hardware memory corr", 7 },
		{ "MCE 0x19d0: Killing x:1 early due to hardware memory corruption", DP_KLOG_TOLD, 0x19d0, 0, "x", 1 },
		{ "Memory failure: 0x1: forcibly killing x:1 because of failure to unmap corrupted page", DP_KLOG_KILLED, 1, 0, "x", 1 },
		{ "MCE: Killing uffd-unit-tests:1321817 due to hardware memory corruption fault at 4631e000", DP_KLOG_FAULT, 0, 0x4631e000, "uffd-unit-tests", 1321817 },
		{ "Memory failure: 0x1850600: recovery action for dax page: Recovered\r", DP_KLOG_RESULT, 0x1850600, 0, "", 0 },
		{ "MCE 0x19d0: non LRU page recovery: Ignored", DP_KLOG_RESULT, 0x19d0, 0, "", 0 },
		{ "Memory failure: 0x5: memory outside kernel control", DP_KLOG_OUTSIDE, 5, 0, "", 0 },
		{ "Memory failure: 0x5: already hardware poisoned", DP_KLOG_AGAIN, 5, 0, "", 0 },
		{ "Memory failure: 0x5: what a newer kernel says", DP_KLOG_OTHER, 5, 0, "", 0 },
		{ "mce: [Hardware Error]: Machine check events logged", DP_KLOG_MACHINE_CHECK, 0, 0, "", 0 },
		{ "Memory failure: 0x11112222333344445: Killing x:1 due to hardware memory corruption", DP_KLOG_NONE, 0, 0, "", 0 },
		{ "Memory failure: 0x5: Sending SIGBUS to x:99999999999 due to hardware memory corruption", DP_KLOG_OTHER, 5, 0, "", 0 },
		{ "", DP_KLOG_NONE, 0, 0, "", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct dp_klog_event e = dp_line(rows[i].line);

		ck_assert_msg(e.what == rows[i].what, "%s: %s", rows[i].line,
			      dp_klog_what_name(e.what));
		ck_assert_uint_eq(e.pfn, rows[i].pfn);
		ck_assert_uint_eq(e.addr, rows[i].addr);
		ck_assert_str_eq(e.comm, rows[i].comm);
		ck_assert_int_eq(e.pid, rows[i].pid);
	}
	ck_assert_uint_eq(dp_line("mce: Uncorrected hardware memory error in user-access at af34214200").phys,
			  0xaf34214200);
	ck_assert_uint_eq(dp_line("mce: [Hardware Error]: TSC 0 ADDR 100602000 MISC 8c").phys,
			  0x100602000);
	ck_assert_uint_eq(dp_line("{1}[Hardware Error]:   physical_address: 0x00000040a0602400").phys,
			  0x40a0602400);
	ck_assert_str_eq(dp_line("Memory failure: 0x1: recovery action for dax page: Recovered").type,
			 "dax page");
	ck_assert_str_eq(dp_line("Memory failure: 0x1: recovery action for dax page: Recovered").result,
			 "Recovered");
}
END_TEST

#define TOLD(pfn, who) "Memory failure: " pfn ": Sending SIGBUS to " who " due to hardware memory corruption\n"
#define ENDED(pfn) "Memory failure: " pfn ": recovery action for dax page: Recovered\n"

START_TEST(incidents)
{
	static const char text[] =
		"noise\n"
		"Injecting memory failure for pfn 0x10 at process virtual address 0x7000\n"
		"mce: Uncorrected hardware memory error in user-access at 20123\n"
		TOLD("0x10", "a:1") TOLD("0x20", "b:2") TOLD("0x10", "c:3")
		ENDED("0x10") ENDED("0x20")
		TOLD("0x10", "d:4")
		"Memory failure: 0x10: memory outside kernel control";
	struct dp_klog log;

	ck_assert_int_eq(dp_klog_read(&log, text, strlen(text), 4096), 0);
	ck_assert_uint_eq(log.lines, 10);
	ck_assert_uint_eq(log.telling, 9);
	ck_assert_uint_eq(log.n, 3);
	ck_assert_int_eq(log.at[0].cause, DP_KLOG_INJECT);
	ck_assert_uint_eq(log.at[0].line, 2);
	ck_assert_uint_eq(log.at[0].n_told, 2);
	ck_assert_str_eq(log.at[0].told[1].comm, "c");
	ck_assert_uint_eq(log.at[0].addr, 0x7000);
	ck_assert(log.at[0].ended);
	ck_assert_int_eq(log.at[1].cause, DP_KLOG_MACHINE_CHECK);
	ck_assert_uint_eq(log.at[1].pfn, 0x20);
	ck_assert_uint_eq(log.at[1].phys, 0x20123);
	ck_assert_int_eq(log.at[2].cause, DP_KLOG_NONE);
	ck_assert_uint_eq(log.at[2].n_told, 1);
	dp_klog_deinit(&log);
}
END_TEST

/* As 6.1 and 6.12 log a machine check that is simulated by QEMU. */
START_TEST(a_machine_check)
{
	static const char text[] =
		"mce: [Hardware Error]: Machine check events logged\n"
		TOLD("0x10", "a:1") ENDED("0x10")
		TOLD("0x20", "b:2") ENDED("0x20")
		"mce: [Hardware Error]: Machine check events logged\n"
		"Injecting memory failure at pfn 0x30\n" ENDED("0x30")
		ENDED("0x40");
	static const enum dp_klog_what causes[] = {
		DP_KLOG_MACHINE_CHECK, DP_KLOG_NONE, DP_KLOG_INJECT,
		DP_KLOG_NONE,
	};
	struct dp_klog log;

	ck_assert_int_eq(dp_klog_read(&log, text, strlen(text), 4096), 0);
	ck_assert_uint_eq(log.n, ARRAY_SIZE(causes));
	for (size_t i = 0; i < log.n; i++)
		ck_assert_int_eq(log.at[i].cause, causes[i]);
	dp_klog_deinit(&log);
}
END_TEST

START_TEST(many_incidents)
{
	char *text = malloc(64 * (DP_INCIDENTS_MAX + 10)), *at = text;
	struct dp_klog log;

	for (int i = 0; i < DP_INCIDENTS_MAX + 10; i++)
		at += sprintf(at, "Injecting memory failure at pfn 0x%x\n", i);
	ck_assert_int_eq(dp_klog_read(&log, text, at - text, 4096), 0);
	ck_assert_uint_eq(log.n, DP_INCIDENTS_MAX);
	ck_assert(log.truncated);
	dp_klog_deinit(&log);
	/* More told than are kept: counted, not written. */
	at = text;
	for (int i = 0; i < 3 * DP_INCIDENT_TOLD; i++)
		at += sprintf(at, TOLD("0x1", "x:%d"), i);
	ck_assert_int_eq(dp_klog_read(&log, text, at - text, 4096), 0);
	ck_assert_uint_eq(log.n, 1);
	ck_assert_uint_eq(log.at[0].n_told, 3 * DP_INCIDENT_TOLD);
	dp_klog_deinit(&log);
	free(text);
}
END_TEST

static bool dp_says(const struct dp_statements *s, enum dp_topic topic,
		    const char *row, const char *text)
{
	for (unsigned int i = 0; i < s->n; i++)
		if (s->at[i].topic == topic && s->at[i].guarantee &&
		    !strcmp(s->at[i].guarantee->id, row) &&
		    strstr(s->at[i].text, text))
			return true;
	return false;
}

static struct dp_told dp_told_of(int code, uint64_t addr, int lsb)
{
	return (struct dp_told){
		.signal = { .code = code, .addr = addr, .lsb = lsb },
		.kind = -1,
		.page = 4096,
	};
}

START_TEST(a_unit)
{
	struct dp_mapped maps[] = {
		{ 0x10000000, 0x10600000, 0x200000, "/dev/dax0.0" },
		{ 0x20000000, 0x20001000, 0, "" },
	};
	struct dp_told t = dp_told_of(BUS_MCEERR_AR, 0x10200000, 21);
	struct dp_statements s;
	struct dp_told_part part;

	t.maps = maps;
	t.n_maps = 2;
	dp_decode_signal(&t, &s);
	ck_assert(dp_says(&s, DP_TOPIC_LOST, "poison-in-report", "which of 512"));
	ck_assert(dp_says(&s, DP_TOPIC_TRUST, "nothing-outside-report",
			  "[0x10200000, 0x10400000)"));
	ck_assert(dp_says(&s, DP_TOPIC_TRUST, "devdax-report", "if it is"));
	ck_assert(dp_told_part(&t, 0, &part));
	ck_assert_uint_eq(part.offset, 0x400000);
	ck_assert_uint_eq(part.end - part.start, 0x200000);
	ck_assert(!dp_told_part(&t, 1, &part));
	t.kind = DP_KIND_DEVDAX;
	dp_decode_signal(&t, &s);
	ck_assert(!dp_says(&s, DP_TOPIC_TRUST, "fsdax-report", ""));
	/* Elsewhere than anything that was mapped. */
	t.signal.addr = 0x30000000;
	dp_decode_signal(&t, &s);
	ck_assert(dp_says(&s, DP_TOPIC_DOUBT, "poison-in-report", "in none of the 2"));
}
END_TEST

START_TEST(sizes_that_are_none)
{
	static const int bad[] = { -1, 0, 11, 63, 64, 1000 };
	struct dp_statements s;
	struct dp_told t;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		t = dp_told_of(BUS_MCEERR_AO, UINT64_MAX, bad[i]);
		dp_decode_signal(&t, &s);
		ck_assert(dp_says(&s, DP_TOPIC_TOLD, "early-told", "AO"));
		ck_assert(dp_says(&s, DP_TOPIC_DOUBT, "poison-in-report",
				  "the extent is unknown"));
		ck_assert(!dp_says(&s, DP_TOPIC_TRUST, "data-intact", ""));
	}
	/* The end of the address space. */
	t = dp_told_of(BUS_MCEERR_AR, UINT64_MAX, 12);
	dp_decode_signal(&t, &s);
	ck_assert(dp_says(&s, DP_TOPIC_DOUBT, "poison-in-report", "unknown"));
}
END_TEST

START_TEST(other_codes)
{
	struct dp_told t = dp_told_of(BUS_ADRERR, 0x1000, 0);
	struct dp_statements s;

	dp_decode_signal(&t, &s);
	ck_assert_str_eq(s.at[0].text, "BUS_ADRERR, si_code 2: this is no report of a memory failure, si_addr_lsb means nothing in it");
	ck_assert(dp_says(&s, DP_TOPIC_DOUBT, "retouch", "listed as bad"));
	t.signal.code = SI_USER;
	dp_decode_signal(&t, &s);
	ck_assert_uint_eq(s.n, 1);
	t.signal.code = 77;
	dp_decode_signal(&t, &s);
	ck_assert_uint_eq(s.n, 1);
}
END_TEST

START_TEST(recovered_and_nobody_told)
{
	static const char text[] = "Injecting memory failure at pfn 0x10\n" ENDED("0x10");
	struct dp_statements s;
	struct dp_klog log;

	ck_assert_int_eq(dp_klog_read(&log, text, strlen(text), 4096), 0);
	dp_decode_incident(&log.at[0], &s);
	ck_assert(dp_says(&s, DP_TOPIC_DOUBT, "late-not-told", "nobody was told"));
	dp_klog_deinit(&log);
}
END_TEST

/* Where each log leads: topic, row and words of one statement. */
START_TEST(what_logs_mean)
{
	static const struct {
		const char *text;
		enum dp_topic topic;
		const char *words;
	} rows[] = {
		{ "Soft offlining pfn 0x10 at process virtual address 0x0\n", DP_TOPIC_TOLD, "DAX memory refuses that" },
		{ "[Hardware Error]:   physical_address: 0x10000\n", DP_TOPIC_TOLD, "the hardware reported it" },
		{ ENDED("0x10"), DP_TOPIC_DOUBT, "its beginning may be missing" },
		{ "Memory failure: 0x10: recovery action for dax page: Failed\n", DP_TOPIC_DOUBT, "could not deal with it" },
		{ TOLD("0x10", "a:1"), DP_TOPIC_DOUBT, "no line tells how it ended" },
		{ TOLD("0x10", "a:1") ENDED("0x10"), DP_TOPIC_DOUBT, "does not say how much" },
		{ TOLD("0x10", "a:1") ENDED("0x10"), DP_TOPIC_DOUBT, "did not ask for early kill" },
		{ "Memory failure: 0x10: forcibly killing a:1 because of failure to unmap corrupted page\n", DP_TOPIC_LOST, "got SIGKILL" },
		{ "MCE: Killing a:1 due to hardware memory corruption fault at 7000\n", DP_TOPIC_TOLD, "touched at 0x7000" },
	};
	struct dp_statements s;
	struct dp_klog log;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool said = false;

		ck_assert_int_eq(dp_klog_read(&log, rows[i].text,
					      strlen(rows[i].text), 4096), 0);
		ck_assert_uint_eq(log.n, 1);
		dp_decode_incident(&log.at[0], &s);
		for (unsigned int k = 0; k < s.n; k++)
			said |= s.at[k].topic == rows[i].topic &&
				strstr(s.at[k].text, rows[i].words);
		ck_assert_msg(said, "%s: nothing of '%s'", rows[i].text,
			      rows[i].words);
		dp_klog_deinit(&log);
	}
}
END_TEST

/* Several lines on the way of one machine check are one incident. */
START_TEST(a_machine_check_logged_twice)
{
	static const char text[] =
		"Uncorrected hardware memory error in user-access at 10123\n"
		"[Hardware Error]: TSC 0 ADDR 10123\n"
		ENDED("0x10");
	struct dp_klog log;

	ck_assert_int_eq(dp_klog_read(&log, text, strlen(text), 4096), 0);
	ck_assert_uint_eq(log.n, 1);
	ck_assert_uint_eq(log.at[0].lines, 3);
	ck_assert_int_eq(log.at[0].cause, DP_KLOG_MACHINE_CHECK);
	dp_klog_deinit(&log);
}
END_TEST

START_TEST(one_page)
{
	struct dp_told t = dp_told_of(BUS_MCEERR_AR, 0x1000, 12);
	struct dp_statements s;

	dp_decode_signal(&t, &s);
	ck_assert(dp_says(&s, DP_TOPIC_LOST, "poison-in-report", ""));
	ck_assert(dp_says(&s, DP_TOPIC_DOUBT, "fsdax-report", "if it is a file: another"));
	ck_assert(dp_says(&s, DP_TOPIC_DOUBT, "retouch", "from 6.5 on"));
	t.kind = DP_KIND_FSDAX;
	dp_decode_signal(&t, &s);
	ck_assert(dp_says(&s, DP_TOPIC_TRUST, "fsdax-report", "an entry of 4K"));
	ck_assert(!dp_says(&s, DP_TOPIC_TRUST, "devdax-report", ""));
}
END_TEST

/* A core with the notes that matter, in one program header. */
struct dp_made_core {
	Elf64_Ehdr e;
	Elf64_Phdr p;
	struct {
		Elf64_Nhdr n;
		char name[8];
		uint32_t signo, err, code, pad;
		uint64_t addr;
		int16_t lsb;
		char rest[102];
	} __attribute__((packed)) siginfo;
	struct {
		Elf64_Nhdr n;
		char name[8];
		uint64_t count, page, start, end, offset;
		char path[16];
	} __attribute__((packed)) file;
} __attribute__((packed));

static struct dp_made_core dp_good_core(void)
{
	struct dp_made_core c = {
		.e = {
			.e_type = ET_CORE,
			.e_machine = EM_X86_64,
			.e_phoff = offsetof(struct dp_made_core, p),
			.e_phnum = 1,
			.e_phentsize = sizeof(Elf64_Phdr),
		},
		.p = {
			.p_type = PT_NOTE,
			.p_offset = offsetof(struct dp_made_core, siginfo),
			.p_filesz = sizeof(c.siginfo) + sizeof(c.file),
		},
		.siginfo = {
			{ 5, sizeof(c.siginfo) - sizeof(Elf64_Nhdr) - 8, NT_SIGINFO },
			"CORE", SIGBUS, 0, BUS_MCEERR_AR, 0, 0x10200000, 21, "",
		},
		.file = {
			{ 5, sizeof(c.file) - sizeof(Elf64_Nhdr) - 8, NT_FILE },
			"CORE", 1, 4096, 0x10000000, 0x10600000, 0x200, "/dev/dax0.0",
		},
	};

	memcpy(c.e.e_ident, ELFMAG, SELFMAG);
	c.e.e_ident[EI_CLASS] = ELFCLASS64;
	c.e.e_ident[EI_DATA] = ELFDATA2LSB;
	return c;
}

START_TEST(a_core)
{
	struct dp_made_core made = dp_good_core();
	struct dp_why why = { "" };
	struct dp_core core;

	ck_assert_msg(!dp_core_read(&core, (uint8_t *)&made, sizeof(made), &why), "%s", why.text);
	ck_assert(core.have_siginfo && !core.have_process);
	ck_assert_int_eq(core.signo, SIGBUS);
	ck_assert_int_eq(core.code, BUS_MCEERR_AR);
	ck_assert_int_eq(core.lsb, 21);
	ck_assert_uint_eq(core.addr, 0x10200000);
	ck_assert_uint_eq(core.n_maps, 1);
	ck_assert_uint_eq(core.maps[0].offset, 0x200000);
	ck_assert_str_eq(core.maps[0].path, "/dev/dax0.0");
	dp_core_deinit(&core);
}
END_TEST

/* The note with the process in it, in the place of the other: elfcore.h,
 * struct elf_prpsinfo of 64 bit. */
START_TEST(a_core_with_a_name)
{
	struct dp_made_core made = dp_good_core();
	uint8_t *desc = (uint8_t *)&made.siginfo + sizeof(Elf64_Nhdr) + 8;
	struct dp_why why = { "" };
	struct dp_core core;

	made.siginfo.n.n_type = NT_PRPSINFO;
	memset(desc, 0, made.siginfo.n.n_descsz);
	desc[24] = 0x39;
	desc[25] = 0x30;
	memcpy(desc + 40, "a_comm_of_16_byt", 16);
	ck_assert_int_eq(dp_core_read(&core, (uint8_t *)&made, sizeof(made), &why), 0);
	ck_assert(core.have_process && !core.have_siginfo);
	ck_assert_int_eq(core.pid, 12345);
	ck_assert_str_eq(core.comm, "a_comm_of_16_byt");
	dp_core_deinit(&core);
}
END_TEST

START_TEST(cores_that_are_none)
{
	struct dp_made_core made;
	struct dp_why why = { "" };
	struct dp_core core;

	/* Cut off anywhere: never more than there is is read. */
	for (size_t n = 0; n < sizeof(made); n++) {
		uint8_t *cut = malloc(n ?: 1);

		made = dp_good_core();
		memcpy(cut, &made, n);
		ck_assert_int_lt(dp_core_read(&core, cut, n, &why), 0);
		ck_assert_ptr_null(core.maps);
		free(cut);
	}
	/* One byte wrong anywhere: any answer, but no crash. */
	for (size_t at = 0; at < sizeof(made); at++) {
		for (int value = 0; value < 256; value += 51) {
			made = dp_good_core();
			((uint8_t *)&made)[at] = value;
			if (!dp_core_read(&core, (uint8_t *)&made, sizeof(made), &why))
				dp_core_deinit(&core);
		}
	}
	made = dp_good_core();
	made.e.e_ident[EI_CLASS] = ELFCLASS32;
	ck_assert_int_eq(dp_core_read(&core, (uint8_t *)&made, sizeof(made), &why), -ENOEXEC);
	made = dp_good_core();
	made.e.e_machine = EM_MIPS;
	ck_assert_int_eq(dp_core_read(&core, (uint8_t *)&made, sizeof(made), &why), -ENOEXEC);
	made = dp_good_core();
	made.file.count = UINT64_MAX / 24;
	ck_assert_int_eq(dp_core_read(&core, (uint8_t *)&made, sizeof(made), &why), -EBADMSG);
	made = dp_good_core();
	made.p.p_offset = UINT64_MAX - 8;
	ck_assert_int_eq(dp_core_read(&core, (uint8_t *)&made, sizeof(made), &why), -EBADMSG);
}
END_TEST

START_TEST(printable)
{
	char buf[16];

	ck_assert_str_eq(dp_printable(buf, sizeof(buf), "a\033\\\xff"), "a\\033\\134\\377");
	ck_assert_str_eq(dp_printable(buf, 5, "a\033"), "a");
	ck_assert_str_eq(dp_printable(buf, 6, "a\033"), "a\\033");
}
END_TEST

UNIT_SUITE("decode", &lines_of_all_versions, &incidents, &a_machine_check,
	   &many_incidents,
	   &a_unit, &sizes_that_are_none, &other_codes,
	   &recovered_and_nobody_told, &a_core, &cores_that_are_none,
	   &printable, &what_logs_mean, &a_machine_check_logged_twice, &one_page,
	   &a_core_with_a_name)
