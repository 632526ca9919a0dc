/* SPDX-License-Identifier: GPL-2.0-only */
/* /sys and /proc below a root that can be swapped (--sysroot), so that recorded
 * trees of other machines can be read like the running one. */
#ifndef DP_BASE_ROOTDIR_H
#define DP_BASE_ROOTDIR_H

#include <stdint.h>

#include "base/macros.h"

struct dp_rootdir {
	int fd;			/* the root directory, opened with O_PATH */
	bool is_real;		/* "/", the running system */
};

/* Open `path` ("/" or NULL: the running system) as the root. 0 or negative
 * errno. _deinit closes it. */
int dp_rootdir_init(struct dp_rootdir *root, const char *path);
void dp_rootdir_deinit(struct dp_rootdir *root);

/* Read a whole small file below the root (at most size - 1 bytes), without
 * its last newline. `path` has no leading slash and is a printf format.
 * Returns the length, or negative errno. */
int dp_rootdir_read(const struct dp_rootdir *root, char *buf, size_t size,
		    const char *path, ...) dp_printf(4, 5);

/* The same for a file that holds one number, decimal or 0x. */
int dp_rootdir_read_u64(const struct dp_rootdir *root, uint64_t *n,
			const char *path, ...) dp_printf(3, 4);

/* Write `text` to a file below the root that exists, in one call, as /sys and
 * debugfs want it. 0 or negative errno. */
int dp_rootdir_write(const struct dp_rootdir *root, const char *text,
		     const char *path, ...) dp_printf(3, 4);

/* Whether the path exists and this process may do `mode` (access(2)) on it.
 * 0 or negative errno. */
int dp_rootdir_access(const struct dp_rootdir *root, int mode,
		      const char *path, ...) dp_printf(3, 4);

#endif
