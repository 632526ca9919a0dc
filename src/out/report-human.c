/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libsmartcols.h>

#include "base/format.h"
#include "out/human-case.h"
#include "out/human-timing.h"
#include "out/report.h"
#include "out/table.h"

struct dp_human {
	const struct dp_report_options *options;
	const struct dp_target *target;	/* of the table under way */
	struct dp_table *table;
	uint64_t last;			/* offset that the last row ends with */
	bool begun;
	size_t n_dropped;
	struct dp_notes notes;		/* what stands below the table */
};

static const struct {
	const char *name;
	double width;
	int flags;
} dp_columns[] = {
	{ "CASE", 0.4, 0 },
	{ "POISONED", 0.1, SCOLS_FL_RIGHT },
	{ "TOLD", 0.2, 0 },
	{ "LOST", 0.2, 0 },
	{ "VERDICT", 0.1, 0 },
};

static int dp_human_init(const struct dp_report_options *options,
			 void **state)
{
	struct dp_human *h = calloc(1, sizeof(*h));

	if (!h)
		return -ENOMEM;
	h->options = options;
	*state = h;
	return 0;
}

static void dp_human_deinit(void *state)
{
	struct dp_human *h = state;

	dp_table_free(h->table);
	dp_notes_deinit(&h->notes);
	free(h);
}

static int dp_human_table(struct dp_human *h)
{
	int rc = 0;

	h->table = dp_table_new();
	if (!h->table)
		return -ENOMEM;
	for (size_t i = 0; !rc && i < ARRAY_SIZE(dp_columns); i++)
		rc = dp_table_column(h->table, dp_columns[i].name,
				     dp_columns[i].width, dp_columns[i].flags);
	return rc;
}

/* So many rows are printed at once. Their columns are as wide as these need, and
 * further ones follow that: a run of thousands shows where it is, and keeps no
 * more of them. */
#define DP_ROWS_AT_ONCE 64

/* The cases of one target are one table, which ends when the last has come. */
static int dp_human_flush(struct dp_human *h)
{
	int rc;

	if (!h->table)
		return 0;
	rc = dp_table_rows(h->table)
		     ? dp_table_print(h->table, h->options->out) : 0;
	dp_table_free(h->table);
	h->table = NULL;
	dp_notes_print(&h->notes, h->options->out);
	fputc('\n', h->options->out);
	return fflush(h->options->out) ? -errno : rc;
}

static void dp_print_target(const struct dp_human *h,
			    const struct dp_target *t)
{
	char size[DP_SIZE_TEXT], unit[DP_SIZE_TEXT], phys[48] = "";
	FILE *out = h->options->out;

	if (t->kind == DP_KIND_FSDAX) {
		fprintf(out, "%s: %s on %s (%s), %s, units up to %s, %s\n",
			t->name, dp_kind_name(t->kind), t->fs, t->namespace,
			t->own ? "files of its own"
			       : dp_size_text(size, t->size, true),
			dp_size_text(unit, t->align, false),
			t->medium.emulated ? "emulated" : "REAL HARDWARE");
		return;
	}

	if (t->phys != DP_PHYS_UNKNOWN)
		snprintf(phys, sizeof(phys), " at 0x%" PRIx64, t->phys);
	fprintf(out, "%s: %s, unit %s, %s%s, %s\n", t->name,
		dp_kind_name(t->kind), dp_size_text(unit, t->align, false),
		dp_size_text(size, t->size, true), phys,
		t->medium.emulated ? "emulated" : "REAL HARDWARE");
}

/* The rows so far, now. */
static int dp_human_rows(struct dp_human *h)
{
	int rc = dp_table_print(h->table, h->options->out);

	return !rc && fflush(h->options->out) ? -errno : rc;
}

static int dp_human_row(struct dp_human *h, const char *cells[5])
{
	int row, rc = 0;

	if (dp_table_rows(h->table) == DP_ROWS_AT_ONCE)
		rc = dp_human_rows(h);
	row = rc ? rc : dp_table_row(h->table, -1);
	if (row < 0)
		return row;
	for (size_t i = 0; !rc && i < ARRAY_SIZE(dp_columns); i++)
		rc = dp_table_cell(h->table, row, i, cells[i]);
	return rc;
}

static int dp_human_begin(void *state, const struct dp_report_part *part)
{
	struct dp_human *h = state;
	int rc = dp_human_flush(h);

	(void)part;
	h->target = NULL;
	if (rc || h->begun)
		return rc;
	h->begun = true;
	fprintf(h->options->out, "kernel %s (%s)\n\n",
		h->options->kernel->release, h->options->kernel->machine);
	return 0;
}

static int dp_human_each(void *state, const struct dp_case *c,
			 const struct dp_scene *scene,
			 const struct dp_case_verdict *v)
{
	char poisoned[32], told[64], lost[64];
	const char *cells[5] = { c->id, poisoned, told, lost,
				 dp_verdict_name(v->verdict) };
	struct dp_human *h = state;
	int rc;

	if (!h->target || strcmp(h->target->name, c->target->name)) {
		rc = dp_human_flush(h);
		if (rc)
			return rc;
		dp_print_target(h, c->target);
	}
	h->target = c->target;
	if (h->options->detailed) {
		dp_human_case_print(h->options, c, scene, v);
		return 0;
	}
	if (!h->table) {
		rc = dp_human_table(h);
		if (rc)
			return rc;
	}
	dp_human_poisoned(poisoned, sizeof(poisoned), c);
	dp_human_told(told, sizeof(told), c, scene, 0);
	dp_human_lost(lost, sizeof(lost), c, &scene->at[0]);
	rc = dp_human_row(h, cells);
	h->last = c->poison.offset;
	if (!rc)
		rc = dp_notes_add(&h->notes, h->options, c, scene, v);
	return rc;
}

/* "AR 4K": without a place, since each has its own. */
static void dp_alike_told(char *buf, size_t size, const struct dp_pattern *p)
{
	const struct dp_signal *told = dp_observation_told(&p->seen);
	char length[DP_SIZE_TEXT];

	if (!told)
		snprintf(buf, size, "nothing");
	else
		snprintf(buf, size, "%s %s",
			 dp_signal_code_name(told->code) + strlen("BUS_MCEERR_"),
			 dp_size_text(length, dp_signal_reported(told).length,
				      false));
}

static int dp_human_alike(void *state, const struct dp_pattern *pattern,
			  const struct dp_cases *cases)
{
	char what[96], poisoned[32], told[32], lost[DP_SIZE_TEXT];
	char step[DP_SIZE_TEXT], from[32] = "";
	const char *cells[5] = { what, poisoned, told, lost,
				 dp_verdict_name(pattern->verdict.verdict) };
	uint64_t first = cases->first.poison.offset;
	struct dp_human *h = state;
	int rc;

	/* They need not be in the order of their places. */
	if (first != h->last + cases->by)
		snprintf(from, sizeof(from), " from 0x%" PRIx64, first);
	h->last = first + (cases->n - 1) * cases->by;
	if (cases->n > 1)
		snprintf(what, sizeof(what), "  and %u alike%s, each %s further",
			 cases->n, from, dp_size_text(step, cases->by, false));
	else
		snprintf(what, sizeof(what), "  and one alike");
	snprintf(poisoned, sizeof(poisoned), "0x%" PRIx64, h->last);
	dp_alike_told(told, sizeof(told), pattern);
	dp_size_text(lost, dp_ranges_total(&pattern->seen.view.unmapped), false);
	rc = dp_human_row(state, cells);
	/* It stands for many: who waits sees how far it is. */
	return rc ? rc : dp_human_rows(state);
}

/* "3 held, 1 violated" */
static void dp_print_counts(FILE *out, const unsigned int n[DP_VERDICT_MAX])
{
	bool first = true;

	for (int v = 0; v < DP_VERDICT_MAX; v++) {
		if (!n[v])
			continue;
		fprintf(out, "%s%u %s", first ? "" : ", ", n[v],
			dp_verdict_name(v));
		first = false;
	}
	if (first)
		fputs("none", out);
}

static void dp_print_known(FILE *out, const struct dp_known_list *known)
{
	static const char *const says[] = {
		[DP_KNOWN_SHOWN] = "still shows",
		[DP_KNOWN_GONE] = "NO LONGER SHOWS: take it off the list",
		[DP_KNOWN_NOT_SEEN] = "could not show in this run",
	};

	for (size_t i = 0; i < known->n; i++)
		fprintf(out, "known %s: %s (%s)\n", known->rows[i].id,
			says[dp_known_state(&known->rows[i])],
			known->rows[i].reference);
}

static int dp_human_end(void *state, const struct dp_summary *s,
			const struct dp_known_list *known)
{
	struct dp_human *h = state;
	FILE *out = h->options->out;
	unsigned int run = 0;
	int rc = dp_human_flush(h);

	if (rc)
		return rc;
	if (h->options->dry_run) {
		fprintf(out, "\n%u cases planned, %zu cells dropped; nothing was touched\n",
			s->planned, h->n_dropped);
		return fflush(out) ? -errno : 0;
	}
	for (int v = 0; v < DP_VERDICT_MAX; v++)
		run += s->cases[v];
	fprintf(out, "%u of %u cases run: ", run, s->planned);
	dp_print_counts(out, s->cases);
	fprintf(out, "\n%-*sguarantees: ",
		run + s->planned > 100 ? 8 : 6, "");
	dp_print_counts(out, s->guarantees);
	fputc('\n', out);
	dp_human_timings(out, &s->told);
	dp_print_known(out, known);
	fprintf(out, "verdict: %s\n",
		s->guarantees[DP_VERDICT_VIOLATED] ? "VIOLATED"
		: s->broke_off || run < s->planned
			? "NOT JUDGED (the run broke off)"
		: s->guarantees[DP_VERDICT_NOT_JUDGED]
			? (s->guarantees[DP_VERDICT_HELD]
				   ? "held, as far as it could be judged"
				   : "NOT JUDGED")
		: !s->guarantees[DP_VERDICT_HELD] &&
				!s->guarantees[DP_VERDICT_KNOWN]
			? "nothing is promised; see what was recorded"
		: s->guarantees[DP_VERDICT_KNOWN]
			? "held, but for what is known"
			: "held");
	return fflush(out) ? -errno : 0;
}

static int dp_human_plan(void *state, const struct dp_report_part *part)
{
	const struct dp_plan *plan = part->plan;
	const struct dp_target *target = NULL;
	struct dp_human *h = state;
	FILE *out = h->options->out;
	char size[DP_SIZE_TEXT];
	struct dp_case room;

	for (size_t i = 0; i < plan->n; i++) {
		const struct dp_case *c = dp_plan_case(plan, i, &room);

		if (!target || strcmp(c->target->name, target->name))
			dp_print_target(h, c->target);
		target = c->target;
		if (c->type == DP_CASE_POISON)
			fprintf(out, "  would run  %-38s maps %s from 0x%" PRIx64 ", touches 0x%" PRIx64 ", poisons 0x%" PRIx64 "\n",
				c->id, dp_size_text(size, c->map.length, false),
				c->map.offset, c->first_fault,
				c->poison.offset);
		else
			fprintf(out, "  would try  %s\n", c->id);
	}
	for (size_t i = 0; i < plan->n_dropped; i++)
		fprintf(out, "  dropped    %-38s %s\n", plan->dropped[i].id,
			plan->dropped[i].reason);
	h->n_dropped += plan->n_dropped;
	return fflush(out) ? -errno : 0;
}

const struct dp_report_form dp_report_human = {
	.init = dp_human_init,
	.deinit = dp_human_deinit,
	.begin = dp_human_begin,
	.each = dp_human_each,
	.alike = dp_human_alike,
	.end = dp_human_end,
	.plan = dp_human_plan,
};
