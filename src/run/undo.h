/* SPDX-License-Identifier: GPL-2.0-only */
/* What a record of the journal is good for: put back what was there. */
#ifndef DP_RUN_UNDO_H
#define DP_RUN_UNDO_H

#include "run/journal.h"

/* Put back the contents that the record holds, into the target that it is of,
 * wherever that is now in `inv`, and read them again. 0, with what was done in
 * words; or negative errno with the reason: -ENODEV the target is not here or
 * has become another, -EBUSY somebody has it open. A record that was undone is
 * clean. */
int dp_undo(struct dp_journal_entry *e, const struct dp_inventory *inv,
	    struct dp_why *said);

#endif
