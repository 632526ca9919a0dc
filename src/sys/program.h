/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs of the system: where they are, and run without a shell. */
#ifndef DP_SYS_PROGRAM_H
#define DP_SYS_PROGRAM_H

#include <stddef.h>

/* Where a program of the system is, searched where such are, not in PATH. 0,
 * -ENOENT or -ENAMETOOLONG. */
int dp_program_path(const char *name, char *path, size_t size);

/* A function for dp_bounded_run(): run a program. `argv` ends with NULL; the
 * program gets an environment of its own, in which nothing of ours is. Whatever
 * it prints goes to the open file `out`. The status is the program's, 127 where
 * there is none. */
struct dp_program {
	const char *const *argv;
	int out;
	const char *path;	/* NULL: the first word */
};
int dp_program_exec(void *program);

#endif
