/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel lists: bad blocks. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "sys/account-lists.h"

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
static void dp_account_open_list(struct dp_account_lists *a, const char *of)
{
	struct dp_account_file *file = &a->at[a->n];
	char path[128];

	if (a->n == DP_ACCOUNT_LISTS || !*of ||
	    strlen(of) >= sizeof(file->name))
		return;
	strcpy(file->name, of);
	snprintf(path, sizeof(path), "sys/bus/nd/devices/%s/badblocks", of);
	file->fd = openat(a->root, path, O_RDONLY | O_CLOEXEC);
	if (file->fd < 0) {
		snprintf(path, sizeof(path), "sys/class/block/%s/badblocks", of);
		file->fd = openat(a->root, path, O_RDONLY | O_CLOEXEC);
	}
	a->n += file->fd >= 0;
}

void dp_account_lists_close(struct dp_account_lists *a)
{
	dp_account_close(a->at, &a->n);
	a->of = NULL;
}

static void dp_account_open_lists(struct dp_account_lists *a,
				  const struct dp_target *target)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *child, *disk;
	char path[384];

	dp_account_lists_close(a);
	dp_account_open_list(a, target->region);
	snprintf(path, sizeof(path), "sys/bus/nd/devices/%s", target->region);
	dir = target->region[0] ? dp_account_dir(a->root, path) : NULL;
	while (dir && (child = readdir(dir))) {
		_cleanup_closedir_ DIR *disks = NULL;

		snprintf(path, sizeof(path), "sys/bus/nd/devices/%s/block",
			 child->d_name);
		disks = child->d_name[0] == '.' ? NULL : dp_account_dir(a->root, path);
		while (disks && (disk = readdir(disks)))
			if (disk->d_name[0] != '.')
				dp_account_open_list(a, disk->d_name);
	}
	a->of = target;
}

void dp_account_lists_begin(struct dp_account_lists *a, const struct dp_case *c,
			    struct dp_account *out)
{
	struct dp_account_list *list;

	/* Where the medium was struck, undoing it has made the devices anew. */
	if (a->of != c->target ||
	    (c->type == DP_CASE_POISON && dp_method_info(c->method)->medium))
		dp_account_open_lists(a, c->target);
	for (uint32_t i = 0; i < a->n; i++) {
		list = &out->lists[out->n_lists];
		a->at[i].as = -1;
		if (dp_account_blocks(a->at[i].fd, &list->before))
			continue;
		strcpy(list->of, a->at[i].name);
		/* As long as it has not been asked for. */
		list->after.n = 0;
		list->after.truncated = false;
		a->at[i].as = out->n_lists++;
	}
	if (!out->n_lists)
		dp_account_lacks(out->missing, DP_SOURCE_BADBLOCKS,
				 "no list of bad blocks can be read for %.32s",
				 c->target->region[0] ? c->target->region
						      : c->target->name);
}

void dp_account_lists_end(struct dp_account_lists *a, struct dp_account *out)
{
	for (uint32_t i = 0; i < a->n; i++) {
		const struct dp_account_file *file = &a->at[i];

		if (file->as >= 0 &&
		    dp_account_blocks(file->fd, &out->lists[file->as].after))
			dp_account_lacks(out->missing, DP_SOURCE_BADBLOCKS,
					 "the list of %.32s is gone",
					 file->name);
	}
}
