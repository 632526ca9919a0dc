/* SPDX-License-Identifier: GPL-2.0-only */
/* One page of a file on a DAX file system: read, and given its contents back
 * where the memory below it has gone bad. */
#ifndef DP_SYS_FILE_PAGE_H
#define DP_SYS_FILE_PAGE_H

#include "model/scene.h"

/* Look at the page of `fd` at `offset`, `page` bytes, whose contents were
 * `was` (NULL: not known, then it is only read). If it cannot be read or has
 * changed: write it in place; if that does not help, punch it out and write it
 * anew, which gives it another block. fs_phys: where the file system starts in
 * memory. Fills `after`, whose phys_before the caller has set. 0 when the page
 * is as before or not known, else negative errno. */
int dp_file_page_restore(int fd, uint64_t offset, const void *was,
			 uint64_t page, uint64_t fs_phys,
			 struct dp_file_after *after);

/* Write the page in place, nothing else, and read it again. 0; -EIO it reads
 * otherwise; or another negative errno. */
int dp_file_page_write(int fd, uint64_t offset, const void *was, uint64_t page);

/* Of the part of the file system's device that begins `from` bytes into it, how
 * many blocks of 512 bytes are in the device's list of bad ones; or negative
 * errno. Those of the region are in it, and those that were added by hand. */
int64_t dp_file_bad_blocks(int fd, uint64_t from, uint64_t length);

#endif
