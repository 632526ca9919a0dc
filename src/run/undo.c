/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "run/medium.h"
#include "run/rescue.h"
#include "run/undo.h"
#include "sys/file-page.h"
#include "sys/find-file.h"
#include "sys/find.h"
#include "sys/kernel.h"
#include "sys/users.h"

static bool dp_same_boot(const struct dp_record *r)
{
	char now[DP_BOOT_ID_SIZE];

	dp_boot_id_get(now);
	return now[0] && !strcmp(now, r->boot_id);
}

/* The device that the record was taken from, whatever it is called by now. */
static int dp_find_device(const struct dp_record *r,
			  const struct dp_inventory *inv, struct dp_target *t,
			  struct dp_why *why)
{
	bool block = r->kind == DP_KIND_BLOCK;

	for (size_t i = 0; i < inv->n; i++) {
		const struct dp_node *node = &inv->nodes[i];

		if (node->type != (block ? DP_NODE_NAMESPACE : DP_NODE_DAX) ||
		    (block ? dp_find_medium : dp_find_target)(inv, node->name,
							      t, NULL))
			continue;
		if (dp_record_is_of(r, t, 0, 0))
			return 0;
		dp_find_release(t);
	}
	return dp_why(why, -ENODEV, "no device here is the one it was taken from (uuid %s, 0x%" PRIx64 " bytes at 0x%" PRIx64 "); nothing was written",
		      r->uuid[0] ? r->uuid : "none", r->size, r->phys);
}

static int dp_undo_device(struct dp_record *r, const struct dp_inventory *inv,
			  struct dp_target *t, struct dp_why *said)
{
	bool same = dp_same_boot(r);
	uint32_t n = dp_record_pages(r);
	struct stat st;
	pid_t user;
	int rc;

	rc = dp_find_device(r, inv, t, said);
	if (rc)
		return rc;
	if (r->state == DP_RECORD_STRUCK)
		return dp_why(said, 0, "nothing of %s had been overwritten; its contents are as they were",
			      t->name);
	user = stat(t->path, &st) ? 0 : dp_user_of(st.st_rdev);
	if (user > 0)
		return dp_why(said, -EBUSY, "process %d has %s open; nothing was written",
			      user, t->path);
	rc = dp_record_put_back(r, t->path, t->align);
	if (rc)
		return dp_why(said, rc, "the contents of %s could not all be put back: %s",
			      t->name, dp_put_back_strerror(rc));
	return dp_why(said, 0, "%u pages of %s are as before, read again%s", n,
		      t->name,
		      same ? "" : "; the machine has been started anew since, which ends simulated poison");
}

/* The file that the record was taken from. */
static int dp_find_same_file(const struct dp_record *r,
			     const struct dp_inventory *inv,
			     struct dp_target *t, struct dp_why *why)
{
	struct stat st;
	int rc;

	rc = dp_find_file(inv, r->name, t, why);
	if (rc)
		return rc;
	if (t->is_dir || fstat(t->fd, &st) ||
	    !dp_record_is_of(r, t, st.st_dev, st.st_ino))
		return dp_why(why, -ENODEV, "%s is another file now; nothing was written",
			      r->name);
	return 0;
}

/* An error of the medium, which the platform may have been asked for. */
static int dp_undo_medium(const struct dp_record *r,
			  const struct dp_inventory *inv, struct dp_target *t,
			  struct dp_why *said)
{
	struct dp_platform_seen seen = { .injected = true };
	int rc;

	rc = r->kind == DP_KIND_FSDAX ? dp_find_same_file(r, inv, t, said)
				      : dp_find_device(r, inv, t, said);
	if (!rc)
		rc = dp_medium_undo(r, t, &seen, said);
	if (rc)
		return rc;
	if (seen.left || !seen.left_known)
		return dp_why(said, -EIO, "the platform no longer reports the page at 0x%" PRIx64 " of %s, but the kernel still lists %" PRIu64 " of its blocks; 'ndctl clear-errors %s' may clear them",
			      r->poison, t->name, seen.left, t->namespace);
	return dp_why(said, 0, "the platform no longer reports the page at 0x%" PRIx64 " of %s, and no block of it is listed as bad",
		      r->poison, t->name);
}

static int dp_undo_file(struct dp_record *r, const struct dp_inventory *inv,
			struct dp_target *t, struct dp_why *said)
{
	struct dp_file_after after = { 0 };
	const void *was = NULL;
	int rc;

	rc = dp_find_same_file(r, inv, t, said);
	if (rc)
		return rc;
	for (uint32_t i = 0; i < r->n; i++)
		if (r->offsets[i] == r->poison)
			was = r->pages + i * r->page;
	after.phys_before = dp_layout_phys(&t->layout, r->poison);
	rc = dp_file_page_restore(t->fd, r->poison, was, r->page, t->fs_phys,
				  &after);
	if (rc)
		return dp_why(said, rc, "the page at 0x%" PRIx64 " of %s could not be put back: %s",
			      r->poison, t->name,
			      strerror(after.error ?: after.read_errno));
	return dp_why(said, 0, "the page at 0x%" PRIx64 " of %s is as before (%s)",
		      r->poison, t->name, dp_restored_name(after.restored));
}

int dp_undo(struct dp_journal_entry *e, const struct dp_inventory *inv,
	    struct dp_why *said)
{
	_cleanup_free_ struct dp_target *t = calloc(1, sizeof(*t));
	struct dp_record *r = e->record;
	int rc;

	if (!t)
		return -ENOMEM;
	if (r->state == DP_RECORD_CLEAN)
		return dp_why(said, 0, "nothing was left to put back");
	t->fd = t->other_fd = -1;
	if (dp_method_info(r->method)->medium)
		rc = dp_undo_medium(r, inv, t, said);
	else if (r->kind == DP_KIND_FSDAX)
		rc = dp_undo_file(r, inv, t, said);
	else
		rc = dp_undo_device(r, inv, t, said);
	dp_find_release(t);
	return rc ? rc : dp_record_set(r, DP_RECORD_CLEAN);
}
