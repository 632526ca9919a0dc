/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "out/markup.h"

/* The bytes of the character that begins here, if XML has it; 0 if not. */
static size_t dp_character(const unsigned char *s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c = *s;
	size_t n;

	if (c < 0x80)
		return (c >= ' ' && c < 0x7f) || c == '\t' || c == '\n';
	n = c >= 0xf8 ? 0 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 0;
	if (!n)
		return 0;
	c &= 0x7f >> n;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	/* Too long a form, surrogates, what is no character, C1 controls. */
	if (c < least[n] || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff ||
	    (c & 0xfffe) == 0xfffe || c < 0xa0)
		return 0;
	return n;
}

void dp_markup_text(FILE *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n;

	for (; *s; s += n ?: 1) {
		n = dp_character(s);
		if (*s == '&')
			fputs("&amp;", out);
		else if (*s == '<')
			fputs("&lt;", out);
		else if (*s == '>')
			fputs("&gt;", out);
		else if (*s == '"')
			fputs("&quot;", out);
		else if (*s == '\'')
			fputs("&#39;", out);
		else if (!n)
			fputs("\xef\xbf\xbd", out);
		else
			fwrite(s, 1, n, out);
	}
}

void dp_markup(FILE *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			fputc(*fmt, out);
			continue;
		}
		fmt++;
		if (*fmt == 's') {
			dp_markup_text(out, va_arg(ap, const char *));
		} else if (*fmt == 'd' || *fmt == 'u') {
			fprintf(out, "%d", va_arg(ap, int));
		} else if (*fmt == 'z') {
			fprintf(out, "%zu", va_arg(ap, size_t));
			fmt++;
		} else if (*fmt == 'l') {
			fprintf(out, "%llu", va_arg(ap, unsigned long long));
			fmt += 2;
		} else {
			fputc(*fmt, out);
		}
	}
	va_end(ap);
}
