/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "out/wrap.h"

void dp_wrap(FILE *out, const char *label, const char *text)
{
	size_t column = 12;

	fprintf(out, "  %-9s ", label);
	while (*text) {
		size_t word = strcspn(text, " ");

		if (column > 12 && column + word + 1 > 90) {
			fprintf(out, "\n%12s", "");
			column = 12;
		} else if (column > 12) {
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
