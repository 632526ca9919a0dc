/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "model/klog.h"

static const char *const dp_what_names[] = {
	[DP_KLOG_NONE] = "unknown",
	[DP_KLOG_INJECT] = "injected",
	[DP_KLOG_SOFT_OFFLINE] = "soft-offline",
	[DP_KLOG_MACHINE_CHECK] = "machine-check",
	[DP_KLOG_TOLD] = "told",
	[DP_KLOG_FAULT] = "fault",
	[DP_KLOG_KILLED] = "killed",
	[DP_KLOG_RESULT] = "result",
	[DP_KLOG_OUTSIDE] = "outside",
	[DP_KLOG_AGAIN] = "again",
	[DP_KLOG_OTHER] = "other",
};
static_assert(ARRAY_SIZE(dp_what_names) == DP_KLOG_MAX, "a name is missing");

const char *dp_klog_what_name(enum dp_klog_what what)
{
	return dp_what_names[what];
}

/* The messages. A directive takes a piece of the line:
 *	%P page frame, %H physical address, %A virtual address (all hex, with or
 *	without 0x), %T "comm:pid", %S a page's type, %R one word
 * The first row that matches wins, so the vague ones stand last. */
static const struct {
	enum dp_klog_what what;
	const char *text;
} dp_messages[] = {
	/* mm/madvise.c:madvise_inject_error; the second from 3.12 on, the third
	 * before. */
	{ DP_KLOG_INJECT, "Injecting memory failure for pfn %P at process virtual address %A" },
	{ DP_KLOG_INJECT, "Injecting memory failure for page %P at %A" },
	{ DP_KLOG_SOFT_OFFLINE, "Soft offlining pfn %P at process virtual address %A" },
	{ DP_KLOG_SOFT_OFFLINE, "Soft offlining page %P at %A" },
	/* mm/hwpoison-inject.c:hwpoison_inject */
	{ DP_KLOG_INJECT, "Injecting memory failure at pfn %P" },
	/* mm/memory-failure.c:kill_proc: "Sending SIGBUS" from 5.3 on. */
	{ DP_KLOG_TOLD, "Memory failure: %P: Sending SIGBUS to %T due to hardware memory corruption" },
	{ DP_KLOG_TOLD, "Memory failure: %P: Killing %T due to hardware memory corruption" },
	{ DP_KLOG_TOLD, "MCE %P: Killing %T early due to hardware memory corruption" },
	{ DP_KLOG_TOLD, "MCE %P: Killing %T due to hardware memory corruption" },
	/* arch/x86/kernel/cpu/mce/core.c:kill_me_maybe */
	{ DP_KLOG_TOLD, "Memory error may not recovered: %P: Sending SIGBUS to %T due to hardware memory corruption" },
	/* mm/memory-failure.c:kill_procs */
	{ DP_KLOG_KILLED, "Memory failure: %P: forcibly killing %T because of failure to unmap corrupted page" },
	{ DP_KLOG_KILLED, "MCE %P: forcibly killing %T because of failure to unmap corrupted page" },
	/* mm/memory-failure.c:action_result */
	{ DP_KLOG_RESULT, "Memory failure: %P: recovery action for %S: %R" },
	{ DP_KLOG_RESULT, "MCE %P: %S recovery: %R" },
	{ DP_KLOG_OUTSIDE, "Memory failure: %P: memory outside kernel control" },
	{ DP_KLOG_AGAIN, "Memory failure: %P: already hardware poisoned" },
	/* arch/x86/mm/fault.c:do_sigbus, and those of other architectures */
	{ DP_KLOG_FAULT, "MCE: Killing %T due to hardware memory corruption fault at %A" },
	/* arch/x86/kernel/cpu/mce/core.c; drivers/firmware/efi/cper.c */
	{ DP_KLOG_MACHINE_CHECK, "Uncorrected hardware memory error in user-access at %H" },
	{ DP_KLOG_MACHINE_CHECK, "[Hardware Error]: TSC %R ADDR %H" },
	{ DP_KLOG_MACHINE_CHECK, "[Hardware Error]:   physical_address: %H" },
	/* mce_notify_irq: all that a machine check logs before memory_failure()
	 * where the system goes on; it says nothing of where. */
	{ DP_KLOG_MACHINE_CHECK, "[Hardware Error]: Machine check events logged" },
	{ DP_KLOG_OTHER, "Memory failure: %P: %S" },
};

/* What is left of a line. */
struct dp_text {
	const char *at, *end;
};

static const char *dp_find(struct dp_text t, const char *what, size_t n)
{
	return n ? memmem(t.at, t.end - t.at, what, n) : t.at;
}

static bool dp_take_hex(struct dp_text *t, uint64_t *n)
{
	unsigned int digits = 0;

	*n = 0;
	if (t->end - t->at > 2 && t->at[0] == '0' && (t->at[1] | 32) == 'x')
		t->at += 2;
	for (; t->at < t->end && isxdigit((unsigned char)*t->at); t->at++) {
		int c = tolower((unsigned char)*t->at);

		if (digits++ == 16)
			return false;
		*n = *n << 4 | (isdigit(c) ? c - '0' : c - 'a' + 10);
	}
	return digits;
}

static void dp_copy(char *to, size_t size, const char *from, const char *end)
{
	size_t n = dp_min((size_t)(end - from), size - 1);

	/* A line may hold anything; a string no NUL. */
	for (size_t i = 0; i < n; i++)
		to[i] = from[i] ?: ' ';
	to[n] = '\0';
}

/* "comm:pid" up to `end`: a comm may hold colons, blanks, and the very words
 * that follow it, so it is read from its end. */
static bool dp_take_process(const char *at, const char *end,
			    struct dp_klog_event *e)
{
	const char *colon = end;
	int64_t pid = 0;

	while (colon > at && isdigit((unsigned char)colon[-1]))
		colon--;
	if (colon == end || end - colon > 10 || colon - 1 <= at ||
	    colon[-1] != ':')
		return false;
	for (const char *p = colon; p < end; p++)
		pid = pid * 10 + *p - '0';
	if (pid > INT32_MAX)
		return false;
	e->pid = pid;
	dp_copy(e->comm, sizeof(e->comm), at, colon - 1);
	e->has |= DP_KLOG_HAS_PROCESS;
	return true;
}

/* The last place of the literal: see above. */
static const char *dp_find_last(struct dp_text t, const char *what, size_t n)
{
	const char *found = NULL;
	struct dp_text rest = t;

	while ((rest.at = dp_find(rest, what, n))) {
		found = rest.at++;
		if (!n)
			return t.end;
	}
	return found;
}

/* One directive; `next` is the literal that follows it. */
static bool dp_take(char directive, struct dp_text *t, const char *next,
		    size_t n_next, struct dp_klog_event *e)
{
	const char *stop;

	switch (directive) {
	case 'P':
		e->has |= DP_KLOG_HAS_PFN;
		return dp_take_hex(t, &e->pfn);
	case 'H':
		e->has |= DP_KLOG_HAS_PHYS;
		return dp_take_hex(t, &e->phys);
	case 'A':
		e->has |= DP_KLOG_HAS_ADDR;
		return dp_take_hex(t, &e->addr);
	case 'T':
		stop = dp_find_last(*t, next, n_next);
		if (!stop || !dp_take_process(t->at, stop, e))
			return false;
		t->at = stop;
		return true;
	case 'S':
		stop = n_next ? dp_find(*t, next, n_next) : t->end;
		if (!stop)
			return false;
		dp_copy(e->type, sizeof(e->type), t->at, stop);
		t->at = stop;
		return true;
	case 'R':
		for (stop = t->at; stop < t->end && isalnum((unsigned char)*stop);)
			stop++;
		dp_copy(e->result, sizeof(e->result), t->at, stop);
		t->at = stop;
		return true;
	}
	return false;
}

/* `t` begins where the first literal of the message was found. */
static bool dp_match(const char *message, struct dp_text t,
		     struct dp_klog_event *e)
{
	while (*message) {
		size_t n = strcspn(message, "%");

		if ((size_t)(t.end - t.at) < n || memcmp(t.at, message, n))
			return false;
		t.at += n;
		message += n;
		if (!*message)
			return true;
		if (!dp_take(message[1], &t, message + 2,
			     strcspn(message + 2, "%"), e))
			return false;
		message += 2;
	}
	return true;
}

bool dp_klog_parse(const char *line, size_t n, struct dp_klog_event *event)
{
	struct dp_text t = { line, line + n };

	while (t.at < t.end && (t.end[-1] == '\r' || t.end[-1] == ' '))
		t.end--;
	for (size_t i = 0; i < ARRAY_SIZE(dp_messages); i++) {
		const char *message = dp_messages[i].text;
		struct dp_text at = t;

		at.at = dp_find(t, message, strcspn(message, "%"));
		if (!at.at)
			continue;
		*event = (struct dp_klog_event){ .what = dp_messages[i].what };
		if (dp_match(message, at, event))
			return true;
	}
	*event = (struct dp_klog_event){ .what = DP_KLOG_NONE };
	return false;
}
