/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>

#include "base/cleanup.h"
#include "vm/guest.h"

#define DP_CHUNK 4096

/* The command under way. */
struct dp_job {
	struct dp_guest *g;
	pid_t pid;
	int signals;		/* signalfd for SIGCHLD */
	int in;			/* the command's stdin, or -1 */
	int out[2];		/* its stdout and stderr, or -1 */
	int pty;		/* instead of all three, or -1; is in `out` */
	bool ended;
	int status;		/* of waitpid(2), once ended */
	uint64_t n_out[2];
	struct dp_decoder decoder;
	struct dp_frame input;	/* a stdin frame, partly written */
	size_t input_done;
	bool has_input;
};

/* The command's ends of its pipes, or of its terminal. */
struct dp_ends {
	int fd[3];
	bool tty;
};

/* In the child. */
static void dp_become(struct dp_guest *g, const struct dp_ends *ends,
		      int report)
{
	sigset_t none;
	int err, i;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setsid();
	for (i = 0; i < 3; i++)
		if (dup2(ends->fd[i], i) < 0)
			goto failed;
	if (ends->tty && ioctl(0, TIOCSCTTY, 0))
		goto failed;
	clearenv();
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	       1);
	setenv("HOME", "/root", 1);
	for (i = 0; g->orders.env[i]; i++)
		putenv(g->orders.env[i]);
	execvp(g->orders.args[0], g->orders.args);
failed:
	err = errno;
	if (write(report, &err, sizeof(err)) < 0)
		_exit(126);
	_exit(127);
}

static int dp_open_pty(struct dp_job *job, struct dp_ends *ends)
{
	char name[64];
	int slave;

	job->pty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (job->pty < 0 || grantpt(job->pty) || unlockpt(job->pty) ||
	    ptsname_r(job->pty, name, sizeof(name)))
		return -errno;
	slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return -errno;
	for (int i = 0; i < 3; i++)
		ends->fd[i] = fcntl(slave, F_DUPFD_CLOEXEC, 3);
	close(slave);
	ends->tty = true;
	job->out[0] = job->pty;
	job->in = job->pty;
	return 0;
}

static int dp_open_pipes(struct dp_job *job, struct dp_ends *ends)
{
	int p[2];

	for (int i = 0; i < 3; i++) {
		if (pipe2(p, O_CLOEXEC))
			return -errno;
		ends->fd[i] = p[i ? 1 : 0];
		if (i)
			job->out[i - 1] = p[0];
		else
			job->in = p[1];
	}
	return 0;
}

static int dp_start(struct dp_job *job, struct dp_why *why)
{
	struct dp_ends ends = { .fd = { -1, -1, -1 } };
	struct dp_guest *g = job->g;
	int report[2], err = 0, rc;

	rc = g->orders.tty ? dp_open_pty(job, &ends) : dp_open_pipes(job, &ends);
	if (rc)
		return rc;
	if (pipe2(report, O_CLOEXEC))
		return -errno;
	job->pid = fork();
	if (!job->pid)
		dp_become(g, &ends, report[1]);
	for (int i = 0; i < 3; i++)
		close(ends.fd[i]);
	close(report[1]);
	if (job->pid < 0)
		rc = -errno;
	/* Closed by the exec. The host has the limit, as below. */
	else if (read(report[0], &err, sizeof(err)) > 0)
		rc = -err;
	close(report[0]);
	if (rc == -ENOENT)
		return dp_why(why, rc, "the guest has no program '%s'",
			      g->orders.args[0]);
	if (rc)
		return dp_why(why, rc, "cannot run '%s' in the guest: %s",
			      g->orders.args[0], strerror(-rc));
	/* What stops reading must not stop us. */
	fcntl(job->in, F_SETFL, O_NONBLOCK);
	fcntl(job->out[0], F_SETFL, O_NONBLOCK);
	if (job->out[1] >= 0)
		fcntl(job->out[1], F_SETFL, O_NONBLOCK);
	return 0;
}

static void dp_close_input(struct dp_job *job)
{
	char eof = 4;

	if (job->in < 0)
		return;
	if (job->in == job->pty)	/* Ctrl-D; the terminal stays */
		(void)!write(job->in, &eof, 1);
	else
		close(job->in);
	job->in = -1;
}

/* Pass on what the command wrote. 1: there may be more; 0: nothing now, or no
 * more at all; negative errno of the channel. */
static int dp_pass_output(struct dp_job *job, int i)
{
	char buf[DP_CHUNK];
	ssize_t n = read(job->out[i], buf, sizeof(buf));
	int rc;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		/* A terminal without a process behind it says EIO. */
		if (job->out[i] != job->pty)
			close(job->out[i]);
		job->out[i] = -1;
		return 0;
	}
	rc = dp_guest_send(job->g, i ? DP_FRAME_STDERR : DP_FRAME_STDOUT, buf,
			   n);
	job->n_out[i] += n;
	return rc ? rc : 1;
}

static void dp_set_winsize(struct dp_job *job, const struct dp_frame *frame)
{
	struct dp_frame_winsize size;
	struct winsize w;

	if (job->pty < 0 || dp_frame_get_winsize(frame, &size))
		return;
	w = (struct winsize){ .ws_row = size.rows, .ws_col = size.cols };
	ioctl(job->pty, TIOCSWINSZ, &w);
}

/* Frames of the host, until one of them holds input that must be written
 * before the next is looked at. */
static int dp_take_frames(struct dp_job *job)
{
	struct dp_frame frame;
	int rc = 0;

	while (!job->has_input) {
		rc = dp_decoder_next(&job->decoder, &frame, NULL);
		if (rc <= 0)
			break;
		if (frame.type == DP_FRAME_WINSIZE)
			dp_set_winsize(job, &frame);
		if (frame.type == DP_FRAME_REPLY)
			dp_agent_reply(job->g, &frame);
		if (frame.type != DP_FRAME_STDIN)
			continue;
		if (!frame.length) {
			dp_close_input(job);
		} else if (job->in >= 0) {
			job->input = frame;
			job->input_done = 0;
			job->has_input = true;
		}
	}
	return rc < 0 ? rc : 0;
}

static int dp_write_input(struct dp_job *job)
{
	ssize_t n = write(job->in, job->input.data + job->input_done,
			  job->input.length - job->input_done);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < 0) {
		/* The command does not want it. */
		dp_close_input(job);
		job->has_input = false;
		return dp_take_frames(job);
	}
	job->input_done += n;
	if (job->input_done == job->input.length) {
		job->has_input = false;
		return dp_take_frames(job);
	}
	return 0;
}

static int dp_read_channel(struct dp_job *job)
{
	size_t room;
	uint8_t *p = dp_decoder_room(&job->decoder, &room);
	ssize_t n = read(job->g->channel, p, room);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n <= 0)
		return n ? -errno : -EPIPE;
	dp_decoder_fed(&job->decoder, n);
	return dp_take_frames(job);
}

/* Every orphan of the machine ends up here, not only the command. */
static void dp_reap(struct dp_job *job)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	(void)!read(job->signals, &info, sizeof(info));
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != job->pid)
			continue;
		job->ended = true;
		job->status = status;
	}
}

static int dp_loop_once(struct dp_job *job)
{
	struct pollfd p[] = {
		{ job->signals, POLLIN, 0 },
		{ job->has_input ? -1 : job->g->channel, POLLIN, 0 },
		{ job->out[0], POLLIN, 0 },
		{ job->out[1], POLLIN, 0 },
		{ job->has_input ? job->in : -1, POLLOUT, 0 },
		{ job->g->asking >= 0 ? job->g->asking : job->g->agent, POLLIN,
		  0 },
	};
	int rc = 0;

	/* Without a limit: the host has one (--timeout), by a clock that does
	 * not stop when this machine does; and whoever gives none wants none. */
	if (poll(p, ARRAY_SIZE(p), -1) < 0)
		return errno == EINTR ? 0 : -errno;
	if (p[0].revents)
		dp_reap(job);
	for (int i = 0; rc >= 0 && i < 2; i++)
		if (p[2 + i].revents)
			rc = dp_pass_output(job, i);
	if (rc >= 0 && p[4].revents)
		rc = dp_write_input(job);
	else if (rc >= 0 && p[1].revents)
		rc = dp_read_channel(job);
	if (rc >= 0 && p[5].revents)
		rc = dp_agent_serve(job->g);
	return dp_min(rc, 0);
}

static int dp_send_status(struct dp_job *job)
{
	struct dp_frame_exit e = {
		.signalled = WIFSIGNALED(job->status),
		.code = WIFSIGNALED(job->status) ? WTERMSIG(job->status)
						 : WEXITSTATUS(job->status),
		.n_stdout = job->n_out[0],
		.n_stderr = job->n_out[1],
	};
	uint8_t payload[DP_FRAME_FIXED];

	return dp_guest_send(job->g, DP_FRAME_EXIT, payload,
			     dp_frame_put_exit(payload, &e));
}

static int dp_job_run(struct dp_job *job, struct dp_why *why)
{
	sigset_t set;
	int rc;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGPIPE);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigdelset(&set, SIGPIPE);
	job->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (job->signals < 0)
		return -errno;
	rc = dp_start(job, why);
	if (!rc)
		rc = dp_guest_send(job->g, DP_FRAME_STARTED, NULL, 0);
	while (!rc && !job->ended)
		rc = dp_loop_once(job);
	/* What the command wrote is in the pipes by now. What it left running
	 * in the background may hold them open for ever: do not wait. */
	for (int i = 0; !rc && i < 2; i++) {
		while (job->out[i] >= 0 && rc >= 0)
			if (!(rc = dp_pass_output(job, i)))
				break;
	}
	return rc ? rc : dp_send_status(job);
}

int dp_guest_run(struct dp_guest *g, struct dp_why *why)
{
	struct dp_job *job = calloc(1, sizeof(*job));

	if (!job)
		return -ENOMEM;
	*job = (struct dp_job){ .g = g, .in = -1, .out = { -1, -1 },
				.pty = -1 };
	dp_decoder_init(&job->decoder, false);
	/* Not freed: the machine ends right after it. */
	return dp_job_run(job, why);
}
