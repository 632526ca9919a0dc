/* SPDX-License-Identifier: GPL-2.0-only */
/* A cpio archive as the kernel takes for an initramfs ("newc", see
 * Documentation/driver-api/early-userspace/buffer-format.rst). Written by hand:
 * a header of 110 characters is not worth a library that would bring forty
 * megabytes of others into the guest. */
#ifndef DP_VM_CPIO_H
#define DP_VM_CPIO_H

#include "base/macros.h"
#include "base/why.h"

struct dp_cpio {
	int fd;			/* where the archive goes; borrowed */
	uint64_t size;		/* bytes written */
	unsigned int inode;
	char **names;		/* what is in it already; owned */
	size_t n_names;
};

void dp_cpio_init(struct dp_cpio *a, int fd);
void dp_cpio_deinit(struct dp_cpio *a);

/* Each adds one entry, and before it the directories that its name ("bin/sh",
 * a leading slash is dropped) needs. What is there already is left alone.
 * 0 or negative errno with a reason. */
int dp_cpio_dir(struct dp_cpio *a, const char *name, struct dp_why *why);
int dp_cpio_link(struct dp_cpio *a, const char *name, const char *target,
		 struct dp_why *why);
int dp_cpio_data(struct dp_cpio *a, const char *name, const void *data,
		 size_t size, struct dp_why *why);
/* A copy of a file of this machine; executable if `mode` is 0755. */
int dp_cpio_file(struct dp_cpio *a, const char *name, unsigned int mode,
		 const char *source, struct dp_why *why);

/* The end mark. */
int dp_cpio_end(struct dp_cpio *a, struct dp_why *why);

#endif
