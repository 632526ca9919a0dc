/* SPDX-License-Identifier: GPL-2.0-only */
/* A unit test is one file that ends with UNIT_SUITE(name, &test, &test, ...). It
 * prints TAP, one line a test, each run in a process of its own. */
#ifndef DP_TESTS_UNIT_H
#define DP_TESTS_UNIT_H

#include <check.h>
#include <stdlib.h>

#include "base/macros.h"

#define UNIT_SUITE(name, ...)                                                  \
	int main(void)                                                         \
	{                                                                      \
		const TTest **const tests[] = { __VA_ARGS__ };                 \
									       \
		return dp_unit_run(name, tests, ARRAY_SIZE(tests));            \
	}

static inline int dp_unit_run(const char *name, const TTest **const *tests,
			      size_t n)
{
	Suite *suite = suite_create(name);
	SRunner *runner;
	int failed, run;

	for (size_t i = 0; i < n; i++) {
		TCase *tcase = tcase_create((*tests[i])->name);

		/* A hang is to be noticed; a machine that is busy is none. */
		tcase_set_timeout(tcase, 120);
		tcase_add_test(tcase, *tests[i]);
		suite_add_tcase(suite, tcase);
	}
	runner = srunner_create(suite);
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	run = srunner_ntests_run(runner);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	/* A suite that ran less than it holds has not passed. */
	return failed || run != (int)n || !n ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
