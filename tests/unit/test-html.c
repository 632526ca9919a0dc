/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "out/matrix.h"
#include "out/svg.h"
#include "text-of.h"
#include "unit.h"

/* Quotes as in JSON: each string of the document is this. */
#define EVIL "</title></style></svg></pre><script>alert(1)</script><b onclick='x' y=\\\"z\\\">&\\u0001"

static const char dp_evil[] =
	"{\"schema\":\"daxpoison-matrix/1\",\"tool\":{\"version\":\"" EVIL "\"},\"runs\":[{"
	"\"item\":\"" EVIL "\",\"asked\":\"" EVIL "\",\"release\":\"" EVIL "\",\"status\":4,\"lost\":true,"
	"\"pmem\":[\"" EVIL "\"],\"messages\":[\"" EVIL "\"],"
	"\"document\":{\"schema\":\"daxpoison/1\",\"cases\":[{"
	"\"id\":\"" EVIL "\",\"target\":\"" EVIL "\",\"verdict\":\"" EVIL "\",\"repeat\":\"" EVIL "\","
	"\"unit\":2097152,\"map\":{\"offset\":0,\"length\":4194304},\"poison\":{\"offset\":4096,\"length\":4096},"
	"\"views\":[{\"process\":\"" EVIL "\",\"present_before\":[],\"unmapped\":null,\"signals\":"
	"[{\"code\":\"" EVIL "\",\"step\":\"inject\",\"reported\":{\"offset\":0,\"length\":2097152}}]}],"
	"\"guarantees\":[{\"id\":\"" EVIL "\",\"process\":\"" EVIL "\",\"verdict\":\"" EVIL "\",\"deviation\":\"" EVIL "\","
	"\"strength\":\"" EVIL "\",\"detail\":\"" EVIL "\"}],"
	"\"kernel_account\":{\"log\":[\"" EVIL "\"]}}]}}]}";

static struct json_object *dp_matrix_of(const char *text)
{
	struct json_object *m = dp_matrix_new(), *doc;
	struct dp_why why = { "" };

	doc = dp_matrix_parse(text, strlen(text), &why);
	ck_assert_msg(doc, "%s", why.text);
	ck_assert_int_eq(dp_matrix_take(m, doc, &why), 0);
	json_object_put(doc);
	dp_matrix_compare(m);
	return m;
}

START_TEST(everything_is_escaped)
{
	int (*const forms[])(FILE *, struct json_object *) = {
		dp_matrix_html, dp_matrix_svg, dp_matrix_junit,
	};
	struct json_object *m = dp_matrix_of(dp_evil);

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		char *text = dp_text_of(forms[i], m);

		ck_assert_ptr_null(strstr(text, "<script"));
		ck_assert_ptr_null(strstr(text, "</title></style>"));
		ck_assert_ptr_null(strstr(text, "onclick='"));
		ck_assert_ptr_null(strchr(text, '\001'));
		ck_assert_ptr_nonnull(strstr(text, "&lt;script&gt;alert(1)"));
		ck_assert_ptr_nonnull(strstr(text, "&quot;z&quot;&gt;&amp;\xef\xbf\xbd"));
		free(text);
	}
	json_object_put(m);
}
END_TEST

START_TEST(nothing_is_fetched)
{
	struct json_object *m = dp_matrix_of(dp_evil);
	char *text = dp_text_of(dp_matrix_html, m);

	ck_assert_ptr_nonnull(strstr(text, "default-src 'none'"));
	ck_assert_ptr_null(strstr(text, "src=\""));
	ck_assert_ptr_null(strstr(text, "url("));
	ck_assert_ptr_null(strstr(text, "href=\"http"));
	ck_assert_ptr_nonnull(strstr(text, "prefers-color-scheme:dark"));
	ck_assert_ptr_nonnull(strstr(text, "@media print"));
	free(text);
	json_object_put(m);
}
END_TEST

/* How often the class is drawn in the map of one case. */
static unsigned int dp_drawn_of(const char *spec, const char *map,
				const char *present, const char *unmapped,
				const char *told, const char *class)
{
	struct json_object *c;
	char *text, *svg = NULL, needle[32];
	unsigned int n = 0;
	size_t size;
	FILE *f;

	ck_assert_int_gt(asprintf(&text,
		"{\"id\":\"x\",\"unit\":2097152,\"map\":%s,\"poison\":{\"offset\":2101248,\"length\":4096},"
		"\"views\":[{\"process\":\"injector\",\"view\":%s,\"present_before\":%s,\"unmapped\":%s,"
		"\"signals\":[{\"step\":\"inject\",\"code\":\"BUS_MCEERR_AR\",\"reported\":%s}]}]}",
		map, spec, present, unmapped, told), 0);
	c = json_tokener_parse(text);
	ck_assert_ptr_nonnull(c);
	f = open_memstream(&svg, &size);
	dp_svg_case(f, c, 0);
	fclose(f);
	snprintf(needle, sizeof(needle), "rect class=\"%s\"", class);
	for (char *p = svg; (p = strstr(p, needle)); p++)
		n++;
	json_object_put(c);
	free(text);
	free(svg);
	return n;
}

static unsigned int dp_drawn(const char *map, const char *present,
			     const char *unmapped, const char *told,
			     const char *class)
{
	return dp_drawn_of("null", map, present, unmapped, told, class);
}

#define R(from, length) "{\"offset\":" #from ",\"length\":" #length "}"
#define ALL R(0, 6291456)	/* three units of 2M: 24 cells of 256K */

START_TEST(a_map)
{
	ck_assert_uint_eq(dp_drawn(ALL, "[" ALL "]", "[" R(2097152, 2097152) "]", R(2097152, 2097152), "agreed"), 8);
	ck_assert_uint_eq(dp_drawn(ALL, "[" ALL "]", "[" R(2097152, 2097152) "]", R(2097152, 2097152), "intact"), 16);
	ck_assert_uint_eq(dp_drawn(ALL, "[" ALL "]", "[" R(2097152, 2097152) "]", R(2097152, 2097152), "poison"), 1);
	/* Twice as much as was told, half of it, and something else. */
	ck_assert_uint_eq(dp_drawn(ALL, "[" ALL "]", "[" R(2097152, 4194304) "]", R(2097152, 2097152), "untold"), 8);
	ck_assert_uint_eq(dp_drawn(ALL, "[" ALL "]", "[" R(2097152, 1048576) "]", R(2097152, 2097152), "unlost"), 4);
	ck_assert_uint_eq(dp_drawn(ALL, "[" ALL "]", "[" R(4194304, 2097152) "]", R(2097152, 2097152), "unlost"), 8);
	ck_assert_uint_eq(dp_drawn(ALL, "[" R(2097152, 2097152) "]", "[]", "null", "absent"), 16);
	/* One page lost: its cell shows it, however many pages it has. */
	ck_assert_uint_eq(dp_drawn(ALL, "[" ALL "]", "[" R(0, 4096) "]", "null", "untold"), 1);
	/* Not measured is not intact. */
	ck_assert_uint_eq(dp_drawn(ALL, "[" ALL "]", "null", "null", "unknown"), 24);
	ck_assert_uint_eq(dp_drawn(ALL, "[" ALL "]", "null", R(2097152, 2097152), "unknown"), 24);
}
END_TEST

/* What was never touched was not mapped; if it yet was, it is not hidden. */
START_TEST(a_view_that_was_never_touched)
{
	ck_assert_uint_eq(dp_drawn_of("\"unfaulted\"", ALL, "[]", "null", R(2097152, 2097152), "absent"), 24);
	ck_assert_uint_eq(dp_drawn_of("\"after\"", ALL, "[]", "null", R(2097152, 2097152), "absent"), 0);
	ck_assert_uint_eq(dp_drawn_of("\"unfaulted\"", ALL, "[" ALL "]", "[" R(2097152, 2097152) "]", R(2097152, 2097152), "agreed"), 8);
	ck_assert_uint_eq(dp_drawn_of("\"unfaulted\"", ALL, "[" ALL "]", "null", "null", "unknown"), 24);
}
END_TEST

START_TEST(maps_that_make_no_sense)
{
	static const char *const cases[] = {
		"{}", "[]", "null",
		"{\"unit\":0,\"map\":" ALL ",\"poison\":" R(0, 4096) ",\"views\":[{}]}",
		"{\"unit\":3,\"map\":" ALL ",\"poison\":" R(0, 4096) ",\"views\":[{}]}",
		"{\"unit\":4096,\"map\":" ALL ",\"poison\":" R(0, 0) ",\"views\":[{}]}",
		"{\"unit\":4096,\"map\":" ALL ",\"poison\":" R(0, 8192) ",\"views\":[{}]}",
		"{\"unit\":4096,\"map\":" ALL ",\"poison\":" R(6291456, 4096) ",\"views\":[{}]}",
		"{\"unit\":4096,\"map\":" R(18446744073709551615, 18446744073709551615) ",\"poison\":" R(0, 4096) ",\"views\":[{}]}",
		"{\"unit\":9223372036854775808,\"map\":" ALL ",\"poison\":" R(0, 4096) ",\"views\":[{}]}",
		"{\"unit\":4096,\"map\":" ALL ",\"poison\":" R(0, 4096) ",\"views\":[]}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct json_object *c = json_tokener_parse(cases[i]);

		ck_assert_msg(dp_svg_height(c) == 0, "%s", cases[i]);
		json_object_put(c);
	}
}
END_TEST

UNIT_SUITE("html", &everything_is_escaped, &nothing_is_fetched, &a_map,
	   &a_view_that_was_never_touched,
	   &maps_that_make_no_sense)
