/* SPDX-License-Identifier: GPL-2.0-only */
/* Give a region or a namespace a mode and an alignment, through libndctl. */
#ifndef DP_SYS_PROVISION_H
#define DP_SYS_PROVISION_H

#include "base/why.h"
#include "model/axes.h"

/* Make one namespace that fills the region's free space, or the first `size`
 * bytes of it if that is not 0 and there are labels to divide it; in this mode (devdax, fsdax, raw), with this alignment (bytes; 0: the kernel's default), its page
 * structures in ordinary memory for small regions or on the device itself.
 * On success writes the namespace's name ("namespace0.0") to `name`.
 * 0 or negative errno with a reason (which says the nearest sizes that work,
 * where size was the problem). */
int dp_provision_region(const char *region, enum dp_mode mode, uint64_t align,
			uint64_t size, char *name, size_t name_size,
			struct dp_why *why);

/* Give an existing namespace another mode or alignment. Its data is lost; its
 * name may change, the new one goes to `name`. -EBUSY: in use. */
int dp_provision_namespace(const char *ns, enum dp_mode mode, uint64_t align,
			   char *name, size_t name_size, struct dp_why *why);

#endif
