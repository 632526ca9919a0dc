/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
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
	ACCESS = 128,
	EXTENT = 256,
	PROCESS = 512,	/* only a process of its own can be so */
	VIEW = 1024,	/* ... only a view of the injector's */
	LENGTH = 2048,
};

/* Those of a mapping, which a view of the injector's has as well. */
#define DP_OF_MAPPING                                                          \
	(FAULTED | ORDER | PLACE | FILE_ | ACCESS | EXTENT | LENGTH | VIEW)

static const struct {
	const char *name;
	size_t at;		/* of the flag in struct dp_bystander */
	int axis;
} dp_bystander_flags[] = {
	{ "unfaulted", offsetof(struct dp_bystander, unfaulted), FAULTED },
	{ "threaded", offsetof(struct dp_bystander, threaded), THREADS },
	{ "after", offsetof(struct dp_bystander, after), ORDER },
	{ "lazy", offsetof(struct dp_bystander, lazy), ORDER | FAULTED | VIEW },
	/* Forked when the injector has mapped and touched: after it, and what
	 * it has mapped, where it has mapped it. */
	{ "forked", offsetof(struct dp_bystander, forked),
	  ORDER | PLACE | FILE_ | ACCESS | EXTENT | LENGTH | PROCESS },
	{ "skewed", offsetof(struct dp_bystander, skewed), PLACE },
	{ "other", offsetof(struct dp_bystander, other), FILE_ | ACCESS },
	{ "readonly", offsetof(struct dp_bystander, readonly), ACCESS | FILE_ },
	{ "tail", offsetof(struct dp_bystander, tail), EXTENT },
};

static bool *dp_bystander_flag(struct dp_bystander *b, size_t i)
{
	return (bool *)((char *)b + dp_bystander_flags[i].at);
}

/* "offset=2M" or "length=4M": its axis, or 0. */
static int dp_bystander_number(struct dp_bystander *b, const char *word,
			       size_t length)
{
	static const char offset[] = "offset=", size[] = "length=";
	const size_t name = sizeof(offset) - 1;
	char number[32];

	static_assert(sizeof(offset) == sizeof(size), "one length for both");
	if (length <= name || length - name >= sizeof(number))
		return 0;
	memcpy(number, word + name, length - name);
	number[length - name] = '\0';
	if (!strncmp(word, offset, name)) {
		b->placed = true;
		return dp_parse_size(number, &b->offset, NULL) ? 0 : EXTENT;
	}
	if (strncmp(word, size, name) ||
	    dp_parse_size(number, &b->length, NULL) || !b->length)
		return 0;
	return LENGTH;
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
	return dp_bystander_number(b, word, length);
}

static const char dp_bystander_wanted[] =
	"a bystander; expected words such as early, late or default; catch, block, ignore or none; unfaulted; threaded; after or forked; skewed; readonly; tail or offset=2M; length=4M; joined by commas, and *N for N of them";
static const char dp_view_wanted[] =
	"a view; expected plain, or words such as unfaulted, after, lazy, skewed, readonly, tail, offset=2M, length=4M; joined by commas, and *N for N of them";

/* The axis of a word for a view, 0 where it is none. */
static int dp_view_word(struct dp_bystander *b, const char *word, size_t length)
{
	int axis;

	if (!strncmp(word, "plain", length) && length == strlen("plain"))
		return DP_OF_MAPPING;
	axis = dp_bystander_word(b, word, length);
	return axis & ~DP_OF_MAPPING ? 0 : axis;
}

static int dp_company_parse(const char *text, bool view,
			    struct dp_bystander *list, unsigned int *n,
			    unsigned int room, struct dp_why *why)
{
	struct dp_bystander b;
	size_t end = strcspn(text, "*");
	unsigned int count = 1;
	int seen = 0, axis, rc;

	/* Compared as memory where they are told to be alike. */
	memset(&b, 0, sizeof(b));
	b.policy = DP_POLICY_DEFAULT;
	b.view = view;
	for (size_t at = 0; at <= end;) {
		size_t length = strcspn(text + at, ",*");

		axis = view ? dp_view_word(&b, text + at, length)
			    : dp_bystander_word(&b, text + at, length);
		if (!view && (axis & VIEW))
			axis = 0;
		if (!length || !axis || (seen & axis))
			return dp_why(why, -EINVAL, "'%s' is not %s", text,
				      view ? dp_view_wanted
					   : dp_bystander_wanted);
		seen |= axis;
		at += length + 1;
	}
	if (text[end] == '*') {
		rc = dp_parse_uint(text + end + 1, 1, DP_BYSTANDERS_MAX, &count,
				   why);
		if (rc)
			return -EINVAL;
	}
	if (count > room)
		return dp_why(why, -E2BIG, "at most %d %s",
			      view ? DP_VIEWS_MAX : DP_BYSTANDERS_MAX,
			      view ? "views, and as many bystanders as make 64 together"
				   : "bystanders and views together");
	while (count--)
		list[(*n)++] = b;
	return 0;
}

int dp_bystander_parse(const char *text, struct dp_bystander *list,
		       unsigned int *n, struct dp_why *why)
{
	return dp_company_parse(text, false, list, n, DP_BYSTANDERS_MAX - *n,
				why);
}

int dp_view_parse(const char *text, struct dp_bystander *list, unsigned int *n,
		  struct dp_why *why)
{
	unsigned int views = 0;

	for (unsigned int i = 0; i < *n; i++)
		views += list[i].view;
	return dp_company_parse(text, true, list, n,
				dp_min(DP_VIEWS_MAX - views,
				       DP_BYSTANDERS_MAX - *n),
				why);
}

const char *dp_bystander_text(char buf[DP_BYSTANDER_TEXT],
			      const struct dp_bystander *b)
{
	char size[DP_SIZE_TEXT];

	buf[0] = '\0';
	if (!b->view)
		dp_append(buf, DP_BYSTANDER_TEXT, "%s",
			  dp_policy_names[b->policy]);
	if (!b->view && b->handler != DP_HANDLER_CATCH)
		dp_append(buf, DP_BYSTANDER_TEXT, ",%s",
			  dp_handler_names[b->handler]);
	for (size_t i = 0; i < ARRAY_SIZE(dp_bystander_flags); i++)
		if (*dp_bystander_flag((struct dp_bystander *)b, i))
			dp_append(buf, DP_BYSTANDER_TEXT, "%s%s",
				  *buf ? "," : "", dp_bystander_flags[i].name);
	if (b->placed)
		dp_append(buf, DP_BYSTANDER_TEXT, "%soffset=0x%" PRIx64,
			  *buf ? "," : "", b->offset);
	if (b->length)
		dp_append(buf, DP_BYSTANDER_TEXT, "%slength=%s",
			  *buf ? "," : "",
			  dp_size_text(size, b->length, false));
	if (!*buf)
		dp_append(buf, DP_BYSTANDER_TEXT, "plain");
	return buf;
}
