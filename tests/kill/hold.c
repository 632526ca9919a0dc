/* SPDX-License-Identifier: GPL-2.0-only */
/* hold PID SECONDS: keep the end of a process from its parent for so long, by
 * tracing it and not asking. To a parent that is like a process that SIGKILL
 * does not end. Prints a line when it holds. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "Usage: hold PID SECONDS\n");
		return 2;
	}
	if (ptrace(PTRACE_SEIZE, atoi(argv[1]), NULL, NULL)) {
		perror("ptrace");
		return 1;
	}
	puts("held");
	fflush(stdout);
	sleep(atoi(argv[2]));
	return 0;
}
