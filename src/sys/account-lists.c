/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel lists and counts: page flags, bad blocks, counters of nodes. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/account-parts.h"

static DIR *dp_account_dir(const struct dp_accountant *a, const char *path)
{
	int fd = openat(a->root.fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

#define DP_NODES "sys/devices/system/node"

static void dp_account_close(struct dp_account_file *files, uint32_t *n)
{
	while (*n)
		close(files[--*n].fd);
}

static void dp_account_one_node(struct dp_accountant *a, int node)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct dp_account_file *file;
	struct dirent *entry;
	char path[64];

	snprintf(path, sizeof(path), DP_NODES "/node%d/memory_failure", node);
	dir = dp_account_dir(a, path);
	while (dir && (entry = readdir(dir)) &&
	       a->n_counters < DP_ACCOUNT_COUNTERS) {
		file = &a->counters[a->n_counters];
		if (entry->d_name[0] == '.' ||
		    strlen(entry->d_name) >= sizeof(file->name))
			continue;
		strcpy(file->name, entry->d_name);
		file->node = node;
		file->fd = openat(dirfd(dir), file->name, O_RDONLY | O_CLOEXEC);
		a->n_counters += file->fd >= 0;
	}
}

void dp_account_nodes_open(struct dp_accountant *a)
{
	_cleanup_closedir_ DIR *dir = dp_account_dir(a, DP_NODES);
	struct dirent *entry;
	int node;

	while (dir && (entry = readdir(dir)))
		if (sscanf(entry->d_name, "node%d", &node) == 1)
			dp_account_one_node(a, node);
}

void dp_account_nodes_close(struct dp_accountant *a)
{
	dp_account_close(a->counters, &a->n_counters);
}

void dp_account_nodes_begin(struct dp_accountant *a, struct dp_account *out)
{
	struct dp_account_counter *counter;
	uint64_t n;

	for (uint32_t i = 0; i < a->n_counters; i++) {
		struct dp_account_file *file = &a->counters[i];

		file->as = -1;
		counter = &out->counters[out->n_counters];
		if (dp_account_reread_u64(file->fd, &n) ||
		    snprintf(counter->name, sizeof(counter->name), "%s",
			     file->name) >= (int)sizeof(counter->name))
			continue;
		counter->node = file->node;
		counter->delta = -(int64_t)n;
		file->as = out->n_counters++;
	}
	if (!out->n_counters)
		dp_account_lacks(out->missing, DP_SOURCE_NODES,
				 "this kernel does not count by node: no /%s/node*/memory_failure",
				 DP_NODES);
}

void dp_account_nodes_end(struct dp_accountant *a, struct dp_account *out)
{
	uint64_t n;

	for (uint32_t i = 0; i < a->n_counters; i++) {
		const struct dp_account_file *file = &a->counters[i];

		if (file->as < 0)
			continue;
		if (!dp_account_reread_u64(file->fd, &n))
			out->counters[file->as].delta += n;
		else
			dp_account_lacks(out->missing, DP_SOURCE_NODES,
					 "node%d has lost its counter %s",
					 file->node, file->name);
	}
}

/* 0, or negative errno: -ENODATA where the file ends before this page, as it
 * does for memory above all that the kernel manages (fs/proc/page.c:
 * get_max_dump_pfn). */
static int dp_account_flags(const struct dp_accountant *a, uint64_t pfn,
			    uint64_t *flags)
{
	ssize_t n = pread(a->kpageflags, flags, sizeof(*flags),
			  pfn * sizeof(*flags));

	if (n < 0)
		return -errno;
	return n == sizeof(*flags) ? 0 : -ENODATA;
}

static void dp_account_no_flags(struct dp_account *out, uint64_t pfn, int rc)
{
	if (rc == -ENODATA)
		dp_account_lacks(out->missing, DP_SOURCE_KPAGEFLAGS,
				 "/proc/kpageflags ends before pfn 0x%" PRIx64 ", which lies above ordinary memory",
				 pfn);
	else
		dp_account_lacks(out->missing, DP_SOURCE_KPAGEFLAGS,
				 "/proc/kpageflags: %s", strerror(-rc));
}

/* Before the injection; a page that is there already is left out. */
static void dp_account_page(struct dp_accountant *a, const struct dp_case *c,
			    uint64_t offset, struct dp_account *out)
{
	struct dp_place_bases bases;
	struct dp_account_page *page = &out->pages[out->n_pages];
	int rc;

	/* Of the target only: also what lies below 0 is beyond it. */
	if (offset >= c->target->size)
		return;
	for (uint32_t i = 0; i < out->n_pages; i++)
		if (out->pages[i].offset == offset)
			return;
	bases = dp_target_bases(c->target, offset, c->page);
	if (bases.pfn == DP_PHYS_UNKNOWN) {
		dp_account_lacks(out->missing, DP_SOURCE_KPAGEFLAGS,
				 "the page frames of the target are not known");
		return;
	}
	rc = dp_account_flags(a, bases.pfn, &page->before);
	if (rc) {
		dp_account_no_flags(out, bases.pfn, rc);
		return;
	}
	page->offset = offset;
	page->pfn = bases.pfn;
	out->n_pages++;
}

void dp_account_pages_begin(struct dp_accountant *a, const struct dp_case *c,
			    struct dp_account *out)
{
	struct dp_range unit = dp_case_unit_at(c, c->poison.offset);
	const uint64_t want[DP_ACCOUNT_PAGES] = {
		c->poison.offset, c->poison.offset - c->page,
		c->poison.offset + c->page, unit.offset,
		dp_range_end(unit) - c->page,
	};

	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		if (dp_account_has(out, DP_SOURCE_KPAGEFLAGS))
			dp_account_page(a, c, want[i], out);
}

void dp_account_pages_end(struct dp_accountant *a, struct dp_account *out)
{
	int rc;

	for (uint32_t i = 0; i < out->n_pages; i++) {
		rc = dp_account_flags(a, out->pages[i].pfn,
				      &out->pages[i].after);
		if (rc)
			dp_account_no_flags(out, out->pages[i].pfn, rc);
	}
}

/* Lines "START LENGTH", which the kernel keeps sorted. */
static int dp_account_blocks(int fd, struct dp_ranges *out)
{
	char text[4097], *line, *rest = text;
	struct dp_range r;
	int rc = dp_account_reread(fd, text, sizeof(text));

	if (rc < 0)
		return rc;
	out->n = 0;
	out->truncated = false;
	while ((line = strsep(&rest, "\n")))
		if (sscanf(line, "%" SCNu64 " %" SCNu64, &r.offset,
			   &r.length) == 2)
			dp_ranges_append(out, r);
	return 0;
}

/* The list of `of`, which names itself: a region, or a block device. */
static void dp_account_open_list(struct dp_accountant *a, const char *of)
{
	struct dp_account_file *file = &a->lists[a->n_lists];
	char path[128];

	if (a->n_lists == DP_ACCOUNT_LISTS || !*of ||
	    strlen(of) >= sizeof(file->name))
		return;
	strcpy(file->name, of);
	snprintf(path, sizeof(path), "sys/bus/nd/devices/%s/badblocks", of);
	file->fd = openat(a->root.fd, path, O_RDONLY | O_CLOEXEC);
	if (file->fd < 0) {
		snprintf(path, sizeof(path), "sys/class/block/%s/badblocks", of);
		file->fd = openat(a->root.fd, path, O_RDONLY | O_CLOEXEC);
	}
	a->n_lists += file->fd >= 0;
}

void dp_account_lists_close(struct dp_accountant *a)
{
	dp_account_close(a->lists, &a->n_lists);
	a->lists_of = NULL;
}

static void dp_account_open_lists(struct dp_accountant *a,
				  const struct dp_target *target)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *child, *disk;
	char path[384];

	dp_account_lists_close(a);
	dp_account_open_list(a, target->region);
	snprintf(path, sizeof(path), "sys/bus/nd/devices/%s", target->region);
	dir = target->region[0] ? dp_account_dir(a, path) : NULL;
	while (dir && (child = readdir(dir))) {
		_cleanup_closedir_ DIR *disks = NULL;

		snprintf(path, sizeof(path), "sys/bus/nd/devices/%s/block",
			 child->d_name);
		disks = child->d_name[0] == '.' ? NULL : dp_account_dir(a, path);
		while (disks && (disk = readdir(disks)))
			if (disk->d_name[0] != '.')
				dp_account_open_list(a, disk->d_name);
	}
	a->lists_of = target;
}

void dp_account_lists_begin(struct dp_accountant *a, const struct dp_case *c,
			    struct dp_account *out)
{
	struct dp_account_list *list;

	/* Where the medium was struck, undoing it has made the devices anew. */
	if (a->lists_of != c->target ||
	    (c->type == DP_CASE_POISON && dp_method_info(c->method)->medium))
		dp_account_open_lists(a, c->target);
	for (uint32_t i = 0; i < a->n_lists; i++) {
		list = &out->lists[out->n_lists];
		a->lists[i].as = -1;
		if (dp_account_blocks(a->lists[i].fd, &list->before))
			continue;
		strcpy(list->of, a->lists[i].name);
		a->lists[i].as = out->n_lists++;
	}
	if (!out->n_lists)
		dp_account_lacks(out->missing, DP_SOURCE_BADBLOCKS,
				 "no list of bad blocks can be read for %.32s",
				 c->target->region[0] ? c->target->region
						      : c->target->name);
}

void dp_account_lists_end(struct dp_accountant *a, struct dp_account *out)
{
	for (uint32_t i = 0; i < a->n_lists; i++) {
		const struct dp_account_file *file = &a->lists[i];

		if (file->as >= 0 &&
		    dp_account_blocks(file->fd, &out->lists[file->as].after))
			dp_account_lacks(out->missing, DP_SOURCE_BADBLOCKS,
					 "the list of %.32s is gone",
					 file->name);
	}
}
