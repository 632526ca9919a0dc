/* SPDX-License-Identifier: GPL-2.0-only */
/* What a build with --enable-sanitizers tells its sanitizers, in every program:
 * what is set in the environment would not reach a guest. */
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>

/* SIGBUS is ours, and whoever does not handle it is to die of it.
 * A status that is none of ours, so that no test that wants one is content.
 * Libraries have no frame pointers, by which the fast way would go. */
const char *__asan_default_options(void)
{
	return "handle_sigbus=0:exitcode=99:fast_unwind_on_malloc=0:"
	       "malloc_context_size=12:allocator_may_return_null=1:"
	       "print_suppressions=0";
}

/* Each is lost once, in a library, whoever calls it. */
const char *__lsan_default_suppressions(void)
{
	/* libtracefs 1.6 makes a path and forgets it. */
	return "leak:^tracefs_tracing_dir_is_mounted$\n";
}
