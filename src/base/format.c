/* SPDX-License-Identifier: GPL-2.0-only */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/format.h"

const char *dp_size_text(char buf[DP_SIZE_TEXT], uint64_t bytes, bool human)
{
	static const char units[] = " KMGTPE";
	uint64_t n = bytes;
	double d = bytes;
	int i = 0;

	while (units[i + 1] && n && n % 1024 == 0) {
		n /= 1024;
		i++;
	}
	/* 7340031K is exact, but no one reads it. */
	if (!human || n < 10000) {
		snprintf(buf, DP_SIZE_TEXT, i ? "%" PRIu64 "%c" : "%" PRIu64, n,
			 units[i]);
		return buf;
	}
	for (i = 0; d >= 1024 && units[i + 1]; i++)
		d /= 1024;
	snprintf(buf, DP_SIZE_TEXT, "%.1f%c", d, units[i]);
	return buf;
}

const char *dp_errno_name(int err)
{
	const char *name = strerrorname_np(err);

	return name ? name : "unknown errno";
}

void dp_append(char *buf, size_t size, const char *fmt, ...)
{
	size_t used = strnlen(buf, size);
	va_list ap;

	if (used + 1 >= size)
		return;
	va_start(ap, fmt);
	vsnprintf(buf + used, size - used, fmt, ap);
	va_end(ap);
}

char *dp_asprintf(const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	return text;
}

const char *dp_printable(char *buf, size_t size, const char *text)
{
	size_t n = 0;

	for (; *text; text++) {
		unsigned char c = *text;
		bool plain = c >= ' ' && c < 127 && c != '\\';

		if (n + (plain ? 1 : 4) >= size)
			break;
		if (plain)
			buf[n++] = c;
		else
			n += sprintf(buf + n, "\\%03o", c);
	}
	buf[n] = '\0';
	return buf;
}

const char *dp_when_text(char buf[DP_WHEN_TEXT], int64_t when)
{
	time_t t = when;
	struct tm tm;

	if (!gmtime_r(&t, &tm) ||
	    !strftime(buf, DP_WHEN_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(buf, DP_WHEN_TEXT, "?");
	return buf;
}
