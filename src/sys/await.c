/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/rootdir.h"
#include "sys/inject.h"

/* How often to look, and how long what comes after the first sign may take:
 * signals to the others, log lines, bad blocks. */
#define DP_LOOK_MS 20
#define DP_SETTLE_MS 200
#define DP_SAID_MS 1000

uint64_t dp_corrupted_kb(void)
{
	_cleanup_(dp_rootdir_deinit) struct dp_rootdir root = { .fd = -1 };
	char text[8192], *at;
	uint64_t kb = 0;

	if (dp_rootdir_init(&root, NULL) ||
	    dp_rootdir_read(&root, text, sizeof(text), "proc/meminfo") < 0)
		return 0;
	at = strstr(text, "\nHardwareCorrupted:");
	if (at)
		sscanf(at, "\nHardwareCorrupted: %" SCNu64, &kb);
	return kb;
}

static int64_t dp_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static bool dp_shows(const struct dp_injection *i, uint32_t told, uint64_t was)
{
	return (i->told && *i->told != told) || dp_corrupted_kb() > was;
}

/* Whether a line came; input that ended is not asked again. */
static bool dp_line_came(int *input)
{
	struct pollfd p = { .fd = *input, .events = POLLIN };
	char byte;
	ssize_t n;

	if (poll(&p, 1, DP_LOOK_MS) <= 0 || !p.revents)
		return false;
	n = read(*input, &byte, 1);
	if (n <= 0 && !(n < 0 && errno == EINTR))
		*input = -1;
	return n == 1 && byte == '\n';
}

int dp_await_poison(const struct dp_injection *i, uint64_t was, int input)
{
	uint32_t told = i->told ? *i->told : 0;
	int64_t until = dp_now_ms() + i->wait * 1000LL;
	bool said = false;

	while (!dp_shows(i, told, was)) {
		if (dp_now_ms() >= until)
			return said ? -ENODATA : -ETIMEDOUT;
		if (said || !dp_line_came(&input))
			continue;
		said = true;
		input = -1;
		until = dp_now_ms() + DP_SAID_MS;
	}
	poll(NULL, 0, DP_SETTLE_MS);
	return 0;
}
