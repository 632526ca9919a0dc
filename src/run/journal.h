/* SPDX-License-Identifier: GPL-2.0-only */
/* The journal: a directory with one record for each target under way, and the
 * lock that keeps two daxpoisons off one target. */
#ifndef DP_RUN_JOURNAL_H
#define DP_RUN_JOURNAL_H

#include "model/record.h"

/* Where the journal is: `dir`, or if NULL /var/lib/daxpoison for root and
 * daxpoison in $XDG_STATE_HOME or ~/.local/state for others. Made if missing, readable by its
 * owner only. A descriptor, or negative errno with a reason: it cannot be made,
 * or others may write to it. */
int dp_journal_open(const char *dir, struct dp_why *why);

/* A target's record, mapped and locked. */
struct dp_journal_entry {
	struct dp_record *record; /* shared with children */
	uint64_t length;	/* of the mapping, bytes */
	int dir, fd;		/* the journal (not owned), the record or -1 */
	char id[64];		/* name of the record's file */
	bool unbegun;		/* killed before it was written to: nothing was
				 * taken yet; the record is NULL */
};

/* Take the record of the target, which nobody else has; all its space is set
 * aside now. A file of our own gets one in memory only. `page` in bytes. 0;
 * -EBUSY another daxpoison has it; -EEXIST an earlier run has left the target
 * dirty; -ENOSPC; each with a reason. */
int dp_journal_take(int dir, const struct dp_target *target, uint64_t page,
		    struct dp_journal_entry *e, struct dp_why *why);

/* Give it back: a clean record is removed, another stays for `clear`. */
void dp_journal_give(struct dp_journal_entry *e);

/* All that was saved is on the disk, then the state is set and is, too. 0 or
 * negative errno. */
int dp_record_set(struct dp_record *r, enum dp_record_state state);

/* Call `each` for every record of the journal, locked (busy: false) or not
 * (somebody works with it). `bad`: why it cannot be read, then e->record is
 * NULL. 0 or negative errno of reading the directory. */
typedef void (*dp_journal_fn)(struct dp_journal_entry *e, bool busy,
			      const char *bad, void *arg);
int dp_journal_each(int dir, dp_journal_fn each, void *arg);

#endif
