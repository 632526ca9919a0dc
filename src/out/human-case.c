/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "out/blastmap.h"
#include "out/bugline.h"
#include "out/human-account.h"
#include "out/human-case.h"
#include "out/report.h"

void dp_human_poisoned(char *buf, size_t size, const struct dp_case *c)
{
	if (c->type == DP_CASE_POISON)
		snprintf(buf, size, "0x%" PRIx64, c->poison.offset);
	else
		snprintf(buf, size, "-");
}

void dp_human_told(char *buf, size_t size, const struct dp_case *c,
		   const struct dp_scene *scene, uint32_t process)
{
	const struct dp_observation *o =
		&scene->at[dp_told_process(c, process)];
	const struct dp_signal *told = dp_observation_told(o);
	uint32_t named;
	char length[DP_SIZE_TEXT];
	struct dp_range r;
	const char *code;

	if (o->error || (c->type == DP_CASE_POISON && o->step < DP_STEP_INJECT)) {
		snprintf(buf, size, "-");
	} else if (c->type == DP_CASE_ATTEMPT) {
		snprintf(buf, size, "%s", !o->attempt.made ? "-"
			 : o->attempt.err ? dp_errno_name(o->attempt.err)
					  : "success");
	} else if (!told) {
		snprintf(buf, size, o->inject_errno ? "%s" : "nothing",
			 dp_errno_name(o->inject_errno));
	} else if (dp_scene_reported(c, scene, process, told, &r, &named) &&
		   dp_is_view(c, process) && named != process) {
		snprintf(buf, size, "of another view");
	} else {
		code = dp_signal_code_name(told->code);
		snprintf(buf, size, "%s %s at 0x%" PRIx64,
			 code + strlen("BUS_MCEERR_"),
			 dp_size_text(length, dp_signal_reported(told).length,
				      false),
			 r.offset);
	}
}

static void dp_ranges_brief(char *buf, size_t size,
			    const struct dp_ranges *ranges)
{
	char length[DP_SIZE_TEXT];

	buf[0] = '\0';
	if (!ranges->n)
		dp_append(buf, size, "nothing");
	else
		dp_append(buf, size, "%s at 0x%" PRIx64,
			  dp_size_text(length, ranges->at[0].length, false),
			  ranges->at[0].offset);
	if (ranges->n > 1)
		dp_append(buf, size, " +%u more", ranges->n - 1);
}

void dp_human_lost(char *buf, size_t size, const struct dp_case *c,
		   const struct dp_observation *o)
{
	if (c->type == DP_CASE_ATTEMPT)
		snprintf(buf, size, "%s",
			 o->attempt.intact_faults > 0 ? "the unit" : "-");
	else if (o->inject_errno || !dp_loss_known(o))
		snprintf(buf, size, "?");
	else
		dp_ranges_brief(buf, size, &o->view.unmapped);
}

static void dp_print_bases(FILE *out, const struct dp_case *c,
			   const struct dp_observation *o)
{
	struct dp_place_bases b =
		dp_target_bases(c->target, c->poison.offset, c->page);

	fprintf(out, "poisoned  offset 0x%" PRIx64 " of %s", b.offset,
		c->target->name);
	if (b.phys != DP_PHYS_UNKNOWN)
		fprintf(out, ", physical 0x%" PRIx64 ", pfn 0x%" PRIx64, b.phys,
			b.pfn);
	if (o->pfn_seen)
		fprintf(out, o->pfn_seen == b.pfn ? " (pagemap agrees)"
			     : " (pagemap says 0x%" PRIx64 ")", o->pfn_seen);
	if (b.namespace_block != DP_PHYS_UNKNOWN)
		fprintf(out, "\n          512-byte block %" PRIu64 " of %s, %" PRIu64 " of %s",
			b.namespace_block, c->target->namespace, b.region_block,
			c->target->region);
	if (b.data_block != DP_PHYS_UNKNOWN &&
	    dp_method_info(c->method)->medium)
		fprintf(out, ", %" PRIu64 " of its data", b.data_block);
	fputc('\n', out);
}

static void dp_print_platform(FILE *out, const struct dp_platform_seen *p)
{
	if (!p->injected)
		return;
	fprintf(out, "platform  names %" PRIu64 " of the blocks; the kernel listed them %s\n",
		p->said, p->listed_early ? "by itself" : "after a scrub");
	for (uint32_t i = 0; i < p->n_reads; i++)
		fprintf(out, "%s 0x%" PRIx64 " %s",
			i ? "," : "read(2)  ", p->reads[i].offset,
			p->reads[i].err ? dp_errno_name(p->reads[i].err) : "ok");
	if (p->n_reads)
		fputc('\n', out);
	if (!p->clearing)
		return;
	fprintf(out, "cleared   %s", p->clear_errno ? dp_errno_name(p->clear_errno)
						 : "taken back");
	if (p->left_known)
		fprintf(out, "; %" PRIu64 " of the blocks are still listed",
			p->left);
	fputc('\n', out);
}

static void dp_print_told(FILE *out, const struct dp_case *c,
			  const struct dp_scene *scene)
{
	const struct dp_observation *o = &scene->at[0];
	char name[DP_PROCESS_NAME];
	uint32_t kept = dp_min(o->n_signals, (uint32_t)DP_SIGNALS_MAX);
	char length[DP_SIZE_TEXT];
	struct dp_range r;
	uint32_t named;

	if (!kept)
		fprintf(out, "told      nothing\n");
	for (uint32_t i = 0; i < kept; i++) {
		const struct dp_signal *s = &o->signals[i];

		fprintf(out, "told      %s, si_addr 0x%" PRIx64,
			dp_signal_code_name(s->code) ?: "unknown si_code",
			s->addr);
		if (dp_signal_is_mce(s)) {
			dp_scene_reported(c, scene, 0, s, &r, &named);
			fprintf(out, ", si_addr_lsb %d: %s at 0x%" PRIx64, s->lsb,
				dp_size_text(length,
					     dp_signal_reported(s).length,
					     false),
				r.offset);
			if (named)
				fprintf(out, " of %s",
					dp_process_name(name, c, named));
		}
		if (s->step != DP_STEP_INJECT)
			fprintf(out, " (during %s)", dp_step_name(s->step));
		fprintf(out, ", %.3f ms after the call\n",
			(s->when - o->began[DP_STEP_INJECT]) / 1e6);
	}
}

static void dp_print_lost(FILE *out, const struct dp_case *c,
			  const struct dp_observation *o)
{
	const struct dp_ranges *lost = &o->view.unmapped;
	const char *fault = dp_proof_fault(&o->proof);
	char length[DP_SIZE_TEXT];

	if (!dp_loss_known(o)) {
		fprintf(out, "lost      not known: %s (%s)\n",
			o->step > DP_STEP_OBSERVE && fault
				? fault
				: "the injector did not come to look",
			dp_observer_name(c->observer));
		return;
	}
	fprintf(out, "lost      ");
	for (uint32_t i = 0; i < lost->n; i++)
		fprintf(out, "%s%s at 0x%" PRIx64, i ? ", " : "",
			dp_size_text(length, lost->at[i].length, false),
			lost->at[i].offset);
	fprintf(out, "%s\n", lost->n ? "" : "nothing");
	if (c->observer == DP_OBSERVER_PAGEMAP)
		fprintf(out, "          by pagemap; looked twice before, %s, and touching what it looked at took %d faults\n",
			o->proof.repeats ? "the same" : "NOT the same",
			o->proof.faults_after_look);
	else
		fprintf(out, "          by counting faults: %u places of %u views, each touched twice before with %d faults\n",
			o->n_questions, o->n_witnesses + 1,
			o->proof.faults_after_look);
}

static void dp_print_touches(FILE *out, const struct dp_case *c,
			     const struct dp_observation *o)
{
	fprintf(out, "touched   ");
	for (uint32_t i = 0; i < o->n_touches; i++) {
		const struct dp_touch *t = &o->touches[i];

		fprintf(out, "%s0x%" PRIx64 "%s: %d fault%s%s",
			i % 4 ? ", " : i ? ",\n          " : "", t->offset,
			t->offset - c->poison.offset < c->page ? " (poisoned)"
							       : "",
			t->faults, t->faults == 1 ? "" : "s",
			t->signal >= 0 ? ", SIGBUS" : "");
	}
	fprintf(out, "%s\n", o->n_touches		    ? ""
			     : c->access == DP_ACCESS_NONE ? "nothing, as asked"
							   : "nothing");
}

static void dp_print_times(FILE *out, const struct dp_observation *o)
{
	bool first = true;

	fprintf(out, "took      ");
	for (int s = DP_STEP_MAP; s < DP_STEP_DONE; s++) {
		int64_t took = dp_observation_took(o, s);

		if (took < 0)
			continue;
		fprintf(out, "%s%s %.3f", first ? "" : ", ", dp_step_name(s),
			took / 1e6);
		first = false;
	}
	fprintf(out, " ms\n");
}

static void dp_print_judgements(FILE *out, const struct dp_case *c,
				const struct dp_case_verdict *v)
{
	char name[DP_PROCESS_NAME];

	for (unsigned int i = 0; i < v->n; i++) {
		const struct dp_judgement *j = &v->at[i];

		if (j->process && (!i || v->at[i - 1].process != j->process))
			fprintf(out, "  %s\n",
				dp_process_name(name, c, j->process));
		fprintf(out, "  %-10s %-22s %s%s%s\n",
			dp_verdict_name(j->verdict), j->guarantee->id,
			j->finding.deviation
				? dp_deviation_name(j->finding.deviation)
				: "",
			j->finding.deviation ? ": " : "", j->finding.detail);
	}
}

static bool dp_is_unfaulted(const struct dp_case *c,
			    const struct dp_scene *scene, uint32_t process)
{
	enum dp_role role = dp_scene_role(c, scene, process);

	return role == DP_ROLE_UNFAULTED || role == DP_ROLE_VIEW_UNFAULTED;
}

/* One line for each bystander and each further view: what it asked for, was
 * told, and lost. */
static void dp_print_bystanders(FILE *out, const struct dp_case *c,
				const struct dp_scene *scene)
{
	char name[DP_PROCESS_NAME], spec[DP_BYSTANDER_TEXT], told[64], lost[64];

	for (uint32_t i = 1; i < scene->n; i++) {
		const struct dp_observation *o = &scene->at[i];

		if (o->end == DP_END_KILLED)
			snprintf(told, sizeof(told), "SIG%s, which killed it",
				 sigabbrev_np(o->end_detail) ?: "?");
		else
			dp_human_told(told, sizeof(told), c, scene, i);
		dp_human_lost(lost, sizeof(lost), c, o);
		fprintf(out, "%-13s %-18s told %-22s lost %s\n",
			dp_process_name(name, c, i),
			dp_bystander_text(spec, &c->bystanders[i - 1]), told,
			o->end == DP_END_KILLED			 ? "everything"
			: dp_is_unfaulted(c, scene, i) ? "nothing, having nothing"
						       : lost);
	}
}

static void dp_print_map(FILE *out, const struct dp_case *c,
			 const struct dp_scene *scene)
{
	char name[DP_PROCESS_NAME];
	struct dp_blastmap map;

	dp_blastmap_make(&map, c, scene, 0);
	dp_blastmap_head(out, &map);
	for (uint32_t i = 0; i < scene->n; i++) {
		const struct dp_observation *o = &scene->at[i];

		/* A row only for whom the loss is known. */
		if (o->end == DP_END_KILLED || !dp_loss_known(o) ||
		    dp_is_unfaulted(c, scene, i))
			continue;
		dp_blastmap_make(&map, c, scene, i);
		dp_blastmap_row(out, &map, c, dp_process_name(name, c, i));
	}
	dp_blastmap_legend(out);
}

/* Each on a line of its own, however long: it is there to be copied. */
static void dp_print_bugs(FILE *out, const struct dp_kernel *kernel,
			  const struct dp_case *c, const struct dp_scene *scene,
			  const struct dp_case_verdict *v)
{
	for (uint32_t i = 0; i < scene->n; i++) {
		_cleanup_free_ char *line = dp_bug_line(kernel, c, scene, v, i);

		if (line)
			fprintf(out, "    to report: %s\n", line);
	}
}

static void dp_print_file(FILE *out, const struct dp_file_after *f)
{
	if (!f->looked)
		return;
	fprintf(out, "file      read(2) of the page: %s",
		f->read_errno ? dp_errno_name(f->read_errno)
			      : f->read_same ? "as before" : "not compared");
	switch ((enum dp_restored)f->restored) {
	case DP_RESTORED_NOT_NEEDED:
	case DP_RESTORED_MAX:
		break;
	case DP_RESTORED_REWRITTEN:
		fprintf(out, "; put back by writing it in place");
		break;
	case DP_RESTORED_PUNCHED:
		fprintf(out, "; put back by punching it out and writing it anew");
		break;
	case DP_RESTORED_NOT:
		fprintf(out, "; NOT put back: %s",
			dp_errno_name(f->error ?: f->read_errno));
		break;
	}
	if (f->phys_after != f->phys_before &&
	    f->phys_after != DP_PHYS_UNKNOWN)
		fprintf(out, "; the block moved from 0x%" PRIx64 " to 0x%" PRIx64,
			f->phys_before, f->phys_after);
	if (f->listed_bad)
		fprintf(out, "\n          the device still lists 0x%" PRIx64 " as bad, and whoever gets that block next fails: 'ndctl clear-errors' clears it where the device can",
			f->phys_before);
	fputc('\n', out);
}

void dp_human_case_print(const struct dp_report_options *options,
			 const struct dp_case *c, const struct dp_scene *scene,
			 const struct dp_case_verdict *v)
{
	FILE *out = options->out;
	const struct dp_observation *o = &scene->at[0];
	_cleanup_free_ char *repeat = dp_case_repeat(c);
	bool medium = c->type == DP_CASE_POISON &&
		      dp_method_info(c->method)->medium;
	char size[DP_SIZE_TEXT], unit[DP_SIZE_TEXT];

	fprintf(out, "\n%s\n", c->id);
	dp_print_bases(out, c, o);
	if (medium)
		fprintf(out, "mapped    nothing beforehand: it is the medium that is struck\n");
	else
		fprintf(out, "mapped    %s from 0x%" PRIx64 " at address 0x%" PRIx64 "; the first fault mapped %s\n",
			dp_size_text(size, c->map.length, false),
			c->map.offset, o->view.start,
			dp_size_text(unit, o->view.unit, false));
	if (dp_method_info(c->method)->caveat)
		fprintf(out, "caution   %s: %s\n", dp_method_name(c->method),
			dp_method_info(c->method)->caveat);
	if (c->unit_why[0] && !medium)
		fprintf(out, "          %s was expected: %s%s\n",
			dp_size_text(unit, c->unit, false), c->unit_why,
			c->unit == o->view.unit ? "" : " -- NOT what it got");
	if (o->injected && !o->inject_errno) {
		dp_print_platform(out, &o->platform);
		dp_print_told(out, c, scene);
		if (!medium)
			dp_print_lost(out, c, o);
		dp_print_touches(out, c, o);
		dp_print_file(out, &scene->file);
		dp_print_times(out, o);
		dp_human_account(out, &scene->account);
		dp_print_bystanders(out, c, scene);
		if (!medium) {
			fputc('\n', out);
			dp_print_map(out, c, scene);
		}
	}
	fputc('\n', out);
	dp_print_judgements(out, c, v);
	dp_print_bugs(out, options->kernel, c, scene, v);
	fprintf(out, "  repeat     daxpoison %s\n\n", repeat ? repeat : "");
}

int dp_notes_add(struct dp_notes *n, const struct dp_report_options *options,
		 const struct dp_case *c, const struct dp_scene *scene,
		 const struct dp_case_verdict *v)
{
	char name[DP_PROCESS_NAME];
	const char *said = "";
	bool all = options->verbose;

	if (!n->stream) {
		n->stream = open_memstream(&n->text, &n->size);
		if (!n->stream)
			return -errno;
	}
	for (unsigned int i = 0; i < v->n; i++) {
		const struct dp_judgement *j = &v->at[i];
		bool bad = j->verdict == DP_VERDICT_VIOLATED ||
			   j->verdict == DP_VERDICT_KNOWN ||
			   j->verdict == DP_VERDICT_NOT_JUDGED;
		/* An attempt has one row: what was recorded is its result. */
		bool told = bad || all || c->type == DP_CASE_ATTEMPT;

		if (!told || (j->verdict == DP_VERDICT_HELD && !all))
			continue;
		/* One cause that stops a case stops all of its judgements. */
		if (j->verdict == DP_VERDICT_NOT_JUDGED && !all &&
		    !strcmp(said, j->finding.detail))
			continue;
		said = j->finding.detail;
		fprintf(n->stream, "  %s: %s%s%s %s: %s%s%s\n", c->id,
			j->process ? dp_process_name(name, c, j->process) : "",
			j->process ? ": " : "", dp_verdict_name(j->verdict),
			j->guarantee->id,
			j->finding.deviation
				? dp_deviation_name(j->finding.deviation)
				: "",
			j->finding.deviation ? ": " : "", j->finding.detail);
	}
	dp_print_bugs(n->stream, options->kernel, c, scene, v);
	return ferror(n->stream) ? -ENOMEM : 0;
}

void dp_notes_print(struct dp_notes *n, FILE *out)
{
	if (!n->stream)
		return;
	fclose(n->stream);
	n->stream = NULL;
	if (n->size)
		fwrite(n->text, 1, n->size, out);
	free(n->text);
	n->text = NULL;
	n->size = 0;
}

void dp_notes_deinit(struct dp_notes *n)
{
	if (n->stream)
		fclose(n->stream);
	free(n->text);
	*n = (struct dp_notes){ 0 };
}
