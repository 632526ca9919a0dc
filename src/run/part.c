/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "run/part.h"

void dp_enter(struct dp_observation *o, enum dp_step step)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	o->step = step;
	o->began[step] = now.tv_sec * 1000000000LL + now.tv_nsec;
}

void dp_give_up(struct dp_observation *o, int err)
{
	o->error = err;
	o->failed_at = o->step;
}

void dp_part_wait(const struct dp_part *part)
{
	char byte = 0;
	ssize_t n;

	if (part->alone)
		return;
	do
		n = write(part->cue, &byte, 1);
	while (n < 0 && errno == EINTR);
	/* A SIGBUS that arrives meanwhile is noted by its handler. */
	do
		n = read(part->cue, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(1);
}
