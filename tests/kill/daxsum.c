/* SPDX-License-Identifier: GPL-2.0-only */
/* daxsum DEVICE SIZE: a sum over all that a device-dax instance holds.
 * daxsum -w DEVICE SIZE: fill it, each word with its own place. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int main(int argc, char **argv)
{
	int fill = argc > 1 && !strcmp(argv[1], "-w");
	uint64_t sum = 0xcbf29ce484222325ULL, n, *words;
	int fd;

	if (argc != 3 + fill)
		return 2;
	n = strtoull(argv[2 + fill], NULL, 0);
	fd = open(argv[1 + fill], O_RDWR | O_CLOEXEC);
	words = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (words == MAP_FAILED) {
		perror(argv[1 + fill]);
		return 1;
	}
	for (uint64_t i = 0; i < n / sizeof(*words); i++) {
		if (fill)
			words[i] = i * 0x9e3779b97f4a7c15ULL;
		sum = (sum ^ words[i]) * 0x100000001b3ULL;
	}
	printf("%016llx\n", (unsigned long long)sum);
	return 0;
}
