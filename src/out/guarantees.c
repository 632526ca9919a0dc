/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>

#include <json-c/json.h>

#include "base/format.h"
#include "model/guarantee.h"
#include "out/guarantees.h"
#include "out/json.h"
#include "out/wrap.h"

static bool dp_shown(const struct dp_guarantee *g,
		     const struct dp_guarantee_view *view)
{
	if (view->kind >= 0 && !(dp_guarantee_kinds(g) & DP_BIT(view->kind)))
		return false;
	if (view->unit && !dp_guarantee_asks_unit(g, view->unit, view->page))
		return false;
	return view->method < 0 || !g->methods ||
	       (g->methods & DP_BIT(view->method));
}

/* "devdax", "devdax, fsdax"; "any" for no restriction. */
static void dp_applies_text(char *buf, size_t size,
			    const struct dp_guarantee *g)
{
	buf[0] = '\0';
	for (int k = 0; k < DP_KIND_MAX; k++)
		if (dp_guarantee_kinds(g) & DP_BIT(k))
			dp_append(buf, size, "%s%s", *buf ? ", " : "",
				  dp_kind_name(k));
	for (int m = 0; m < DP_METHOD_MAX; m++)
		if (g->methods & DP_BIT(m))
			dp_append(buf, size, "; method %s", dp_method_name(m));
	for (int op = 0; op < DP_OP_MAX; op++)
		if (g->ops & DP_BIT(op))
			dp_append(buf, size, "; attempt %s", dp_op_name(op));
}

static void dp_print_text(FILE *out, const struct dp_guarantee *g)
{
	char applies[128];

	dp_applies_text(applies, sizeof(applies), g);
	fprintf(out, "%s (%s)\n", g->id, dp_strength_name(g->strength));
	dp_wrap(out, 2, "must", g->must);
	dp_wrap(out, 2, "on", applies);
	dp_wrap(out, 2, "source", g->source);
	if (g->note)
		dp_wrap(out, 2, "note", g->note);
	fputc('\n', out);
}

static struct json_object *dp_json_guarantee(const struct dp_guarantee *g)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *kinds = json_object_new_array();
	struct json_object *methods = json_object_new_array();
	struct json_object *ops = json_object_new_array();

	json_object_object_add(obj, "id", json_object_new_string(g->id));
	json_object_object_add(
		obj, "aspect",
		json_object_new_string(dp_aspect_name(g->aspect)));
	for (int k = 0; k < DP_KIND_MAX; k++)
		if (dp_guarantee_kinds(g) & DP_BIT(k))
			json_object_array_add(
				kinds,
				json_object_new_string(dp_kind_name(k)));
	json_object_object_add(obj, "kinds", kinds);
	for (int m = 0; m < DP_METHOD_MAX; m++)
		if (!g->methods || (g->methods & DP_BIT(m)))
			json_object_array_add(
				methods,
				json_object_new_string(dp_method_name(m)));
	json_object_object_add(obj, "methods", methods);
	for (int op = 0; op < DP_OP_MAX; op++)
		if (g->ops & DP_BIT(op))
			json_object_array_add(
				ops, json_object_new_string(dp_op_name(op)));
	json_object_object_add(obj, "operations", ops);
	json_object_object_add(
		obj, "strength",
		json_object_new_string(dp_strength_name(g->strength)));
	json_object_object_add(obj, "must", json_object_new_string(g->must));
	json_object_object_add(obj, "source",
			       json_object_new_string(g->source));
	json_object_object_add(obj, "note", dp_json_text(g->note));
	return obj;
}

/* Text in a manual page: a line must not start with a dot, nor a backslash be
 * taken for an escape. */
static void dp_mdoc_text(FILE *out, const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", out);
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", out);
		else if (text[0] == '.' && text[1] == ' ')
			fputs(".\\& ", out), text++;
		else
			fputc(*text, out);
	}
	fputc('\n', out);
}

static void dp_print_mdoc(FILE *out, const struct dp_guarantee *g)
{
	char applies[128];

	dp_applies_text(applies, sizeof(applies), g);
	fprintf(out, ".It Sy %s Pq %s\n", g->id, dp_strength_name(g->strength));
	dp_mdoc_text(out, g->must);
	fprintf(out, ".br\nApplies to: ");
	dp_mdoc_text(out, applies);
	fprintf(out, ".br\nSource: ");
	dp_mdoc_text(out, g->source);
	if (!g->note)
		return;
	fprintf(out, ".br\nNote: ");
	dp_mdoc_text(out, g->note);
}

static const char dp_mdoc_head[] =
	".\\\" SPDX-License-Identifier: GPL-2.0-only\n"
	".\\\" Made by: daxpoison guarantees --mdoc\n"
	".Dd November 23, 2026\n"
	".Dt DAXPOISON-GUARANTEES 7\n"
	".Os\n"
	".Sh NAME\n"
	".Nm daxpoison-guarantees\n"
	".Nd what the kernel promises about poison in DAX memory\n"
	".Sh DESCRIPTION\n"
	"Each row says what must be seen, where it applies, how firm the promise is,\n"
	"and who makes it.\n"
	"The strength is\n"
	".Sy abi\n"
	"for what is documented to user space,\n"
	".Sy driver\n"
	"for what a subsystem promises, and\n"
	".Sy behaviour\n"
	"for what the code does without a promise: a deviation from that is recorded,\n"
	"never a violation.\n"
	".Pp\n"
	"Two promises are easily taken for one.\n"
	".Xr sigaction 2\n"
	"speaks of the extent of the corruption; a comment in\n"
	".Pa mm/memory-failure.c\n"
	"of the size of the mapping that was torn down.\n"
	"A program that recovers needs the second; only the first is documented to it.\n"
	".Bl -tag -width Ds\n";

static const char dp_mdoc_tail[] =
	".El\n"
	".Sh SEE ALSO\n"
	".Xr daxpoison 1 ,\n"
	".Xr madvise 2 ,\n"
	".Xr sigaction 2\n";

static int dp_print_json(FILE *out, const struct dp_guarantee_view *view)
{
	struct json_object *array = json_object_new_array();
	const struct dp_guarantee *rows;
	size_t n;
	int rc;

	rows = dp_guarantees(&n);
	for (size_t i = 0; i < n; i++)
		if (dp_shown(&rows[i], view))
			json_object_array_add(array,
					      dp_json_guarantee(&rows[i]));
	rc = dp_json_print(out, array);
	json_object_put(array);
	return rc;
}

int dp_guarantees_print(FILE *out, const struct dp_guarantee_view *view)
{
	const struct dp_guarantee *rows;
	size_t n;

	if (view->form == DP_GUARANTEES_JSON)
		return dp_print_json(out, view);
	rows = dp_guarantees(&n);
	if (view->form == DP_GUARANTEES_MDOC)
		fputs(dp_mdoc_head, out);
	for (size_t i = 0; i < n; i++) {
		if (!dp_shown(&rows[i], view))
			continue;
		if (view->form == DP_GUARANTEES_MDOC)
			dp_print_mdoc(out, &rows[i]);
		else
			dp_print_text(out, &rows[i]);
	}
	if (view->form == DP_GUARANTEES_MDOC)
		fputs(dp_mdoc_tail, out);
	return ferror(out) ? -EIO : 0;
}
