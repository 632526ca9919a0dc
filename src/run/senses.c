/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>

#include "run/senses.h"
#include "sys/touch.h"

int dp_senses_touch(struct dp_senses *s)
{
	int rc = s->touch ? 0 : dp_touch_selftest();

	s->touch = !rc;
	return rc;
}

int dp_senses_pagemap(struct dp_senses *s, uint64_t page)
{
	int rc;

	if (s->pagemap)
		return 0;
	s->pagemap = malloc(sizeof(*s->pagemap));
	if (!s->pagemap)
		return -ENOMEM;
	rc = dp_pagemap_init(s->pagemap, page);
	if (rc) {
		free(s->pagemap);
		s->pagemap = NULL;
	}
	return rc;
}

void dp_senses_deinit(struct dp_senses *s)
{
	if (s->pagemap)
		dp_pagemap_deinit(s->pagemap);
	free(s->pagemap);
	*s = (struct dp_senses){ 0 };
}
