/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps themselves; each is called in a child. */
#ifndef DP_RUN_METADATA_STEPS_H
#define DP_RUN_METADATA_STEPS_H

#include "run/metadata.h"

struct dp_metadata_file {
	uint64_t inode;		/* its number */
	uint64_t inode_at;	/* bytes into the device */
	uint64_t data_at;
	bool near;		/* its inode is in the struck page */
};

#define DP_METADATA_PAGE_MAX 65536

/* Shared with the children, which write what they see as they see it. */
struct dp_metadata_shared {
	struct dp_metadata_run run;
	bool mounted;
	char device[DP_NAME_MAX + 8]; /* /dev/pmem0; may change on the way */
	struct dp_metadata_file files[DP_METADATA_FILES];
	uint8_t saved[DP_METADATA_PAGE_MAX]; /* of the page, before */
};

struct dp_metadata_stage {
	const struct dp_metadata_options *options;
	const struct dp_node *node;
	struct dp_target target; /* the namespace, for methods by address */
	struct dp_armed armed;
	struct dp_metadata_shared *shared;
	enum dp_metadata_step step; /* the one that is taken */
	char dir[64];		/* where it is mounted */
	char mkfs[64], repair[64]; /* paths of programs; empty: none */
	int kmsg;		/* or -1 */
	int out;		/* what programs print */
	bool stuck;
};

/* A function for dp_bounded_run(): take the step that the stage names. */
int dp_metadata_take(void *stage);

/* Whether the block device lists the struck page as bad. */
bool dp_metadata_listed(const struct dp_metadata_stage *s);

/* Of a descriptor opened with O_DIRECT; as dp_metadata_read_fn. */
int dp_metadata_read(void *fd, uint64_t at, void *buf, size_t n);

/* What the steps share. Each returns 0; or -1, and the failure is in the result,
 * or the exit status of a program. */
typedef int (*dp_metadata_do_fn)(struct dp_metadata_stage *s,
				 struct dp_metadata_result *r);

int dp_metadata_do_make(struct dp_metadata_stage *s,
			struct dp_metadata_result *r);
int dp_metadata_do_mount(struct dp_metadata_stage *s,
			 struct dp_metadata_result *r);
int dp_metadata_do_unmount(struct dp_metadata_stage *s,
			   struct dp_metadata_result *r);
int dp_metadata_do_fill(struct dp_metadata_stage *s,
			struct dp_metadata_result *r);
int dp_metadata_do_locate(struct dp_metadata_stage *s,
			  struct dp_metadata_result *r);
int dp_metadata_do_poison(struct dp_metadata_stage *s,
			  struct dp_metadata_result *r);

/* The contents of a file, which is one page: no page is like another. */
void dp_metadata_pattern(uint8_t *page, size_t size, unsigned int file);
void dp_metadata_path(const struct dp_metadata_stage *s, unsigned int file,
		      char path[96]);
/* Keep the first failure (an errno); -1. */
int dp_metadata_fail(struct dp_metadata_result *r, const char *call, int err);
/* A page to read into, aligned as O_DIRECT wants it, or NULL. */
uint8_t *dp_metadata_page(const struct dp_metadata_stage *s);
/* The block device, with O_DIRECT: what is read is on the medium. */
int dp_metadata_device(const struct dp_metadata_stage *s, int flags);
/* Become the program at `path` with these arguments and the device. 127. */
int dp_metadata_exec(struct dp_metadata_stage *s, const char *path,
		     const char *const *args);

#endif
