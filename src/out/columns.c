/* SPDX-License-Identifier: GPL-2.0-only */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <libsmartcols/libsmartcols.h>

#include "base/format.h"
#include "out/columns.h"
#include "out/json.h"

static const struct dp_node *dp_node(const struct dp_cell *cell)
{
	return &cell->inv->nodes[cell->index];
}

static void dp_put(char buf[DP_CELL_MAX], const char *text)
{
	snprintf(buf, DP_CELL_MAX, "%s", text);
}

static void dp_put_size(const struct dp_cell *cell, uint64_t n,
			char buf[DP_CELL_MAX])
{
	char text[DP_SIZE_TEXT];

	dp_put(buf, dp_size_text(text, n, cell->human));
}

static void dp_name_text(const struct dp_cell *cell, char buf[DP_CELL_MAX])
{
	dp_put(buf, dp_node(cell)->name);
}

static struct json_object *dp_name_json(const struct dp_cell *cell)
{
	return dp_json_text(dp_node(cell)->name);
}

static void dp_type_text(const struct dp_cell *cell, char buf[DP_CELL_MAX])
{
	dp_put(buf, dp_node_type_name(dp_node(cell)->type));
}

static struct json_object *dp_type_json(const struct dp_cell *cell)
{
	return dp_json_text(dp_node_type_name(dp_node(cell)->type));
}

static const char *dp_parent_name(const struct dp_cell *cell)
{
	int parent = dp_node(cell)->parent;

	return parent < 0 ? "" : cell->inv->nodes[parent].name;
}

static void dp_parent_text(const struct dp_cell *cell, char buf[DP_CELL_MAX])
{
	dp_put(buf, dp_parent_name(cell));
}

static struct json_object *dp_parent_json(const struct dp_cell *cell)
{
	return dp_json_text(dp_parent_name(cell));
}

static const char *dp_mode_of(const struct dp_cell *cell)
{
	const struct dp_node *node = dp_node(cell);

	return node->type < DP_NODE_NAMESPACE ? "" : dp_mode_name(node->mode);
}

static void dp_mode_text(const struct dp_cell *cell, char buf[DP_CELL_MAX])
{
	dp_put(buf, dp_mode_of(cell));
}

static struct json_object *dp_mode_json(const struct dp_cell *cell)
{
	return dp_json_text(dp_mode_of(cell));
}

static void dp_bytes_text(const struct dp_cell *cell, char buf[DP_CELL_MAX])
{
	if (dp_node(cell)->type != DP_NODE_BUS)
		dp_put_size(cell, dp_node(cell)->size, buf);
}

static struct json_object *dp_bytes_json(const struct dp_cell *cell)
{
	if (dp_node(cell)->type == DP_NODE_BUS)
		return NULL;
	return json_object_new_int64(dp_node(cell)->size);
}

static void dp_available_text(const struct dp_cell *cell,
			      char buf[DP_CELL_MAX])
{
	if (dp_node(cell)->type == DP_NODE_REGION)
		dp_put_size(cell, dp_node(cell)->available, buf);
}

static struct json_object *dp_available_json(const struct dp_cell *cell)
{
	if (dp_node(cell)->type != DP_NODE_REGION)
		return NULL;
	return json_object_new_int64(dp_node(cell)->available);
}

static void dp_align_text(const struct dp_cell *cell, char buf[DP_CELL_MAX])
{
	if (dp_node(cell)->align)
		dp_put_size(cell, dp_node(cell)->align, buf);
}

static struct json_object *dp_align_json(const struct dp_cell *cell)
{
	if (!dp_node(cell)->align)
		return NULL;
	return json_object_new_int64(dp_node(cell)->align);
}

static void dp_aligns_text(const struct dp_cell *cell, char buf[DP_CELL_MAX])
{
	const struct dp_node *node = dp_node(cell);
	char text[DP_SIZE_TEXT];

	for (unsigned int i = 0; i < node->n_aligns; i++)
		dp_append(buf, DP_CELL_MAX, "%s%s", i ? "," : "",
			  dp_size_text(text, node->aligns[i], cell->human));
}

static struct json_object *dp_aligns_json(const struct dp_cell *cell)
{
	const struct dp_node *node = dp_node(cell);
	struct json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < node->n_aligns; i++)
		json_object_array_add(array,
				      json_object_new_int64(node->aligns[i]));
	return array;
}

static void dp_numa_text(const struct dp_cell *cell, char buf[DP_CELL_MAX])
{
	if (dp_node(cell)->numa_node >= 0)
		snprintf(buf, DP_CELL_MAX, "%d", dp_node(cell)->numa_node);
}

static struct json_object *dp_numa_json(const struct dp_cell *cell)
{
	if (dp_node(cell)->numa_node < 0)
		return NULL;
	return json_object_new_int(dp_node(cell)->numa_node);
}

static void dp_phys_text(const struct dp_cell *cell, char buf[DP_CELL_MAX])
{
	if (dp_node(cell)->phys != DP_PHYS_UNKNOWN)
		snprintf(buf, DP_CELL_MAX, "0x%" PRIx64, dp_node(cell)->phys);
}

static struct json_object *dp_phys_json(const struct dp_cell *cell)
{
	return dp_json_hex(dp_node(cell)->phys);
}

static void dp_state_text(const struct dp_cell *cell, char buf[DP_CELL_MAX])
{
	dp_put(buf, dp_node(cell)->enabled ? "enabled" : "disabled");
}

static struct json_object *dp_state_json(const struct dp_cell *cell)
{
	return json_object_new_boolean(dp_node(cell)->enabled);
}

static void dp_devnode_text(const struct dp_cell *cell, char buf[DP_CELL_MAX])
{
	dp_put(buf, dp_node(cell)->devnode);
}

static struct json_object *dp_devnode_json(const struct dp_cell *cell)
{
	return dp_json_text(dp_node(cell)->devnode);
}

static void dp_uuid_cell(const struct dp_cell *cell, char buf[DP_CELL_MAX])
{
	dp_put(buf, dp_node(cell)->uuid);
}

static struct json_object *dp_uuid_json(const struct dp_cell *cell)
{
	return dp_json_text(dp_node(cell)->uuid);
}

static void dp_mount_text(const struct dp_cell *cell, char buf[DP_CELL_MAX])
{
	const struct dp_node *node = dp_node(cell);

	if (node->mount[0])
		dp_append(buf, DP_CELL_MAX, "%s (%s)", node->mount, node->fs);
}

static struct json_object *dp_mount_json(const struct dp_cell *cell)
{
	const struct dp_node *node = dp_node(cell);
	struct json_object *obj;

	if (!node->mount[0])
		return NULL;
	obj = json_object_new_object();
	json_object_object_add(obj, "path", dp_json_text(node->mount));
	json_object_object_add(obj, "fs", dp_json_text(node->fs));
	return obj;
}

static void dp_provider_text(const struct dp_cell *cell, char buf[DP_CELL_MAX])
{
	dp_put(buf, dp_node(cell)->provider);
}

static struct json_object *dp_provider_json(const struct dp_cell *cell)
{
	return dp_json_text(dp_node(cell)->provider);
}

static void dp_medium_text(const struct dp_cell *cell, char buf[DP_CELL_MAX])
{
	const struct dp_node *node = dp_node(cell);

	if (node->type == DP_NODE_REGION)
		snprintf(buf, DP_CELL_MAX, "%s: %s",
			 node->medium.emulated ? "emulated" : "real",
			 node->medium.evidence);
}

static struct json_object *dp_medium_json(const struct dp_cell *cell)
{
	const struct dp_node *node = dp_node(cell);
	struct json_object *obj;

	if (node->type != DP_NODE_REGION)
		return NULL;
	obj = json_object_new_object();
	json_object_object_add(
		obj, "emulated",
		json_object_new_boolean(node->medium.emulated));
	json_object_object_add(obj, "evidence",
			       dp_json_text(node->medium.evidence));
	return obj;
}

static void dp_methods_text(const struct dp_cell *cell, char buf[DP_CELL_MAX])
{
	const struct dp_node *node = dp_node(cell);

	if (!dp_node_has_methods(node))
		return;
	for (int m = 0; m < DP_METHOD_MAX; m++)
		if (node->methods[m].usable)
			dp_append(buf, DP_CELL_MAX, "%s%s", buf[0] ? "," : "",
				  dp_method_name(m));
	if (!buf[0])
		dp_put(buf, "-");
}

static struct json_object *dp_methods_json(const struct dp_cell *cell)
{
	const struct dp_node *node = dp_node(cell);
	struct json_object *array = json_object_new_array();

	for (int m = 0; dp_node_has_methods(node) && m < DP_METHOD_MAX; m++) {
		struct json_object *obj;

		if (node->methods[m].unknown)
			continue;
		obj = json_object_new_object();
		json_object_object_add(obj, "method",
				       dp_json_text(dp_method_name(m)));
		json_object_object_add(
			obj, "usable",
			json_object_new_boolean(node->methods[m].usable));
		json_object_object_add(obj, "why",
				       dp_json_text(node->methods[m].why));
		json_object_array_add(array, obj);
	}
	return array;
}

static void dp_why_not_text(const struct dp_cell *cell, char buf[DP_CELL_MAX])
{
	const struct dp_node *node = dp_node(cell);

	for (int m = 0; dp_node_has_methods(node) && m < DP_METHOD_MAX; m++)
		if (!node->methods[m].usable && !node->methods[m].unknown)
			dp_append(buf, DP_CELL_MAX, "%s%s: %s",
				  buf[0] ? "; " : "", dp_method_name(m),
				  node->methods[m].why);
}

const struct dp_column dp_columns[DP_COL_MAX] = {
	[DP_COL_NAME] = { "NAME", "name", 0, SCOLS_FL_TREE,
			  "bus, region, namespace or dax device", dp_name_text,
			  dp_name_json },
	[DP_COL_TYPE] = { "TYPE", "type", 0, 0,
			  "which of these it is", dp_type_text, dp_type_json },
	[DP_COL_PARENT] = { "PARENT", "parent", 0, 0,
			    "what it is a part of", dp_parent_text,
			    dp_parent_json },
	[DP_COL_MODE] = { "MODE", "mode", 0, 0,
			  "devdax, fsdax, raw, sector or system-ram",
			  dp_mode_text, dp_mode_json },
	[DP_COL_SIZE] = { "SIZE", "size", 0, SCOLS_FL_RIGHT,
			  "size; of a namespace: what its device offers",
			  dp_bytes_text, dp_bytes_json },
	[DP_COL_AVAILABLE] = { "AVAILABLE", "available", 0, SCOLS_FL_RIGHT,
			       "region: what no namespace has yet",
			       dp_available_text, dp_available_json },
	[DP_COL_ALIGN] = { "ALIGN", "align", 0, SCOLS_FL_RIGHT,
			   "alignment: the unit that is promised",
			   dp_align_text, dp_align_json },
	[DP_COL_ALIGNS] = { "ALIGNS", "aligns", 0, 0,
			    "the alignments it could be given", dp_aligns_text,
			    dp_aligns_json },
	[DP_COL_NUMA] = { "NUMA", "numa_node", 0, SCOLS_FL_RIGHT, "NUMA node",
			  dp_numa_text, dp_numa_json },
	[DP_COL_PHYS] = { "PHYS", "phys", 0, SCOLS_FL_RIGHT,
			  "physical address of its first byte (only root sees it)",
			  dp_phys_text, dp_phys_json },
	[DP_COL_STATE] = { "STATE", "enabled", 0, 0,
			   "enabled, or disabled: no driver is bound",
			   dp_state_text, dp_state_json },
	[DP_COL_DEVNODE] = { "DEVNODE", "devnode", 0, 0, "its node in /dev",
			     dp_devnode_text, dp_devnode_json },
	[DP_COL_UUID] = { "UUID", "uuid", 0, 0, "namespace: its uuid",
			  dp_uuid_cell, dp_uuid_json },
	[DP_COL_MOUNT] = { "MOUNT", "mount", 0, 0,
			   "namespace: where its file system is mounted",
			   dp_mount_text, dp_mount_json },
	[DP_COL_PROVIDER] = { "PROVIDER", "provider", 0, 0,
			      "bus: what provides it", dp_provider_text,
			      dp_provider_json },
	[DP_COL_MEDIUM] = { "MEDIUM", "medium", 0, 0,
			    "region: emulated or real, and how that is known",
			    dp_medium_text, dp_medium_json },
	[DP_COL_METHODS] = { "METHODS", "methods", 0, 0,
			     "the ways to inject that work on it, or on files there",
			     dp_methods_text, dp_methods_json },
	/* Its JSON is in "methods". */
	[DP_COL_WHY_NOT] = { "WHY-NOT", NULL, 0, 0,
			     "why the other ways do not",
			     dp_why_not_text, NULL },
};
