/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "run/contents.h"
#include "run/journal.h"
#include "sys/bounded.h"
#include "sys/map.h"
#include "sys/sigbus.h"

/* splitmix64: the first word of a page. Those behind it follow in odd steps, so
 * that all of a page differ, from each other and from those of other pages;
 * half a million words a case must cost no more than that. */
#define DP_PATTERN_STEP 0xd1342543de82ef95ULL

static uint64_t dp_pattern(uint64_t offset)
{
	uint64_t z = offset + 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static int dp_compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void dp_take(struct dp_contents *ct, uint64_t offset)
{
	uint64_t page = dp_align_down(offset, ct->c->page);

	if (page - ct->c->map.offset < ct->c->map.length &&
	    ct->taken < DP_RECORD_PAGES)
		ct->saved->offsets[ct->taken++] = page;
}

static void dp_choose(struct dp_contents *ct)
{
	const struct dp_case *c = ct->c;
	struct dp_range unit = dp_case_unit_at(c, c->poison.offset);
	uint64_t page = c->page, end = dp_range_end(c->map), o;
	uint32_t kept = 0;
	uint64_t *at;

	/* The unit that is hit, whole, if that leaves room for the rest. */
	if (unit.length / page <= DP_RECORD_PAGES / 2)
		for (o = unit.offset; o < dp_range_end(unit); o += page)
			dp_take(ct, o);
	for (o = page; o < c->map.length; o *= 2) {
		dp_take(ct, c->poison.offset + o);
		dp_take(ct, c->poison.offset - o);
		/* And inward from the edges of the neighbours. */
		dp_take(ct, unit.offset - o);
		dp_take(ct, dp_range_end(unit) + o - page);
	}
	dp_take(ct, unit.offset);
	dp_take(ct, dp_range_end(unit) - page);
	dp_take(ct, c->map.offset);
	dp_take(ct, end - page);
	dp_take(ct, c->poison.offset);
	at = ct->saved->offsets;
	qsort(at, ct->taken, sizeof(*at), dp_compare_u64);
	for (uint32_t i = 0; i < ct->taken; i++)
		if (!kept || at[i] != at[kept - 1])
			at[kept++] = at[i];
	/* Last: whoever finds the record after a kill sees all pages or none. */
	__atomic_store_n(&ct->saved->n, kept, __ATOMIC_RELEASE);
}

/* What to do with one page, under the guard. */
struct dp_page_work {
	uint64_t *page;		/* in the mapping */
	uint64_t *saved;
	uint64_t offset;
	uint64_t words;
	bool kept;		/* compare with what was saved */
	bool differs;
};

static void dp_page_save(void *p)
{
	struct dp_page_work *w = p;

	memcpy(w->saved, w->page, w->words * sizeof(uint64_t));
}

static void dp_page_fill(void *p)
{
	struct dp_page_work *w = p;
	uint64_t word = dp_pattern(w->offset);

	for (uint64_t i = 0; i < w->words; i++, word += DP_PATTERN_STEP)
		w->page[i] = word;
}

static void dp_page_differs(void *p)
{
	struct dp_page_work *w = p;

	w->differs = memcmp(w->page, w->saved, w->words * sizeof(uint64_t));
}

static void dp_page_compare(void *p)
{
	struct dp_page_work *w = p;
	uint64_t word = dp_pattern(w->offset), wrong = 0;

	if (w->kept) {
		dp_page_differs(w);
		return;
	}
	for (uint64_t i = 0; i < w->words; i++, word += DP_PATTERN_STEP)
		wrong |= w->page[i] ^ word;
	w->differs = wrong;
}

static void dp_page_restore(void *p)
{
	struct dp_page_work *w = p;

	memcpy(w->page, w->saved, w->words * sizeof(uint64_t));
}

static int dp_page_do(struct dp_contents *ct, uint32_t i, void (*fn)(void *),
		      bool *differs)
{
	const struct dp_case *c = ct->c;
	struct dp_page_work w = {
		.page = (uint64_t *)(ct->at + (ct->saved->offsets[i] - c->map.offset)),
		.saved = (uint64_t *)(ct->saved->pages + i * c->page),
		.offset = ct->saved->offsets[i],
		.words = c->page / sizeof(uint64_t),
		.kept = ct->saved->state != DP_RECORD_DIRTY,
	};
	int signal = dp_sigbus_guard(fn, &w);

	if (differs)
		*differs = w.differs;
	return signal < 0 ? 0 : -EIO;
}

static int dp_pages_do(struct dp_contents *ct, void (*fn)(void *))
{
	int rc = 0;

	for (uint32_t i = 0; i < ct->saved->n; i++)
		if (dp_page_do(ct, i, fn, NULL))
			rc = -EIO;
	return rc;
}

int dp_contents_init(struct dp_contents *ct, const struct dp_case *c, char *at,
		     struct dp_record *saved)
{
	*ct = (struct dp_contents){ .c = c, .at = at, .saved = saved };
	__atomic_store_n(&saved->n, 0, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	saved->method = c->method;
	saved->poison = c->poison.offset;
	dp_choose(ct);
	return dp_pages_do(ct, dp_page_save);
}

int dp_contents_fill(struct dp_contents *ct)
{
	int rc = dp_record_set(ct->saved, DP_RECORD_DIRTY);

	return rc ? rc : dp_pages_do(ct, dp_page_fill);
}

void dp_contents_compare(struct dp_contents *ct, struct dp_data *data)
{
	bool differs;

	data->pages_mapped = ct->c->map.length / ct->c->page;
	for (uint32_t i = 0; i < ct->saved->n; i++) {
		bool bad = dp_page_do(ct, i, dp_page_compare, &differs) ||
			   differs;

		if (ct->saved->offsets[i] == ct->c->poison.offset) {
			data->poisoned_compared = true;
			data->poisoned_changed = bad;
			continue;
		}
		data->pages_compared++;
		if (bad && !data->pages_changed++)
			data->first_changed = ct->saved->offsets[i];
	}
}

int dp_contents_restore(struct dp_contents *ct)
{
	int rc;

	if (!ct->saved || ct->saved->state != DP_RECORD_DIRTY)
		return 0;
	rc = dp_pages_do(ct, dp_page_restore);
	if (!rc)
		rc = dp_record_set(ct->saved, DP_RECORD_CLEAN);
	return rc;
}

/* One page, through a mapping of its unit: written, and read back. */
static int dp_put_back_page(struct dp_record *r, uint32_t i, int fd,
			    uint64_t align)
{
	const struct dp_case c = {
		.page = r->page,
		.map = { dp_align_down(r->offsets[i], align), align },
	};
	struct dp_contents ct = { .c = &c, .saved = r };
	struct dp_area area = { 0 };
	bool differs = false;
	int rc;

	rc = dp_area_init(&area, align, align);
	if (!rc)
		rc = dp_area_map(&area, 0, fd, c.map.offset, align);
	ct.at = area.start;
	if (!rc)
		rc = dp_page_do(&ct, i, dp_page_restore, NULL);
	if (!rc)
		rc = dp_page_do(&ct, i, dp_page_differs, &differs);
	dp_area_deinit(&area);
	return rc ? rc : differs ? -EIO : 0;
}

/* How long all pages may take, in ms; it is a few per second at worst. */
#define DP_PUT_BACK_MS 120000

/* In a child, since the pages may raise SIGBUS. The exit status is an errno. */
static int dp_put_back(struct dp_record *r, const char *path, uint64_t align)
{
	struct dp_observation o = { .step = DP_STEP_RESTORE };
	int fd, rc, all;

	all = dp_sigbus_install(&o);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return errno;
	for (uint32_t i = 0; i < r->n; i++) {
		rc = dp_put_back_page(r, i, fd, align);
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
	rc = dp_bounded_reap(pid, DP_PUT_BACK_MS, &status);
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
