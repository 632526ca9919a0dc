/* SPDX-License-Identifier: GPL-2.0-only */
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "sys/module.h"
#include "sys/program.h"
#include "vm/cpio.h"
#include "vm/initramfs.h"
#include "vm/libraries.h"

/* In the order in which the guest loads them: what reports errors first. */
struct dp_guest_module {
	const char *name;
	bool needed;
	const char *what;
	bool later;		/* loaded by whoever needs it */
};

static const struct dp_guest_module dp_guest_modules[] = {
	{ "virtio_pci", true, "the channel to the guest", false },
	{ "virtio_console", true, "the channel to the guest", false },
	{ "nfit", true, "emulated NVDIMMs", false },
	{ "nd_pmem", true, "persistent memory", false },
	{ "dax_pmem", true, "device-dax", false },
	{ "device_dax", true, "device-dax", false },
	{ "hwpoison_inject", false, "injection by page number", true },
};

/* What libkmod reads in the guest. The other indexes are not needed to load
 * by name. */
static const char *const dp_module_indexes[] = {
	"modules.dep.bin",
	"modules.builtin.bin",
};

static const char *const dp_guest_dirs[] = {
	"dev", "proc", "sys", "tmp", "run", "mnt", "root", "etc",
};

/* Where busybox may be, and what it is called by in the guest. */
static const char *const dp_busybox_paths[] = {
	"/bin/busybox", "/usr/bin/busybox", "/sbin/busybox",
};
static const char *const dp_applets[] = {
	"[", "awk", "basename", "cat", "chmod", "cmp", "cp", "cut", "date",
	"dd", "devmem", "df", "dirname", "dmesg", "du", "echo", "env", "expr",
	"false", "find", "free", "grep", "head", "hexdump", "id", "insmod",
	"kill", "less", "ln", "ls", "lsmod", "mkdir", "mknod", "mount", "mv",
	"nohup", "od", "pidof", "poweroff", "printf", "ps", "pwd", "readlink",
	"reboot", "rm", "rmdir", "sed", "seq", "sh", "sleep", "sort", "stat",
	"stty", "sync", "tail", "tee", "test", "time", "timeout", "top",
	"touch", "tr", "true", "tty", "umount", "uname", "uniq", "uptime",
	"vi", "wc", "which", "xargs", "xxd", "yes",
};

struct dp_building {
	struct dp_cpio archive;
	const struct dp_kernel_image *kernel;
	unsigned int fs;	/* DP_BIT(enum dp_fs) */
	struct dp_why *why;
	char libdir[PATH_MAX];	/* that the dynamic loader searches anyway */
	int rc;
};

/* The directory of the C library is one that the loader searches without being
 * told, so all libraries go there, wherever they were found. */
static int dp_find_libdir(struct dl_phdr_info *info, size_t size, void *data)
{
	const char *slash = strrchr(info->dlpi_name, '/');
	struct dp_building *b = data;

	(void)size;
	if (!slash || strncmp(slash, "/libc.so", 8))
		return 0;
	snprintf(b->libdir, sizeof(b->libdir), "%.*s",
		 (int)(slash - info->dlpi_name), info->dlpi_name);
	return 1;
}

/* The program that the kernel starts first, by an absolute name. */
static const char *dp_loader(const struct dl_phdr_info *info)
{
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_INTERP)
			return (const char *)(info->dlpi_addr +
					      info->dlpi_phdr[i].p_vaddr);
	return NULL;
}

static int dp_add_library(struct dl_phdr_info *info, size_t size, void *data)
{
	const char *slash = strrchr(info->dlpi_name, '/'), *loader;
	struct dp_building *b = data;
	char name[PATH_MAX];

	(void)size;
	if (!*info->dlpi_name) {
		loader = dp_loader(info);
		b->rc = loader ? dp_cpio_file(&b->archive, loader, 0755, loader,
					      b->why)
			       : 0;
		return b->rc;
	}
	/* The vdso has a name without a path: the kernel brings it. */
	if (!slash || !*b->libdir)
		return 0;
	if (snprintf(name, sizeof(name), "%s%s", b->libdir, slash) >=
	    (int)sizeof(name))
		return b->rc = -ENAMETOOLONG;
	b->rc = dp_cpio_file(&b->archive, name, 0755, info->dlpi_name, b->why);
	return b->rc;
}

/* This process has just what its program needs mapped, so there is no need to
 * search for libraries as the loader does. */
static int dp_add_programs(struct dp_building *b)
{
	int rc;

	rc = dp_cpio_file(&b->archive, DP_GUEST_PROGRAM, 0755, "/proc/self/exe",
			  b->why);
	if (!rc)
		rc = dp_cpio_link(&b->archive, "init", DP_GUEST_PROGRAM,
				  b->why);
	if (rc)
		return rc;
	dl_iterate_phdr(dp_find_libdir, b);
	dl_iterate_phdr(dp_add_library, b);
	return b->rc;
}

/* A convenience: without it only daxpoison itself runs in the guest. */
static int dp_add_busybox(struct dp_building *b)
{
	const char *path = NULL;
	char name[64];
	size_t i;
	int rc;

	for (i = 0; !path && i < ARRAY_SIZE(dp_busybox_paths); i++)
		if (!access(dp_busybox_paths[i], X_OK))
			path = dp_busybox_paths[i];
	if (!path)
		return 0;
	rc = dp_cpio_file(&b->archive, "bin/busybox", 0755, path, b->why);
	for (i = 0; !rc && i < ARRAY_SIZE(dp_applets); i++) {
		snprintf(name, sizeof(name), "bin/%s", dp_applets[i]);
		rc = dp_cpio_link(&b->archive, name, "busybox", b->why);
	}
	return rc;
}

static int dp_add_needed(void *data, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct dp_building *b = data;
	char name[PATH_MAX];

	if (!slash || !*b->libdir)
		return 0;
	if (snprintf(name, sizeof(name), "%s%s", b->libdir, slash) >=
	    (int)sizeof(name))
		return -ENAMETOOLONG;
	return dp_cpio_file(&b->archive, name, 0755, path, b->why);
}

/* A program at `path`, with its libraries. */
static int dp_add_program(struct dp_building *b, const char *program,
			  const char *path)
{
	char name[64];
	int rc;

	snprintf(name, sizeof(name), "sbin/%s", program);
	rc = dp_cpio_file(&b->archive, name, 0755, path, b->why);
	return rc ? rc : dp_libraries_of(path, dp_add_needed, b, b->why);
}

/* What makes a file system, and what mends it if that is there. */
static int dp_add_mkfs(struct dp_building *b, const struct dp_file_system *fs)
{
	char path[64];
	int rc;

	if (dp_program_path(fs->mkfs, path, sizeof(path)))
		return dp_why(b->why, -ENOENT, "%s is not installed, and makes the file system of --pmem ...:%s; 'apt-get install %s'",
			      fs->mkfs, fs->name, fs->package);
	rc = dp_add_program(b, fs->mkfs, path);
	if (!rc && !dp_program_path(fs->repair, path, sizeof(path)))
		rc = dp_add_program(b, fs->repair, path);
	return rc;
}

/* A module keeps its place below the directory, as modules.dep names it. */
static int dp_add_module(void *data, const char *path)
{
	struct dp_building *b = data;
	const struct dp_kernel_image *k = b->kernel;
	size_t n = strlen(k->modules);
	char name[PATH_MAX];

	if (strncmp(path, k->modules, n))
		return dp_why(b->why, -EIO, "the module %s is not below %s",
			      path, k->modules);
	if (snprintf(name, sizeof(name), "lib/modules/%s%s", k->release,
		     path + n) >= (int)sizeof(name))
		return -ENAMETOOLONG;
	/* Not -ENOENT, which means that the kernel has no such module. */
	if (access(path, R_OK))
		return dp_why(b->why, -EIO,
			      "modules.dep of %s names %s, which is not there; run depmod for it again",
			      k->release, path);
	return dp_cpio_file(&b->archive, name, 0644, path, b->why);
}

static int dp_add_indexes(struct dp_building *b)
{
	const struct dp_kernel_image *k = b->kernel;
	char name[PATH_MAX], source[PATH_MAX];
	int rc = 0;

	for (size_t i = 0; !rc && i < ARRAY_SIZE(dp_module_indexes); i++) {
		if (snprintf(source, sizeof(source), "%s/%s", k->modules,
			     dp_module_indexes[i]) >= (int)sizeof(source))
			return -ENAMETOOLONG;
		if (access(source, R_OK))
			continue;
		snprintf(name, sizeof(name), "lib/modules/%s/%s", k->release,
			 dp_module_indexes[i]);
		rc = dp_cpio_file(&b->archive, name, 0644, source, b->why);
	}
	return rc;
}

/* A module and all that it needs; 0 as well where it is built in, or is not
 * there and not needed either. */
static int dp_add_one(struct dp_building *b, struct dp_modules *modules,
		      const struct dp_guest_module *m, struct dp_orders *orders)
{
	int rc = dp_modules_files(modules, m->name, dp_add_module, b);

	if (rc == -ENOENT && m->needed)
		return dp_why(b->why, -ENOTSUP,
			      "kernel %s has no module %s (%s), neither in %s nor built in; take another kernel",
			      b->kernel->release, m->name, m->what,
			      b->kernel->modules);
	if (rc == -ENOENT)
		return 0;
	if (rc < 0 && rc != -ENODATA)
		return rc;
	return m->later ? 0 : dp_orders_add_module(orders, m->name);
}

/* What a file system needs beside its own: the checksums of ext4 and XFS are a
 * soft dependency, which libkmod does not name. */
static int dp_add_fs_modules(struct dp_building *b, struct dp_modules *modules,
			     struct dp_orders *orders)
{
	static const struct dp_guest_module checksums = {
		"crc32c_generic", false, "checksums of file systems", false
	};
	int rc = 0;

	for (int fs = DP_FS_NONE + 1; !rc && fs < DP_FS_MAX; fs++) {
		const struct dp_guest_module module = {
			dp_file_system(fs)->name, true, "a file system", false
		};

		if (!(b->fs & DP_BIT(fs)))
			continue;
		rc = dp_add_one(b, modules, &checksums, orders);
		if (!rc)
			rc = dp_add_one(b, modules, &module, orders);
		if (!rc)
			rc = dp_add_mkfs(b, dp_file_system(fs));
	}
	return rc;
}

static int dp_add_modules(struct dp_building *b, struct dp_orders *orders)
{
	/* Its buses would be taken for emulated NVDIMMs: it comes after them. */
	static const struct dp_guest_module nfit_test = {
		"nfit_test", true, "simulated platform errors", true
	};
	struct dp_modules modules;
	int rc;

	rc = dp_modules_init(&modules, b->kernel->modules, b->why);
	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < ARRAY_SIZE(dp_guest_modules); i++)
		rc = dp_add_one(b, &modules, &dp_guest_modules[i], orders);
	if (!rc && orders->n_nfit_test)
		rc = dp_add_one(b, &modules, &nfit_test, orders);
	if (!rc)
		rc = dp_add_fs_modules(b, &modules, orders);
	dp_modules_deinit(&modules);
	return rc < 0 ? rc : dp_add_indexes(b);
}

int dp_initramfs_build(const struct dp_kernel_image *kernel,
		       const struct dp_added_file *added,
		       unsigned int file_systems, struct dp_orders *orders,
		       struct dp_why *why)
{
	_cleanup_close_ int fd = memfd_create("initramfs", MFD_CLOEXEC);
	struct dp_building b = {
		.kernel = kernel,
		.fs = file_systems,
		.why = why,
	};
	size_t i;
	int rc = 0;

	if (fd < 0)
		return dp_why(why, -errno, "no memory for the initramfs: %s",
			      strerror(errno));
	dp_cpio_init(&b.archive, fd);
	for (i = 0; !rc && i < ARRAY_SIZE(dp_guest_dirs); i++)
		rc = dp_cpio_dir(&b.archive, dp_guest_dirs[i], why);
	for (; !rc && added->source; added++)
		rc = dp_cpio_file(&b.archive, added->name,
				  added->executable ? 0755 : 0644,
				  added->source, why);
	if (!rc)
		rc = dp_add_programs(&b);
	if (!rc)
		rc = dp_add_busybox(&b);
	if (!rc)
		rc = dp_add_modules(&b, orders);
	if (!rc)
		rc = dp_cpio_data(&b.archive, DP_ORDERS_PATH, orders->text.data,
				  orders->text.used, why);
	if (!rc)
		rc = dp_cpio_end(&b.archive, why);
	dp_cpio_deinit(&b.archive);
	return rc ? rc : TAKE_FD(fd);
}
