/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/rootdir.h"
#include "sys/bounded.h"
#include "vm/accel.h"
#include "vm/cache-dir.h"

#define DP_PROBE_MS 2000
#define DP_PROBE_ANSWER 0x10	/* QEMU exits with 2n + 1 */
#define DP_PROBE_SIZE 65536	/* the least that QEMU takes as firmware */

static const char *const dp_accel_names[] = {
	[DP_ACCEL_AUTO] = "auto",
	[DP_ACCEL_KVM] = "kvm",
	[DP_ACCEL_TCG] = "tcg",
};

const char *dp_accel_name(enum dp_accel accel)
{
	return dp_accel_names[accel];
}

int dp_accel_from_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(dp_accel_names); i++)
		if (!strcmp(name, dp_accel_names[i]))
			return i;
	return -EINVAL;
}

/* A firmware that goes the way of a kernel, to long mode with paging, and then
 * tells QEMU to exit. A KVM that only half works may well run real mode.
 *
 * It lies at the end of the first megabyte (segment f000) and of the fourth
 * gigabyte. The page tables are written to 0x1000, one 1G entry each. */
static const uint8_t dp_probe_code[] = {
	/* f000:0000, 16 bit */
	0xfa,				   /* cli */
	0x31, 0xc0,			   /* xor ax, ax */
	0x8e, 0xd8,			   /* mov ds, ax */
	0x66, 0xc7, 0x06, 0x00, 0x10,	   /* mov dword [0x1000], 0x2003 */
	0x03, 0x20, 0x00, 0x00,
	0x66, 0xc7, 0x06, 0x00, 0x20,	   /* mov dword [0x2000], 0x83 */
	0x83, 0x00, 0x00, 0x00,
	0x0f, 0x20, 0xe0,		   /* mov eax, cr4 */
	0x66, 0x83, 0xc8, 0x20,		   /* or eax, PAE */
	0x0f, 0x22, 0xe0,		   /* mov cr4, eax */
	0x66, 0xb8, 0x00, 0x10, 0x00, 0x00, /* mov eax, 0x1000 */
	0x0f, 0x22, 0xd8,		   /* mov cr3, eax */
	0x66, 0xb9, 0x80, 0x00, 0x00, 0xc0, /* mov ecx, EFER */
	0x0f, 0x32,			   /* rdmsr */
	0x66, 0x0d, 0x00, 0x01, 0x00, 0x00, /* or eax, LME */
	0x0f, 0x30,			   /* wrmsr */
	0x2e, 0x66, 0x0f, 0x01, 0x16, 0x80, 0x00, /* lgdt cs:[0x80] */
	0x0f, 0x20, 0xc0,		   /* mov eax, cr0 */
	0x66, 0x0d, 0x01, 0x00, 0x00, 0x80, /* or eax, PG | PE */
	0x0f, 0x22, 0xc0,		   /* mov cr0, eax */
	0x66, 0xea, 0x60, 0x00, 0x0f, 0x00, 0x08, 0x00, /* ljmp 8:0xf0060 */
};

/* At f000:0060, 64 bit: out 0x501, DP_PROBE_ANSWER; hlt */
static const uint8_t dp_probe_long[] = {
	0x66, 0xba, 0x01, 0x05,		   /* mov dx, 0x501 */
	0xb0, DP_PROBE_ANSWER,		   /* mov al, answer */
	0xee,				   /* out dx, al */
	0xf4, 0xeb, 0xfd,		   /* hlt, again */
};

/* At f000:0080: the pointer for lgdt, and at 0090 the table. */
static const uint8_t dp_probe_gdtr[] = { 0x0f, 0x00, 0x90, 0x00, 0x0f, 0x00 };
static const uint8_t dp_probe_gdt[] = {
	0, 0, 0, 0, 0, 0, 0, 0,
	0xff, 0xff, 0x00, 0x00, 0x00, 0x9b, 0xaf, 0x00, /* 64-bit code */
};

/* At the reset vector: jmp f000:0000 */
static const uint8_t dp_probe_reset[] = { 0xea, 0x00, 0x00, 0x00, 0xf0 };

static int dp_probe_image(void)
{
	_cleanup_close_ int fd = memfd_create("probe", MFD_CLOEXEC);
	_cleanup_free_ uint8_t *rom = calloc(1, DP_PROBE_SIZE);

	static_assert(sizeof(dp_probe_code) <= 0x60, "the code overlaps");
	if (fd < 0 || !rom)
		return -ENOMEM;
	memcpy(rom, dp_probe_code, sizeof(dp_probe_code));
	memcpy(rom + 0x60, dp_probe_long, sizeof(dp_probe_long));
	memcpy(rom + 0x80, dp_probe_gdtr, sizeof(dp_probe_gdtr));
	memcpy(rom + 0x90, dp_probe_gdt, sizeof(dp_probe_gdt));
	memcpy(rom + 0xfff0, dp_probe_reset, sizeof(dp_probe_reset));
	if (write(fd, rom, DP_PROBE_SIZE) != DP_PROBE_SIZE)
		return -EIO;
	return TAKE_FD(fd);
}

/* 0 if the tiny guest gave its answer in time, or negative errno. */
static int dp_probe_run(const char *accel, struct dp_why *why)
{
	_cleanup_close_ int rom = dp_probe_image(), pidfd = -1, null = -1;
	struct pollfd pfd = { .events = POLLIN };
	struct dp_argv argv = { .v = NULL };
	int status = 0, rc;
	pid_t pid;

	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (rom < 0 || null < 0)
		return dp_why(why, -ENOMEM, "no memory for a probe");
	dp_argv_add(&argv, DP_QEMU_PROGRAM);
	for (const char *const *p = (const char *const[]){
		     "-nodefaults", "-no-user-config", "-display", "none",
		     "-no-reboot", "-m", "16M", "-device",
		     "isa-debug-exit,iobase=0x501,iosize=1", NULL }; *p; p++)
		dp_argv_add(&argv, "%s", *p);
	dp_argv_add(&argv, "-machine");
	dp_argv_add(&argv, "pc,accel=%s", accel);
	dp_argv_add(&argv, "-cpu");
	dp_argv_add(&argv, strcmp(accel, "kvm") ? "max" : "host");
	dp_argv_add(&argv, "-bios");
	dp_argv_add(&argv, "/proc/self/fd/%d", rom);
	pid = dp_qemu_spawn(&argv, (const int[]){ rom, -1 }, null, why);
	dp_argv_deinit(&argv);
	if (pid < 0)
		return pid;
	pfd.fd = pidfd = syscall(SYS_pidfd_open, pid, 0);
	do
		rc = poll(&pfd, 1, DP_PROBE_MS);
	while (rc < 0 && errno == EINTR);
	kill(pid, SIGKILL);
	/* A KVM that half works may keep it from ending, even so. */
	if (dp_bounded_reap(pid, DP_GONE_MS, &status))
		rc = 0;
	if (rc == 0)
		return dp_why(why, -ETIMEDOUT,
			      "a guest of ten instructions did not end within %d s",
			      DP_PROBE_MS / 1000);
	if (!WIFEXITED(status) ||
	    WEXITSTATUS(status) != 2 * DP_PROBE_ANSWER + 1)
		return dp_why(why, -EIO, "a tiny guest did not run (status 0x%x)",
			      status);
	return 0;
}

/* The answer is kept for one boot: after it, kernel and hypervisor may be
 * others. */
static int dp_remembered_path(char *path, size_t size, char boot[64])
{
	struct dp_rootdir root;
	char cache[PATH_MAX];
	int rc;

	rc = dp_cache_dir(cache, sizeof(cache));
	if (!rc)
		rc = dp_rootdir_init(&root, "/");
	if (rc)
		return rc;
	rc = dp_rootdir_read(&root, boot, 64,
			     "proc/sys/kernel/random/boot_id");
	dp_rootdir_deinit(&root);
	if (rc < 0)
		return rc;
	mkdir(cache, 0755);
	return snprintf(path, size, "%s/accel", cache) < (int)size
		       ? 0 : -ENAMETOOLONG;
}

static void dp_remember(enum dp_accel accel)
{
	char path[PATH_MAX], boot[64];
	_cleanup_fclose_ FILE *f = NULL;

	char dir[PATH_MAX];
	int fd;

	/* Without a place to write to, the next run just asks again. */
	if (dp_remembered_path(path, sizeof(path), boot) ||
	    dp_cache_dir(dir, sizeof(dir)) || dp_cache_ours(dir))
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		  0644);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (f)
		fprintf(f, "%s %s\n", boot, dp_accel_name(accel));
	else if (fd >= 0)
		close(fd);
}

static enum dp_accel dp_remembered(void)
{
	char path[PATH_MAX], boot[64], was[64], name[16];
	_cleanup_fclose_ FILE *f = NULL;
	int accel;

	if (dp_remembered_path(path, sizeof(path), boot))
		return DP_ACCEL_AUTO;
	f = fopen(path, "re");
	if (!f || fscanf(f, "%63s %15s", was, name) != 2 || strcmp(was, boot))
		return DP_ACCEL_AUTO;
	accel = dp_accel_from_name(name);
	return accel < 0 ? DP_ACCEL_AUTO : (enum dp_accel)accel;
}

enum dp_accel dp_accel_probe(struct dp_why *why)
{
	enum dp_accel accel;

	if (access("/dev/kvm", R_OK | W_OK)) {
		dp_why(why, 0, "/dev/kvm: %s", strerror(errno));
		return DP_ACCEL_TCG;
	}
	accel = dp_remembered();
	if (accel != DP_ACCEL_AUTO) {
		dp_why(why, 0, "tried earlier since this machine was booted");
		return accel;
	}
	accel = dp_probe_run("kvm", why) ? DP_ACCEL_TCG : DP_ACCEL_KVM;
	dp_remember(accel);
	return accel;
}

void dp_accel_distrust(void)
{
	dp_remember(DP_ACCEL_TCG);
}
