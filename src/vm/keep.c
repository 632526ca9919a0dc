/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "vm/keep.h"

/* Quoted for a shell: '...' takes everything but a quote. */
static void dp_quote(FILE *f, const char *text)
{
	fputc('\'', f);
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", f);
		else
			fputc(*text, f);
	}
	fputc('\'', f);
}

static int dp_keep_script(const struct dp_keep *keep,
			  const struct dp_qemu_config *config,
			  const char *kernel)
{
	char path[PATH_MAX + 16], pmem[PATH_MAX + 16];
	struct dp_qemu_names names = { .console = "stdio,signal=off",
				       .channel = "null", .pmem = pmem };
	struct dp_argv argv = { .v = NULL };
	_cleanup_fclose_ FILE *f = NULL;

	snprintf(pmem, sizeof(pmem), "%s/nvdimm", keep->dir);
	for (size_t i = 0; i < config->n_pmem; i++)
		names.pmem_number[i] = i + 1;
	if (!realpath(kernel, names.kernel))
		return -errno;
	if (snprintf(names.initrd, sizeof(names.initrd), "%s/initramfs.cpio",
		     keep->dir) >= (int)sizeof(names.initrd))
		return -ENAMETOOLONG;
	snprintf(path, sizeof(path), "%s/qemu.sh", keep->dir);
	f = fopen(path, "we");
	if (!f)
		return -errno;
	dp_qemu_args(&argv, config, &names);
	fputs("#!/bin/sh\n# Boots the same guest; its channel leads nowhere, its console is here.\nexec", f);
	for (size_t i = 0; !argv.failed && i < argv.n; i++) {
		fputs(argv.v[i][0] == '-' ? " \\\n\t" : " ", f);
		dp_quote(f, argv.v[i]);
	}
	fputc('\n', f);
	fchmod(fileno(f), 0755);
	dp_argv_deinit(&argv);
	return argv.failed ? -ENOMEM : 0;
}

static int dp_keep_initramfs(const struct dp_keep *keep, int initrd)
{
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX + 32];
	off_t at = 0;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/initramfs.cpio", keep->dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	do
		n = sendfile(fd, initrd, &at, 1 << 30);
	while (n > 0);
	return n ? -errno : 0;
}

int dp_keep_init(struct dp_keep *keep, const struct dp_qemu_config *config,
		 const char *kernel, struct dp_why *why)
{
	const char *tmp = getenv("TMPDIR");
	char path[PATH_MAX + 32];
	int rc;

	*keep = (struct dp_keep){ .console = -1 };
	if (snprintf(keep->dir, sizeof(keep->dir), "%s/daxpoison-vm-XXXXXX",
		     tmp && *tmp ? tmp : "/tmp") >= (int)sizeof(keep->dir))
		return -ENAMETOOLONG;
	if (!mkdtemp(keep->dir))
		return dp_why(why, -errno, "cannot make %s: %s", keep->dir,
			      strerror(errno));
	rc = dp_keep_initramfs(keep, config->initrd_fd);
	if (!rc)
		rc = dp_keep_script(keep, config, kernel);
	snprintf(path, sizeof(path), "%s/console.log", keep->dir);
	if (!rc)
		keep->console = open(path, O_WRONLY | O_CREAT | O_CLOEXEC,
				     0644);
	if (!rc && keep->console < 0)
		rc = -errno;
	if (rc)
		return dp_why(why, rc, "cannot write to %s: %s", keep->dir,
			      strerror(-rc));
	return 0;
}

void dp_keep_deinit(struct dp_keep *keep)
{
	dp_closep(&keep->console);
	keep->console = -1;
}
