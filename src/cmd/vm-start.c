/* SPDX-License-Identifier: GPL-2.0-only */
/* One guest of the vm command, from its orders to its exit status. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "cmd/vm.h"
#include "vm/host.h"
#include "vm/keep.h"
#include "vm/nfit-test.h"
#include "vm/vmlinux.h"

#define DP_VM_MEMORY_KERNEL (192 * DP_MIB)	/* without the initramfs */
/* What nfit_test allocates for its DIMMs: test/nfit.c, nfit_test0_alloc(). */
#define DP_VM_MEMORY_SIMULATED (352 * DP_MIB)
#define DP_VM_KVM_START 30	/* seconds; real KVM needs three */

/* What runs if nothing else is asked for, in the form that was asked for. */
static char *dp_vm_default[] = { "verify-alignment", "all", "--known", "default",
				 NULL };

static int dp_vm_default_form(const struct dp_globals *g,
			      struct dp_orders *orders)
{
	int rc = 0;

	if (g->json)
		rc = dp_orders_add_arg(orders, "--json");
	if (!rc && g->ktap)
		rc = dp_orders_add_arg(orders, "--ktap");
	if (!rc && g->human)
		rc = dp_orders_add_arg(orders, "--human");
	return rc;
}

/* The command as the guest shall run it. */
static int dp_vm_orders_command(struct dp_vm_request *r,
				struct dp_orders *orders)
{
	char **args = *r->args ? r->args : dp_vm_default;
	int rc = 0;

	r->ours = !strcmp(*args, "daxpoison") || dp_command_find(*args);
	if (r->ours && strcmp(*args, "daxpoison"))
		rc = dp_orders_add_arg(orders, "daxpoison");
	for (; !rc && *args; args++)
		rc = dp_orders_add_arg(orders, *args);
	if (!rc && !*r->args)
		rc = dp_vm_default_form(r->globals, orders);
	/* A report needs no terminal; its width travels in COLUMNS. */
	r->tty = !r->ours && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	if (!rc && r->tty)
		rc = dp_orders_set_tty(orders);
	return rc;
}

static int dp_vm_orders(struct dp_vm_request *r, struct dp_orders *orders)
{
	static const char *const names[] = { "TERM", "COLUMNS", "NO_COLOR" };
	int rc;

	rc = dp_vm_orders_command(r, orders);
	for (size_t i = 0; !rc && i < ARRAY_SIZE(names); i++)
		if (getenv(names[i]))
			rc = dp_orders_add_env(orders, names[i], getenv(names[i]));
	setlocale(LC_CTYPE, "");
	if (!rc && !strcmp(nl_langinfo(CODESET), "UTF-8"))
		rc = dp_orders_add_env(orders, "LC_ALL", "C.UTF-8");
	for (size_t i = 0; !rc && i < r->n_pmem; i++)
		rc = dp_orders_add_pmem(orders, &r->pmem[i]);
	for (size_t i = 0; !rc && i < r->n_nfit_test; i++)
		rc = dp_orders_add_nfit_test(orders, &r->nfit_test[i]);
	return rc;
}

static void dp_vm_note(void *data, double seconds, const char *text)
{
	const struct dp_vm_request *r = data;

	dp_info(&r->globals->log, "%6.2f s  %s", seconds, text);
}

static int dp_vm_report(const struct dp_vm_result *result)
{
	if (result->end == DP_VM_EXITED)
		return result->code;
	if (result->end == DP_VM_SIGNALLED)
		dp_error("vm: the command in the guest was killed by signal %u (%s)",
			 result->code, strsignal(result->code));
	else
		dp_error("vm: %s%s",
			 result->end == DP_VM_LOST ? "guest lost: " : "",
			 dp_why_text(&result->why, -EIO));
	if (result->end == DP_VM_LOST && result->console && *result->console)
		fprintf(stderr, "The last lines of its console:\n%s",
			result->console);
	return DP_EXIT_FAILED;
}

static double dp_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* The kernel without its compression, or a negative errno: then the guest
 * does it, more slowly. */
static int dp_vm_unpack(const struct dp_vm_request *r, int kernel)
{
	struct dp_why why = { "" };
	double began = dp_seconds();
	int fd;

	fd = dp_vmlinux_unpack(kernel, &why);
	if (fd < 0)
		dp_info(&r->globals->log, "the guest unpacks its kernel: %s",
			dp_why_text(&why, fd));
	else
		dp_info(&r->globals->log, "kernel unpacked in %.3f s",
			dp_seconds() - began);
	return fd;
}

/* Boot it and run the command. The exit status; -EAGAIN: KVM was a guess and
 * did not even get daxpoison started. */
static int dp_vm_boot(const struct dp_vm_request *r,
		      struct dp_vm_config *config)
{
	bool guess = r->accel == DP_ACCEL_AUTO &&
		     config->qemu.accel == DP_ACCEL_KVM;
	_cleanup_close_ int vmlinux = -1;
	struct dp_vm_result result;
	int status;

	if (config->qemu.accel == DP_ACCEL_TCG)
		vmlinux = dp_vm_unpack(r, config->qemu.kernel_fd);
	if (vmlinux >= 0)
		config->qemu.kernel_fd = vmlinux;
	config->start_timeout = r->timeout;
	if (guess && (!r->timeout || r->timeout > DP_VM_KVM_START))
		config->start_timeout = DP_VM_KVM_START;
	dp_vm_run(config, &result);
	if (guess && !result.greeted &&
	    (result.end == DP_VM_LOST || result.end == DP_VM_FAILED))
		status = -EAGAIN;
	else
		status = dp_vm_report(&result);
	dp_vm_result_deinit(&result);
	return status;
}

/* With KVM where it works. */
static int dp_vm_accelerate(const struct dp_vm_request *r,
			    struct dp_vm_config *config)
{
	const struct dp_log *log = &r->globals->log;
	enum dp_accel works = DP_ACCEL_TCG;
	struct dp_why why = { "" };
	int status;

	if (r->accel != DP_ACCEL_TCG)
		works = dp_accel_probe(&why);
	if (r->accel == DP_ACCEL_KVM && works != DP_ACCEL_KVM) {
		dp_error("vm: KVM does not work here (%s); use --accel tcg",
			 why.text);
		return DP_EXIT_FAILED;
	}
	config->qemu.accel = works;
	dp_info(log, "accelerator %s%s%s", dp_accel_name(works),
		*why.text ? ": " : "", why.text);
	status = dp_vm_boot(r, config);
	if (status == -EAGAIN) {
		dp_warn("the guest did not start with KVM; once more without");
		dp_accel_distrust();
		config->qemu.accel = DP_ACCEL_TCG;
		status = dp_vm_boot(r, config);
	}
	return status;
}

/* All is ready but the machine. The exit status. */
static int dp_vm_boot_kept(struct dp_vm_request *r,
		    const struct dp_kernel_image *kernel, int initrd)
{
	struct dp_vm_config config = {
		.qemu = {
			.kernel_fd = kernel->fd,
			.initrd_fd = initrd,
			.pmem = r->pmem,
			.n_pmem = r->n_pmem,
			.memory = r->memory,
			.accel = DP_ACCEL_TCG,
			.append = r->append,
		},
		.timeout = r->tty && !r->timeout_given ? 0 : r->timeout,
		.console = r->console,
		.console_log = -1,
		.input = !r->ours,
		.tty = r->tty,
		.note = dp_vm_note,
		.note_data = r,
	};
	struct dp_keep keep = { .console = -1 };
	struct dp_why why = { "" };
	int rc, status;

	if (r->keep) {
		rc = dp_keep_init(&keep, &config.qemu, kernel->path, &why);
		if (rc) {
			dp_error("vm: %s", dp_why_text(&why, rc));
			return DP_EXIT_FAILED;
		}
		config.console_log = keep.console;
	}
	status = dp_vm_accelerate(r, &config);
	if (r->keep)
		fprintf(stderr, "daxpoison: vm: kept %s\n", keep.dir);
	dp_keep_deinit(&keep);
	return status;
}

/* The archive and what it unpacks to are in memory at the same time, and the
 * kernel's first filesystem takes no more than half of what is free. */
static int dp_vm_check_memory(const struct dp_vm_request *r, uint64_t initrd)
{
	uint64_t need = dp_align_up(DP_VM_MEMORY_KERNEL + 4 * initrd +
				    (r->n_nfit_test ? DP_VM_MEMORY_SIMULATED
						    : 0), DP_MIB);
	char has[DP_SIZE_TEXT], size[DP_SIZE_TEXT];

	if (r->memory >= need)
		return 0;
	dp_error("vm: --memory: %s is not enough for what goes into the guest; at least %s",
		 dp_size_text(has, r->memory, false),
		 dp_size_text(size, need, false));
	return -ENOMEM;
}

/* Those that the guest has to make: DP_BIT(enum dp_fs). */
static unsigned int dp_vm_file_systems(const struct dp_vm_request *r)
{
	unsigned int fs = 0;

	for (size_t i = 0; i < r->n_pmem; i++)
		fs |= DP_BIT(r->pmem[i].fs);
	for (size_t i = 0; i < r->n_nfit_test; i++)
		fs |= DP_BIT(r->nfit_test[i].fs);
	return fs;
}

int dp_vm_start(struct dp_vm_request *r)
{
	struct dp_orders orders = { .tty = false };
	double began = dp_seconds();
	struct dp_kernel_image kernel;
	_cleanup_close_ int initrd = -1;
	struct dp_why why = { "" };
	int rc, status = DP_EXIT_FAILED;

	rc = dp_kernel_image_init(&kernel, r->kernel, &why);
	if (!rc && r->n_nfit_test)
		rc = dp_nfit_test_modules(&kernel, &why);
	if (!rc)
		rc = dp_vm_orders(r, &orders);
	if (!rc)
		rc = initrd = dp_initramfs_build(&kernel, r->added,
						 dp_vm_file_systems(r),
						 &orders, &why);
	if (rc < 0) {
		dp_error("vm: %s", dp_why_text(&why, rc));
	} else {
		dp_info(&r->globals->log, "kernel %s, modules from %s",
			kernel.path, kernel.modules);
		off_t size = lseek(initrd, 0, SEEK_END);

		dp_info(&r->globals->log,
			"initramfs of %lld KiB built in %.3f s",
			(long long)size / 1024, dp_seconds() - began);
		if (!dp_vm_check_memory(r, size))
			status = dp_vm_boot_kept(r, &kernel, initrd);
	}
	dp_orders_deinit(&orders);
	dp_kernel_image_deinit(&kernel);
	return status;
}
