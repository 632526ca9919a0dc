/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/format.h"
#include "base/parse.h"
#include "model/bystander.h"

static const char *const dp_policy_names[] = {
	[DP_POLICY_EARLY] = "early",
	[DP_POLICY_LATE] = "late",
	[DP_POLICY_DEFAULT] = "default",
};
static_assert(ARRAY_SIZE(dp_policy_names) == DP_POLICY_MAX,
	      "a policy has no name");

const char *dp_policy_name(enum dp_policy policy)
{
	return dp_policy_names[policy];
}

int dp_policy_from_name(const char *name)
{
	for (int i = 0; i < DP_POLICY_MAX; i++)
		if (!strcmp(dp_policy_names[i], name))
			return i;
	return -EINVAL;
}

static const char *const dp_handler_names[] = {
	[DP_HANDLER_CATCH] = "catch",
	[DP_HANDLER_BLOCK] = "block",
	[DP_HANDLER_IGNORE] = "ignore",
	[DP_HANDLER_NONE] = "none",
};
static_assert(ARRAY_SIZE(dp_handler_names) == DP_HANDLER_MAX,
	      "a handler has no name");

/* The axes of a specification; each may be named once. */
enum {
	POLICY = 1,
	HANDLER = 2,
	FAULTED = 4,
	ORDER = 8,
	PLACE = 16,
	FILE_ = 32,
	THREADS = 64,
};

static const struct {
	const char *name;
	size_t at;		/* of the flag in struct dp_bystander */
	int axis;
} dp_bystander_flags[] = {
	{ "unfaulted", offsetof(struct dp_bystander, unfaulted), FAULTED },
	{ "threaded", offsetof(struct dp_bystander, threaded), THREADS },
	{ "after", offsetof(struct dp_bystander, after), ORDER },
	/* Forked when the injector has mapped and touched: after it, and what
	 * it has mapped, where it has mapped it. */
	{ "forked", offsetof(struct dp_bystander, forked), ORDER | PLACE | FILE_ },
	{ "skewed", offsetof(struct dp_bystander, skewed), PLACE },
	{ "other", offsetof(struct dp_bystander, other), FILE_ },
};

static bool *dp_bystander_flag(struct dp_bystander *b, size_t i)
{
	return (bool *)((char *)b + dp_bystander_flags[i].at);
}

static int dp_bystander_word(struct dp_bystander *b, const char *word,
			     size_t length)
{
	for (int i = 0; i < DP_POLICY_MAX; i++) {
		if (!strncmp(word, dp_policy_names[i], length) &&
		    !dp_policy_names[i][length]) {
			b->policy = i;
			return POLICY;
		}
	}
	for (int i = 0; i < DP_HANDLER_MAX; i++) {
		if (!strncmp(word, dp_handler_names[i], length) &&
		    !dp_handler_names[i][length]) {
			b->handler = i;
			return HANDLER;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(dp_bystander_flags); i++) {
		if (!strncmp(word, dp_bystander_flags[i].name, length) &&
		    !dp_bystander_flags[i].name[length]) {
			*dp_bystander_flag(b, i) = true;
			return dp_bystander_flags[i].axis;
		}
	}
	return 0;
}

static const char dp_bystander_wanted[] =
	"expected words such as early, late or default; catch, block, ignore or none; unfaulted; threaded; after or forked; skewed; joined by commas, and *N for N of them";

int dp_bystander_parse(const char *text, struct dp_bystander *list,
		       unsigned int *n, struct dp_why *why)
{
	struct dp_bystander b = { .policy = DP_POLICY_DEFAULT };
	size_t end = strcspn(text, "*");
	unsigned int count = 1;
	int seen = 0, axis, rc;

	for (size_t at = 0; at <= end;) {
		size_t length = strcspn(text + at, ",*");

		axis = dp_bystander_word(&b, text + at, length);
		if (!length || !axis || (seen & axis))
			return dp_why(why, -EINVAL, "'%s' is not a bystander; %s",
				      text, dp_bystander_wanted);
		seen |= axis;
		at += length + 1;
	}
	if (text[end] == '*') {
		rc = dp_parse_uint(text + end + 1, 1, DP_BYSTANDERS_MAX, &count,
				   why);
		if (rc)
			return -EINVAL;
	}
	if (count > DP_BYSTANDERS_MAX - *n)
		return dp_why(why, -E2BIG, "at most %d bystanders",
			      DP_BYSTANDERS_MAX);
	while (count--)
		list[(*n)++] = b;
	return 0;
}

const char *dp_bystander_text(char buf[DP_BYSTANDER_TEXT],
			      const struct dp_bystander *b)
{
	buf[0] = '\0';
	dp_append(buf, DP_BYSTANDER_TEXT, "%s", dp_policy_names[b->policy]);
	if (b->handler != DP_HANDLER_CATCH)
		dp_append(buf, DP_BYSTANDER_TEXT, ",%s",
			  dp_handler_names[b->handler]);
	for (size_t i = 0; i < ARRAY_SIZE(dp_bystander_flags); i++)
		if (*dp_bystander_flag((struct dp_bystander *)b, i))
			dp_append(buf, DP_BYSTANDER_TEXT, ",%s",
				  dp_bystander_flags[i].name);
	return buf;
}
