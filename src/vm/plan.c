/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vm/plan.h"

/* Only the text counts while a plan is being written; the counters keep what
 * is written readable. */
static int dp_add(struct dp_plan *plan, const char *key, const char *a,
		  const char *b, unsigned int *n, unsigned int max)
{
	size_t need = strlen(key) + strlen(a) + (b ? strlen(b) : 0) + 3;
	struct dp_buffer *t = &plan->text;
	char *p;

	if (n && *n >= max)
		return -E2BIG;
	if (t->size - t->used < need) {
		p = realloc(t->data, 2 * t->size + need);
		if (!p)
			return -ENOMEM;
		t->data = p;
		t->size = 2 * t->size + need;
	}
	p = stpcpy(stpcpy(t->data + t->used, key), "=");
	p = stpcpy(p, a);
	if (b)
		p = stpcpy(stpcpy(p, "="), b);
	t->used = p + 1 - t->data;
	if (n)
		(*n)++;
	return 0;
}

int dp_plan_add_arg(struct dp_plan *plan, const char *arg)
{
	return dp_add(plan, "arg", arg, NULL, &plan->n_args, DP_PLAN_STRINGS);
}

int dp_plan_add_env(struct dp_plan *plan, const char *name, const char *value)
{
	return dp_add(plan, "env", name, value, &plan->n_env, DP_PLAN_STRINGS);
}

int dp_plan_add_module(struct dp_plan *plan, const char *name)
{
	return dp_add(plan, "module", name, NULL, &plan->n_modules,
		      DP_PLAN_STRINGS);
}

int dp_plan_add_pmem(struct dp_plan *plan, const struct dp_pmem_spec *spec)
{
	char text[DP_PMEM_SPEC_TEXT];

	return dp_add(plan, "pmem", dp_pmem_spec_text(text, spec), NULL,
		      &plan->n_pmem, DP_PMEM_MAX);
}

int dp_plan_set_tty(struct dp_plan *plan)
{
	plan->tty = true;
	return dp_add(plan, "tty", "yes", NULL, NULL, 0);
}

static int dp_keep(char **list, unsigned int *n, char *value,
		   struct dp_why *why)
{
	if (*n >= DP_PLAN_STRINGS)
		return dp_why(why, -EBADMSG, "the plan has too many entries");
	list[(*n)++] = value;
	return 0;
}

static int dp_take(struct dp_plan *plan, char *key, char *value,
		   struct dp_why *why)
{
	if (!strcmp(key, "arg"))
		return dp_keep(plan->args, &plan->n_args, value, why);
	if (!strcmp(key, "env"))
		return dp_keep(plan->env, &plan->n_env, value, why);
	if (!strcmp(key, "module"))
		return dp_keep(plan->modules, &plan->n_modules, value, why);
	if (!strcmp(key, "pmem") && plan->n_pmem < DP_PMEM_MAX)
		return dp_pmem_spec_parse(value, &plan->pmem[plan->n_pmem++],
					  why);
	if (!strcmp(key, "tty")) {
		plan->tty = true;
		return 0;
	}
	return dp_why(why, -EBADMSG, "the plan has an unexpected '%s'", key);
}

int dp_plan_parse(struct dp_plan *plan, char *text, size_t length,
		  struct dp_why *why)
{
	char *p = text, *value;
	int rc;

	*plan = (struct dp_plan){ .tty = false };
	if (length && text[length - 1])
		return dp_why(why, -EBADMSG, "the plan is cut off");
	while (p < text + length) {
		char *next = p + strlen(p) + 1;

		value = strchr(p, '=');
		if (!value)
			return dp_why(why, -EBADMSG, "the plan has a '%s'", p);
		*value++ = '\0';
		rc = dp_take(plan, p, value, why);
		if (rc)
			return rc;
		p = next;
	}
	if (!plan->n_args)
		return dp_why(why, -EBADMSG, "the plan has no command");
	return 0;
}

void dp_plan_deinit(struct dp_plan *plan)
{
	free(plan->text.data);
	plan->text = (struct dp_buffer){ .data = NULL };
}
