/* SPDX-License-Identifier: GPL-2.0-only */
/* What README calls the test of a database: a handler of SIGBUS at work. Maps the
 * file, asks to be told early, and ends with 0 when it was told of one page of it;
 * with 1 if that took longer than a minute. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
	struct timespec minute = { .tv_sec = 60 };
	siginfo_t info;
	struct stat st;
	sigset_t set;
	char *p;
	int fd;

	/* Held back and waited for: BUS_MCEERR_AO is no fault of this thread. */
	sigemptyset(&set);
	sigaddset(&set, SIGBUS);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0))
		return 2;
	fd = argc == 2 ? open(argv[1], O_RDWR) : -1;
	if (fd < 0 || fstat(fd, &st))
		return 2;
	p = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return 2;
	memset(p, 1, st.st_size);
	if (sigtimedwait(&set, &info, &minute) != SIGBUS)
		return 1;
	printf("recovery-test: told of the page at %#lx, lsb %d\n",
	       (long)((char *)info.si_addr - p), info.si_addr_lsb);
	return info.si_code == BUS_MCEERR_AO ? 0 : 1;
}
