/* SPDX-License-Identifier: GPL-2.0-only */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

static const struct {
	const char *suffix;
	unsigned int shift;
} dp_suffixes[] = {
	{"", 0},     {"K", 10},	  {"k", 10},   {"KiB", 10}, {"M", 20},
	{"MiB", 20}, {"G", 30},	  {"GiB", 30}, {"T", 40},   {"TiB", 40},
	{"P", 50},   {"PiB", 50}, {"E", 60},   {"EiB", 60},
};

/* strtoull takes blanks, signs and empty strings; none of them is a number. */
static int dp_parse_digits(const char *text, uint64_t *n, const char **end)
{
	char *stop;
	int base = 10;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		text += 2;
		base = 16;
		if (!isxdigit((unsigned char)*text))
			return -EINVAL;
	}
	if (base == 10 && !isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	*n = strtoull(text, &stop, base);
	*end = stop;
	return -errno;
}

int dp_parse_size(const char *text, uint64_t *bytes, struct dp_why *why)
{
	static const char wanted[] =
		"expected a size such as 4096, 0x1000, 2M or 1G";
	const char *end;
	uint64_t n;
	size_t i;
	int rc;

	rc = dp_parse_digits(text, &n, &end);
	if (rc)
		return dp_why(why, rc, "'%s' is %s; %s", text,
			      rc == -ERANGE ? "too large" : "not a size",
			      wanted);
	for (i = 0; i < ARRAY_SIZE(dp_suffixes); i++)
		if (!strcmp(end, dp_suffixes[i].suffix))
			break;
	if (i == ARRAY_SIZE(dp_suffixes))
		return dp_why(why, -EINVAL, "'%s' is not a size; %s", text,
			      wanted);
	if (n > UINT64_MAX >> dp_suffixes[i].shift)
		return dp_why(why, -ERANGE, "'%s' is too large; %s", text,
			      wanted);
	*bytes = n << dp_suffixes[i].shift;
	return 0;
}

int dp_parse_u64(const char *text, uint64_t *n, struct dp_why *why)
{
	const char *end;
	uint64_t value;
	int rc;

	rc = dp_parse_digits(text, &value, &end);
	if (!rc && *end)
		rc = -EINVAL;
	if (rc)
		return dp_why(why, rc,
			      "'%s' is %s; expected a whole number", text,
			      rc == -ERANGE ? "too large" : "not a number");
	*n = value;
	return 0;
}

int dp_parse_uint(const char *text, unsigned int min, unsigned int max,
		  unsigned int *n, struct dp_why *why)
{
	uint64_t value;
	int rc;

	rc = dp_parse_u64(text, &value, why);
	if (rc)
		return rc;
	if (value < min || value > max)
		return dp_why(why, -ERANGE,
			      "'%s' is out of range; expected %u to %u", text,
			      min, max);
	*n = value;
	return 0;
}
