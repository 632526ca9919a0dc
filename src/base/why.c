/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/why.h"

int dp_why(struct dp_why *why, int err, const char *fmt, ...)
{
	va_list ap;

	if (!why)
		return err;
	va_start(ap, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return err;
}

const char *dp_why_text(const struct dp_why *why, int err)
{
	if (why && why->text[0])
		return why->text;
	return strerror(err < 0 ? -err : err);
}
