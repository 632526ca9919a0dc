/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>

#include "out/json.h"

#define dp_add json_object_object_add
#define dp_int json_object_new_int64
#define dp_size json_object_new_uint64
#define dp_str json_object_new_string

static struct json_object *dp_json_events(const struct dp_account *a)
{
	struct json_object *events = json_object_new_array(), *obj;

	for (uint32_t i = 0; i < a->n_events && i < DP_ACCOUNT_EVENTS; i++) {
		obj = json_object_new_object();
		dp_add(obj, "pfn", dp_json_hex(a->events[i].pfn));
		dp_add(obj, "type", dp_str(a->events[i].type));
		dp_add(obj, "result", dp_str(a->events[i].result));
		json_object_array_add(events, obj);
	}
	return events;
}

static struct json_object *dp_json_nodes(const struct dp_account *a)
{
	struct json_object *nodes = json_object_new_array(), *obj;

	for (uint32_t i = 0; i < a->n_counters; i++) {
		obj = json_object_new_object();
		dp_add(obj, "node", dp_int(a->counters[i].node));
		dp_add(obj, "counter", dp_str(a->counters[i].name));
		dp_add(obj, "delta", dp_int(a->counters[i].delta));
		json_object_array_add(nodes, obj);
	}
	return nodes;
}

/* By name; a bit that has none by its number. */
static struct json_object *dp_json_flags(uint64_t flags)
{
	struct json_object *names = json_object_new_array();
	const char *name;
	char number[8];

	for (unsigned int bit = 0; bit < 64; bit++) {
		if (!(flags >> bit & 1))
			continue;
		name = dp_kpageflag_name(bit);
		snprintf(number, sizeof(number), "%u", bit);
		json_object_array_add(names, dp_str(name ? name : number));
	}
	return names;
}

static struct json_object *dp_json_pages(const struct dp_account *a)
{
	struct json_object *pages = json_object_new_array(), *obj;

	for (uint32_t i = 0; i < a->n_pages; i++) {
		obj = json_object_new_object();
		dp_add(obj, "offset", dp_size(a->pages[i].offset));
		dp_add(obj, "pfn", dp_json_hex(a->pages[i].pfn));
		dp_add(obj, "before", dp_json_flags(a->pages[i].before));
		dp_add(obj, "after", dp_json_flags(a->pages[i].after));
		json_object_array_add(pages, obj);
	}
	return pages;
}

static struct json_object *dp_json_blocks(const struct dp_ranges *blocks)
{
	struct json_object *list = json_object_new_array(), *obj;

	for (uint32_t i = 0; i < blocks->n; i++) {
		obj = json_object_new_object();
		dp_add(obj, "block", dp_size(blocks->at[i].offset));
		dp_add(obj, "count", dp_size(blocks->at[i].length));
		json_object_array_add(list, obj);
	}
	return list;
}

static struct json_object *dp_json_lists(const struct dp_account *a)
{
	struct json_object *lists = json_object_new_array(), *obj;

	for (uint32_t i = 0; i < a->n_lists; i++) {
		obj = json_object_new_object();
		dp_add(obj, "of", dp_str(a->lists[i].of));
		dp_add(obj, "before", dp_json_blocks(&a->lists[i].before));
		dp_add(obj, "after", dp_json_blocks(&a->lists[i].after));
		json_object_array_add(lists, obj);
	}
	return lists;
}

static struct json_object *dp_json_missing(const struct dp_account *a)
{
	struct json_object *missing = json_object_new_array(), *obj;

	for (int s = 0; s < DP_SOURCE_MAX; s++) {
		if (dp_account_has(a, s))
			continue;
		obj = json_object_new_object();
		dp_add(obj, "source", dp_str(dp_source_name(s)));
		dp_add(obj, "reason", dp_str(a->missing[s]));
		json_object_array_add(missing, obj);
	}
	return missing;
}

struct json_object *dp_json_account(const struct dp_account *account)
{
	static const struct dp_account none;
	const struct dp_account *a = account ? account : &none;
	struct json_object *obj = json_object_new_object();
	struct json_object *log = json_object_new_array();

	for (uint32_t i = 0; i < a->n_lines && i < DP_ACCOUNT_LINES; i++)
		json_object_array_add(log, dp_str(a->lines[i]));
	dp_add(obj, "log_lines", account && dp_account_has(a, DP_SOURCE_LOG)
					 ? dp_int(a->n_lines)
					 : NULL);
	dp_add(obj, "log", log);
	dp_add(obj, "hardware_corrupted_kb",
	       account && dp_account_has(a, DP_SOURCE_HARDWARE_CORRUPTED)
		       ? dp_int(a->corrupted_kb)
		       : NULL);
	dp_add(obj, "event_system", dp_json_text(a->event_system));
	dp_add(obj, "events_seen", account && dp_account_has(a, DP_SOURCE_TRACE)
					   ? dp_int(a->n_events)
					   : NULL);
	dp_add(obj, "events", dp_json_events(a));
	dp_add(obj, "nodes", dp_json_nodes(a));
	dp_add(obj, "pages", dp_json_pages(a));
	dp_add(obj, "badblocks", dp_json_lists(a));
	dp_add(obj, "missing", dp_json_missing(a));
	return obj;
}
