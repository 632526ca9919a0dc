/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/exit.h"
#include "base/log.h"

/* One write a line: lines of several processes must not mix. */
static void dp_printf(2, 0)
	dp_vlog(const char *prefix, const char *fmt, va_list ap)
{
	char line[1024];

	vsnprintf(line, sizeof(line), fmt, ap);
	fprintf(stderr, "daxpoison: %s%s\n", prefix, line);
}

#define DP_LOG_BODY(prefix)                                                    \
	do {                                                                   \
		va_list ap;                                                    \
		va_start(ap, fmt);                                             \
		dp_vlog(prefix, fmt, ap);                                      \
		va_end(ap);                                                    \
	} while (0)

void dp_error(const char *fmt, ...)
{
	DP_LOG_BODY("");
}

void dp_warn(const char *fmt, ...)
{
	DP_LOG_BODY("warning: ");
}

void dp_info(const struct dp_log *log, const char *fmt, ...)
{
	if (log && log->level >= DP_LOG_INFO)
		DP_LOG_BODY("");
}

void dp_debug(const struct dp_log *log, const char *fmt, ...)
{
	if (log && log->level >= DP_LOG_DEBUG)
		DP_LOG_BODY("debug: ");
}

/* Nothing half written is flushed. */
void dp_out_of_memory(void)
{
	dp_error("out of memory");
	_exit(DP_EXIT_FAILED);
}
