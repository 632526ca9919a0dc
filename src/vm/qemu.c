/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "vm/qemu.h"

#define DP_QEMU "qemu-system-x86_64"

void dp_argv_add(struct dp_argv *a, const char *fmt, ...)
{
	char *text = NULL, **v;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	v = realloc(a->v, (a->n + 2) * sizeof(*v));
	if (v)
		a->v = v;
	if (!v || !text) {
		a->failed = true;
		free(text);
		return;
	}
	v[a->n++] = text;
	v[a->n] = NULL;
}

void dp_argv_deinit(struct dp_argv *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->v[i]);
	free(a->v);
	*a = (struct dp_argv){ .v = NULL };
}

/* In the child. Only what is async-signal-safe. */
static void dp_child(const struct dp_argv *argv, const int *fds, int out,
		     int report, pid_t parent)
{
	sigset_t none;
	int err, null;

	/* The parent may have died before this call: then nobody is left to
	 * be told of. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
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

pid_t dp_qemu_spawn(const struct dp_argv *argv, const int *fds, int out,
		    struct dp_why *why)
{
	pid_t parent = getpid(), pid;
	int report[2], err = 0;
	ssize_t n;

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
	do
		n = read(report[0], &err, sizeof(err));
	while (n < 0 && errno == EINTR);
	close(report[0]);
	if (n <= 0)
		return pid;
	waitpid(pid, NULL, 0);
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

static int dp_add_pmem(struct dp_argv *a, const struct dp_qemu_config *config,
		       int *fds, struct dp_why *why)
{
	for (size_t i = 0; i < config->n_pmem; i++) {
		const struct dp_pmem_spec *spec = &config->pmem[i];
		uint64_t align = dp_pmem_spec_phys_align(spec);
		uint64_t size = spec->size + DP_PMEM_LABELS;

		fds[i] = dp_backing(size, why);
		if (fds[i] < 0)
			return fds[i];
		dp_argv_add(a, "-object");
		dp_argv_add(a,
			    "memory-backend-file,id=m%zu,share=on,mem-path=/proc/self/fd/%d,size=%llu,align=%llu",
			    i, fds[i], (unsigned long long)size,
			    (unsigned long long)align);
		dp_argv_add(a, "-device");
		dp_argv_add(a, "nvdimm,id=nv%zu,memdev=m%zu,label-size=%llu", i,
			    i, DP_PMEM_LABELS);
	}
	return 0;
}

/* Room in the guest's physical address space: what is plugged is aligned, and
 * QEMU itself counts one more gigabyte for each slot. */
static uint64_t dp_max_memory(const struct dp_qemu_config *config)
{
	uint64_t sum = dp_align_up(config->memory, DP_GIB);

	for (size_t i = 0; i < config->n_pmem; i++)
		sum += dp_align_up(config->pmem[i].size, DP_GIB) + 2 * DP_GIB;
	return sum;
}

static void dp_add_machine(struct dp_argv *a,
			   const struct dp_qemu_config *config)
{
	bool kvm = config->accel == DP_ACCEL_KVM;

	dp_argv_add(a, DP_QEMU);
	dp_argv_add(a, "-nodefaults");
	dp_argv_add(a, "-no-user-config");
	dp_argv_add(a, "-display");
	dp_argv_add(a, "none");
	dp_argv_add(a, "-no-reboot");
	dp_argv_add(a, "-machine");
	dp_argv_add(a, "q35,accel=%s,nvdimm=%s,usb=off,vmport=off",
		    kvm ? "kvm" : "tcg", config->n_pmem ? "on" : "off");
	/* Machine checks that can be recovered from exist on Intel only. */
	dp_argv_add(a, "-cpu");
	dp_argv_add(a, kvm ? "host"
			   : "max,vendor=GenuineIntel,family=6,model=85");
	/* Two CPUs in TCG trip over the kernel patching its own code. */
	dp_argv_add(a, "-smp");
	dp_argv_add(a, "1");
	dp_argv_add(a, "-m");
	if (config->n_pmem)
		dp_argv_add(a, "%lluM,slots=%zu,maxmem=%lluM",
			    (unsigned long long)(config->memory / DP_MIB),
			    config->n_pmem,
			    (unsigned long long)(dp_max_memory(config) /
						 DP_MIB));
	else
		dp_argv_add(a, "%lluM",
			    (unsigned long long)(config->memory / DP_MIB));
}

static void dp_add_boot(struct dp_argv *a, const struct dp_qemu_config *config)
{
	dp_argv_add(a, "-kernel");
	dp_argv_add(a, "/proc/self/fd/%d", config->kernel_fd);
	dp_argv_add(a, "-initrd");
	dp_argv_add(a, "/proc/self/fd/%d", config->initrd_fd);
	dp_argv_add(a, "-append");
	dp_argv_add(a,
		    "console=ttyS0 panic=-1 quiet loglevel=1 8250.nr_uarts=1 i8042.noaux i8042.nokbd%s%s",
		    config->append ? " " : "",
		    config->append ? config->append : "");
}

static void dp_add_ports(struct dp_argv *a, int console, int channel)
{
	dp_argv_add(a, "-chardev");
	dp_argv_add(a, "socket,id=console,fd=%d", console);
	dp_argv_add(a, "-serial");
	dp_argv_add(a, "chardev:console");
	dp_argv_add(a, "-chardev");
	dp_argv_add(a, "socket,id=channel,fd=%d", channel);
	dp_argv_add(a, "-device");
	dp_argv_add(a, "virtio-serial-pci,max_ports=2");
	dp_argv_add(a, "-device");
	dp_argv_add(a, "virtserialport,chardev=channel,name=daxpoison");
}

static int dp_socketpair(int fds[2], struct dp_why *why)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return dp_why(why, -errno, "no socket for the guest: %s",
			      strerror(errno));
	return 0;
}

int dp_qemu_start(struct dp_qemu *q, const struct dp_qemu_config *config,
		  struct dp_why *why)
{
	int console[2] = { -1, -1 }, channel[2] = { -1, -1 };
	int errors[2] = { -1, -1 }, fds[DP_PMEM_MAX + 5];
	size_t n = config->n_pmem, i;
	int rc;

	*q = (struct dp_qemu){ .pidfd = -1, .console = -1, .channel = -1,
			       .errors = -1 };
	for (i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = -1;
	rc = dp_socketpair(console, why);
	if (!rc)
		rc = dp_socketpair(channel, why);
	if (!rc && pipe2(errors, O_CLOEXEC))
		rc = -errno;
	if (rc)
		goto out;
	dp_add_machine(&q->argv, config);
	rc = dp_add_pmem(&q->argv, config, fds, why);
	if (rc)
		goto out;
	dp_add_boot(&q->argv, config);
	dp_add_ports(&q->argv, console[1], channel[1]);
	fds[n] = config->kernel_fd;
	fds[n + 1] = config->initrd_fd;
	fds[n + 2] = console[1];
	fds[n + 3] = channel[1];
	q->console = console[0];
	q->channel = channel[0];
	q->errors = errors[0];
	console[0] = channel[0] = errors[0] = -1;
	rc = dp_qemu_spawn(&q->argv, fds, errors[1], why);
	if (rc > 0) {
		q->pid = rc;
		q->pidfd = syscall(SYS_pidfd_open, q->pid, 0);
		rc = q->pidfd < 0 ? -errno : 0;
	}
out:
	for (i = 0; i < n; i++)
		dp_closep(&fds[i]);
	for (i = 0; i < 2; i++) {
		dp_closep(&console[i]);
		dp_closep(&channel[i]);
		dp_closep(&errors[i]);
	}
	if (rc)
		dp_qemu_stop(q);
	return rc;
}

int dp_qemu_stop(struct dp_qemu *q)
{
	int status = -1;

	if (q->pid) {
		kill(q->pid, SIGKILL);
		while (waitpid(q->pid, &status, 0) < 0 && errno == EINTR)
			;
		q->pid = 0;
	}
	dp_closep(&q->pidfd);
	dp_closep(&q->console);
	dp_closep(&q->channel);
	dp_closep(&q->errors);
	q->pidfd = q->console = q->channel = q->errors = -1;
	dp_argv_deinit(&q->argv);
	return status;
}
