/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/macros.h"
#include "sys/program.h"

static const char *const dp_program_dirs[] = {
	"/usr/sbin", "/sbin", "/usr/bin", "/bin",
};

int dp_program_path(const char *name, char *path, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(dp_program_dirs); i++) {
		if (snprintf(path, size, "%s/%s", dp_program_dirs[i], name) >=
		    (int)size)
			return -ENAMETOOLONG;
		if (!access(path, X_OK))
			return 0;
	}
	return -ENOENT;
}

/* All of its environment: of what we were given, some would change what it does
 * (MKE2FS_CONFIG, E2FSCK_CONFIG, LD_PRELOAD), or the language it does it in. */
static const char *const dp_program_env[] = {
	"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "TZ=UTC", NULL
};

int dp_program_exec(void *program)
{
	const struct dp_program *p = program;
	int null = open("/dev/null", O_RDONLY);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(p->out, STDOUT_FILENO) < 0 || dup2(p->out, STDERR_FILENO) < 0)
		return 127;
	execve(p->path ?: p->argv[0], (char *const *)p->argv,
	       (char *const *)dp_program_env);
	return 127;
}
