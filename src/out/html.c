/* SPDX-License-Identifier: GPL-2.0-only */
/* One page with everything in it: no script, nothing fetched, light or dark as
 * the reader has it, and legible on paper. */
#include <errno.h>
#include <string.h>

#include "base/format.h"
#include "out/json-get.h"
#include "out/markup.h"
#include "out/matrix.h"
#include "out/svg.h"

static const char dp_html_style[] =
	"*{box-sizing:border-box}\n"
	"body{margin:0 auto;padding:1rem;max-width:72rem;background:var(--bg);color:var(--fg);font:16px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}\n"
	"h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:0 0 .3rem;overflow-wrap:anywhere}\n"
	"a{color:var(--link)}p{margin:.3rem 0}.dim{color:var(--dim);font-size:.9rem}\n"
	".scroll{overflow-x:auto;max-width:100%}\n"
	"table{border-collapse:collapse;font-size:.9rem}\n"
	"th,td{border:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top}\n"
	"thead th{background:var(--panel)}tbody th{font-weight:normal}\n"
	"td.n{text-align:right;font-variant-numeric:tabular-nums}\n"
	".v{font-weight:600;white-space:nowrap}.held{color:var(--held)}.violated{color:var(--bad)}.known,.not-judged,.lost{color:var(--warn)}\n"
	"tr.verdict{outline:2px solid var(--bad);outline-offset:-2px}\n"
	"section{border:1px solid var(--line);border-radius:6px;padding:.7rem;margin:.8rem 0;background:var(--panel);break-inside:avoid}\n"
	"section svg{display:block;width:100%;max-width:32rem;height:auto;margin:.4rem 0;background:var(--bg)}\n"
	"pre,code{font:.82rem/1.4 ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace}\n"
	"pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0;padding:.4rem;background:var(--bg);border:1px solid var(--line)}\n"
	".legend{display:flex;flex-wrap:wrap;gap:.3rem 1rem;padding:0;margin:.4rem 0;list-style:none;font-size:.9rem}\n"
	".legend span{display:inline-block;width:1.3rem;text-align:center;border:1px solid var(--line);margin-right:.3rem;font-family:monospace;font-weight:bold;print-color-adjust:exact;-webkit-print-color-adjust:exact}\n"
	"svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}\n"
	"@media (max-width:40rem){body{padding:.6rem;font-size:15px}section{padding:.5rem}.cases th,.cases td{padding:.2rem .3rem}.cases th{overflow-wrap:anywhere;font-size:.8rem}.cases tbody th{min-width:7.5rem}}\n"
	"@media print{body{max-width:none;padding:0;font-size:10pt}a{text-decoration:none}.scroll{overflow:visible}section{border-color:#888}h2{break-after:avoid}tr{break-inside:avoid}}\n";

/* The verdict as a word with its colour. */
static void dp_verdict(FILE *out, const char *verdict)
{
	dp_markup(out, "<span class=\"v %s\">%s</span>", verdict, verdict);
}

static void dp_html_head(FILE *out, struct json_object *matrix)
{
	struct json_object *s = dp_get(matrix, "summary");

	fprintf(out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
		/* Nothing is fetched and nothing runs, whatever stands below. */
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
		"<title>daxpoison</title>\n<style>\n%s%s%s</style>\n</head>\n<body>\n",
		dp_svg_colours, dp_html_style, dp_svg_style);
	dp_markup(out,
		  "<h1>What one bad byte costs</h1>\n<p>%llu runs, %llu without a result; %zu kernels, %llu cases: %llu differ in their verdict, %llu in facts. <span class=\"dim\">daxpoison %s</span></p>\n",
		  (unsigned long long)dp_get_u64(s, "runs"),
		  (unsigned long long)dp_get_u64(s, "lost"),
		  dp_get_n(matrix, "kernels"),
		  (unsigned long long)dp_get_u64(s, "cases"),
		  (unsigned long long)dp_get_u64(s, "differ_in_verdict"),
		  (unsigned long long)dp_get_u64(s, "differ_in_facts"),
		  dp_get_text(dp_get(matrix, "tool"), "version"));
}

static const char *const dp_counted[] = {
	"held", "violated", "known", "recorded", "not_judged",
};

static void dp_html_runs(FILE *out, struct json_object *matrix)
{
	struct json_object *run, *counts;
	bool lost;

	fputs("<h2>Runs</h2>\n<div class=\"scroll\"><table><thead><tr><th>kernel</th><th>NVDIMMs</th><th>held</th><th>violated</th><th>known</th><th>recorded</th><th>not judged</th><th>exit status</th></tr></thead><tbody>\n",
	      out);
	for (size_t i = 0; i < dp_get_n(matrix, "runs"); i++) {
		run = dp_get_at(matrix, "runs", i);
		lost = !dp_get(run, "document") || dp_get_bool(run, "lost");
		counts = dp_get(dp_get(dp_get(run, "document"), "summary"), "cases");
		dp_markup(out, "<tr><th>%s</th><td>", dp_get_text(run, "release"));
		for (size_t k = 0; k < dp_get_n(run, "pmem"); k++)
			dp_markup(out, "%s%s", k ? ", " : "",
				  json_object_get_string(dp_get_at(run, "pmem", k)) ?: "");
		fputs("</td>", out);
		for (size_t k = 0; k < ARRAY_SIZE(dp_counted); k++)
			dp_markup(out, "<td class=\"n\">%llu</td>",
				  (unsigned long long)dp_get_u64(counts, dp_counted[k]));
		dp_markup(out, "<td>%llu%s</td></tr>\n",
			  (unsigned long long)dp_get_u64(run, "status"),
			  lost ? ", no whole result" : "");
	}
	fputs("</tbody></table></div>\n", out);
}

/* What a run without a result said. */
static void dp_html_lost(FILE *out, struct json_object *matrix)
{
	struct json_object *run;

	for (size_t i = 0; i < dp_get_n(matrix, "runs"); i++) {
		run = dp_get_at(matrix, "runs", i);
		if (dp_get(run, "document") && !dp_get_bool(run, "lost"))
			continue;
		dp_markup(out, "<section><h3><span class=\"v lost\">no result</span> %s</h3><pre>",
			  dp_get_text(run, "item"));
		for (size_t k = 0; k < dp_get_n(run, "messages"); k++)
			dp_markup(out, "%s\n",
				  json_object_get_string(dp_get_at(run, "messages", k)) ?: "");
		fputs("</pre></section>\n", out);
	}
}

static void dp_html_cell(FILE *out, struct json_object *cell)
{
	size_t n = dp_get_n(cell, "not_held");
	const char *deviation;
	size_t k;

	if (!cell) {
		fputs("<td class=\"dim\">none</td>", out);
		return;
	}
	fputs("<td>", out);
	dp_markup(out, "<a href=\"#c%llu-%llu\">",
		  (unsigned long long)dp_get_u64(cell, "run"),
		  (unsigned long long)dp_get_u64(cell, "case"));
	dp_verdict(out, dp_get_text(cell, "verdict"));
	fputs("</a>", out);
	for (size_t i = 0; i < n; i++) {
		deviation = dp_get_text(dp_get_at(cell, "not_held", i), "deviation");
		/* Once, however many processes and views it befell. */
		for (k = 0; k < i; k++)
			if (!strcmp(deviation,
				    dp_get_text(dp_get_at(cell, "not_held", k),
						"deviation")))
				break;
		if (*deviation && k == i)
			dp_markup(out, "<br>%s", deviation);
	}
	fputs("</td>", out);
}

static void dp_html_cases(FILE *out, struct json_object *matrix)
{
	struct json_object *row;
	const char *differs;

	fputs("<h2>Cases</h2>\n<p class=\"dim\">! the kernels differ in the verdict; ~ the same verdict on other facts</p>\n<div class=\"scroll\"><table class=\"cases\"><thead><tr><th></th><th>case</th>",
	      out);
	for (size_t k = 0; k < dp_get_n(matrix, "kernels"); k++)
		dp_markup(out, "<th>%s</th>",
			  json_object_get_string(dp_get_at(matrix, "kernels", k)) ?: "");
	fputs("</tr></thead><tbody>\n", out);
	for (size_t i = 0; i < dp_get_n(matrix, "comparison"); i++) {
		row = dp_get_at(matrix, "comparison", i);
		differs = dp_get_text(row, "differs");
		dp_markup(out, "<tr class=\"%s\"><td>%s</td><th>%s", differs,
			  *differs == 'v' ? "!" : *differs ? "~" : "",
			  dp_get_text(row, "id"));
		if (dp_get_u64(row, "number") > 1)
			dp_markup(out, " (%llu)",
				  (unsigned long long)dp_get_u64(row, "number"));
		fputs("</th>", out);
		for (size_t k = 0; k < dp_get_n(row, "cells"); k++)
			dp_html_cell(out, dp_get_at(row, "cells", k));
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table></div>\n", out);
}

static void dp_html_legend(FILE *out)
{
	fputs("<ul class=\"legend\"><li><span style=\"background:var(--intact)\">&nbsp;</span>intact</li>"
	      "<li><span style=\"background:var(--agreed)\">#</span>told and lost</li>"
	      "<li><span style=\"background:var(--untold)\">!</span>lost, not told</li>"
	      "<li><span style=\"background:var(--unlost)\">?</span>told, not lost</li>"
	      "<li><span style=\"border:2px solid var(--poison)\">X</span>poisoned</li>"
	      "<li><span>·</span>not measured</li>"
	      "<li><span style=\"border-style:dashed\">&nbsp;</span>was not mapped</li></ul>\n"
	      "<p class=\"dim\">A process that was told nothing is held against what the injector was told.</p>\n",
	      out);
}

static void dp_html_guarantees(FILE *out, struct json_object *c)
{
	struct json_object *g;

	fputs("<div class=\"scroll\"><table><tbody>\n", out);
	for (size_t i = 0; i < dp_get_n(c, "guarantees"); i++) {
		g = dp_get_at(c, "guarantees", i);
		fputs("<tr><td>", out);
		dp_verdict(out, dp_get_text(g, "verdict"));
		dp_markup(out, "</td><td>%s<br><span class=\"dim\">%s, %s</span></td><td>%s%s%s</td></tr>\n",
			  dp_get_text(g, "id"), dp_get_text(g, "process"),
			  dp_get_text(g, "strength"),
			  dp_get_text(g, "deviation"),
			  *dp_get_text(g, "deviation") ? ": " : "",
			  dp_get_text(g, "detail"));
	}
	fputs("</tbody></table></div>\n", out);
}

static void dp_html_case(FILE *out, struct json_object *run, size_t run_index,
			 struct json_object *c, size_t case_index)
{
	struct json_object *account = dp_get(c, "kernel_account");
	size_t n = dp_get_n(account, "log");

	dp_markup(out, "<section id=\"c%zu-%zu\"><h3>", run_index, case_index);
	dp_verdict(out, *dp_get_text(c, "verdict") ? dp_get_text(c, "verdict")
						   : "not-judged");
	dp_markup(out, " %s</h3>\n<p class=\"dim\">%s on kernel %s</p>\n",
		  dp_get_text(c, "id"), dp_get_text(c, "target"),
		  dp_get_text(run, "release"));
	dp_svg_case(out, c, 0);
	dp_html_guarantees(out, c);
	if (n)
		fputs("<p class=\"dim\">The kernel's account</p>\n<pre>", out);
	for (size_t i = 0; i < n; i++)
		dp_markup(out, "%s\n",
			  json_object_get_string(dp_get_at(account, "log", i)) ?: "");
	if (n)
		fputs("</pre>\n", out);
	dp_markup(out, "<p class=\"dim\">To repeat it</p>\n<pre>%s</pre></section>\n",
		  dp_get_text(c, "repeat"));
}

int dp_matrix_html(FILE *out, struct json_object *matrix)
{
	struct json_object *run, *doc;

	dp_html_head(out, matrix);
	dp_html_runs(out, matrix);
	dp_html_lost(out, matrix);
	dp_html_cases(out, matrix);
	fputs("<h2>Each case</h2>\n", out);
	dp_html_legend(out);
	for (size_t i = 0; i < dp_get_n(matrix, "runs"); i++) {
		run = dp_get_at(matrix, "runs", i);
		doc = dp_get(run, "document");
		for (size_t k = 0; k < dp_get_n(doc, "cases"); k++)
			dp_html_case(out, run, i, dp_get_at(doc, "cases", k), k);
	}
	fputs("</body>\n</html>\n", out);
	return ferror(out) ? -EIO : 0;
}
