/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "out/json-get.h"
#include "out/markup.h"
#include "out/matrix.h"
#include "text-of.h"
#include "unit.h"

static char *dp_markup_of(const char *in)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	dp_markup_text(f, in);
	fclose(f);
	return text;
}

START_TEST(markup)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "", "" },
		{ "<a href=\"x\" b='&'>", "&lt;a href=&quot;x&quot; b=&#39;&amp;&#39;&gt;" },
		{ "]]>", "]]&gt;" },
		{ "tab\tline\n", "tab\tline\n" },
		{ "\001\033\177", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x92\xa5", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x92\xa5" },
		/* No UTF-8: a byte alone, cut off, too long, a surrogate. */
		{ "\xff", "\xef\xbf\xbd" },
		{ "\xc3", "\xef\xbf\xbd" },
		{ "\xe2\x82<", "\xef\xbf\xbd\xef\xbf\xbd&lt;" },
		{ "\xc0\xbc", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xef\xbf\xbf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *text = dp_markup_of(rows[i].in);

		ck_assert_str_eq(text, rows[i].out);
		free(text);
	}
}
END_TEST

/* A run's document with one case. */
static char *dp_doc(const char *release, const char *verdict,
		    const char *judgement, uint64_t lost)
{
	char *text;

	ck_assert_int_gt(asprintf(&text,
		"{\"schema\":\"daxpoison/1\",\"kernel\":{\"release\":\"%s\"},"
		"\"cases\":[{\"id\":\"devdax/2M/mid\",\"verdict\":\"%s\","
		"\"views\":[{\"process\":\"injector\",\"start\":\"0x7f0000000000\","
		"\"offset\":0,\"unit\":2097152,\"signals\":[{\"code\":\"BUS_MCEERR_AR\","
		"\"lsb\":21,\"addr\":\"0x7f0000200000\",\"step\":\"inject\","
		"\"reported\":{\"offset\":2097152,\"length\":2097152}}],"
		"\"unmapped\":[{\"offset\":2097152,\"length\":%llu}]}],"
		"\"guarantees\":[%s]}],"
		"\"summary\":{\"broke_off\":false,\"guarantees\":{\"held\":1,\"violated\":%d}}}",
		release, verdict, (unsigned long long)lost, judgement,
		!strcmp(verdict, "violated")), 0);
	return text;
}

static void dp_put(struct json_object *m, const char *release, int status,
		   char *output)
{
	static const char *const pmem[] = { "16M:devdax:2M", NULL };
	static char *command[] = { "verify-alignment", NULL };
	struct dp_matrix_run run = {
		.asked = release,
		.release = release,
		.pmem = pmem,
		.command = command,
		.status = status,
		.messages = "one\ntwo",
		.output = output,
		.output_size = strlen(output),
	};

	ck_assert_int_eq(dp_matrix_add(m, &run), 0);
	free(output);
}

static const char *dp_differs(struct json_object *m)
{
	dp_matrix_compare(m);
	ck_assert_uint_eq(dp_get_n(m, "comparison"), 1);
	return dp_get_text(dp_get_at(m, "comparison", 0), "differs");
}

#define OVER "{\"id\":\"nothing-outside-report\",\"process\":\"injector\",\"verdict\":\"violated\",\"deviation\":\"over-unmap\",\"detail\":\"<too> much\"}"
#define HELD "{\"id\":\"nothing-outside-report\",\"process\":\"injector\",\"verdict\":\"held\",\"deviation\":null,\"detail\":\"fine\"}"

START_TEST(the_same)
{
	struct json_object *m = dp_matrix_new();

	/* Newest first: they are sorted, and 6.2 comes before 6.12. */
	dp_put(m, "6.12", 0, dp_doc("6.12", "held", HELD, 2097152));
	dp_put(m, "6.2", 0, dp_doc("6.2", "held", HELD, 2097152));
	ck_assert_str_eq(dp_differs(m), "");
	ck_assert_str_eq(json_object_get_string(dp_get_at(m, "kernels", 0)), "6.2");
	ck_assert_int_eq(dp_matrix_status(m), 0);
	ck_assert(dp_matrix_is_whole(m));
	json_object_put(m);
}
END_TEST

START_TEST(another_verdict)
{
	struct json_object *m = dp_matrix_new();
	char *text;

	dp_put(m, "6.1", 0, dp_doc("6.1", "held", HELD, 2097152));
	dp_put(m, "6.2", 1, dp_doc("6.2", "violated", OVER, 4194304));
	ck_assert_str_eq(dp_differs(m), "verdict");
	ck_assert_int_eq(dp_matrix_status(m), 1);
	text = dp_text_of(dp_matrix_print, m);
	ck_assert_ptr_nonnull(strstr(text, "violated: over-unmap"));
	ck_assert_ptr_nonnull(strstr(text, "lost 0x200000+0x400000"));
	free(text);
	text = dp_text_of(dp_matrix_ktap, m);
	ck_assert_ptr_nonnull(strstr(text, "\nnot ok 2 6.2"));
	free(text);
	text = dp_text_of(dp_matrix_junit, m);
	ck_assert_ptr_nonnull(strstr(text, "tests=\"2\" failures=\"1\""));
	ck_assert_ptr_nonnull(strstr(text, "over-unmap: &lt;too&gt; much"));
	free(text);
	json_object_put(m);
}
END_TEST

START_TEST(other_facts)
{
	struct json_object *m = dp_matrix_new();

	dp_put(m, "6.1", 0, dp_doc("6.1", "held", HELD, 2097152));
	dp_put(m, "6.2", 0, dp_doc("6.2", "held", HELD, 4096));
	ck_assert_str_eq(dp_differs(m), "facts");
	json_object_put(m);
}
END_TEST

START_TEST(another_deviation)
{
	struct json_object *m = dp_matrix_new();
	char *wrong = dp_doc("6.2", "violated", OVER, 2097152);

	memcpy(strstr(wrong, "over-unmap"), "wrong-unit", 10);
	dp_put(m, "6.1", 1, dp_doc("6.1", "violated", OVER, 2097152));
	dp_put(m, "6.2", 1, wrong);
	ck_assert_str_eq(dp_differs(m), "verdict");
	json_object_put(m);
}
END_TEST

START_TEST(a_lost_run)
{
	static const char *const cut[] = { "", "{", "{} {}", "[]", "{\"schema\":\"daxpoison/1\"", "no" };
	char *text;

	for (size_t i = 0; i < ARRAY_SIZE(cut); i++) {
		struct json_object *m = dp_matrix_new();

		/* Even where the exit status says that all went well. */
		dp_put(m, "6.1", 0, strdup(cut[i]));
		dp_put(m, "6.2", 0, dp_doc("6.2", "held", HELD, 2097152));
		dp_matrix_compare(m);
		ck_assert_int_eq(dp_matrix_status(m), 4);
		ck_assert(!dp_matrix_is_whole(m));
		text = dp_text_of(dp_matrix_junit, m);
		ck_assert_ptr_nonnull(strstr(text, "tests=\"2\" failures=\"0\" errors=\"1\""));
		ck_assert_ptr_nonnull(strstr(text, "one\ntwo"));
		free(text);
		text = dp_text_of(dp_matrix_ktap, m);
		ck_assert_ptr_nonnull(strstr(text, "\nnot ok 1 6.1"));
		free(text);
		json_object_put(m);
	}
}
END_TEST

START_TEST(order_of_status)
{
	static const int order[] = { 4, 2, 1, 3, 0 };

	for (size_t a = 0; a < ARRAY_SIZE(order); a++) {
		for (size_t b = a; b < ARRAY_SIZE(order); b++) {
			struct json_object *m = dp_matrix_new();

			dp_put(m, "b", order[b], dp_doc("b", "held", HELD, 1));
			dp_put(m, "a", order[a], dp_doc("a", "held", HELD, 1));
			dp_matrix_compare(m);
			ck_assert_int_eq(dp_matrix_status(m), order[a]);
			json_object_put(m);
		}
	}
}
END_TEST

START_TEST(merging)
{
	struct json_object *a = dp_matrix_new(), *m = dp_matrix_new(), *doc;
	struct dp_why why = { "" };
	char *text = dp_doc("6.3", "held", HELD, 2097152);

	dp_put(a, "6.1", 0, dp_doc("6.1", "held", HELD, 2097152));
	ck_assert_int_eq(dp_matrix_take(m, a, &why), 0);
	ck_assert_int_eq(dp_matrix_take(m, a, &why), -EEXIST);
	ck_assert_ptr_nonnull(strstr(why.text, "is there twice"));
	/* A run without a guest has no item: it may come twice. */
	doc = dp_matrix_parse(text, strlen(text), &why);
	ck_assert_int_eq(dp_matrix_take(m, doc, &why), 0);
	ck_assert_int_eq(dp_matrix_take(m, doc, &why), 0);
	dp_matrix_compare(m);
	ck_assert_uint_eq(dp_get_n(m, "runs"), 3);
	ck_assert_uint_eq(dp_get_n(m, "kernels"), 2);
	/* The same case twice in one column: rows of their own. */
	ck_assert_uint_eq(dp_get_n(m, "comparison"), 2);
	json_object_put(doc);
	json_object_put(a);
	json_object_put(m);
	free(text);
}
END_TEST

START_TEST(documents_that_are_none)
{
	static const char *const bad[] = {
		"[]", "1", "null", "{}", "{\"schema\":\"daxpoison/2\"}",
		"{\"schema\":\"daxpoison-matrix/1\",\"runs\":[1]}",
		"{\"schema\":\"daxpoison-matrix/1\",\"runs\":[{\"item\":\"x\"}]}",
		"{\"schema\":\"daxpoison-matrix/1\",\"runs\":[{\"item\":\"x\",\"status\":0}]}",
		"{\"schema\":\"daxpoison-matrix/1\",\"runs\":[{\"item\":\"x\",\"status\":0,\"document\":[]}]}",
	};
	/* Wrong where nobody looks at first: odd, but no crash. */
	static const char *const odd[] = {
		"{\"schema\":\"daxpoison/1\",\"cases\":{},\"summary\":[],\"kernel\":7}",
		"{\"schema\":\"daxpoison/1\",\"cases\":[null,7,{\"id\":7,\"views\":[7],\"guarantees\":7,\"took_ns\":[]}]}",
		"{\"schema\":\"daxpoison-matrix/1\",\"runs\":7}",
		"{\"schema\":\"daxpoison-matrix/1\",\"runs\":[{\"item\":\"x\",\"status\":99,\"messages\":[null,{}]}]}",
	};
	struct dp_why why = { "" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct json_object *m = dp_matrix_new();
		struct json_object *doc = dp_matrix_parse(bad[i], strlen(bad[i]), &why);

		ck_assert_msg(dp_matrix_take(m, doc, &why) == -EBADMSG, "%s", bad[i]);
		json_object_put(doc);
		json_object_put(m);
	}
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		struct json_object *m = dp_matrix_new();
		struct json_object *doc = dp_matrix_parse(odd[i], strlen(odd[i]), &why);

		ck_assert_int_eq(dp_matrix_take(m, doc, &why), 0);
		dp_matrix_compare(m);
		ck_assert_int_ne(dp_matrix_status(m), 0);
		free(dp_text_of(dp_matrix_print, m));
		free(dp_text_of(dp_matrix_ktap, m));
		free(dp_text_of(dp_matrix_junit, m));
		json_object_put(doc);
		json_object_put(m);
	}
}
END_TEST

UNIT_SUITE("matrix", &markup, &the_same, &another_verdict, &other_facts,
	   &another_deviation, &a_lost_run, &order_of_status, &merging,
	   &documents_that_are_none)
