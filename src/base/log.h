/* SPDX-License-Identifier: GPL-2.0-only */
/* Diagnostics: always on stderr, so that stdout holds nothing but the report. */
#ifndef DP_BASE_LOG_H
#define DP_BASE_LOG_H

#include "base/macros.h"

enum dp_log_level {
	DP_LOG_QUIET = 0,	/* errors and warnings only */
	DP_LOG_INFO,		/* -v */
	DP_LOG_DEBUG,		/* --debug */
};

struct dp_log {
	enum dp_log_level level;
};

/* Errors and warnings are never silenced. */
void dp_error(const char *fmt, ...) dp_printf(1, 2);
void dp_warn(const char *fmt, ...) dp_printf(1, 2);

/* `log` may be NULL, which means quiet. */
void dp_info(const struct dp_log *log, const char *fmt, ...) dp_printf(2, 3);
void dp_debug(const struct dp_log *log, const char *fmt, ...) dp_printf(2, 3);

/* Say that memory is short, and end this process with status 4. */
void dp_out_of_memory(void) __attribute__((noreturn));

#endif
