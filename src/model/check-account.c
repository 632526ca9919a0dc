/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel says of a failure, held against itself and against what was
 * seen: nothing of it is promised, and nothing of it may be believed alone. */
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "base/format.h"
#include "model/checks.h"

/* How many failures were dealt with, as each source has it; -1: it was not
 * read, or not kept in full. */
struct dp_counted {
	int64_t by[DP_SOURCE_MAX];
	uint32_t n_actions;	/* of the log */
	struct dp_account_event actions[DP_ACCOUNT_LINES];
};

static void dp_count(const struct dp_evidence *e, struct dp_counted *n)
{
	const struct dp_account *a = &e->scene->account;
	uint32_t kept = dp_min(a->n_lines, (uint32_t)DP_ACCOUNT_LINES);

	n->n_actions = 0;
	for (int s = 0; s < DP_SOURCE_MAX; s++)
		n->by[s] = -1;
	for (uint32_t i = 0; i < kept; i++)
		if (dp_account_action(a->lines[i], &n->actions[n->n_actions]))
			n->n_actions++;
	if (dp_account_has(a, DP_SOURCE_LOG) && kept == a->n_lines)
		n->by[DP_SOURCE_LOG] = n->n_actions;
	if (dp_account_has(a, DP_SOURCE_TRACE))
		n->by[DP_SOURCE_TRACE] = a->n_events;
	if (dp_account_has(a, DP_SOURCE_HARDWARE_CORRUPTED))
		n->by[DP_SOURCE_HARDWARE_CORRUPTED] =
			a->corrupted_kb * 1024 / (int64_t)e->c->page;
	if (!dp_account_has(a, DP_SOURCE_NODES))
		return;
	n->by[DP_SOURCE_NODES] = 0;
	for (uint32_t i = 0; i < a->n_counters; i++)
		if (!strcmp(a->counters[i].name, "total"))
			n->by[DP_SOURCE_NODES] += a->counters[i].delta;
}

/* The contradictions found so far, and the first in words. */
struct dp_contradictions {
	unsigned int n;
	char first[160];
};

#define dp_contradicts(k, ...)                                                 \
	do {                                                                   \
		if (!(k)->n++)                                                 \
			dp_append((k)->first, sizeof((k)->first),              \
				  __VA_ARGS__);                                \
	} while (0)

static void dp_counts_agree(const struct dp_counted *n,
			    struct dp_contradictions *k)
{
	int first = -1;

	for (int s = 0; s < DP_SOURCE_MAX; s++) {
		if (n->by[s] < 0)
			continue;
		if (first < 0)
			first = s;
		else if (n->by[s] != n->by[first])
			dp_contradicts(k, "%s has %" PRId64 " failure(s), %s has %" PRId64,
				       dp_source_name(first), n->by[first],
				       dp_source_name(s), n->by[s]);
	}
}

/* The log says one thing and the trace another. */
static void dp_words_agree(const struct dp_account *a,
			   const struct dp_counted *n,
			   struct dp_contradictions *k)
{
	uint32_t both = dp_min(n->n_actions,
			       dp_min(a->n_events, (uint32_t)DP_ACCOUNT_EVENTS));

	for (uint32_t i = 0; i < both; i++) {
		const struct dp_account_event *log = &n->actions[i];
		const struct dp_account_event *trace = &a->events[i];

		if (log->pfn == trace->pfn && !strcmp(log->type, trace->type) &&
		    !strcmp(log->result, trace->result))
			continue;
		dp_contradicts(k, "the log says pfn 0x%" PRIx64 ", %s: %s; the trace says pfn 0x%" PRIx64 ", %s: %s",
			       log->pfn, log->type, log->result, trace->pfn,
			       trace->type, trace->result);
	}
}

/* The first failure that any source names, or NULL. */
static const struct dp_account_event *
dp_named(const struct dp_account *a, const struct dp_counted *n)
{
	return a->n_events ? &a->events[0]
	       : n->n_actions ? &n->actions[0]
			      : NULL;
}

/* Memory-failure SIGBUS at the injection that this process is known to have
 * got; -1: it cannot be told. */
static int dp_told_times(const struct dp_evidence *e, uint32_t process)
{
	const struct dp_observation *o = &e->scene->at[process];
	uint32_t kept = dp_min(o->n_signals, (uint32_t)DP_SIGNALS_MAX);
	int n = 0;

	if (process &&
	    e->c->bystanders[process - 1].handler == DP_HANDLER_IGNORE)
		return -1;
	if (o->end == DP_END_KILLED)
		return o->end_detail == SIGBUS ? 1 : -1;
	for (uint32_t i = 0; i < kept; i++)
		n += o->signals[i].step == DP_STEP_INJECT &&
		     dp_signal_is_mce(&o->signals[i]);
	return n;
}

/* How many tasks the log has a SIGBUS sent to. One that maps the page several
 * times is named for each mapping (mm/memory-failure.c:collect_procs), but has
 * one SIGBUS pending at a time. */
static unsigned int dp_sent_to(const struct dp_account *a)
{
	static const char says[] = "Sending SIGBUS to ";
	uint32_t kept = dp_min(a->n_lines, (uint32_t)DP_ACCOUNT_LINES);
	unsigned int n = 0;

	for (uint32_t i = 0; i < kept; i++) {
		const char *to = strstr(a->lines[i], says), *end;
		bool named = false;

		if (!to)
			continue;
		end = strstr(to, " due to ") ?: to + strlen(to);
		for (uint32_t k = 0; k < i && !named; k++) {
			const char *other = strstr(a->lines[k], says);

			named = other && !strncmp(other, to, end - to) &&
				(other[end - to] == ' ' || !other[end - to]);
		}
		n += !named;
	}
	return n;
}

static void dp_seen_agrees(const struct dp_evidence *e,
			   const struct dp_counted *n,
			   struct dp_contradictions *k)
{
	const struct dp_account *a = &e->scene->account;
	const struct dp_account_event *named = dp_named(a, n);
	bool nothing_lost = true, all_known = true;
	unsigned int sent = dp_sent_to(a), told = 0;
	uint64_t pfn;

	for (uint32_t i = 0; i < e->scene->n; i++) {
		const struct dp_observation *o = &e->scene->at[i];
		int times = dp_told_times(e, i);

		all_known &= times >= 0;
		told += times > 0;
		nothing_lost &= dp_loss_known(o) && !o->view.unmapped.n;
	}
	if (n->by[DP_SOURCE_LOG] >= 0 && all_known && sent != told)
		dp_contradicts(k, "the log has %u process(es) sent SIGBUS, %u got one",
			       sent, told);
	if (named && !strcmp(named->result, "Recovered") && nothing_lost &&
	    all_known && !told)
		dp_contradicts(k, "\"%s: Recovered\", but nothing was unmapped and nobody was told",
			       named->type);
	pfn = dp_target_bases(e->c->target, e->c->poison.offset, e->c->page).pfn;
	if (named && pfn != DP_PHYS_UNKNOWN && named->pfn != pfn)
		dp_contradicts(k, "the kernel speaks of pfn 0x%" PRIx64 ", the page poisoned is pfn 0x%" PRIx64,
			       named->pfn, pfn);
	for (uint32_t i = 0; i < a->n_pages; i++) {
		const struct dp_account_page *p = &a->pages[i];
		bool marked = dp_kpageflags_poisoned(p->after);

		if (dp_kpageflags_silent(p->after))
			continue;
		if (!i && named && !marked)
			dp_contradicts(k, "kpageflags does not have HWPOISON for pfn 0x%" PRIx64,
				       p->pfn);
		if (i && marked && !dp_kpageflags_poisoned(p->before))
			dp_contradicts(k, "kpageflags has HWPOISON for pfn 0x%" PRIx64 ", which was not poisoned",
				       p->pfn);
	}
}

void dp_check_account(const struct dp_guarantee *g, const struct dp_evidence *e,
		      struct dp_finding *f)
{
	const struct dp_account *a = &e->scene->account;
	const struct dp_account_event *named;
	struct dp_contradictions k = { 0 };
	struct dp_counted n;

	(void)g;
	if (!dp_was_injected(e, f))
		return;
	dp_count(e, &n);
	if (n.by[DP_SOURCE_LOG] < 0 && n.by[DP_SOURCE_TRACE] < 0) {
		dp_found(f, DP_OUTCOME_VACUOUS, DP_DEVIATION_NONE,
			 "neither log nor trace could be read");
		return;
	}
	dp_counts_agree(&n, &k);
	dp_words_agree(a, &n, &k);
	dp_seen_agrees(e, &n, &k);
	named = dp_named(a, &n);
	if (k.n > 1)
		dp_deviates(f, DP_DEVIATION_CONTRADICTION, "%s; and %u more",
			    k.first, k.n - 1);
	else if (k.n)
		dp_deviates(f, DP_DEVIATION_CONTRADICTION, "%s", k.first);
	else if (named)
		dp_as_said(f, "%s: %s; nothing contradicts it", named->type,
			   named->result);
	else
		dp_as_said(f, "the kernel says nothing of it");
}
