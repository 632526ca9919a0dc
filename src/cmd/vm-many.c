/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests side by side: each in a process of its own, as many at once as there
 * are CPUs, their results in one document. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "cmd/vm.h"
#include "vm/kernel-image.h"

struct dp_vm_item {
	const char *kernel;	/* as asked for; NULL: the default */
	char release[512];	/* what its column is called */
	char path[PATH_MAX];	/* of its image */
	pid_t pid;		/* 0: not running */
	bool started, ended;
	int status;		/* of waitpid */
	int out, err;		/* memfds */
};

struct dp_vm_many {
	struct dp_vm_request *request;
	struct dp_vm_item items[DP_VM_KERNELS_MAX];
	size_t n;
	char **command;		/* as the guests get it; owned, not its words */
	char pmem_text[DP_PMEM_MAX + DP_NFIT_TEST_MAX][DP_PMEM_SPEC_TEXT + 10];
	const char *pmem[DP_PMEM_MAX + DP_NFIT_TEST_MAX + 1];
	sigset_t mask;		/* as it was before */
	int stopped_by;		/* a signal that told us to stop, or 0 */
};

/* The command with --json behind its name. Only what prints a run's document
 * can be compared. */
static int dp_many_command(struct dp_vm_many *m)
{
	static char *usual[] = { "verify-alignment", "all", "--known",
				 "default", NULL };
	char **args = *m->request->args ? m->request->args : usual;
	size_t n = 0;

	if (!strcmp(*args, "daxpoison") && args[1])
		args++;
	if (strcmp(*args, "verify-alignment") && strcmp(*args, "inject"))
		return dp_usage(&dp_cmd_vm,
				"'%s' gives no result to keep or compare; verify-alignment and inject do",
				*args);
	while (args[n])
		n++;
	m->command = calloc(n + 2, sizeof(*m->command));
	if (!m->command)
		return DP_EXIT_FAILED;
	m->command[0] = args[0];
	m->command[1] = "--json";
	memcpy(m->command + 2, args + 1, (n - 1) * sizeof(*args));
	return 0;
}

/* Two builds may well have the same release; one image twice is a mistake. */
static int dp_many_name(struct dp_vm_many *m, size_t i,
			const struct dp_kernel_image *image)
{
	struct dp_vm_item *item = &m->items[i];
	const char *also = "";

	snprintf(item->path, sizeof(item->path), "%s", image->path);
	for (size_t k = 0; k < i; k++) {
		if (!strcmp(m->items[k].path, item->path))
			return dp_usage(&dp_cmd_vm,
					"--kernel: '%s' and '%s' are both %s",
					m->items[k].kernel, item->kernel,
					item->path);
		if (!strcmp(m->items[k].release, image->release))
			also = item->kernel;
	}
	snprintf(item->release, sizeof(item->release), "%s%s%s",
		 image->release, *also ? " of " : "", also);
	return 0;
}

/* All kernels are there, or nothing starts. */
static int dp_many_kernels(struct dp_vm_many *m)
{
	const struct dp_vm_request *r = m->request;
	struct dp_kernel_image image;
	struct dp_why why = { "" };
	int rc;

	m->n = r->n_kernels ?: 1;
	for (size_t i = 0; i < m->n; i++) {
		m->items[i].kernel = r->n_kernels ? r->kernels[i] : NULL;
		m->items[i].out = m->items[i].err = -1;
		rc = dp_kernel_image_init(&image, m->items[i].kernel, &why);
		if (rc) {
			dp_error("vm: %s", dp_why_text(&why, rc));
			return DP_EXIT_FAILED;
		}
		rc = dp_many_name(m, i, &image);
		dp_kernel_image_deinit(&image);
		if (rc)
			return rc;
	}
	return 0;
}

static void dp_many_pmem(struct dp_vm_many *m)
{
	const struct dp_vm_request *r = m->request;

	for (size_t i = 0; i < r->n_pmem; i++) {
		dp_pmem_spec_text(m->pmem_text[i], &r->pmem[i]);
		m->pmem[i] = m->pmem_text[i];
	}
	for (size_t i = 0; i < r->n_nfit_test; i++) {
		char text[DP_PMEM_SPEC_TEXT], *to = m->pmem_text[r->n_pmem + i];

		snprintf(to, sizeof(m->pmem_text[0]), "nfit-test:%s",
			 dp_nfit_test_text(text, &r->nfit_test[i]));
		m->pmem[r->n_pmem + i] = to;
	}
}

/* In the child: it is a vm command with one kernel from here. */
static void dp_many_child(struct dp_vm_many *m, struct dp_vm_item *item,
			  pid_t parent)
{
	struct dp_vm_request r = *m->request;
	struct dp_globals globals = *r.globals;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), status;

	/* It ends its guest when it is told to stop, and dies with us. */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) || getppid() != parent)
		_exit(DP_EXIT_FAILED);
	sigprocmask(SIG_SETMASK, &m->mask, NULL);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(item->out, STDOUT_FILENO) < 0 ||
	    dup2(item->err, STDERR_FILENO) < 0)
		_exit(DP_EXIT_FAILED);
	globals.json = globals.ktap = globals.human = false;
	r.globals = &globals;
	r.kernel = item->kernel;
	r.args = m->command;
	status = dp_vm_start(&r);
	if (fflush(stdout))
		status = DP_EXIT_FAILED;
	_exit(status);
}

static int dp_many_spawn(struct dp_vm_many *m, struct dp_vm_item *item)
{
	pid_t parent = getpid();

	item->out = memfd_create("stdout", MFD_CLOEXEC);
	item->err = memfd_create("stderr", MFD_CLOEXEC);
	if (item->out < 0 || item->err < 0)
		return -errno;
	fflush(NULL);
	item->pid = fork();
	if (!item->pid)
		dp_many_child(m, item, parent);
	if (item->pid < 0) {
		item->pid = 0;
		return -errno;
	}
	item->started = true;
	dp_info(&m->request->globals->log, "%s: started", item->release);
	return 0;
}

static unsigned int dp_many_reap(struct dp_vm_many *m, int flags)
{
	unsigned int running = 0;

	for (size_t i = 0; i < m->n; i++) {
		struct dp_vm_item *item = &m->items[i];
		pid_t pid;

		if (!item->pid)
			continue;
		do
			pid = waitpid(item->pid, &item->status, flags);
		while (pid < 0 && errno == EINTR);
		if (!pid) {
			running++;
			continue;
		}
		item->pid = 0;
		item->ended = true;
		dp_info(&m->request->globals->log, "%s: ended", item->release);
	}
	return running;
}

static void dp_many_stop(struct dp_vm_many *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->items[i].pid)
			kill(m->items[i].pid, SIGTERM);
	dp_many_reap(m, 0);
}

/* Run them all, so many at once. 0, or negative errno. */
static int dp_many_run(struct dp_vm_many *m, unsigned int jobs)
{
	unsigned int running = 0;
	size_t next = 0;
	sigset_t set;
	int rc = 0, got;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, &m->mask);
	while (!rc && (running || next < m->n)) {
		while (!rc && running < jobs && next < m->n) {
			rc = dp_many_spawn(m, &m->items[next++]);
			running += !rc;
		}
		if (rc)
			break;
		got = sigwaitinfo(&set, NULL);
		if (got != SIGCHLD && got > 0) {
			m->stopped_by = got;
			rc = -EINTR;
		}
		running = dp_many_reap(m, WNOHANG);
	}
	dp_many_stop(m);
	sigprocmask(SIG_SETMASK, &m->mask, NULL);
	return rc;
}

/* What a memfd holds, NUL-terminated; owned by the caller. */
static char *dp_many_text(int fd, size_t *size)
{
	struct stat st;
	char *text;
	ssize_t n;

	*size = 0;
	if (fstat(fd, &st))
		return NULL;
	text = malloc(st.st_size + 1);
	while (text && *size < (size_t)st.st_size) {
		n = pread(fd, text + *size, st.st_size - *size, *size);
		if (n <= 0)
			break;
		*size += n;
	}
	if (text)
		text[*size] = '\0';
	return text;
}

static int dp_many_add(struct dp_vm_many *m, struct dp_vm_item *item,
		       struct json_object *matrix)
{
	_cleanup_free_ char *out = NULL, *err = NULL;
	size_t size, err_size;

	out = dp_many_text(item->out, &size);
	err = dp_many_text(item->err, &err_size);
	if (!out || !err)
		return -ENOMEM;
	if (m->request->globals->log.level >= DP_LOG_INFO)
		fputs(err, stderr);
	return dp_matrix_add(matrix, &(struct dp_matrix_run){
		.asked = item->kernel ?: "",
		.release = item->release,
		.pmem = m->pmem,
		.command = m->command,
		.status = WIFEXITED(item->status) ? WEXITSTATUS(item->status)
						  : DP_EXIT_FAILED,
		.messages = err,
		.output = out,
		.output_size = size,
	});
}

/* Whether the document holds just these items; then it is their result. */
static bool dp_many_is_of(struct dp_vm_many *m, struct json_object *doc)
{
	size_t n = 0, found = 0;
	struct json_object *runs = NULL;

	if (json_object_object_get_ex(doc, "runs", &runs) &&
	    json_object_is_type(runs, json_type_array))
		n = json_object_array_length(runs);
	for (size_t i = 0; i < m->n; i++) {
		struct dp_matrix_run run = { .asked = m->items[i].kernel ?: "",
					     .release = m->items[i].release,
					     .pmem = m->pmem,
					     .command = m->command };
		_cleanup_free_ char *item = dp_matrix_item(&run);
		struct json_object *has;

		for (size_t k = 0; item && k < n; k++) {
			has = NULL;
			json_object_object_get_ex(
				json_object_array_get_idx(runs, k), "item", &has);
			if (has && !strcmp(json_object_get_string(has), item)) {
				found++;
				break;
			}
		}
	}
	return n == m->n && found == n;
}

/* --resume: a result that is there already, or NULL. -1 in *status: go on and
 * run; else it is the exit status. */
static struct json_object *dp_many_resume(struct dp_vm_many *m, int *status)
{
	const char *path = m->request->files.output;
	struct json_object *doc;
	struct dp_why why = { "" };
	int rc;

	*status = -1;
	doc = dp_result_read(path, &rc, &why);
	if (rc == -ENOENT)
		return NULL;
	if (!doc || !dp_many_is_of(m, doc)) {
		dp_error("vm: --resume: %s%s",
			 doc ? path : dp_why_text(&why, rc),
			 doc ? " holds the result of something else" : "");
		json_object_put(doc);
		*status = DP_EXIT_FAILED;
		return NULL;
	}
	/* What was lost is run again. */
	if (dp_matrix_is_whole(doc)) {
		dp_info(&m->request->globals->log, "%s is there already", path);
		return doc;
	}
	json_object_put(doc);
	return NULL;
}

static int dp_many_do(struct dp_vm_many *m)
{
	const struct dp_vm_request *r = m->request;
	struct json_object *matrix;
	int rc, status;

	if (r->resume) {
		matrix = dp_many_resume(m, &status);
		if (matrix) {
			struct dp_result_files files = r->files;

			files.output = NULL;
			dp_matrix_compare(matrix);
			status = dp_result_show(r->globals, &files, matrix);
			json_object_put(matrix);
			return status;
		}
		if (status >= 0)
			return status;
	}
	rc = dp_many_run(m, r->jobs ?: sysconf(_SC_NPROCESSORS_ONLN));
	if (rc) {
		dp_error("vm: %s%s", rc == -EINTR ? "stopped by SIG" : "",
			 rc == -EINTR ? sigabbrev_np(m->stopped_by)
				      : strerror(-rc));
		return DP_EXIT_FAILED;
	}
	matrix = dp_matrix_new();
	for (size_t i = 0; !rc && i < m->n; i++)
		rc = dp_many_add(m, &m->items[i], matrix);
	if (rc)
		dp_error("vm: %s", strerror(-rc));
	dp_matrix_compare(matrix);
	status = rc ? DP_EXIT_FAILED
		    : dp_result_show(r->globals, &r->files, matrix);
	json_object_put(matrix);
	return status;
}

int dp_vm_many(struct dp_vm_request *r)
{
	struct dp_vm_many m = { .request = r };
	_cleanup_close_ int claim = -1;
	struct dp_why why = { "" };
	int status;

	dp_many_pmem(&m);
	status = dp_many_command(&m);
	if (!status)
		status = dp_many_kernels(&m);
	if (!status && r->files.output) {
		claim = dp_result_claim(r->files.output, &why);
		if (claim < 0) {
			dp_error("vm: --output: %s", dp_why_text(&why, claim));
			status = DP_EXIT_FAILED;
		}
	}
	if (!status)
		status = dp_many_do(&m);
	for (size_t i = 0; i < m.n; i++) {
		dp_closep(&m.items[i].out);
		dp_closep(&m.items[i].err);
	}
	free(m.command);
	return status;
}
