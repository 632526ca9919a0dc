/* SPDX-License-Identifier: GPL-2.0-only */
/* An inventory as a JSON document, and back: what one machine recorded can be
 * shown, and tested against, on another. */
#ifndef DP_OUT_JSON_INVENTORY_H
#define DP_OUT_JSON_INVENTORY_H

#include "base/why.h"
#include "model/kernel.h"
#include "model/target.h"
#include "out/json.h"

/* The document; its "targets" are the nodes, parents before their children,
 * each with every key. Owned by the caller (json_object_put). NULL when memory
 * is short. */
struct json_object *dp_json_inventory(const struct dp_inventory *inv,
				      const struct dp_kernel *kernel);

/* Read such a document of `size` bytes. Strict: a key that is missing, unknown
 * or of another type, and a tree that does not fit together, are errors whose
 * reason names the place ("targets[3].size"). A method that this version knows
 * and the recording does not have counts as not usable. On success `inv`
 * (zeroed by the caller) is owned by the caller; on failure it is empty.
 * 0, -EINVAL or -ENOMEM, with a reason. */
int dp_json_inventory_read(const char *text, size_t size,
			   struct dp_inventory *inv, struct dp_kernel *kernel,
			   struct dp_why *why);

#endif
