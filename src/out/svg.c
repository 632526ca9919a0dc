/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/format.h"
#include "model/ranges.h"
#include "out/json-get.h"
#include "out/markup.h"
#include "out/matrix.h"
#include "out/svg.h"

#define DP_CELLS 24
#define DP_CELL 16
#define DP_MARGIN 6
#define DP_LINE 15
#define DP_ROW 62		/* two lines of text and the cells below */
#define DP_FOOT 34
#define DP_ROWS_MAX 70

const char dp_svg_colours[] =
	":root{color-scheme:light dark;--bg:#fff;--fg:#1c2024;--dim:#5b646e;--line:#aab2bb;--panel:#f4f6f8;--intact:#e7ebef;--agreed:#7fb2e5;--unlost:#f2c94c;--untold:#e5736a;--poison:#8a0f3c;--held:#1a7f37;--bad:#b3261e;--warn:#8a5a00;--link:#0b5cad}\n"
	"@media (prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e6e9ec;--dim:#9aa4ae;--line:#4a535c;--panel:#1d2226;--intact:#2b3238;--agreed:#2f6da8;--unlost:#8f7312;--untold:#a8433b;--poison:#ff7aa8;--held:#5fce80;--bad:#ff8a80;--warn:#e6b450;--link:#7ab8ff}}\n"
	/* Paper is white, whatever the screen is. */
	"@media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--dim:#333;--line:#888;--panel:#fff;--intact:#eee;--agreed:#9cc4ec;--unlost:#f2c94c;--untold:#e5736a;--poison:#8a0f3c;--held:#000;--bad:#000;--warn:#000;--link:#000}}\n";

const char dp_svg_style[] =
	".bm text{font:12px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:var(--fg)}\n"
	".bm .g{text-anchor:middle;font-weight:bold}\n"
	".bm .end{text-anchor:end}\n"
	".bm rect{stroke:var(--line);stroke-width:1}\n"
	".bm .intact{fill:var(--intact)}\n"
	".bm .absent{fill:none;stroke-dasharray:2 2}\n"
	".bm .unknown{fill:none}\n"
	".bm .agreed{fill:var(--agreed)}\n"
	".bm .unlost{fill:var(--unlost)}\n"
	".bm .untold{fill:var(--untold)}\n"
	".bm .told{fill:none;stroke:var(--fg);stroke-width:2}\n"
	".bm .poison{fill:none;stroke:var(--poison);stroke-width:2.5}\n"
	".bm .unit{stroke:var(--fg);stroke-width:2}\n";

/* What a cell shows, gravest last. */
enum dp_shade {
	DP_SHADE_ABSENT,	/* nothing of it was mapped */
	DP_SHADE_INTACT,
	DP_SHADE_UNKNOWN,	/* what was lost was not measured */
	DP_SHADE_AGREED,
	DP_SHADE_UNLOST,
	DP_SHADE_UNTOLD,
	DP_SHADE_MAX,
};

static const struct {
	const char *class, *glyph;
} dp_shades[DP_SHADE_MAX] = {
	[DP_SHADE_ABSENT] = { "absent", "" },
	[DP_SHADE_INTACT] = { "intact", "" },
	[DP_SHADE_UNKNOWN] = { "unknown", "·" },
	[DP_SHADE_AGREED] = { "agreed", "#" },
	[DP_SHADE_UNLOST] = { "unlost", "?" },
	[DP_SHADE_UNTOLD] = { "untold", "!" },
};

struct dp_drawing {
	struct json_object *c;
	struct dp_range window;	/* of the target */
	uint64_t per_cell;	/* bytes */
	unsigned int n;		/* cells */
	uint64_t unit;
	struct dp_range poison;
};

static struct dp_range dp_range_of(struct json_object *range)
{
	return (struct dp_range){ dp_get_u64(range, "offset"),
				  dp_get_u64(range, "length") };
}

/* Numbers of a document can be anything; a drawing needs them to make sense. */
static bool dp_sane(const struct dp_drawing *d, struct dp_range map)
{
	return dp_is_power_of_2(d->unit) && d->poison.length &&
	       d->unit >= d->poison.length && d->unit <= 1ULL << 50 &&
	       map.length && map.length < 1ULL << 50 &&
	       map.offset < 1ULL << 60 &&
	       dp_range_contains(map, d->poison);
}

/* The unit that was hit and four around it, or all that is mapped. */
static bool dp_drawing_init(struct dp_drawing *d, struct json_object *c)
{
	struct dp_range map = dp_range_of(dp_get(c, "map"));
	uint64_t at, wing, from;

	d->c = c;
	d->unit = dp_get_u64(c, "unit");
	d->poison = dp_range_of(dp_get(c, "poison"));
	if (!dp_sane(d, map) || !dp_get_n(c, "views"))
		return false;
	d->window = map;
	if (map.length / d->unit > 8) {
		at = d->poison.offset - (d->poison.offset - map.offset) % d->unit;
		wing = dp_max(4 * d->unit, DP_CELLS / 2 * d->poison.length);
		from = dp_max(at, map.offset + wing) - wing;
		d->window.offset = from;
		d->window.length =
			dp_min(at + d->unit + wing, dp_range_end(map)) - from;
	}
	d->per_cell = d->poison.length;
	while (d->window.length > DP_CELLS * d->per_cell)
		d->per_cell *= 2;
	d->n = (d->window.length + d->per_cell - 1) / d->per_cell;
	return true;
}

/* Whether any range of the array reaches into the cell. */
static bool dp_any(struct json_object *view, const char *key,
		   struct dp_range cell)
{
	for (size_t i = 0; i < dp_get_n(view, key); i++)
		if (dp_range_overlaps(dp_range_of(dp_get_at(view, key, i)),
				      cell))
			return true;
	return false;
}

/* What the injection made the process told: its first report. */
static struct json_object *dp_first_told(struct json_object *view)
{
	struct json_object *s;

	for (size_t i = 0; i < dp_get_n(view, "signals"); i++) {
		s = dp_get_at(view, "signals", i);
		if (dp_get(s, "reported") &&
		    !strcmp(dp_get_text(s, "step"), "inject"))
			return s;
	}
	return NULL;
}

/* Who was never to touch what it maps: there is nothing that could be gone, and
 * so nothing was measured. */
static bool dp_is_unfaulted(struct json_object *view)
{
	const char *spec = dp_get_text(view, dp_get(view, "view") ? "view"
								  : "bystander");

	return strstr(spec, "unfaulted") && !dp_get_n(view, "present_before") &&
	       !dp_get(view, "unmapped");
}

/* As the blast map for terminals: who was told nothing is held against what
 * the injector was told. */
static enum dp_shade dp_shade_of(struct json_object *view,
				 struct dp_range reported,
				 struct dp_range cell)
{
	bool told = dp_range_overlaps(reported, cell);
	bool lost = dp_any(view, "unmapped", cell);

	if (dp_is_unfaulted(view))
		return DP_SHADE_ABSENT;
	if (!dp_get(view, "unmapped"))
		return DP_SHADE_UNKNOWN;
	if (lost)
		return told ? DP_SHADE_AGREED : DP_SHADE_UNTOLD;
	if (!dp_any(view, "present_before", cell))
		return DP_SHADE_ABSENT;
	return told ? DP_SHADE_UNLOST : DP_SHADE_INTACT;
}

static void dp_range_words(char *buf, size_t size, struct dp_range r)
{
	char text[DP_SIZE_TEXT];

	dp_append(buf, size, "%s at 0x%" PRIx64,
		  dp_size_text(text, r.length, false), r.offset);
}

/* As many characters of the text stand in the width of a picture. */
#define DP_TEXT_MAX 54

/* "injector: told AR 2M at 0x400000", "view-1 (tail): ...". */
static void dp_told_words(char *buf, size_t size, struct json_object *view,
			  bool spec)
{
	struct json_object *told = dp_first_told(view);
	const char *code = dp_get_text(told, "code");

	snprintf(buf, size, "%s", dp_get_text(view, "process"));
	if (spec && (dp_get(view, "bystander") || dp_get(view, "view")))
		dp_append(buf, size, " (%s)",
			  dp_get_text(view, dp_get(view, "view") ? "view"
								 : "bystander"));
	dp_append(buf, size, ": told ");
	if (told)
		dp_append(buf, size, "%s ",
			  !strncmp(code, "BUS_MCEERR_", 11) ? code + 11 : code);
	if (told)
		dp_range_words(buf, size, dp_range_of(dp_get(told, "reported")));
	else
		dp_append(buf, size, dp_get(view, "view") ? "of another view"
							   : "nothing");
}

/* "lost 2M at 0x400000". */
static void dp_lost_words(char *buf, size_t size, struct json_object *view)
{
	size_t n = dp_get_n(view, "unmapped");

	snprintf(buf, size, "lost ");
	if (dp_is_unfaulted(view))
		dp_append(buf, size, "nothing, having nothing");
	else if (!dp_get(view, "unmapped"))
		dp_append(buf, size, "not measured");
	else if (!n)
		dp_append(buf, size, "nothing");
	for (size_t i = 0; i < n && i < 2; i++) {
		dp_append(buf, size, i ? ", " : "");
		dp_range_words(buf, size, dp_range_of(dp_get_at(view, "unmapped", i)));
	}
	if (n > 2)
		dp_append(buf, size, " and %zu more", n - 2);
}

static void dp_svg_cell(FILE *out, const struct dp_drawing *d, unsigned int i,
			enum dp_shade shade, unsigned int y)
{
	struct dp_range cell = { d->window.offset + i * d->per_cell,
				 d->per_cell };
	bool poison = dp_range_overlaps(cell, d->poison);
	unsigned int x = DP_MARGIN + i * DP_CELL;

	fprintf(out, "<rect class=\"%s\" x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\"/>",
		dp_shades[shade].class, x, y, DP_CELL, DP_CELL);
	if (poison)
		fprintf(out, "<rect class=\"poison\" x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\"/>",
			x + 1, y + 1, DP_CELL - 2, DP_CELL - 2);
	if (poison || *dp_shades[shade].glyph)
		fprintf(out, "<text class=\"g\" x=\"%u\" y=\"%u\">%s</text>",
			x + DP_CELL / 2, y + 12,
			poison ? "X" : dp_shades[shade].glyph);
}

static void dp_svg_view(FILE *out, const struct dp_drawing *d,
			struct json_object *view, unsigned int y)
{
	struct json_object *told = dp_first_told(view);
	struct dp_range reported;
	char words[200];

	if (!told)
		told = dp_first_told(dp_get_at(d->c, "views", 0));
	reported = dp_range_of(dp_get(told, "reported"));
	dp_told_words(words, sizeof(words), view, true);
	if (strlen(words) > DP_TEXT_MAX)
		dp_told_words(words, sizeof(words), view, false);
	dp_markup(out, "<text x=\"%d\" y=\"%u\">%s</text>\n", DP_MARGIN,
		  y + DP_LINE, words);
	dp_lost_words(words, sizeof(words), view);
	dp_markup(out, "<text x=\"%d\" y=\"%u\">%s</text>\n", DP_MARGIN,
		  y + 2 * DP_LINE, words);
	for (unsigned int i = 0; i < d->n; i++) {
		struct dp_range cell = { d->window.offset + i * d->per_cell,
					 d->per_cell };

		dp_svg_cell(out, d, i, dp_shade_of(view, reported, cell),
			    y + 2 * DP_LINE + 7);
	}
	/* Borders of units, where they are wider than a cell. */
	for (unsigned int i = 0; d->unit > d->per_cell && i <= d->n; i++)
		if (dp_is_aligned(d->window.offset + i * d->per_cell, d->unit))
			fprintf(out, "<path class=\"unit\" d=\"M%u %uv%d\"/>",
				DP_MARGIN + i * DP_CELL, y + 2 * DP_LINE + 5,
				DP_CELL + 4);
	fputc('\n', out);
}

unsigned int dp_svg_height(struct json_object *c)
{
	struct dp_drawing d;
	size_t n;

	if (!dp_drawing_init(&d, c))
		return 0;
	n = dp_min(dp_get_n(c, "views"), (size_t)DP_ROWS_MAX);
	return n * DP_ROW + DP_FOOT;
}

void dp_svg_case(FILE *out, struct json_object *c, unsigned int y)
{
	unsigned int height = dp_svg_height(c), at = 0;
	char size[DP_SIZE_TEXT], unit[DP_SIZE_TEXT];
	struct dp_drawing d;

	if (!dp_drawing_init(&d, c))
		return;
	fprintf(out, "<svg class=\"bm\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" y=\"%u\" width=\"%d\" height=\"%u\" viewBox=\"0 0 %d %u\">\n",
		y, DP_SVG_WIDTH, height, DP_SVG_WIDTH, height);
	dp_markup(out, "<title>blast map of %s</title>\n", dp_get_text(c, "id"));
	for (size_t i = 0; i < dp_get_n(c, "views") && i < DP_ROWS_MAX; i++) {
		dp_svg_view(out, &d, dp_get_at(c, "views", i), at);
		at += DP_ROW;
	}
	fprintf(out, "<text x=\"%d\" y=\"%u\">0x%" PRIx64 "</text><text class=\"end\" x=\"%u\" y=\"%u\">0x%" PRIx64 "</text>\n",
		DP_MARGIN, at + 11, d.window.offset,
		dp_max(DP_MARGIN + d.n * DP_CELL, DP_SVG_WIDTH / 2U), at + 11,
		dp_range_end(d.window));
	fprintf(out, "<text x=\"%d\" y=\"%u\">a cell is %s, the unit %s</text>\n</svg>\n",
		DP_MARGIN, at + 11 + DP_LINE,
		dp_size_text(size, d.per_cell, false),
		dp_size_text(unit, d.unit, false));
}

#define DP_HEADING 40		/* two lines of text above a map */

/* Draw all cases that can be, or with `out` NULL only see how high they get. */
static unsigned int dp_svg_all(FILE *out, struct json_object *matrix)
{
	struct json_object *run, *doc, *c;
	unsigned int y = DP_MARGIN, h;

	for (size_t i = 0; i < dp_get_n(matrix, "runs"); i++) {
		run = dp_get_at(matrix, "runs", i);
		doc = dp_get(run, "document");
		for (size_t k = 0; k < dp_get_n(doc, "cases"); k++) {
			c = dp_get_at(doc, "cases", k);
			h = dp_svg_height(c);
			if (!h)
				continue;
			if (out) {
				dp_markup(out,
					  "<g class=\"bm\"><text class=\"h\" x=\"%d\" y=\"%u\">%s: %s</text><text x=\"%d\" y=\"%u\">%s</text></g>\n",
					  DP_MARGIN, y + 14,
					  dp_get_text(c, "verdict"),
					  dp_get_text(c, "id"), DP_MARGIN,
					  y + 30, dp_get_text(run, "release"));
				dp_svg_case(out, c, y + DP_HEADING - 4);
			}
			y += h + DP_HEADING;
		}
	}
	return y;
}

int dp_matrix_svg(FILE *out, struct json_object *matrix)
{
	unsigned int height = dp_svg_all(NULL, matrix);

	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%u\" viewBox=\"0 0 %d %u\">\n<style>\n%s%s.bm .h{font-weight:bold}\n</style>\n<rect width=\"100%%\" height=\"100%%\" fill=\"var(--bg)\"/>\n",
		DP_SVG_WIDTH, height, DP_SVG_WIDTH, height, dp_svg_colours,
		dp_svg_style);
	dp_svg_all(out, matrix);
	fputs("</svg>\n", out);
	return ferror(out) ? -EIO : 0;
}
