/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/format.h"
#include "out/decode.h"
#include "out/wrap.h"

#define DP_PRINTABLE 512

static void dp_print_statements(FILE *out, const struct dp_statements *s)
{
	char text[DP_PRINTABLE + 128], clean[DP_PRINTABLE];

	for (int topic = 0; topic < DP_TOPIC_MAX; topic++) {
		for (unsigned int i = 0; i < s->n; i++) {
			const struct dp_statement *at = &s->at[i];

			if ((int)at->topic != topic)
				continue;
			dp_printable(clean, sizeof(clean), at->text);
			if (at->guarantee)
				snprintf(text, sizeof(text), "%s [%s, %s]",
					 clean, at->guarantee->id,
					 dp_strength_name(
						 at->guarantee->strength));
			else
				snprintf(text, sizeof(text), "%s", clean);
			dp_wrap(out, 0, dp_topic_name(topic), text);
		}
	}
}

static void dp_print_told(FILE *out, const struct dp_decoding *d)
{
	const struct dp_told *t = d->told;
	struct dp_range r = dp_signal_reported(&t->signal);
	const char *name = dp_signal_code_name(t->signal.code);
	char size[DP_SIZE_TEXT], path[DP_PRINTABLE];
	struct dp_statements s;
	struct dp_told_part part;

	fprintf(out, "signal    SIGBUS, si_code %s (%d), si_addr 0x%" PRIx64 ", si_addr_lsb %d\n",
		name ?: "without a name", t->signal.code, t->signal.addr,
		t->signal.lsb);
	if (d->core && d->core->have_process)
		fprintf(out, "process   %s:%d\n",
			dp_printable(path, sizeof(path), d->core->comm),
			d->core->pid);
	if (r.length)
		fprintf(out, "reported  %s from 0x%" PRIx64 "\n",
			dp_size_text(size, r.length, false), r.offset);
	for (size_t i = 0; i < t->n_maps; i++) {
		if (!dp_told_part(t, i, &part))
			continue;
		fprintf(out, "which is  %s at offset 0x%" PRIx64 " of %s, mapped at 0x%" PRIx64 "\n",
			dp_size_text(size, part.end - part.start, false),
			part.offset,
			*part.map->path
				? dp_printable(path, sizeof(path),
					       part.map->path)
				: "what is mapped",
			part.start);
	}
	fputc('\n', out);
	dp_decode_signal(t, &s);
	dp_print_statements(out, &s);
}

static void dp_print_incident(FILE *out, const struct dp_incident *in)
{
	char clean[DP_PRINTABLE];
	struct dp_statements s;

	fprintf(out, "line %-4" PRIu64 " ", in->line);
	if (in->has & DP_KLOG_HAS_PFN)
		fprintf(out, "page frame 0x%" PRIx64 ", ", in->pfn);
	fprintf(out, "%s", dp_klog_what_name(in->cause));
	if (in->ended)
		fprintf(out, ", %s",
			*in->result ? in->result : "outside of the kernel's control");
	fputc('\n', out);
	if (in->has & DP_KLOG_HAS_PHYS)
		fprintf(out, "physical  0x%" PRIx64 "\n", in->phys);
	if (in->has & DP_KLOG_HAS_ADDR)
		fprintf(out, "address   0x%" PRIx64 "\n", in->addr);
	for (uint32_t i = 0; i < in->n_told && i < DP_INCIDENT_TOLD; i++)
		fprintf(out, "process   %s:%d %s\n",
			dp_printable(clean, sizeof(clean), in->told[i].comm),
			in->told[i].pid,
			in->told[i].what == DP_KLOG_KILLED
				? "was sent SIGKILL"
				: "was sent SIGBUS");
	if (in->n_told > DP_INCIDENT_TOLD)
		fprintf(out, "process   and %u more\n",
			in->n_told - DP_INCIDENT_TOLD);
	dp_decode_incident(in, &s);
	dp_print_statements(out, &s);
}

int dp_decode_print(FILE *out, const struct dp_decoding *d)
{
	if (d->told)
		dp_print_told(out, d);
	for (size_t i = 0; d->log && i < d->log->n; i++) {
		if (i)
			fputc('\n', out);
		dp_print_incident(out, &d->log->at[i]);
	}
	if (d->log && d->log->truncated)
		fprintf(out, "\nThere is more: only the first %d incidents are told.\n",
			DP_INCIDENTS_MAX);
	return ferror(out) ? -EIO : 0;
}
