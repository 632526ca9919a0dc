/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DP_OUT_BUGLINE_H
#define DP_OUT_BUGLINE_H

#include "model/judge.h"
#include "model/kernel.h"

/* One line for a bug report, where what one process was told and what it lost
 * disagree, or a guarantee was violated: kernel, who, what was told, what was
 * lost, which guarantee, and the command that shows it again. Owned by the
 * caller; NULL where there is nothing to report (or memory is short). */
char *dp_bug_line(const struct dp_kernel *kernel, const struct dp_case *c,
		  const struct dp_scene *scene, const struct dp_case_verdict *v,
		  uint32_t process);

#endif
