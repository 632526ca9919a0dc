/* SPDX-License-Identifier: GPL-2.0-only */
/* A record of the journal: whose contents were taken, what they were, and what
 * was done. It lies in a file that the injector and its parent have mapped, so
 * that it outlives them both. */
#ifndef DP_MODEL_RECORD_H
#define DP_MODEL_RECORD_H

#include <stdint.h>

#include "base/why.h"
#include "model/kernel.h"
#include "model/target.h"

/* At most this many pages are taken, so that memory does not grow with the
 * mapping. */
#define DP_RECORD_PAGES 1024
/* Of at most so many pages, in equal steps, a line of so many bytes is taken: what
 * a processor's cache holds of memory at once. */
#define DP_RECORD_LINES 1536
#define DP_RECORD_LINE 64
#define DP_RECORD_MAGIC "daxpois3"

enum dp_record_state {
	DP_RECORD_CLEAN,	/* the target is as it was */
	DP_RECORD_DIRTY,	/* it holds patterns in place of the contents */
	DP_RECORD_STRUCK,	/* a page of it was, or is about to be, poisoned */
	DP_RECORD_STATE_MAX,
};

const char *dp_record_state_name(uint32_t state);

/* Everything of fixed size, in the byte order of the machine that wrote it: it
 * is of no use on another. */
struct dp_record {
	char magic[8];
	uint32_t state;		/* set last, when all else is on the disk */
	uint32_t kind;		/* enum dp_kind */
	uint64_t page;		/* bytes */
	/* Who it is: a name may belong to another device after a boot. */
	char name[PATH_MAX];
	char uuid[40];
	uint64_t phys;		/* device-dax: of offset 0 */
	uint64_t size;		/* bytes */
	uint64_t device, inode;	/* files */
	/* What was done, by whom and when. */
	char boot_id[DP_BOOT_ID_SIZE];
	int64_t when;		/* seconds since 1970 */
	int32_t pid;
	uint32_t method;	/* enum dp_method */
	uint64_t poison;	/* offset of the page, or a series' first */
	/* What was there. */
	uint32_t n;		/* pages saved */
	uint32_t n_lines;	/* pages of which a line was saved */
	uint64_t lined;		/* offset of the first of these */
	uint64_t line_step;	/* bytes from one to the next */
	char lines[DP_RECORD_LINES][DP_RECORD_LINE];
	uint64_t offsets[DP_RECORD_PAGES]; /* into the target, ascending */
	char pages[];		/* n pages */
};

/* Where the i-th line is, in bytes from the beginning of the target: at another
 * place in each page, and, with another page poisoned, at another place. */
uint64_t dp_record_line(const struct dp_record *r, uint32_t i);

/* Whether it has a line of the page at this offset. */
bool dp_record_lined(const struct dp_record *r, uint64_t page);

/* How many pages are in it, whole or by a line. */
uint32_t dp_record_pages(const struct dp_record *r);

/* Bytes of a record for pages of this size. */
uint64_t dp_record_size(uint64_t page);

/* Whether these `length` bytes are a record that can be acted on. 0, or
 * -EBADMSG with a reason. Takes any bytes. */
int dp_record_check(const struct dp_record *r, uint64_t length,
		    struct dp_why *why);

/* Whether the record is of this target, by what does not change with a boot.
 * `device` and `inode` are those of a file's, else 0. */
bool dp_record_is_of(const struct dp_record *r, const struct dp_target *target,
		     uint64_t device, uint64_t inode);

#endif
