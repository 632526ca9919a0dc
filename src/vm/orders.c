/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vm/orders.h"

/* Only the text counts while a orders is being written; the counters keep what
 * is written readable. */
static int dp_add(struct dp_orders *orders, const char *key, const char *a,
		  const char *b, unsigned int *n, unsigned int max)
{
	size_t need = strlen(key) + strlen(a) + (b ? strlen(b) : 0) + 3;
	struct dp_buffer *t = &orders->text;
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

int dp_orders_add_arg(struct dp_orders *orders, const char *arg)
{
	return dp_add(orders, "arg", arg, NULL, &orders->n_args, DP_ORDERS_STRINGS);
}

int dp_orders_add_env(struct dp_orders *orders, const char *name, const char *value)
{
	return dp_add(orders, "env", name, value, &orders->n_env, DP_ORDERS_STRINGS);
}

int dp_orders_add_module(struct dp_orders *orders, const char *name)
{
	return dp_add(orders, "module", name, NULL, &orders->n_modules,
		      DP_ORDERS_STRINGS);
}

int dp_orders_add_pmem(struct dp_orders *orders, const struct dp_pmem_spec *spec)
{
	char text[DP_PMEM_SPEC_TEXT];

	return dp_add(orders, "pmem", dp_pmem_spec_text(text, spec), NULL,
		      &orders->n_pmem, DP_PMEM_MAX);
}

int dp_orders_add_nfit_test(struct dp_orders *orders,
			    const struct dp_pmem_spec *spec)
{
	char text[DP_PMEM_SPEC_TEXT];

	return dp_add(orders, "nfit-test", dp_nfit_test_text(text, spec), NULL,
		      &orders->n_nfit_test, DP_NFIT_TEST_MAX);
}

int dp_orders_set_tty(struct dp_orders *orders)
{
	orders->tty = true;
	return dp_add(orders, "tty", "yes", NULL, NULL, 0);
}

static int dp_keep(char **list, unsigned int *n, char *value,
		   struct dp_why *why)
{
	if (*n >= DP_ORDERS_STRINGS)
		return dp_why(why, -EBADMSG, "the orders have too many entries");
	list[(*n)++] = value;
	return 0;
}

static int dp_take(struct dp_orders *orders, char *key, char *value,
		   struct dp_why *why)
{
	if (!strcmp(key, "arg"))
		return dp_keep(orders->args, &orders->n_args, value, why);
	if (!strcmp(key, "env"))
		return dp_keep(orders->env, &orders->n_env, value, why);
	if (!strcmp(key, "module"))
		return dp_keep(orders->modules, &orders->n_modules, value, why);
	if (!strcmp(key, "pmem") && orders->n_pmem < DP_PMEM_MAX)
		return dp_pmem_spec_parse(value, &orders->pmem[orders->n_pmem++],
					  why);
	if (!strcmp(key, "nfit-test") && orders->n_nfit_test < DP_NFIT_TEST_MAX)
		return dp_nfit_test_parse(value,
					  &orders->nfit_test[orders->n_nfit_test++],
					  why);
	if (!strcmp(key, "tty")) {
		orders->tty = true;
		return 0;
	}
	return dp_why(why, -EBADMSG, "the orders have an unexpected '%s'", key);
}

int dp_orders_parse(struct dp_orders *orders, char *text, size_t length,
		  struct dp_why *why)
{
	char *p = text, *value;
	int rc;

	*orders = (struct dp_orders){ .tty = false };
	if (length && text[length - 1])
		return dp_why(why, -EBADMSG, "the orders are cut off");
	while (p < text + length) {
		char *next = p + strlen(p) + 1;

		value = strchr(p, '=');
		if (!value)
			return dp_why(why, -EBADMSG, "the orders have a '%s'", p);
		*value++ = '\0';
		rc = dp_take(orders, p, value, why);
		if (rc)
			return rc;
		p = next;
	}
	if (!orders->n_args)
		return dp_why(why, -EBADMSG, "the orders have no command");
	return 0;
}

void dp_orders_deinit(struct dp_orders *orders)
{
	free(orders->text.data);
	orders->text = (struct dp_buffer){ .data = NULL };
}
