/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "run/journal.h"
#include "run/pieces.h"
#include "run/rescue.h"
#include "sys/bounded.h"
#include "sys/map.h"
#include "sys/sigbus.h"

/* Of the pieces from `i` on, those in the unit of the first one, through a mapping
 * of it: written, and read back. How many there are goes to `n`. */
static int dp_put_back_unit(struct dp_record *r, uint32_t i, int fd,
			    uint64_t align, uint32_t *n)
{
	uint64_t first = dp_piece_offset(r, i), unit = dp_align_down(first, align);
	struct dp_pieces w = {
		.saved = r, .offset = unit, .fn = dp_piece_restore, .next = i,
	};
	struct dp_area area = { 0 };
	int rc;

	for (w.end = i + 1; w.end < dp_pieces_n(r); w.end++)
		if (dp_align_down(dp_piece_offset(r, w.end), align) != unit)
			break;
	*n = w.end - i;
	rc = dp_area_init(&area, align, align);
	if (!rc)
		rc = dp_area_map(&area, 0, fd, unit, align);
	w.at = area.start;
	if (!rc)
		rc = dp_pieces_do(&w);
	w.next = i;
	w.fn = dp_piece_differs;
	if (!rc)
		rc = dp_pieces_do(&w);
	for (uint64_t k = 0; k < ARRAY_SIZE(w.differs) && !rc; k++)
		rc = w.differs[k] ? -EIO : 0;
	dp_area_deinit(&area);
	return rc;
}

/* How long it may take, in ms, and how much longer for each piece; it is a few
 * units per second at worst. */
#define DP_PUT_BACK_MS 120000
#define DP_PUT_BACK_EACH_MS 300

/* In a child, since the pages may raise SIGBUS. The exit status is an errno. */
static int dp_put_back(struct dp_record *r, const char *path, uint64_t align)
{
	struct dp_observation o = { .step = DP_STEP_RESTORE };
	int fd, rc, all;

	/* A piece must lie within one unit. */
	if (r->page > align)
		return EBADMSG;
	all = dp_sigbus_install(&o);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return errno;
	for (uint32_t i = 0, n; i < dp_pieces_n(r); i += n) {
		rc = dp_put_back_unit(r, i, fd, align, &n);
		if (rc)
			all = rc;
	}
	if (!all)
		all = dp_record_set(r, DP_RECORD_CLEAN);
	return -all;
}

/* Who kills our children may well kill this one, too; what it does can be done
 * again. So often. */
#define DP_PUT_BACK_TRIES 3

static int dp_put_back_apart(struct dp_record *r, const char *path,
			     uint64_t align)
{
	int status, rc;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid)
		_exit(dp_put_back(r, path, align));
	rc = dp_bounded_reap(pid,
			     DP_PUT_BACK_MS + dp_pieces_n(r) * DP_PUT_BACK_EACH_MS,
			     &status);
	if (rc == -ETIMEDOUT) {
		kill(pid, SIGKILL);
		/* Gone or not: what it had to do was not done. */
		dp_bounded_reap(pid, DP_GONE_MS, &status);
	}
	if (rc)
		return rc;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return -ECANCELED;
	if (!WIFEXITED(status))
		return -EIO;
	return -WEXITSTATUS(status);
}

int dp_record_put_back(struct dp_record *r, const char *path, uint64_t align)
{
	int rc = -ECANCELED;

	for (int i = 0; i < DP_PUT_BACK_TRIES && rc == -ECANCELED; i++)
		rc = dp_put_back_apart(r, path, align);
	return rc;
}

const char *dp_put_back_strerror(int rc)
{
	return rc == -ECANCELED ? "each process that was to do it was killed"
				: strerror(-rc);
}

int dp_record_rescue(struct dp_record *r, const struct dp_case *c)
{
	if (r->state != DP_RECORD_DIRTY)
		return 0;
	return dp_record_put_back(r, c->target->path, dp_case_largest(c));
}
