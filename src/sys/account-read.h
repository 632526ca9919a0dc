/* SPDX-License-Identifier: GPL-2.0-only */
/* What the sources of an account read with. */
#ifndef DP_SYS_ACCOUNT_READ_H
#define DP_SYS_ACCOUNT_READ_H

#include <dirent.h>

#include "model/account.h"

/* A counter of a node, or a list of bad blocks: kept open, since it is read
 * twice for each case. */
struct dp_account_file {
	int fd;
	int32_t node;
	int32_t as;		/* index in the account of the case, or -1 */
	char name[64];
};

/* Close them all; *n is 0 then. */
void dp_account_close(struct dp_account_file *files, uint32_t *n);

/* Why a source is missing. */
void dp_account_lacks(char missing[DP_SOURCE_MAX][DP_ACCOUNT_WHY],
		      enum dp_source source, const char *fmt, ...)
	dp_printf(3, 4);

/* A directory below that of `root`; NULL where there is none. */
DIR *dp_account_dir(int root, const char *path);

/* All of a file of /proc or /sys that is generated for each read from its
 * start, ended by a NUL: at most `size` - 1 bytes, by one read. Its length, or
 * negative errno. */
int dp_account_reread(int fd, char *buf, size_t size);
int dp_account_reread_u64(int fd, uint64_t *n);

#endif
