/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "out/wrap.h"

void dp_wrap(FILE *out, unsigned int indent, const char *label,
	     const char *text)
{
	const size_t start = indent + 10;
	size_t column = start;

	fprintf(out, "%*s%-9s ", (int)indent, "", label);
	while (*text) {
		size_t word = strcspn(text, " ");

		if (column > start && column + word + 1 > 90) {
			fprintf(out, "\n%*s", (int)start, "");
			column = start;
		} else if (column > start) {
			fputc(' ', out);
			column++;
		}
		fwrite(text, 1, word, out);
		column += word;
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}
