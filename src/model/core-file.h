/* SPDX-License-Identifier: GPL-2.0-only */
/* What a core file says of the signal that ended its process: elf(5), and the
 * notes of fs/binfmt_elf.c:fill_siginfo_note and fill_files_note. Pure code
 * over a buffer; nothing in it is trusted. */
#ifndef DP_MODEL_CORE_FILE_H
#define DP_MODEL_CORE_FILE_H

#include <stdint.h>

#include "base/why.h"

/* A range of addresses and what was mapped there. */
struct dp_mapped {
	uint64_t start, end;	/* virtual addresses; start < end */
	uint64_t offset;	/* of `start` into the file, bytes */
	char path[256];		/* cut; "" if not known */
};

struct dp_core {
	bool have_siginfo;
	int32_t signo, code;
	uint64_t addr;
	int16_t lsb;
	bool have_process;
	int32_t pid;
	char comm[17];
	struct dp_mapped *maps;	/* owned */
	size_t n_maps;
};

/* How much of the file is enough: the notes come before the memory. */
#define DP_CORE_HEAD (16 * DP_MIB)

/* Read the first n bytes of a 64-bit core of either byte order. 0; -ENOEXEC:
 * not such a core; -EBADMSG: damaged; -ENOMEM; each with a reason. A core
 * without the notes is no error. */
int dp_core_read(struct dp_core *core, const uint8_t *data, size_t n,
		 struct dp_why *why);
void dp_core_deinit(struct dp_core *core);

#endif
