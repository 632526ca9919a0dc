/* SPDX-License-Identifier: GPL-2.0-only */
/* Every input that fuzzing has found worth keeping, once more and without
 * libFuzzer: whole, and cut off at many places. Prints TAP, a line a parser.
 * Arguments: names of parsers; else all. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "parsers.h"

#define INPUT_MAX (1 << 20)
#define CUTS 64
#define SECONDS 120

static uint8_t dp_input[INPUT_MAX];

/* In memory that ends where the input does, so that a tool that watches memory
 * sees what reads beyond. */
static void dp_feed(const struct dp_parser *parser, size_t n)
{
	uint8_t *copy = malloc(n ?: 1);

	if (!copy)
		abort();
	memcpy(copy, dp_input, n);
	parser->run(copy, n);
	free(copy);
}

static int dp_replay_file(const struct dp_parser *parser, int dir,
			  const char *name)
{
	_cleanup_close_ int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	n = fd < 0 ? -1 : read(fd, dp_input, sizeof(dp_input));
	if (n < 0)
		return -errno;
	fprintf(stderr, "%s/%s\n", parser->name, name);
	dp_feed(parser, n);
	for (size_t i = 0; i < CUTS && i < (size_t)n; i++)
		dp_feed(parser, n * i / CUTS);
	return 0;
}

/* In a process of its own: the last name that it wrote is that of the input
 * which it died of. 0 if there was any input. */
static int dp_replay(const struct dp_parser *parser, const char *corpus)
{
	_cleanup_closedir_ DIR *dir = NULL;
	_cleanup_free_ char *path = NULL;
	struct dirent *e;
	int files = 0;

	path = dp_asprintf("%s/%s", corpus, parser->name);
	dir = path ? opendir(path) : NULL;
	alarm(SECONDS);
	while (dir && (e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		if (dp_replay_file(parser, dirfd(dir), e->d_name))
			return 1;
		files++;
	}
	return files ? 0 : 3;
}

/* What parsers print goes elsewhere; 0 if all was well. */
static int dp_replay_one(const struct dp_parser *parser, const char *corpus,
			 FILE *said)
{
	int status;
	pid_t pid;

	if (ftruncate(fileno(said), 0))
		return -1;
	rewind(said);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		dup2(fileno(said), STDERR_FILENO);
		dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
		dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
		exit(dp_replay(parser, corpus));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

static void dp_show_end(FILE *said)
{
	char lines[24][256];
	unsigned int n = 0;

	rewind(said);
	while (fgets(lines[n % ARRAY_SIZE(lines)], sizeof(lines[0]), said))
		n++;
	for (unsigned int i = n > ARRAY_SIZE(lines) ? n - ARRAY_SIZE(lines) : 0;
	     i < n; i++) {
		char *line = lines[i % ARRAY_SIZE(lines)];

		line[strcspn(line, "\n")] = '\0';
		printf("# %s\n", line);
	}
}

int main(int argc, char **argv)
{
	const char *srcdir = getenv("srcdir");
	const struct dp_parser *parser;
	unsigned int n = 0, failed = 0;
	FILE *said = tmpfile();
	char corpus[PATH_MAX];

	snprintf(corpus, sizeof(corpus), "%s/tests/fuzz/corpus",
		 srcdir ? srcdir : ".");
	for (size_t i = 0; said && (parser = dp_parser_at(i)); i++) {
		bool wanted = argc == 1;
		int status;

		for (int k = 1; k < argc; k++)
			wanted |= !strcmp(argv[k], parser->name);
		if (!wanted)
			continue;
		status = dp_replay_one(parser, corpus, said);
		printf("%sok %u - %s\n", status ? "not " : "", ++n,
		       parser->name);
		if (!status)
			continue;
		failed++;
		printf("# status 0x%x; its last words, after the name of the input:\n",
		       status);
		dp_show_end(said);
	}
	printf("1..%u\n", n);
	return failed || !n ? EXIT_FAILURE : EXIT_SUCCESS;
}
