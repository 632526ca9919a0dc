/* SPDX-License-Identifier: GPL-2.0-only */
/* kill-at [-o] [-r] [-w PATTERN] N COMMAND...: run the command, and kill it and all
 * its descendants by SIGKILL when they are about to make their N-th system call,
 * counted over all of them in the order in which they stop. Prints "killed" or,
 * where they make fewer, "ended STATUS after M" and, with -w, "there from FIRST
 * to LAST": the calls before which a file of that name (glob(7)) was there.
 *	-o  only the process that is about to make that call
 *	-r  only calls of getrusage(2) count: readings of the fault counter */
#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS                                                            \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |\
	 PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL)

static pid_t dp_children[256];
static size_t dp_n;

static void dp_known(pid_t pid)
{
	for (size_t i = 0; i < dp_n; i++)
		if (dp_children[i] == pid)
			return;
	if (dp_n == sizeof(dp_children) / sizeof(dp_children[0])) {
		fprintf(stderr, "kill-at: more processes than it can hold\n");
		exit(2);
	}
	dp_children[dp_n++] = pid;
}

/* Its number can be another process' from now on. */
static void dp_gone(pid_t pid)
{
	for (size_t i = 0; i < dp_n; i++)
		if (dp_children[i] == pid)
			dp_children[i] = dp_children[--dp_n];
}

/* A child that was being born is not known yet: it waits in its first stop. */
static void dp_kill_all(void)
{
	int status;
	pid_t pid;

	for (size_t i = 0; i < dp_n; i++)
		kill(dp_children[i], SIGKILL);
	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR)
		if (pid > 0 && WIFSTOPPED(status))
			kill(pid, SIGKILL);
}

static int dp_is_there(const char *pattern)
{
	glob_t found;
	int rc = glob(pattern, GLOB_NOSORT, NULL, &found);

	if (!rc)
		globfree(&found);
	return !rc;
}

/* Whether it is about to call getrusage(). */
static bool dp_is_reading(pid_t pid)
{
	struct __ptrace_syscall_info info;

	return ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info),
		      &info) > 0 &&
	       info.op == PTRACE_SYSCALL_INFO_ENTRY &&
	       info.entry.nr == SYS_getrusage;
}

int main(int argc, char **argv)
{
	const char *pattern = NULL;
	bool only = false, readings = false;
	long at, stops = 0, from = 0, to = 0;
	int status, sig, last = 0, option;
	pid_t first, pid;

	while ((option = getopt(argc, argv, "+orw:")) >= 0) {
		switch (option) {
		case 'o': only = true; break;
		case 'r': readings = true; break;
		case 'w': pattern = optarg; break;
		default: return 2;
		}
	}
	argc -= optind - 1;
	argv += optind - 1;
	if (argc < 3)
		return 2;
	at = atol(argv[1]);
	first = fork();
	if (!first) {
		/* Who is traced cannot trace itself, as the sanitizer of
		 * leaks does. */
		setenv("ASAN_OPTIONS", "detect_leaks=0", 0);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	dp_known(first);
	waitpid(first, &status, 0);
	ptrace(PTRACE_SETOPTIONS, first, NULL, OPTIONS);
	ptrace(PTRACE_SYSCALL, first, NULL, NULL);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status)) {
			dp_gone(pid);
			if (pid == first)
				last = status;
			continue;
		}
		dp_known(pid);
		sig = WSTOPSIG(status);
		/* Each call stops twice, going in and coming out. */
		if (sig == (SIGTRAP | 0x80)) {
			stops += !readings ? 1 : dp_is_reading(pid) ? 2 : 0;
			if (at && stops / 2 >= at && only) {
				kill(pid, SIGKILL);
				at = 0;
				continue;
			}
			if (at && stops / 2 >= at) {
				dp_kill_all();
				printf("killed\n");
				return 0;
			}
			if (pattern && stops % 2 && dp_is_there(pattern)) {
				to = stops / 2 + 1;
				from = from ? from : to;
			}
			sig = 0;
		} else if (sig == SIGTRAP || (sig == SIGSTOP)) {
			sig = 0;
		}
		ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)sig);
	}
	printf("ended %d after %ld\n",
	       WIFEXITED(last) ? WEXITSTATUS(last) : 128 + WTERMSIG(last),
	       stops / 2);
	if (pattern)
		printf("there from %ld to %ld\n", from, to);
	return 0;
}
