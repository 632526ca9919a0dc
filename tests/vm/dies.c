/* SPDX-License-Identifier: GPL-2.0-only */
/* Dies of poison in DAX memory, as a program without a handler does: maps the
 * file named, touches one page, poisons it. The core that it leaves is what
 * daxpoison decode is tested with. Usage: dies FILE OFFSET PAGE */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LENGTH (4UL << 20)

int main(int argc, char **argv)
{
	unsigned long offset, page;
	char *p;
	int fd;

	if (argc != 4)
		return 2;
	offset = strtoul(argv[2], NULL, 0);
	page = strtoul(argv[3], NULL, 0);
	fd = open(argv[1], O_RDWR);
	p = fd < 0 ? MAP_FAILED
		   : mmap(NULL, LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			  offset);
	if (p == MAP_FAILED) {
		perror(argv[1]);
		return 1;
	}
	*(volatile char *)(p + page);
	if (madvise(p + page, 4096, MADV_HWPOISON))
		perror("MADV_HWPOISON");
	return 3;
}
