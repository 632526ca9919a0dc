/* SPDX-License-Identifier: GPL-2.0-only */
/* One emulated NVDIMM as a user describes it: SIZE[:MODE[:ALIGN]], or with a
 * file system SIZE:fsdax:FS[:OPTIONS]. */
#ifndef DP_MODEL_PMEM_SPEC_H
#define DP_MODEL_PMEM_SPEC_H

#include <stdint.h>

#include "base/macros.h"
#include "base/why.h"
#include "model/axes.h"
#include "model/file-system.h"

/* A region whose size is no multiple of this is "misaligned" to libnvdimm
 * (drivers/nvdimm/region_devs.c: memremap_compat_align). */
#define DP_PMEM_GRAIN (16 * DP_MIB)
/* Where labels are kept, beside the region; QEMU wants at least this much. */
#define DP_PMEM_LABELS (128 * DP_KIB)
#define DP_PMEM_MAX 8		/* NVDIMMs in one guest */
#define DP_PMEM_SPEC_TEXT 192
#define DP_PMEM_MKFS 128	/* further arguments of mkfs */

struct dp_pmem_spec {
	uint64_t size;		/* bytes of the region, without labels */
	enum dp_mode mode;	/* devdax, fsdax or raw */
	uint64_t align;		/* bytes; 0 where the mode has none */
	enum dp_fs fs;		/* what to make on it and mount */
	char mkfs[DP_PMEM_MKFS]; /* more arguments for that, apart by blanks */
};

/* Strict. 0, or -EINVAL / -ERANGE with a reason that names what was expected,
 * and for a size that cannot work the nearest ones that do. */
int dp_pmem_spec_parse(const char *text, struct dp_pmem_spec *spec,
		       struct dp_why *why);

/* A namespace in the memory of the kernel's own nfit_test: MODE[:ALIGN], or
 * fsdax:ext4[:OPTIONS]. All of them have DP_NFIT_TEST_SIZE. As above. */
#define DP_NFIT_TEST_SIZE DP_PMEM_GRAIN
#define DP_NFIT_TEST_MAX 6	/* its first bus has room for so many */
int dp_nfit_test_parse(const char *text, struct dp_pmem_spec *spec,
		       struct dp_why *why);
/* The text that parses to the same spec, without the size. Returns `buf`. */
const char *dp_nfit_test_text(char buf[DP_PMEM_SPEC_TEXT],
			      const struct dp_pmem_spec *spec);

/* The text that parses to the same spec. Returns `buf`. */
const char *dp_pmem_spec_text(char buf[DP_PMEM_SPEC_TEXT],
			      const struct dp_pmem_spec *spec);

/* What a guest gets unless told otherwise: a device-dax namespace for each
 * unit, and a file system. Returns how many there are. */
size_t dp_pmem_spec_defaults(struct dp_pmem_spec specs[DP_PMEM_MAX]);

/* At what multiple of bytes the region must start in the guest's physical
 * address space so that the mode's units are aligned there. */
uint64_t dp_pmem_spec_phys_align(const struct dp_pmem_spec *spec);

#endif
