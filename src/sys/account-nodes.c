/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel counts by node. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "sys/account-nodes.h"

#define DP_NODES "sys/devices/system/node"

static void dp_account_one_node(struct dp_account_nodes *a, int root, int node)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct dp_account_file *file;
	struct dirent *entry;
	char path[64];

	snprintf(path, sizeof(path), DP_NODES "/node%d/memory_failure", node);
	dir = dp_account_dir(root, path);
	while (dir && (entry = readdir(dir)) &&
	       a->n < DP_ACCOUNT_COUNTERS) {
		file = &a->at[a->n];
		if (entry->d_name[0] == '.' ||
		    strlen(entry->d_name) >= sizeof(file->name))
			continue;
		strcpy(file->name, entry->d_name);
		file->node = node;
		file->fd = openat(dirfd(dir), file->name, O_RDONLY | O_CLOEXEC);
		a->n += file->fd >= 0;
	}
}

void dp_account_nodes_open(struct dp_account_nodes *a, int root)
{
	_cleanup_closedir_ DIR *dir = dp_account_dir(root, DP_NODES);
	struct dirent *entry;
	int node;

	while (dir && (entry = readdir(dir)))
		if (sscanf(entry->d_name, "node%d", &node) == 1)
			dp_account_one_node(a, root, node);
}

void dp_account_nodes_close(struct dp_account_nodes *a)
{
	dp_account_close(a->at, &a->n);
}

void dp_account_nodes_begin(struct dp_account_nodes *a, struct dp_account *out)
{
	struct dp_account_counter *counter;
	uint64_t n;

	for (uint32_t i = 0; i < a->n; i++) {
		struct dp_account_file *file = &a->at[i];

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

void dp_account_nodes_end(struct dp_account_nodes *a, struct dp_account *out)
{
	uint64_t n;

	for (uint32_t i = 0; i < a->n; i++) {
		const struct dp_account_file *file = &a->at[i];

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
