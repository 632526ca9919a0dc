/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "base/cleanup.h"
#include "vm/host-parts.h"

#define DP_TAIL_LINES 20

static int64_t dp_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static void dp_note(struct dp_host *h, const char *text)
{
	if (h->config->note)
		h->config->note(h->config->note_data,
				(dp_now_ms() - h->began) / 1000.0, text);
}

/* The caller has checked that nothing is waiting to be sent. */
static void dp_queue(struct dp_host *h, enum dp_frame_type type, size_t length)
{
	dp_frame_header(h->to_guest, type, length);
	h->to_guest_used = DP_FRAME_HEADER + length;
	h->to_guest_sent = 0;
}

static void dp_queue_winsize(struct dp_host *h)
{
	struct dp_frame_winsize size;

	if (!h->config->tty || h->to_guest_used || dp_terminal_size(&size))
		return;
	dp_queue(h, DP_FRAME_WINSIZE,
		 dp_frame_put_winsize(h->to_guest + DP_FRAME_HEADER, &size));
}

static void dp_frame_ended(struct dp_host *h, const struct dp_frame *frame)
{
	struct dp_frame_exit e;

	if (dp_frame_get_exit(frame, &e)) {
		dp_why(&h->result->why, 0, "the guest sent a damaged status");
		dp_host_over(h, DP_VM_LOST, 0);
		return;
	}
	if (e.n_stdout != h->n_out[0] || e.n_stderr != h->n_out[1]) {
		dp_why(&h->result->why, 0,
		       "the result is truncated: the command wrote %llu + %llu bytes, %llu + %llu came",
		       (unsigned long long)e.n_stdout,
		       (unsigned long long)e.n_stderr,
		       (unsigned long long)h->n_out[0],
		       (unsigned long long)h->n_out[1]);
		dp_host_over(h, DP_VM_LOST, 0);
		return;
	}
	dp_host_over(h, e.signalled ? DP_VM_SIGNALLED : DP_VM_EXITED, e.code);
}

static void dp_frame_output(struct dp_host *h, const struct dp_frame *frame)
{
	bool err = frame->type == DP_FRAME_STDERR;

	h->n_out[err] += frame->length;
	h->out = frame->data;
	h->out_left = frame->length;
	h->out_fd = err ? STDERR_FILENO : STDOUT_FILENO;
}

static void dp_frame_text(const struct dp_frame *frame, char *text, size_t size)
{
	snprintf(text, size, "%.*s", (int)dp_min(frame->length, size - 1),
		 (const char *)frame->data);
}

/* Now, or when what is being sent has been. */
static void dp_queue_reply(struct dp_host *h)
{
	size_t length = strlen(h->reply);

	if (!length || h->to_guest_used)
		return;
	memcpy(h->to_guest + DP_FRAME_HEADER, h->reply, length);
	h->reply[0] = '\0';
	dp_queue(h, DP_FRAME_REPLY, length);
}

static void dp_frame_take(struct dp_host *h, const struct dp_frame *frame)
{
	char request[64];

	switch (frame->type) {
	case DP_FRAME_HELLO:
		h->result->greeted = true;
		dp_note(h, "guest: daxpoison runs as its first process");
		break;
	case DP_FRAME_NOTE:
		dp_frame_text(frame, h->doing, sizeof(h->doing));
		dp_note(h, h->doing);
		break;
	case DP_FRAME_STARTED:
		h->started = true;
		h->doing[0] = '\0';
		h->input_open = true;
		/* Until here, Ctrl-C was for us. */
		if (h->config->tty)
			dp_terminal_raw(&h->terminal);
		dp_note(h, "guest: the command runs");
		dp_queue_winsize(h);
		break;
	case DP_FRAME_STDOUT:
	case DP_FRAME_STDERR:
		dp_frame_output(h, frame);
		break;
	case DP_FRAME_EXIT:
		dp_frame_ended(h, frame);
		break;
	case DP_FRAME_ERROR:
		dp_frame_text(frame, h->result->why.text,
			      sizeof(h->result->why.text));
		dp_host_over(h, DP_VM_REFUSED, 0);
		break;
	case DP_FRAME_REQUEST:
		dp_frame_text(frame, request, sizeof(request));
		dp_host_request(h->qemu.monitor, request, h->reply,
				sizeof(h->reply));
		dp_queue_reply(h);
		break;
	case DP_FRAME_STDIN:
	case DP_FRAME_WINSIZE:
	case DP_FRAME_REPLY:
	case DP_FRAME_TYPE_MAX:
		break;
	}
}

/* Take frames until one has output that must be written first. */
static void dp_take_frames(struct dp_host *h)
{
	struct dp_why why = { "" };
	struct dp_frame frame;
	int rc = 0;

	while (!h->over && !h->out_left) {
		rc = dp_decoder_next(&h->decoder, &frame, &why);
		if (rc <= 0)
			break;
		dp_frame_take(h, &frame);
	}
	if (rc < 0) {
		dp_why(&h->result->why, 0, "the guest sent %s", why.text);
		dp_host_over(h, DP_VM_LOST, 0);
	}
}

static void dp_read_channel(struct dp_host *h)
{
	size_t room;
	uint8_t *p = dp_decoder_room(&h->decoder, &room);
	ssize_t n = recv(h->qemu.channel, p, room, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		dp_closep(&h->qemu.channel);
		h->qemu.channel = -1;
		return;
	}
	dp_decoder_fed(&h->decoder, n);
	dp_take_frames(h);
}

/* What goes by: the console, and QEMU's own messages. */
static void dp_read_tail(int *fd, struct dp_tail *tail, bool live, int log)
{
	char buf[4096];
	ssize_t n = read(*fd, buf, sizeof(buf));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		dp_closep(fd);
		*fd = -1;
		return;
	}
	dp_tail_add(tail, buf, n);
	/* Nobody reads it: then there is nobody to tell that, either. */
	if (live)
		(void)!write(STDERR_FILENO, buf, n);
	if (log >= 0)
		(void)!write(log, buf, n);
}

static void dp_write_output(struct dp_host *h)
{
	/* A pipe that polls writable takes one page without blocking. */
	ssize_t n = write(h->out_fd, h->out, dp_min(h->out_left, 4096));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n < 0) {
		dp_why(&h->result->why, 0, "cannot write to standard %s: %s",
		       h->out_fd == STDOUT_FILENO ? "output" : "error",
		       strerror(errno));
		dp_host_over(h, DP_VM_FAILED, 0);
		return;
	}
	h->out += n;
	h->out_left -= n;
	dp_take_frames(h);
}

static void dp_send(struct dp_host *h)
{
	ssize_t n = send(h->qemu.channel, h->to_guest + h->to_guest_sent,
			 h->to_guest_used - h->to_guest_sent,
			 MSG_DONTWAIT | MSG_NOSIGNAL);

	/* A channel that broke is noticed where it is read. */
	if (n > 0)
		h->to_guest_sent += n;
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		h->to_guest_sent = h->to_guest_used;
	if (h->to_guest_sent == h->to_guest_used) {
		h->to_guest_used = 0;
		dp_queue_reply(h);
	}
}

static void dp_read_input(struct dp_host *h)
{
	ssize_t n = 0;

	if (h->config->input)
		n = read(STDIN_FILENO, h->to_guest + DP_FRAME_HEADER,
			 sizeof(h->to_guest) - DP_FRAME_HEADER);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		n = 0;
		h->input_open = false;
	}
	dp_queue(h, DP_FRAME_STDIN, n);
}

static void dp_read_signal(struct dp_host *h)
{
	struct signalfd_siginfo info;

	if (read(h->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGWINCH) {
		dp_queue_winsize(h);
		return;
	}
	dp_why(&h->result->why, 0, "stopped by SIG%s; the guest was killed",
	       sigabbrev_np(info.ssi_signo));
	dp_host_over(h, DP_VM_INTERRUPTED, info.ssi_signo);
}

/* Milliseconds for poll(2), or -1 for no limit. */
static int dp_time_left(struct dp_host *h)
{
	unsigned int limit = h->started ? h->config->timeout
					: h->config->start_timeout;
	int64_t left;

	if (!limit)
		return -1;
	left = h->began + limit * 1000LL - dp_now_ms();
	if (left > 0)
		return dp_min(left, 1000000);
	if (*h->doing)
		dp_why(&h->result->why, 0,
		       "the guest hangs: no result after %u seconds (--timeout), its last word was '%s'",
		       limit, h->doing);
	else
		dp_why(&h->result->why, 0,
		       "the guest hangs: no result after %u seconds (--timeout), %s",
		       limit,
		       h->started	    ? "the command is still running"
		       : h->result->greeted ? "the command was not started"
					    : "daxpoison did not start in it");
	dp_host_over(h, DP_VM_LOST, 0);
	return 0;
}

enum { DP_P_QEMU, DP_P_CONSOLE, DP_P_ERRORS, DP_P_SIGNALS, DP_P_CHANNEL,
       DP_P_INPUT, DP_P_OUTPUT, DP_P_MAX };

static void dp_loop_once(struct dp_host *h)
{
	bool input = h->input_open && !h->to_guest_used && !h->gone;
	struct pollfd p[DP_P_MAX] = {
		[DP_P_QEMU] = { h->gone ? -1 : h->qemu.pidfd, POLLIN, 0 },
		[DP_P_CONSOLE] = { h->qemu.console, POLLIN, 0 },
		[DP_P_ERRORS] = { h->qemu.errors, POLLIN, 0 },
		[DP_P_SIGNALS] = { h->signals, POLLIN, 0 },
		[DP_P_CHANNEL] = { h->qemu.channel, 0, 0 },
		[DP_P_INPUT] = { input && h->config->input ? STDIN_FILENO : -1,
				 POLLIN, 0 },
		[DP_P_OUTPUT] = { h->out_left ? h->out_fd : -1, POLLOUT, 0 },
	};
	int limit = dp_time_left(h);

	if (h->over)
		return;
	if (!h->out_left)
		p[DP_P_CHANNEL].events |= POLLIN;
	if (h->to_guest_used && !h->gone)
		p[DP_P_CHANNEL].events |= POLLOUT;
	/* A channel whose end is known but must not be read yet would wake
	 * poll() all the time. */
	if (!p[DP_P_CHANNEL].events)
		p[DP_P_CHANNEL].fd = -1;
	if (input && !h->config->input)
		dp_read_input(h);
	if (poll(p, DP_P_MAX, limit) < 0)
		return;
	if (p[DP_P_SIGNALS].revents)
		dp_read_signal(h);
	if (p[DP_P_CONSOLE].revents)
		dp_read_tail(&h->qemu.console, &h->console,
			     h->config->console, h->config->console_log);
	if (p[DP_P_ERRORS].revents)
		dp_read_tail(&h->qemu.errors, &h->errors, false, -1);
	if (p[DP_P_OUTPUT].revents)
		dp_write_output(h);
	if (p[DP_P_INPUT].revents)
		dp_read_input(h);
	if (p[DP_P_CHANNEL].revents & POLLOUT)
		dp_send(h);
	if (p[DP_P_CHANNEL].revents & ~POLLOUT && !h->out_left)
		dp_read_channel(h);
	if (p[DP_P_QEMU].revents)
		h->gone = true;
}

/* How signals were handled before. */
struct dp_handling {
	sigset_t mask;
	struct sigaction pipe;
};

static int dp_host_init(struct dp_host *h, struct dp_handling *old)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGWINCH);
	h->signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (h->signals < 0)
		return -errno;
	sigprocmask(SIG_BLOCK, &set, &old->mask);
	/* A reader that went away is an error with a message. */
	sigaction(SIGPIPE, &ignore, &old->pipe);
	dp_decoder_init(&h->decoder, true);
	h->began = dp_now_ms();
	return 0;
}

static void dp_host_run(struct dp_host *h)
{
	int rc, status;

	rc = dp_qemu_start(&h->qemu, &h->config->qemu, &h->result->why);
	if (rc) {
		dp_host_over(h, DP_VM_FAILED, 0);
		return;
	}
	dp_note(h, "QEMU started");
	while (!h->over) {
		dp_loop_once(h);
		if (h->gone && !h->out_left && h->qemu.channel < 0 &&
		    h->qemu.console < 0 && h->qemu.errors < 0)
			break;
	}
	dp_terminal_restore(&h->terminal);
	status = dp_qemu_stop(&h->qemu);
	if (!h->over)
		dp_host_ended_early(h, status);
}

void dp_vm_run(const struct dp_vm_config *config, struct dp_vm_result *result)
{
	struct dp_host *h = calloc(1, sizeof(*h));
	struct dp_handling old;
	int rc;

	*result = (struct dp_vm_result){ .end = DP_VM_FAILED };
	if (!h)
		return;
	h->config = config;
	h->result = result;
	rc = dp_host_init(h, &old);
	if (!rc) {
		dp_host_run(h);
		result->console = dp_tail_around(&h->console, DP_PANIC_MARK,
						 DP_TAIL_LINES);
		close(h->signals);
		sigaction(SIGPIPE, &old.pipe, NULL);
		sigprocmask(SIG_SETMASK, &old.mask, NULL);
	} else {
		dp_why(&result->why, rc, "no signalfd: %s", strerror(-rc));
	}
	free(h);
}

void dp_vm_result_deinit(struct dp_vm_result *result)
{
	free(result->console);
	*result = (struct dp_vm_result){ .end = DP_VM_FAILED };
}
