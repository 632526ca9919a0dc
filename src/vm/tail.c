/* SPDX-License-Identifier: GPL-2.0-only */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "vm/tail.h"

void dp_tail_add(struct dp_tail *t, const char *data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		t->buf[t->total++ % sizeof(t->buf)] = data[i];
}

/* Escape sequences of the firmware ("\033[2J") go, not only their escape. */
static size_t dp_clean(char *text, size_t n)
{
	size_t from, to = 0;

	for (from = 0; from < n; from++) {
		unsigned char c = text[from];

		if (c == '\033' && from + 1 < n && text[from + 1] == '[') {
			from += 2;
			while (from < n && !isalpha((unsigned char)text[from]))
				from++;
		} else if (c == '\n' || c == '\t' || (c >= ' ' && c < 127)) {
			text[to++] = c;
		}
	}
	return to;
}

char *dp_tail_text(const struct dp_tail *t, unsigned int lines)
{
	size_t n = dp_min(t->total, sizeof(t->buf)), i, at;
	char *text = malloc(n + 2);

	if (!text)
		return NULL;
	for (i = 0; i < n; i++)
		text[i] = t->buf[(t->total - n + i) % sizeof(t->buf)];
	n = dp_clean(text, n);
	while (n && text[n - 1] == '\n')
		n--;
	for (at = n; at; at--)
		if (text[at - 1] == '\n' && !--lines)
			break;
	memmove(text, text + at, n - at);
	n -= at;
	if (n)
		text[n++] = '\n';
	text[n] = '\0';
	return text;
}

char *dp_tail_around(const struct dp_tail *t, const char *mark,
		     unsigned int lines)
{
	char *text = dp_tail_text(t, UINT_MAX);
	char *from = text ? strstr(text, mark) : NULL, *to;
	unsigned int n = lines / 4 + 1;

	if (!from) {
		free(text);
		return dp_tail_text(t, lines);
	}
	for (; from > text; from--)
		if (from[-1] == '\n' && !--n)
			break;
	for (to = from; *to && lines; to++)
		lines -= *to == '\n';
	*to = '\0';
	memmove(text, from, to - from + 1);
	return text;
}
