/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/format.h"
#include "base/parse.h"
#include "cmd/vm.h"
#include "sys/program.h"

#define DP_VM_MEMORY (512 * DP_MIB)
#define DP_VM_MEMORY_MIN (256 * DP_MIB)
#define DP_VM_MEMORY_NFIT_TEST DP_GIB	/* it takes 352M of it */
#define DP_VM_TIMEOUT 300

enum {
	DP_OPT_KERNEL = 256,
	DP_OPT_PMEM,
	DP_OPT_NFIT_TEST,
	DP_OPT_ADD,
	DP_OPT_MEMORY,
	DP_OPT_TIMEOUT,
	DP_OPT_APPEND,
	DP_OPT_KEEP,
	DP_OPT_CONSOLE,
	DP_OPT_ACCEL,
	DP_OPT_RESUME,
};

static const struct dp_option dp_vm_options[] = {
	{DP_OPT_KERNEL, "kernel", "KERNEL", "what to boot: a vmlinuz, a directory, packages, a version, host; several are compared"},
	{'j', "jobs", "NUMBER", "so many guests at once (default: a guest for each CPU)"},
	DP_OUTPUT_ROW,
	DP_RESULT_ROWS,
	{DP_OPT_RESUME, "resume", NULL, "run nothing if the file of --output has the result"},
	{DP_OPT_PMEM, "pmem", "SIZE[:MODE[:ALIGN]]", "one NVDIMM; may be repeated; SIZE:fsdax:FS[:OPTIONS] makes and mounts ext4 or xfs"},
	{DP_OPT_NFIT_TEST, "nfit-test", "MODE[:ALIGN]", "16M of the kernel's own simulation of a platform that injects errors; may be repeated; fsdax:ext4 makes and mounts a file system"},
	{DP_OPT_ADD, "add", "FILE[:PATH]", "put a file into the guest (default: into /root); may be repeated"},
	{DP_OPT_MEMORY, "memory", "SIZE", "ordinary memory of the guest"},
	{DP_OPT_TIMEOUT, "timeout", "SECONDS", "give the guest up after this time; 0: never"},
	{DP_OPT_APPEND, "append", "ARGUMENTS", "more arguments for the guest's kernel"},
	{DP_OPT_KEEP, "keep", NULL, "keep console log, initramfs and command line"},
	{DP_OPT_CONSOLE, "console", NULL, "show the guest's console on stderr"},
	{DP_OPT_ACCEL, "accel", "kvm|tcg|auto", "how QEMU runs the guest"},
	{0, NULL, NULL, NULL},
};

static int dp_vm_set_pmem(struct dp_vm_request *r, const char *arg,
			  struct dp_why *why)
{
	if (r->n_pmem == DP_PMEM_MAX)
		return dp_why(why, -E2BIG, "at most %d NVDIMMs", DP_PMEM_MAX);
	return dp_pmem_spec_parse(arg, &r->pmem[r->n_pmem++], why);
}

static int dp_vm_set_nfit_test(struct dp_vm_request *r, const char *arg,
			       struct dp_why *why)
{
	if (r->n_nfit_test == DP_NFIT_TEST_MAX)
		return dp_why(why, -E2BIG, "at most %d namespaces",
			      DP_NFIT_TEST_MAX);
	return dp_nfit_test_parse(arg, &r->nfit_test[r->n_nfit_test++], why);
}

/* FILE may hold colons: the last that a slash follows ends it. */
static int dp_vm_set_add(struct dp_vm_request *r, const char *arg,
			 struct dp_why *why)
{
	struct dp_added_file *file = &r->added[r->n_added];
	const char *path = NULL, *slash;
	struct stat st;

	if (r->n_added == DP_VM_ADDED_MAX)
		return dp_why(why, -E2BIG, "at most %d files", DP_VM_ADDED_MAX);
	for (const char *p = arg; (p = strstr(p, ":/")); p++)
		path = p + 1;
	r->n_added++;
	file->source = path ? strndup(arg, path - 1 - arg) : strdup(arg);
	slash = file->source ? strrchr(file->source, '/') : NULL;
	if (!file->source ||
	    asprintf(&file->name, "%s%s", path ? "" : "/root/",
		     path ?: slash ? slash + 1 : file->source) < 0)
		return -ENOMEM;
	for (size_t i = 0; i + 1 < r->n_added; i++)
		if (!strcmp(r->added[i].name, file->name))
			return dp_why(why, -EEXIST, "two files for %s",
				      file->name);
	if (stat(file->source, &st) || access(file->source, R_OK))
		return dp_why(why, -errno, "cannot read '%s': %s",
			      file->source, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return dp_why(why, -EINVAL, "'%s' is not a regular file",
			      file->source);
	file->executable = st.st_mode & 0111;
	return 0;
}

static int dp_vm_set_memory(struct dp_vm_request *r, const char *arg,
			    struct dp_why *why)
{
	char size[DP_SIZE_TEXT];
	int rc;

	rc = dp_parse_size(arg, &r->memory, why);
	if (rc)
		return rc;
	if (r->memory % DP_MIB)
		return dp_why(why, -EINVAL, "'%s' is not a multiple of 1M",
			      arg);
	if (r->memory < DP_VM_MEMORY_MIN)
		return dp_why(why, -EINVAL,
			      "%s is too little to boot; expected %s or more",
			      arg, dp_size_text(size, DP_VM_MEMORY_MIN, false));
	return 0;
}

static int dp_vm_set(struct dp_vm_request *r, int id, const char *arg,
		     struct dp_why *why)
{
	int rc;

	switch (id) {
	case DP_OPT_KERNEL:
		if (r->n_kernels == DP_VM_KERNELS_MAX)
			return dp_why(why, -E2BIG, "at most %d kernels",
				      DP_VM_KERNELS_MAX);
		r->kernels[r->n_kernels++] = arg;
		return 0;
	case 'j':
		return dp_parse_uint(arg, 1, 1024, &r->jobs, why);
	case DP_OPT_RESUME:
		r->resume = true;
		return 0;
	case DP_OPT_PMEM:
		return dp_vm_set_pmem(r, arg, why);
	case DP_OPT_NFIT_TEST:
		return dp_vm_set_nfit_test(r, arg, why);
	case DP_OPT_ADD:
		return dp_vm_set_add(r, arg, why);
	case DP_OPT_MEMORY:
		return dp_vm_set_memory(r, arg, why);
	case DP_OPT_TIMEOUT:
		r->timeout_given = true;
		return dp_parse_uint(arg, 0, 1000000, &r->timeout, why);
	case DP_OPT_APPEND:
		r->append = arg;
		return 0;
	case DP_OPT_KEEP:
		r->keep = true;
		return 0;
	case DP_OPT_CONSOLE:
		r->console = true;
		return 0;
	case DP_OPT_ACCEL:
		rc = dp_accel_from_name(arg);
		if (rc < 0)
			return dp_why(why, rc,
				      "'%s' is not an accelerator; expected kvm, tcg or auto",
				      arg);
		r->accel = rc;
		return 0;
	}
	return dp_result_option(&r->files, id, arg);
}

/* Options, then the command. A value of DP_OPTIONS_, or DP_OPTIONS_END. */
static int dp_vm_parse(struct dp_vm_request *r, struct dp_globals *globals,
		       int argc, char **argv)
{
	struct dp_why why = { "" };
	struct dp_options options;
	int id, rc = 0;

	if (dp_options_init(&options, &dp_cmd_vm, globals))
		return DP_OPTIONS_USAGE;
	while ((id = dp_options_next(&options, argc, argv)) >= 0) {
		rc = dp_vm_set(r, id, options.arg, &why);
		if (!rc)
			continue;
		for (const struct dp_option *o = dp_vm_options; o->id; o++)
			if (o->id == id)
				dp_usage(&dp_cmd_vm, "--%s: %s", o->name,
					 dp_why_text(&why, rc));
		id = DP_OPTIONS_USAGE;
		break;
	}
	dp_options_deinit(&options);
	r->args = argv + optind;
	return id;
}

/* The defaults, without the file systems that this machine cannot make. */
static void dp_vm_default_pmem(struct dp_vm_request *r)
{
	struct dp_pmem_spec specs[DP_PMEM_MAX];
	size_t n = dp_pmem_spec_defaults(specs);
	char path[64];

	for (size_t i = 0; i < n; i++) {
		const struct dp_file_system *fs = dp_file_system(specs[i].fs);

		if (specs[i].fs && dp_program_path(fs->mkfs, path, sizeof(path)))
			dp_error("vm: no %s here, so no file system is looked at; 'apt-get install %s' brings it",
				 fs->mkfs, fs->package);
		else
			r->pmem[r->n_pmem++] = specs[i];
	}
}

/* One guest whose output is ours, or several whose results we put together. */
static int dp_vm_go(struct dp_vm_request *r)
{
	bool many = r->n_kernels > 1 || dp_result_wanted(&r->files);

	if (r->resume && !r->files.output)
		return dp_usage(&dp_cmd_vm, "--resume needs --output");
	if (many && r->console)
		return dp_usage(&dp_cmd_vm,
				"--console shows one guest, whose result is kept nowhere");
	if (!r->memory)
		r->memory = r->n_nfit_test ? DP_VM_MEMORY_NFIT_TEST
					   : DP_VM_MEMORY;
	if (!r->n_pmem && !r->n_nfit_test)
		dp_vm_default_pmem(r);
	r->kernel = r->n_kernels ? r->kernels[0] : NULL;
	return many ? dp_vm_many(r) : dp_vm_start(r);
}

static int dp_run_vm(struct dp_globals *globals, int argc, char **argv)
{
	struct dp_vm_request r = {
		.globals = globals,
		.timeout = DP_VM_TIMEOUT,
		.accel = DP_ACCEL_AUTO,
	};
	int rc;

	rc = dp_vm_parse(&r, globals, argc, argv);
	if (rc == DP_OPTIONS_END)
		rc = dp_vm_go(&r);
	else
		rc = rc == DP_OPTIONS_DONE ? DP_EXIT_HELD : DP_EXIT_USAGE;
	for (size_t i = 0; i < r.n_added; i++) {
		free(r.added[i].source);
		free(r.added[i].name);
	}
	return rc;
}

const struct dp_command dp_cmd_vm = {
	.name = "vm",
	.summary = "boot a guest with emulated pmem and run a command in it",
	.operands = "[-- COMMAND...]",
	.options = dp_vm_options,
	.run = dp_run_vm,
};
