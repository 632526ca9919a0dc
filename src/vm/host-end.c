/* SPDX-License-Identifier: GPL-2.0-only */
#include <limits.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "vm/host-parts.h"

void dp_host_over(struct dp_host *h, enum dp_vm_end end, unsigned int code)
{
	if (h->over)
		return;
	h->over = true;
	h->result->end = end;
	h->result->code = code;
}

/* The line of the console that says that the kernel gave up. */
static bool dp_panic_line(const struct dp_tail *console, struct dp_why *why)
{
	_cleanup_free_ char *text = dp_tail_text(console, UINT_MAX);
	char *at = text ? strstr(text, DP_PANIC_MARK) : NULL;

	if (!at)
		return false;
	dp_why(why, 0, "the guest's kernel panicked: %.*s",
	       (int)strcspn(at, "\n"), at);
	return true;
}

/* QEMU ended and everything that it left behind has been read. */
void dp_host_ended_early(struct dp_host *h, int status)
{
	_cleanup_free_ char *said = dp_tail_text(&h->errors, 2);
	struct dp_why *why = &h->result->why;

	if (said)
		said[strcspn(said, "\n")] = '\0';
	if (WIFSIGNALED(status))
		dp_why(why, 0, "the guest was killed: QEMU got signal %d (%s)",
		       WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		dp_why(why, 0, "QEMU failed with status %d: %s",
		       WEXITSTATUS(status),
		       said && *said ? said : "it does not say why");
	else if (dp_panic_line(&h->console, why))
		;
	else if (dp_decoder_is_torn(&h->decoder))
		dp_why(why, 0, "the guest's result is truncated: it stops inside a frame");
	else
		dp_why(why, 0, "the guest powered off or restarted without %s%s%s",
		       h->result->greeted ? "sending a status"
					  : "starting daxpoison",
		       said && *said ? "; QEMU says: " : "",
		       said ? said : "");
	dp_host_over(h, h->result->greeted || !WIFEXITED(status) ||
			   !WEXITSTATUS(status) ? DP_VM_LOST : DP_VM_FAILED, 0);
}
