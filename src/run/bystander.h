/* SPDX-License-Identifier: GPL-2.0-only */
/* A process that maps the page beside the injector, and sees what befalls it. */
#ifndef DP_RUN_BYSTANDER_H
#define DP_RUN_BYSTANDER_H

#include "run/cast.h"

/* Its part (dp_cast_run): map, touch, wait for the injection, look, touch. */
void dp_bystander_body(const struct dp_part *part);

#endif
