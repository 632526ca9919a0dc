/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "run/contents.h"
#include "sys/map.h"
#include "sys/sigbus.h"

/* splitmix64: different for every word of every page, and cheap. */
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
	    ct->saved->n < DP_CONTENTS_MAX)
		ct->saved->offsets[ct->saved->n++] = page;
}

static void dp_choose(struct dp_contents *ct)
{
	const struct dp_case *c = ct->c;
	struct dp_range unit = dp_case_unit_at(c, c->poison.offset);
	uint64_t page = c->page, end = dp_range_end(c->map), o;
	uint32_t kept = 0;
	uint64_t *at;

	/* The unit that is hit, whole, if that leaves room for the rest. */
	if (unit.length / page <= DP_CONTENTS_MAX / 2)
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
	qsort(at, ct->saved->n, sizeof(*at), dp_compare_u64);
	for (uint32_t i = 0; i < ct->saved->n; i++)
		if (!kept || at[i] != at[kept - 1])
			at[kept++] = at[i];
	ct->saved->n = kept;
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

	for (uint64_t i = 0; i < w->words; i++)
		w->page[i] = dp_pattern(w->offset + i * sizeof(uint64_t));
}

static void dp_page_compare(void *p)
{
	struct dp_page_work *w = p;

	if (w->kept) {
		w->differs = memcmp(w->page, w->saved,
				    w->words * sizeof(uint64_t));
		return;
	}
	for (uint64_t i = 0; i < w->words; i++)
		if (w->page[i] != dp_pattern(w->offset + i * sizeof(uint64_t)))
			w->differs = true;
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
		.kept = !ct->saved->dirty,
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
		     struct dp_saved *saved)
{
	*ct = (struct dp_contents){ .c = c, .at = at, .saved = saved };
	saved->dirty = false;
	saved->n = 0;
	dp_choose(ct);
	return dp_pages_do(ct, dp_page_save);
}

int dp_contents_fill(struct dp_contents *ct)
{
	ct->saved->dirty = true;
	return dp_pages_do(ct, dp_page_fill);
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

	if (!ct->saved || !ct->saved->dirty)
		return 0;
	rc = dp_pages_do(ct, dp_page_restore);
	if (!rc)
		ct->saved->dirty = false;
	return rc;
}

static size_t dp_saved_size(uint64_t page)
{
	return sizeof(struct dp_saved) + DP_CONTENTS_MAX * page;
}

struct dp_saved *dp_saved_new(uint64_t page)
{
	void *p = mmap(NULL, dp_saved_size(page), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void dp_saved_free(struct dp_saved *saved, uint64_t page)
{
	if (saved)
		munmap(saved, dp_saved_size(page));
}

/* In a child, since the pages may raise SIGBUS. The exit status is an errno. */
static int dp_rescue(struct dp_saved *saved, const struct dp_case *c)
{
	struct dp_contents ct = { .c = c, .saved = saved };
	struct dp_observation o = { .step = DP_STEP_RESTORE };
	struct dp_area area = { 0 };
	int fd, rc;

	rc = dp_sigbus_install(&o);
	fd = open(c->target->path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (!rc)
		rc = dp_area_init(&area, c->map.length, c->unit);
	if (!rc)
		rc = dp_area_map(&area, 0, fd, c->map.offset, c->map.length);
	ct.at = area.start;
	return -(rc ? rc : dp_contents_restore(&ct));
}

int dp_saved_rescue(struct dp_saved *saved, const struct dp_case *c)
{
	int status;
	pid_t pid;

	if (!saved->dirty)
		return 0;
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid)
		_exit(dp_rescue(saved, c));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (!WIFEXITED(status))
		return -EIO;
	return -WEXITSTATUS(status);
}
