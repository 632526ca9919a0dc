/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "model/decode.h"

static const char *const dp_topic_names[] = {
	[DP_TOPIC_TOLD] = "told",
	[DP_TOPIC_LOST] = "lost",
	[DP_TOPIC_TRUST] = "trust",
	[DP_TOPIC_DOUBT] = "doubt",
};
static_assert(ARRAY_SIZE(dp_topic_names) == DP_TOPIC_MAX,
	      "a topic has no name");

const char *dp_topic_name(enum dp_topic topic)
{
	return dp_topic_names[topic];
}

/* `row`: the id of a guarantee, or NULL. */
static void dp_printf(4, 5)
	dp_say(struct dp_statements *out, enum dp_topic topic, const char *row,
	       const char *fmt, ...)
{
	struct dp_statement *s = &out->at[out->n];
	va_list ap;

	if (out->n == DP_STATEMENTS_MAX)
		return;
	out->n++;
	s->topic = topic;
	s->guarantee = row ? dp_guarantee_named(row) : NULL;
	va_start(ap, fmt);
	vsnprintf(s->text, sizeof(s->text), fmt, ap);
	va_end(ap);
}

bool dp_told_part(const struct dp_told *told, size_t n,
		  struct dp_told_part *part)
{
	struct dp_range reported = dp_signal_reported(&told->signal);
	const struct dp_mapped *m = &told->maps[n];
	uint64_t last = reported.offset + (reported.length - 1);

	if (!reported.length || m->end <= reported.offset || m->start > last)
		return false;
	part->map = m;
	part->start = dp_max(m->start, reported.offset);
	part->end = dp_min(m->end - 1, last) + 1;
	part->offset = m->offset + (part->start - m->start);
	return true;
}

/* Signals that say nothing of failing memory. */
static void dp_decode_other(const struct dp_told *told,
			    struct dp_statements *out)
{
	const struct dp_signal *s = &told->signal;
	const char *name = dp_signal_code_name(s->code);

	if (s->code <= 0)
		dp_say(out, DP_TOPIC_TOLD, NULL,
		       "si_code %d: a process sent this signal, the kernel found no fault in memory",
		       s->code);
	else
		dp_say(out, DP_TOPIC_TOLD, NULL,
		       "%s%ssi_code %d: this is no report of a memory failure, si_addr_lsb means nothing in it",
		       name ?: "", name ? ", " : "", s->code);
	if (s->code != BUS_ADRERR)
		return;
	dp_say(out, DP_TOPIC_DOUBT, "misaligned-move",
	       "the access was outside the file or device, or device-dax could not map a whole unit at this address");
	dp_say(out, DP_TOPIC_DOUBT, "retouch",
	       "or, up to 6.4, it touched a page of a DAX file that is listed as bad (fs/dax.c:dax_iomap_direct_access); the kernel log has no line of that: look at the badblocks of the device");
}

static void dp_decode_code(const struct dp_told *told,
			   struct dp_statements *out)
{
	if (told->signal.code == BUS_MCEERR_AR)
		dp_say(out, DP_TOPIC_TOLD, "injector-told",
		       "BUS_MCEERR_AR, action required: this thread ran into the failure, and returning from the handler repeats the access");
	else
		dp_say(out, DP_TOPIC_TOLD, "early-told",
		       "BUS_MCEERR_AO, action optional: memory that this process maps failed, no access of its own has run into it yet");
}

/* Where the extent makes sense. */
static void dp_decode_extent(const struct dp_told *told,
			     struct dp_range reported,
			     struct dp_statements *out)
{
	uint64_t length = reported.length;
	char size[DP_SIZE_TEXT], page[DP_SIZE_TEXT];

	dp_size_text(size, length, false);
	dp_size_text(page, told->page, false);
	if (length == told->page)
		dp_say(out, DP_TOPIC_LOST, "poison-in-report",
		       "the page at 0x%" PRIx64 " is the one that failed",
		       reported.offset);
	else
		dp_say(out, DP_TOPIC_LOST, "poison-in-report",
		       "one page of %s in the %s at 0x%" PRIx64 " failed; the signal does not say which of %" PRIu64,
		       page, size, reported.offset, length / told->page);
	dp_say(out, DP_TOPIC_LOST, "whole-report-unmapped",
	       "all of the %s was unmapped; touching it faults it in again", size);
	dp_say(out, DP_TOPIC_TRUST, "nothing-outside-report",
	       "what is outside [0x%" PRIx64 ", 0x%" PRIx64 ") is still mapped",
	       reported.offset, reported.offset + length);
	dp_say(out, DP_TOPIC_TRUST, "data-intact",
	       "every page but the one that failed has its contents, in the %s and outside",
	       size);
	if (length > told->page)
		dp_say(out, DP_TOPIC_DOUBT, "si-addr",
		       "si_addr is the failing page or the start of its unit; neither is promised%s",
		       dp_is_aligned(told->signal.addr, length)
			       ? ""
			       : " (here it is not the start, so it is likely the page)");
}

static void dp_decode_unit(const struct dp_told *told, uint64_t length,
			   struct dp_statements *out)
{
	char size[DP_SIZE_TEXT];

	dp_size_text(size, length, false);
	if (told->kind != DP_KIND_FSDAX)
		dp_say(out, DP_TOPIC_TRUST, "devdax-report",
		       "%sthe alignment of the device is %s, and this is one unit of it",
		       told->kind < 0 ? "if it is device-dax: " : "", size);
	if (told->kind == DP_KIND_DEVDAX)
		return;
	dp_say(out, DP_TOPIC_TRUST, "fsdax-report",
	       "%san entry of %s mapped the page in this view",
	       told->kind < 0 ? "if it is a file: " : "", size);
	if (length != told->page)
		return;
	dp_say(out, DP_TOPIC_DOUBT, "fsdax-report",
	       "%sanother process that mapped it by a larger entry and asked for early kill makes the kernel unmap that much here too, and this signal does not tell",
	       told->kind < 0 ? "if it is a file: " : "");
	dp_say(out, DP_TOPIC_DOUBT, "retouch",
	       "a report of one page also comes, from 6.5 on, from touching a page that is listed as bad: then nothing was unmapped now, and what was lost was reported before");
}

static void dp_decode_maps(const struct dp_told *told,
			   struct dp_statements *out)
{
	uint64_t addr = told->signal.addr;

	for (size_t i = 0; i < told->n_maps; i++)
		if (addr >= told->maps[i].start && addr < told->maps[i].end)
			return;
	if (told->n_maps)
		dp_say(out, DP_TOPIC_DOUBT, "poison-in-report",
		       "si_addr 0x%" PRIx64 " is in none of the %zu mappings given",
		       addr, told->n_maps);
}

void dp_decode_signal(const struct dp_told *told, struct dp_statements *out)
{
	struct dp_range reported = dp_signal_reported(&told->signal);

	out->n = 0;
	if (!dp_signal_is_mce(&told->signal)) {
		dp_decode_other(told, out);
		return;
	}
	dp_decode_code(told, out);
	/* The last byte of the address space ends no range that can be told. */
	if (reported.length < told->page ||
	    reported.offset + reported.length < reported.offset) {
		dp_say(out, DP_TOPIC_DOUBT, "poison-in-report",
		       "si_addr_lsb %d is no size that a mapping has: the extent is unknown; take everything that was mapped there for lost",
		       told->signal.lsb);
		return;
	}
	dp_decode_extent(told, reported, out);
	dp_decode_unit(told, reported.length, out);
	dp_decode_maps(told, out);
}

/* Whether any of those who were told was told so. */
static bool dp_any(const struct dp_incident *in, enum dp_klog_what what)
{
	for (uint32_t i = 0; i < in->n_told && i < DP_INCIDENT_TOLD; i++)
		if (in->told[i].what == what)
			return true;
	return false;
}

static void dp_decode_cause(const struct dp_incident *in,
			    struct dp_statements *out)
{
	switch (in->cause) {
	case DP_KLOG_INJECT:
		dp_say(out, DP_TOPIC_TOLD, NULL,
		       "simulated: somebody asked for it, the memory itself is good");
		break;
	case DP_KLOG_SOFT_OFFLINE:
		dp_say(out, DP_TOPIC_TOLD, "soft-offline-refused",
		       "a page was to be moved away before it fails; DAX memory refuses that");
		break;
	case DP_KLOG_MACHINE_CHECK:
		dp_say(out, DP_TOPIC_TOLD, NULL,
		       "the hardware reported it: the memory is bad, or a machine check was simulated");
		break;
	default:
		dp_say(out, DP_TOPIC_DOUBT, NULL,
		       "the log does not tell where it came from: its beginning may be missing");
	}
}

static void dp_decode_end(const struct dp_incident *in,
			  struct dp_statements *out)
{
	bool told = dp_any(in, DP_KLOG_TOLD);

	if (in->ended && !strcmp(in->result, "Recovered") && !in->n_told)
		dp_say(out, DP_TOPIC_DOUBT, "late-not-told",
		       "\"Recovered\", yet nobody was told: with no process on the kill list nothing is unmapped either, and whoever maps the page can still read it");
	else if (in->ended && !strcmp(in->result, "Failed"))
		dp_say(out, DP_TOPIC_DOUBT, NULL,
		       "the kernel could not deal with it (no process had touched the page, or the filesystem refused): a way to the bad page may be left");
	else if (!in->ended)
		dp_say(out, DP_TOPIC_DOUBT, NULL,
		       "no line tells how it ended: the log may be cut, or the kernel lost messages");
	if (told)
		dp_say(out, DP_TOPIC_DOUBT, "whole-report-unmapped",
		       "the log does not say how much was unmapped: only si_addr_lsb, in the siginfo of those who were told, does");
	if (told)
		dp_say(out, DP_TOPIC_DOUBT, "late-not-told",
		       "processes that did not ask for early kill lose the same unit and are not named here");
	if (dp_any(in, DP_KLOG_KILLED))
		dp_say(out, DP_TOPIC_LOST, "injector-told",
		       "a process got SIGKILL in place of a signal that it could have handled");
	if (dp_any(in, DP_KLOG_FAULT))
		dp_say(out, DP_TOPIC_TOLD, "retouch",
		       "a page that was bad already was touched: SIGBUS for one page, and nothing was unmapped by it");
}

void dp_decode_incident(const struct dp_incident *in,
			struct dp_statements *out)
{
	out->n = 0;
	if (!dp_any(in, DP_KLOG_FAULT) || in->cause || in->ended)
		dp_decode_cause(in, out);
	if (in->has & DP_KLOG_HAS_PFN)
		dp_say(out, DP_TOPIC_LOST, "data-intact",
		       "page frame 0x%" PRIx64 "%s%s failed, and no other page's contents",
		       in->pfn, *in->type ? ", a " : "", in->type);
	if (in->has & DP_KLOG_HAS_PFN)
		dp_decode_end(in, out);
	else if (dp_any(in, DP_KLOG_FAULT))
		dp_say(out, DP_TOPIC_TOLD, "retouch",
		       "a page that was known bad was touched at 0x%" PRIx64 ": SIGBUS for one page, and nothing was unmapped by it",
		       in->addr);
}
