/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel that the guest boots: an image and the modules that belong to it,
 * found by path or by version. */
#ifndef DP_VM_KERNEL_IMAGE_H
#define DP_VM_KERNEL_IMAGE_H

#include <limits.h>

#include "base/why.h"

struct dp_kernel_image {
	int fd;			/* the image, read-only; owned */
	char path[PATH_MAX];
	char release[128];	/* "6.1.0-13-amd64", from the image itself */
	char modules[PATH_MAX];	/* the directory that holds modules.dep */
};

/* `name`: path of an image; path of a directory that holds an unpacked
 * package; paths of package files, separated by commas; a release or the
 * beginning of one, of which the newest in the cache is taken; "host"; NULL:
 * the newest in the cache, or else the host's.
 * 0 or negative errno with a reason that says what was looked for. */
int dp_kernel_image_init(struct dp_kernel_image *image, const char *name,
			 struct dp_why *why);
void dp_kernel_image_deinit(struct dp_kernel_image *image);

/* Check that a file of this beginning and size is a Linux boot image for x86
 * (Documentation/arch/x86/boot.rst) and read its release. `head` holds the
 * first `n` bytes. Pure. 0; -ENOEXEC with a reason. */
int dp_bzimage_check(const unsigned char *head, size_t n, uint64_t size,
		     char *release, size_t release_size, struct dp_why *why);

#endif
