/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "out/columns.h"
#include "out/json-inventory.h"

/* One value on its way in. */
struct dp_reading {
	struct dp_inventory *inv;
	struct dp_node *node;
	struct json_object *value; /* NULL: null */
	char place[64];		/* targets[3].size */
	struct dp_why *why;
};

static int dp_bad(const struct dp_reading *r, const char *wanted)
{
	return dp_why(r->why, -EINVAL, "%s: expected %s", r->place, wanted);
}

/* A string that fits; null is an empty one. */
static int dp_read_string(const struct dp_reading *r, char *to, size_t size)
{
	const char *text;

	if (!r->value) {
		to[0] = '\0';
		return 0;
	}
	if (!json_object_is_type(r->value, json_type_string))
		return dp_bad(r, "a string");
	text = json_object_get_string(r->value);
	if (!*text || strlen(text) != (size_t)json_object_get_string_len(r->value))
		return dp_bad(r, "a string of characters");
	if (strlen(text) >= size)
		return dp_bad(r, "a shorter string");
	strcpy(to, text);
	return 0;
}

static int dp_read_number(const struct dp_reading *r, uint64_t *n)
{
	int64_t value;

	if (!json_object_is_type(r->value, json_type_int))
		return dp_bad(r, "a whole number");
	value = json_object_get_int64(r->value);
	/* json-c clamps what is too large. */
	if (value < 0 || value == INT64_MAX)
		return dp_bad(r, "a number from 0 to 2^63 - 2");
	*n = value;
	return 0;
}

static int dp_read_bool(const struct dp_reading *r, bool *to)
{
	if (!json_object_is_type(r->value, json_type_boolean))
		return dp_bad(r, "true or false");
	*to = json_object_get_boolean(r->value);
	return 0;
}

static int dp_read_name(struct dp_reading *r)
{
	char name[DP_NAME_MAX];
	int rc;

	if (!r->value)
		return dp_bad(r, "a name");
	rc = dp_read_string(r, name, sizeof(name));
	if (rc)
		return rc;
	if (dp_inventory_find(r->inv, name) >= 0)
		return dp_bad(r, "a name that no other node has");
	memcpy(r->node->name, name, sizeof(name));
	return 0;
}

static int dp_read_type(struct dp_reading *r)
{
	const char *text = json_object_is_type(r->value, json_type_string)
				   ? json_object_get_string(r->value)
				   : "";

	for (int t = 0; t < DP_NODE_MAX; t++)
		if (!strcmp(dp_node_type_name(t), text)) {
			r->node->type = t;
			return 0;
		}
	return dp_bad(r, "bus, region, namespace or dax");
}

static int dp_read_parent(struct dp_reading *r)
{
	char name[DP_NAME_MAX];
	int rc, parent;

	if (!r->value) {
		/* hmem and CXL have regions that are on no nvdimm bus. */
		if (r->node->type > DP_NODE_REGION)
			return dp_bad(r, "the name of its parent");
		return 0;
	}
	rc = dp_read_string(r, name, sizeof(name));
	if (rc)
		return rc;
	parent = dp_inventory_find(r->inv, name);
	if (parent < 0 || &r->inv->nodes[parent] == r->node)
		return dp_bad(r, "the name of a node that stands before it");
	if (r->inv->nodes[parent].type >= r->node->type)
		return dp_bad(r, "a parent of a higher type");
	r->node->parent = parent;
	return 0;
}

static int dp_read_mode(struct dp_reading *r)
{
	int mode;

	if (!r->value && r->node->type < DP_NODE_NAMESPACE)
		return 0;
	mode = json_object_is_type(r->value, json_type_string)
		       ? dp_mode_from_name(json_object_get_string(r->value))
		       : -EINVAL;
	if (mode < 0 || r->node->type < DP_NODE_NAMESPACE)
		return dp_bad(r, "the mode of a namespace or dax device");
	r->node->mode = mode;
	return 0;
}

/* A number where the node has one, else null. */
static int dp_read_if(const struct dp_reading *r, bool has, uint64_t *n)
{
	if (has)
		return dp_read_number(r, n);
	return r->value ? dp_bad(r, "null, for what is of this type") : 0;
}

static int dp_read_size(struct dp_reading *r)
{
	return dp_read_if(r, r->node->type != DP_NODE_BUS, &r->node->size);
}

static int dp_read_available(struct dp_reading *r)
{
	return dp_read_if(r, r->node->type == DP_NODE_REGION,
			  &r->node->available);
}

static int dp_read_align(struct dp_reading *r)
{
	return r->value ? dp_read_number(r, &r->node->align) : 0;
}

static int dp_read_aligns(struct dp_reading *r)
{
	struct dp_reading each = *r;
	size_t n;
	int rc = 0;

	if (!json_object_is_type(r->value, json_type_array))
		return dp_bad(r, "an array of numbers");
	n = json_object_array_length(r->value);
	if (n > DP_ALIGNS_MAX)
		return dp_bad(r, "fewer alignments");
	for (size_t i = 0; !rc && i < n; i++) {
		each.value = json_object_array_get_idx(r->value, i);
		rc = dp_read_number(&each, &r->node->aligns[i]);
	}
	r->node->n_aligns = n;
	return rc;
}

static int dp_read_numa(struct dp_reading *r)
{
	uint64_t n;
	int rc;

	if (!r->value)
		return 0;
	rc = dp_read_number(r, &n);
	if (!rc && n > INT_MAX)
		rc = dp_bad(r, "a smaller number");
	if (!rc)
		r->node->numa_node = n;
	return rc;
}

static int dp_read_phys(struct dp_reading *r)
{
	char text[24];
	int rc;

	if (!r->value)
		return 0;
	rc = dp_read_string(r, text, sizeof(text));
	if (rc)
		return rc;
	if (strncmp(text, "0x", 2) || dp_parse_u64(text, &r->node->phys, NULL))
		return dp_bad(r, "an address such as \"0x100000000\"");
	return 0;
}

static int dp_read_state(struct dp_reading *r)
{
	return dp_read_bool(r, &r->node->enabled);
}

static int dp_read_devnode(struct dp_reading *r)
{
	return dp_read_string(r, r->node->devnode, sizeof(r->node->devnode));
}

static int dp_read_uuid(struct dp_reading *r)
{
	return dp_read_string(r, r->node->uuid, sizeof(r->node->uuid));
}

/* The value of a key that must be there, and may be null. */
static int dp_member(const struct dp_reading *r, struct json_object *of,
		     const char *key, struct dp_reading *member)
{
	*member = *r;
	snprintf(member->place, sizeof(member->place), "%.40s.%.20s", r->place,
		 key);
	if (!json_object_object_get_ex(of, key, &member->value))
		return dp_why(r->why, -EINVAL, "%s is missing", member->place);
	return 0;
}

static int dp_read_mount(struct dp_reading *r)
{
	struct dp_reading part;
	int rc;

	if (!r->value)
		return 0;
	if (!json_object_is_type(r->value, json_type_object) ||
	    r->node->type != DP_NODE_NAMESPACE)
		return dp_bad(r, "an object, of a namespace");
	rc = dp_member(r, r->value, "path", &part);
	if (!rc)
		rc = dp_read_string(&part, r->node->mount,
				    sizeof(r->node->mount));
	if (!rc)
		rc = dp_member(r, r->value, "fs", &part);
	return rc ? rc : dp_read_string(&part, r->node->fs, sizeof(r->node->fs));
}

static int dp_read_provider(struct dp_reading *r)
{
	return dp_read_string(r, r->node->provider, sizeof(r->node->provider));
}

static int dp_read_medium(struct dp_reading *r)
{
	struct dp_medium *m = &r->node->medium;
	struct dp_reading part;
	int rc;

	if (!r->value && r->node->type != DP_NODE_REGION)
		return 0;
	if (!json_object_is_type(r->value, json_type_object))
		return dp_bad(r, "an object");
	rc = dp_member(r, r->value, "emulated", &part);
	if (!rc)
		rc = dp_read_bool(&part, &m->emulated);
	if (!rc)
		rc = dp_member(r, r->value, "evidence", &part);
	if (!rc)
		rc = dp_read_string(&part, m->evidence, sizeof(m->evidence));
	return rc;
}

static int dp_read_method(const struct dp_reading *r)
{
	struct dp_method_state *state;
	struct dp_reading part;
	int rc, method;

	if (!json_object_is_type(r->value, json_type_object))
		return dp_bad(r, "an object");
	rc = dp_member(r, r->value, "method", &part);
	if (rc)
		return rc;
	method = json_object_is_type(part.value, json_type_string)
			 ? dp_method_from_name(
				   json_object_get_string(part.value))
			 : -EINVAL;
	if (method < 0)
		return dp_bad(&part, "the name of a method");
	state = &r->node->methods[method];
	state->unknown = false;
	rc = dp_member(r, r->value, "usable", &part);
	if (!rc)
		rc = dp_read_bool(&part, &state->usable);
	if (!rc)
		rc = dp_member(r, r->value, "why", &part);
	if (!rc)
		rc = dp_read_string(&part, state->why, sizeof(state->why));
	if (!rc && state->usable != !state->why[0])
		rc = dp_bad(&part, "a reason, if and only if it is not usable");
	return rc;
}

static int dp_read_methods(struct dp_reading *r)
{
	struct dp_reading each = *r;
	size_t n;
	int rc = 0;

	if (!json_object_is_type(r->value, json_type_array))
		return dp_bad(r, "an array of methods");
	n = json_object_array_length(r->value);
	if (n && !dp_node_has_methods(r->node))
		return dp_bad(r, "an empty array, since nothing can be injected here");
	for (int m = 0; dp_node_has_methods(r->node) && m < DP_METHOD_MAX; m++)
		r->node->methods[m] = (struct dp_method_state){
			.why = "not recorded",
			.unknown = true,
		};
	for (size_t i = 0; !rc && i < n; i++) {
		each.value = json_object_array_get_idx(r->value, i);
		rc = dp_read_method(&each);
	}
	return rc;
}

/* In the order in which they are read: a name for the messages first, then the
 * type, which the others look at. */
static int (*const dp_readers[DP_COL_MAX])(struct dp_reading *) = {
	[DP_COL_NAME] = dp_read_name,
	[DP_COL_TYPE] = dp_read_type,
	[DP_COL_PARENT] = dp_read_parent,
	[DP_COL_MODE] = dp_read_mode,
	[DP_COL_SIZE] = dp_read_size,
	[DP_COL_AVAILABLE] = dp_read_available,
	[DP_COL_ALIGN] = dp_read_align,
	[DP_COL_ALIGNS] = dp_read_aligns,
	[DP_COL_NUMA] = dp_read_numa,
	[DP_COL_PHYS] = dp_read_phys,
	[DP_COL_STATE] = dp_read_state,
	[DP_COL_DEVNODE] = dp_read_devnode,
	[DP_COL_UUID] = dp_read_uuid,
	[DP_COL_MOUNT] = dp_read_mount,
	[DP_COL_PROVIDER] = dp_read_provider,
	[DP_COL_MEDIUM] = dp_read_medium,
	[DP_COL_METHODS] = dp_read_methods,
	[DP_COL_WHY_NOT] = NULL,	/* read with the methods */
};
static_assert(DP_COL_TYPE < DP_COL_PARENT, "the type is read first");

static bool dp_is_key(const char *key)
{
	for (int c = 0; c < DP_COL_MAX; c++)
		if (dp_columns[c].key && !strcmp(dp_columns[c].key, key))
			return true;
	return false;
}

static int dp_read_node(struct dp_reading *all, struct json_object *obj,
			size_t index)
{
	struct dp_reading r = *all, part;
	int at, rc;

	snprintf(r.place, sizeof(r.place), "targets[%zu]", index);
	if (!json_object_is_type(obj, json_type_object))
		return dp_bad(&r, "an object");
	json_object_object_foreach (obj, key, value) {
		(void)value;
		if (!dp_is_key(key))
			return dp_why(r.why, -EINVAL, "%s.%.40s: unknown key",
				      r.place, key);
	}
	at = dp_inventory_add(r.inv, DP_NODE_BUS, -1);
	if (at < 0)
		return dp_why(r.why, at, "%s", strerror(-at));
	r.node = &r.inv->nodes[at];
	for (int c = 0; c < DP_COL_MAX; c++) {
		if (!dp_readers[c])
			continue;
		rc = dp_member(&r, obj, dp_columns[c].key, &part);
		if (!rc)
			rc = dp_readers[c](&part);
		if (rc)
			return rc;
	}
	return 0;
}

static int dp_read_kernel(struct dp_reading *all, struct json_object *doc,
			  struct dp_kernel *kernel)
{
	struct dp_reading r = *all, part;
	struct {
		const char *key;
		char *to;
		size_t size;
	} parts[] = {
		{ "release", kernel->release, sizeof(kernel->release) },
		{ "version", kernel->version, sizeof(kernel->version) },
		{ "machine", kernel->machine, sizeof(kernel->machine) },
	};
	int rc;

	strcpy(r.place, "kernel");
	if (!json_object_object_get_ex(doc, "kernel", &r.value) ||
	    !json_object_is_type(r.value, json_type_object))
		return dp_bad(&r, "an object");
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		rc = dp_member(&r, r.value, parts[i].key, &part);
		if (!rc)
			rc = dp_read_string(&part, parts[i].to, parts[i].size);
		if (rc)
			return rc;
	}
	return 0;
}

/* Other members of the document (cases, summary) are none of an inventory's
 * business; what is in "targets" is read to the last key. */
static int dp_read_document(struct dp_reading *r, struct json_object *doc,
			    struct dp_kernel *kernel)
{
	struct json_object *schema, *targets;
	int rc;

	if (!json_object_is_type(doc, json_type_object) ||
	    !json_object_object_get_ex(doc, "schema", &schema) ||
	    !json_object_is_type(schema, json_type_string) ||
	    strcmp(json_object_get_string(schema), "daxpoison/1"))
		return dp_why(r->why, -EINVAL,
			      "schema: expected \"daxpoison/1\", as 'daxpoison list --json' writes it");
	rc = dp_read_kernel(r, doc, kernel);
	if (rc)
		return rc;
	if (!json_object_object_get_ex(doc, "targets", &targets) ||
	    !json_object_is_type(targets, json_type_array))
		return dp_why(r->why, -EINVAL, "targets: expected an array");
	for (size_t i = 0; !rc && i < json_object_array_length(targets); i++)
		rc = dp_read_node(r, json_object_array_get_idx(targets, i), i);
	return rc ? rc : dp_inventory_sort(r->inv);
}

static void dp_tokener_freep(struct json_tokener **tokener)
{
	if (*tokener)
		json_tokener_free(*tokener);
}

int dp_json_inventory_read(const char *text, size_t size,
			   struct dp_inventory *inv, struct dp_kernel *kernel,
			   struct dp_why *why)
{
	_cleanup_(dp_tokener_freep) struct json_tokener *tokener =
		json_tokener_new();
	struct dp_reading r = { .inv = inv, .why = why };
	struct json_object *doc;
	int rc;

	if (!tokener || size > INT_MAX)
		return dp_why(why, -ENOMEM, "not enough memory");
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	/* json-c takes a byte of 0 for the end, whatever follows. */
	if (memchr(text, '\0', size))
		return dp_why(why, -EINVAL, "not JSON: a byte of 0");
	doc = json_tokener_parse_ex(tokener, text, size);
	if (!doc && json_tokener_get_error(tokener) == json_tokener_continue)
		return dp_why(why, -EINVAL, "not JSON: it ends too early");
	if (!doc)
		return dp_why(why, -EINVAL, "not JSON: %s at byte %zu",
			      json_tokener_error_desc(
				      json_tokener_get_error(tokener)),
			      json_tokener_get_parse_end(tokener));
	rc = dp_read_document(&r, doc, kernel);
	json_object_put(doc);
	if (rc)
		dp_inventory_deinit(inv);
	return rc;
}
