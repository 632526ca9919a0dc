/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "run/journal.h"
#include "run/put-back.h"
#include "sys/bounded.h"
#include "sys/provision.h"

/* How often to try and how long to wait in between, in ms: those whom we left
 * behind may have the device open for a moment. */
#define DP_TRIES 20
#define DP_TRY_MS 500

/* The device that the record was taken from is no more. */
static void dp_put_back_forget(struct dp_journal_entry *e, bool busy,
			       const char *bad, void *arg)
{
	const struct dp_put_back *p = arg;

	if (!busy && !bad && e->record->kind == DP_KIND_DEVDAX &&
	    e->record->phys - p->memory.offset < p->memory.length)
		unlinkat(e->dir, e->id, 0);
}

static int dp_put_back_try(struct dp_put_back *p, struct dp_why *why)
{
	char name[DP_NAME_MAX];
	int rc;

	rc = dp_provision_namespace(p->namespace, p->mode, p->align, name,
				    sizeof(name), why);
	if (!rc)
		dp_journal_each(p->journal, dp_put_back_forget, p);
	return rc;
}

/* Wait for a byte, which says that all is done, or for the end of the line. */
static void dp_put_back_keep(struct dp_put_back *p, int line)
	__attribute__((noreturn));

static void dp_put_back_keep(struct dp_put_back *p, int line)
{
	sigset_t all;
	char byte;
	ssize_t n;

	/* Whoever kills the group or the terminal means the other one. */
	setsid();
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	do
		n = read(line, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n == 1)
		_exit(0);
	for (int i = 0; i < DP_TRIES; i++) {
		if (!dp_put_back_try(p, NULL))
			_exit(0);
		poll(NULL, 0, DP_TRY_MS);
	}
	_exit(1);
}

int dp_put_back_begin(struct dp_put_back *p, const struct dp_target *was,
		      int journal)
{
	const uint64_t start = dp_min(was->namespace_phys, was->phys);
	int ends[2], rc;

	*p = (struct dp_put_back){
		.mode = was->mode,
		.align = was->align,
		.memory = { start, was->phys + was->size - start },
		.journal = journal,
		.line = -1,
	};
	snprintf(p->namespace, sizeof(p->namespace), "%s", was->namespace);
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	fflush(NULL);
	p->keeper = fork();
	if (!p->keeper) {
		close(ends[1]);
		dp_put_back_keep(p, ends[0]);
	}
	rc = -errno;
	close(ends[0]);
	if (p->keeper < 0) {
		close(ends[1]);
		p->keeper = 0;
		return rc;
	}
	p->line = ends[1];
	return 0;
}

int dp_put_back_end(struct dp_put_back *p, struct dp_why *why)
{
	int rc = dp_put_back_try(p, why), status;
	char byte = 0;

	/* Should that have failed, the keeper tries on. */
	if (!rc && write(p->line, &byte, 1) != 1)
		rc = -errno;
	close(p->line);
	p->line = -1;
	if (!dp_bounded_reap(p->keeper, 2 * DP_TRIES * DP_TRY_MS, &status) &&
	    !status)
		rc = 0;
	p->keeper = 0;
	return rc;
}
