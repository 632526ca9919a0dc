/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/klog.h"

/* How far back a line may belong: a log of many failures at once interleaves
 * a few of them, and a hostile one must not cost the square of its length. */
#define DP_OPEN_INCIDENTS 16

static bool dp_begins_one(const struct dp_klog_event *e)
{
	return e->what == DP_KLOG_INJECT || e->what == DP_KLOG_SOFT_OFFLINE ||
	       e->what == DP_KLOG_MACHINE_CHECK;
}

/* The machine check is logged more than once on its way, and whoever touches
 * the page later comes back to an incident that had ended. */
static struct dp_incident *dp_incident_of(struct dp_klog *log,
					  const struct dp_klog_event *e)
{
	size_t oldest = log->n > DP_OPEN_INCIDENTS ? log->n - DP_OPEN_INCIDENTS
						   : 0;

	if (!(e->has & DP_KLOG_HAS_PFN))
		return NULL;
	for (size_t i = log->n; i > oldest; i--) {
		struct dp_incident *in = &log->at[i - 1];

		if (!(in->has & DP_KLOG_HAS_PFN) || in->pfn != e->pfn)
			continue;
		if (!dp_begins_one(e))
			return !in->ended || e->what == DP_KLOG_OTHER ||
					       e->what == DP_KLOG_AGAIN
				       ? in
				       : NULL;
		return !in->ended && in->cause == e->what &&
				       e->what == DP_KLOG_MACHINE_CHECK
			       ? in
			       : NULL;
	}
	return NULL;
}

static struct dp_incident *dp_incident_new(struct dp_klog *log)
{
	struct dp_incident *at;

	if (log->n == DP_INCIDENTS_MAX) {
		log->truncated = true;
		return NULL;
	}
	/* Grows by doubling: 0, 1, 2, 4, ... */
	if (!(log->n & (log->n - 1))) {
		at = reallocarray(log->at, log->n ? 2 * log->n : 1,
				  sizeof(*at));
		if (!at)
			return NULL;
		log->at = at;
	}
	at = &log->at[log->n++];
	memset(at, 0, sizeof(*at));
	at->line = log->lines;
	return at;
}

static void dp_incident_add(struct dp_incident *in,
			    const struct dp_klog_event *e)
{
	in->lines++;
	if (e->has & DP_KLOG_HAS_PFN)
		in->pfn = e->pfn;
	if (e->has & DP_KLOG_HAS_PHYS)
		in->phys = e->phys;
	if (e->has & DP_KLOG_HAS_ADDR && !(in->has & DP_KLOG_HAS_ADDR))
		in->addr = e->addr;
	in->has |= e->has & ~DP_KLOG_HAS_PROCESS;
	if (dp_begins_one(e))
		in->cause = e->what;
	if (e->has & DP_KLOG_HAS_PROCESS) {
		if (in->n_told < DP_INCIDENT_TOLD)
			in->told[in->n_told] = *e;
		in->n_told++;
	}
	if (e->what == DP_KLOG_RESULT || e->what == DP_KLOG_OUTSIDE) {
		in->ended = true;
		strcpy(in->type, e->type);
		strcpy(in->result, e->result);
	}
}

static int dp_klog_line(struct dp_klog *log, const char *line, size_t n,
			uint64_t page)
{
	struct dp_klog_event e;
	struct dp_incident *in;
	bool checked;

	log->lines++;
	if (!dp_klog_parse(line, n, &e))
		return 0;
	log->telling++;
	if ((e.has & DP_KLOG_HAS_PHYS) && !(e.has & DP_KLOG_HAS_PFN)) {
		e.pfn = e.phys / page;
		e.has |= DP_KLOG_HAS_PFN;
	}
	checked = log->checked;
	log->checked = e.what == DP_KLOG_MACHINE_CHECK && !e.has;
	if (log->checked)
		return 0;
	in = dp_incident_of(log, &e);
	if (in)
		checked = false;
	else
		in = dp_incident_new(log);
	if (!in)
		return log->truncated ? 0 : -ENOMEM;
	if (checked && (e.has & DP_KLOG_HAS_PFN))
		in->cause = DP_KLOG_MACHINE_CHECK;
	dp_incident_add(in, &e);
	return 0;
}

int dp_klog_read(struct dp_klog *log, const char *text, size_t n,
		 uint64_t page)
{
	const char *end = text + n, *eol;
	int rc = 0;

	*log = (struct dp_klog){ .at = NULL };
	for (; text < end && !rc; text = eol + 1) {
		eol = memchr(text, '\n', end - text) ?: end;
		rc = dp_klog_line(log, text, eol - text, page);
	}
	if (rc)
		dp_klog_deinit(log);
	return rc;
}

void dp_klog_deinit(struct dp_klog *log)
{
	free(log->at);
	*log = (struct dp_klog){ .at = NULL };
}
