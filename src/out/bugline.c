/* SPDX-License-Identifier: GPL-2.0-only */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "out/bugline.h"

/* Worth a report: what was promised was not kept; or nothing is promised and
 * yet what was said does not fit what happened. */
static bool dp_is_bug(const struct dp_judgement *j)
{
	static const unsigned int said =
		DP_BIT(DP_ASPECT_CONTAINS) | DP_BIT(DP_ASPECT_OUTSIDE) |
		DP_BIT(DP_ASPECT_INSIDE) | DP_BIT(DP_ASPECT_ACCOUNT);

	if (j->verdict == DP_VERDICT_VIOLATED)
		return true;
	return j->verdict == DP_VERDICT_RECORDED && j->finding.deviation &&
	       said & DP_BIT(j->guarantee->aspect);
}

static void dp_say_told(FILE *out, const struct dp_case *c,
			const struct dp_scene *scene, uint32_t process)
{
	const struct dp_signal *told = dp_observation_told(
		&scene->at[dp_told_process(c, process)]);
	char name[DP_PROCESS_NAME];
	uint32_t named;
	char size[DP_SIZE_TEXT];
	struct dp_range r;

	if (!told) {
		fprintf(out, "was told nothing");
		return;
	}
	dp_scene_reported(c, scene, process, told, &r, &named);
	fprintf(out, "was told %s, si_addr_lsb %d (%s at 0x%" PRIx64 ")",
		dp_signal_code_name(told->code), told->lsb,
		dp_size_text(size, dp_signal_reported(told).length, false),
		r.offset);
	if (named != process)
		fprintf(out, " of %s%s", named ? "" : "the view of the ",
			dp_process_name(name, c, named));
}

static void dp_say_lost(FILE *out, const struct dp_observation *o)
{
	const struct dp_ranges *lost = &o->view.unmapped;
	char size[DP_SIZE_TEXT];

	if (o->end == DP_END_KILLED) {
		fprintf(out, ", was killed by signal %d", o->end_detail);
		return;
	}
	if (!dp_loss_known(o)) {
		fprintf(out, ", lost what could not be measured");
		return;
	}
	fprintf(out, lost->n ? ", lost" : ", lost nothing");
	for (uint32_t i = 0; i < lost->n && i < 3; i++)
		fprintf(out, "%s %s at 0x%" PRIx64, i ? "," : "",
			dp_size_text(size, lost->at[i].length, false),
			lost->at[i].offset);
	if (lost->n > 3)
		fprintf(out, " and %u more", lost->n - 3);
}

static void dp_say_who(FILE *out, const struct dp_case *c,
		       const struct dp_scene *scene, uint32_t process)
{
	char name[DP_PROCESS_NAME], spec[DP_BYSTANDER_TEXT];

	fputs(dp_process_name(name, c, process), out);
	if (process)
		fprintf(out, " (%s)",
			dp_bystander_text(spec, &c->bystanders[process - 1]));
	fputc(' ', out);
	dp_say_told(out, c, scene, process);
	dp_say_lost(out, &scene->at[process]);
}

static void dp_bug_write(FILE *out, const struct dp_kernel *kernel,
			 const struct dp_case *c, const struct dp_scene *scene,
			 const struct dp_case_verdict *v, uint32_t process)
{
	_cleanup_free_ char *repeat = dp_case_repeat(c);
	char unit[DP_SIZE_TEXT];

	fprintf(out, "kernel %s (%s): %s, unit %s: ", kernel->release,
		kernel->machine, dp_kind_name(c->target->kind),
		dp_size_text(unit, c->unit, false));
	if (c->type == DP_CASE_POISON) {
		fprintf(out, "page at 0x%" PRIx64 " poisoned (%s), ",
			c->poison.offset, dp_method_name(c->method));
		dp_say_who(out, c, scene, process);
	} else {
		fprintf(out, "attempt %s", dp_op_name(c->op));
	}
	for (unsigned int i = 0; i < v->n; i++) {
		const struct dp_judgement *j = &v->at[i];

		if (j->process == process && dp_is_bug(j))
			fprintf(out, "; %s %s, %s: %s", j->guarantee->id,
				dp_verdict_name(j->verdict),
				dp_deviation_name(j->finding.deviation),
				j->finding.detail);
	}
	fprintf(out, "; repeat: daxpoison %s", repeat ? repeat : "");
}

char *dp_bug_line(const struct dp_kernel *kernel, const struct dp_case *c,
		  const struct dp_scene *scene, const struct dp_case_verdict *v,
		  uint32_t process)
{
	char *text = NULL;
	bool any = false;
	size_t size;
	FILE *out;

	for (unsigned int i = 0; i < v->n; i++)
		any |= v->at[i].process == process && dp_is_bug(&v->at[i]);
	if (!any)
		return NULL;
	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	dp_bug_write(out, kernel, c, scene, v, process);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}
