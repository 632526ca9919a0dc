/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "sys/bounded.h"
#include "vm/qemu.h"

#define DP_EXEC_MS 30000

/* In the child. Only what is async-signal-safe. */
static void dp_child(const struct dp_argv *argv, const int *fds, int out,
		     int report, pid_t parent)
{
	const struct rlimit no_core = { 0, 0 };
	sigset_t none;
	int err, null;

	/* The parent may have died before this call: then nobody is left to
	 * be told of. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setrlimit(RLIMIT_CORE, &no_core);
	setsid();
	null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 ||
	    dup2(out, 2) < 0)
		goto failed;
	for (; *fds >= 0; fds++)
		if (fcntl(*fds, F_SETFD, 0))
			goto failed;
	execvp(argv->v[0], argv->v);
failed:
	err = errno;
	if (write(report, &err, sizeof(err)) < 0)
		_exit(126);
	_exit(127);
}

/* Whether the child has failed before its exec, which closes the pipe; then its
 * errno, or ETIMEDOUT (a program on a file system that does not answer). */
static bool dp_read_report(int fd, int *err)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int rc;

	do
		rc = poll(&p, 1, DP_EXEC_MS);
	while (rc < 0 && errno == EINTR);
	*err = ETIMEDOUT;
	return rc <= 0 || read(fd, err, sizeof(*err)) > 0;
}

pid_t dp_qemu_spawn(const struct dp_argv *argv, const int *fds, int out,
		    struct dp_why *why)
{
	pid_t parent = getpid(), pid;
	int report[2], err = 0, status;
	bool failed;

	if (argv->failed)
		return -ENOMEM;
	if (pipe2(report, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid)
		dp_child(argv, fds, out, report[1], parent);
	close(report[1]);
	if (pid < 0) {
		err = errno;
		close(report[0]);
		return dp_why(why, -err, "cannot start QEMU: %s",
			      strerror(err));
	}
	failed = dp_read_report(report[0], &err);
	close(report[0]);
	if (!failed)
		return pid;
	/* It ends by itself, unless it does not come to its exec. */
	kill(pid, SIGKILL);
	dp_bounded_reap(pid, DP_GONE_MS, &status);
	if (err == ENOENT)
		return dp_why(why, -ENOENT,
			      "%s is not installed; on Debian: apt-get install qemu-system-x86",
			      argv->v[0]);
	return dp_why(why, -err, "cannot start %s: %s", argv->v[0],
		      strerror(err));
}

/* Memory for an NVDIMM: nothing is allocated before it is touched, and nothing
 * is left when the last descriptor is closed. */
static int dp_backing(uint64_t size, struct dp_why *why)
{
	_cleanup_close_ int fd = memfd_create("nvdimm", MFD_CLOEXEC);

	if (fd < 0)
		fd = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, size))
		return dp_why(why, -errno,
			      "cannot make %llu bytes for an NVDIMM: %s",
			      (unsigned long long)size, strerror(errno));
	return TAKE_FD(fd);
}

static int dp_socketpair(int fds[2], struct dp_why *why)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return dp_why(why, -errno, "no socket for the guest: %s",
			      strerror(errno));
	return 0;
}

/* The descriptors that QEMU inherits. */
struct dp_inherited {
	int pmem[DP_PMEM_MAX];
	int console, channel, monitor, errors;
};

static void dp_inherited_deinit(struct dp_inherited *in)
{
	for (size_t i = 0; i < DP_PMEM_MAX; i++)
		dp_closep(&in->pmem[i]);
	dp_closep(&in->console);
	dp_closep(&in->channel);
	dp_closep(&in->monitor);
	dp_closep(&in->errors);
}

/* Both ends of everything: ours go to `q`. */
static int dp_inherited_init(struct dp_inherited *in, struct dp_qemu *q,
			     const struct dp_qemu_config *config,
			     struct dp_why *why)
{
	int fds[2], rc;

	*in = (struct dp_inherited){ .console = -1, .channel = -1,
				     .monitor = -1, .errors = -1 };
	for (size_t i = 0; i < DP_PMEM_MAX; i++)
		in->pmem[i] = -1;
	for (size_t i = 0; i < config->n_pmem; i++) {
		rc = in->pmem[i] = dp_backing(config->pmem[i].size +
					      DP_PMEM_LABELS, why);
		if (rc < 0)
			return rc;
	}
	rc = dp_socketpair(fds, why);
	if (rc)
		return rc;
	q->console = fds[0];
	in->console = fds[1];
	rc = dp_socketpair(fds, why);
	if (rc)
		return rc;
	q->channel = fds[0];
	in->channel = fds[1];
	rc = dp_socketpair(fds, why);
	if (rc)
		return rc;
	q->monitor = fds[0];
	in->monitor = fds[1];
	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	q->errors = fds[0];
	in->errors = fds[1];
	return 0;
}

static int dp_start(struct dp_qemu *q, const struct dp_qemu_config *config,
		    const struct dp_inherited *in, struct dp_why *why)
{
	int fds[DP_PMEM_MAX + 6], rc;
	struct dp_qemu_names names = { .pmem = "/proc/self/fd/" };
	struct dp_argv argv = { .v = NULL };
	size_t n = 0;

	for (; n < config->n_pmem; n++)
		names.pmem_number[n] = fds[n] = in->pmem[n];
	fds[n++] = config->kernel_fd;
	fds[n++] = config->initrd_fd;
	fds[n++] = in->console;
	fds[n++] = in->channel;
	fds[n++] = in->monitor;
	fds[n] = -1;
	snprintf(names.kernel, sizeof(names.kernel), "/proc/self/fd/%d",
		 config->kernel_fd);
	snprintf(names.initrd, sizeof(names.initrd), "/proc/self/fd/%d",
		 config->initrd_fd);
	snprintf(names.console, sizeof(names.console), "socket,fd=%d",
		 in->console);
	snprintf(names.channel, sizeof(names.channel), "socket,fd=%d",
		 in->channel);
	snprintf(names.monitor, sizeof(names.monitor), "socket,fd=%d",
		 in->monitor);
	dp_qemu_args(&argv, config, &names);
	rc = dp_qemu_spawn(&argv, fds, in->errors, why);
	dp_argv_deinit(&argv);
	if (rc < 0)
		return rc;
	q->pid = rc;
	q->pidfd = syscall(SYS_pidfd_open, q->pid, 0);
	return q->pidfd < 0 ? -errno : 0;
}

int dp_qemu_start(struct dp_qemu *q, const struct dp_qemu_config *config,
		  struct dp_why *why)
{
	struct dp_inherited in;
	int rc;

	*q = (struct dp_qemu){ .pidfd = -1, .console = -1, .channel = -1,
			       .monitor = -1, .errors = -1 };
	rc = dp_inherited_init(&in, q, config, why);
	if (!rc)
		rc = dp_start(q, config, &in, why);
	dp_inherited_deinit(&in);
	if (rc)
		dp_qemu_stop(q);
	return rc;
}

int dp_qemu_stop(struct dp_qemu *q)
{
	int status = -1;

	if (q->pid) {
		kill(q->pid, SIGKILL);
		if (dp_bounded_reap(q->pid, DP_GONE_MS, &status))
			status = -1;
		q->pid = 0;
	}
	dp_closep(&q->pidfd);
	dp_closep(&q->console);
	dp_closep(&q->channel);
	dp_closep(&q->monitor);
	dp_closep(&q->errors);
	q->pidfd = q->console = q->channel = q->monitor = q->errors = -1;
	return status;
}
