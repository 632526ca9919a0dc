/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/format.h"
#include "model/method.h"
#include "model/refusal.h"

/* debugfs refuses writing to a file that not everybody may read, and so to all
 * that injects, from "integrity" on: debugfs_locked_down() in
 * fs/debugfs/file.c. */
#define DP_DEBUGFS_NEEDS                                                       \
	(DP_BIT(DP_NEED_HWPOISON_INJECT) | DP_BIT(DP_NEED_EINJ))

/* What every reason begins with; the row's id follows. */
#define DP_REFUSED "refused ("

static bool dp_is_set(const char *text)
{
	return text && *text;
}

static bool dp_system_ram(const struct dp_refusal_facts *f)
{
	return f->mode == DP_MODE_SYSTEM_RAM;
}

static bool dp_not_dax(const struct dp_refusal_facts *f)
{
	return f->no_dax;
}

static bool dp_privilege(const struct dp_refusal_facts *f)
{
	return f->no_sys_admin &&
	       (f->clearing || dp_method_info(f->method)->needs &
				       DP_BIT(DP_NEED_SYS_ADMIN));
}

static bool dp_locked_down(const struct dp_refusal_facts *f)
{
	return dp_is_set(f->lockdown) &&
	       dp_method_info(f->method)->needs & DP_DEBUGFS_NEEDS;
}

static bool dp_method_unusable(const struct dp_refusal_facts *f)
{
	return f->state && !f->state->usable;
}

static bool dp_changed(const struct dp_refusal_facts *f)
{
	return dp_is_set(f->changed);
}

static bool dp_mounted(const struct dp_refusal_facts *f)
{
	return dp_is_set(f->mount);
}

static bool dp_hardware(const struct dp_refusal_facts *f)
{
	return f->medium && !f->medium->emulated;
}

static bool dp_in_use(const struct dp_refusal_facts *f)
{
	return f->user > 0;
}

static bool dp_listed(const struct dp_refusal_facts *f)
{
	return f->bad_blocks > 0 && !f->unreadable;
}

static bool dp_unreadable(const struct dp_refusal_facts *f)
{
	return f->unreadable;
}

static bool dp_shared(const struct dp_refusal_facts *f)
{
	return f->shared_blindly;
}

static const struct {
	struct dp_refusal_info info;
	bool (*holds)(const struct dp_refusal_facts *f);
} dp_refusals[] = {
	[DP_REFUSED_SYSTEM_RAM] = {
		{ "system-ram", "the device is in system-ram mode: its pages are the kernel's own memory",
		  "'daxctl reconfigure-device -m devdax -f' gives it back, if the kernel can do without it",
		  false, -ENODEV },
		dp_system_ram },
	[DP_REFUSED_NOT_DAX] = {
		{ "not-dax", "the namespace is in raw or sector mode, which cannot be mapped: ordinary memory would be poisoned",
		  "'ndctl create-namespace -f -m devdax -e' with its name changes the mode and loses the data",
		  false, -ENODEV },
		dp_not_dax },
	[DP_REFUSED_PRIVILEGE] = {
		{ "privilege", "the method takes CAP_SYS_ADMIN, which this process does not have",
		  "run as root, or in a guest of 'daxpoison vm'",
		  false, -EOPNOTSUPP },
		dp_privilege },
	[DP_REFUSED_LOCKDOWN] = {
		{ "lockdown", "the kernel is locked down and the method writes to debugfs",
		  "choose --method madvise or hard-offline, or boot with lockdown=none",
		  false, -EOPNOTSUPP },
		dp_locked_down },
	[DP_REFUSED_METHOD] = {
		{ "method", "the method cannot work on the target",
		  "'daxpoison list --methods' shows what each takes",
		  false, -EOPNOTSUPP },
		dp_method_unusable },
	[DP_REFUSED_CHANGED] = {
		{ "changed", "its uuid, address, size or alignment is not what it was when the plan was made",
		  "start again, when nobody reconfigures it",
		  false, -ESTALE },
		dp_changed },
	[DP_REFUSED_MOUNTED] = {
		{ "mounted", "a file system is mounted on it",
		  "unmount it",
		  false, -EBUSY },
		dp_mounted },
	[DP_REFUSED_UNREADABLE] = {
		{ "unreadable", "a page of the file cannot be read, so that its contents could not be put back",
		  "'daxpoison clear FILE --offset N' makes it readable, and loses what is lost already",
		  false, -EBUSY },
		dp_unreadable },
	[DP_REFUSED_HARDWARE] = {
		{ "real-hardware", "the memory does not look emulated",
		  "--force does it all the same",
		  true, -EPERM },
		dp_hardware },
	[DP_REFUSED_IN_USE] = {
		{ "in-use", "another process has the device open or mapped",
		  "end that process; --force does it all the same",
		  true, -EBUSY },
		dp_in_use },
	[DP_REFUSED_BAD_BLOCK] = {
		{ "bad-block", "the region's list of bad blocks has the page already",
		  "choose another page, or clear it; --force does it all the same",
		  true, -EBUSY },
		dp_listed },
	[DP_REFUSED_SHARED] = {
		{ "shared", "files share the page, and the file system cannot find them all (XFS without rmapbt): poison there may end the kernel",
		  "choose a page that is not shared, or make the file system with -m rmapbt=1; --force does it all the same",
		  true, -EBUSY },
		dp_shared },
};
static_assert(ARRAY_SIZE(dp_refusals) == DP_REFUSED_MAX,
	      "a refusal has no row");

const struct dp_refusal_info *dp_refusal_info(enum dp_refusal refusal)
{
	return &dp_refusals[refusal].info;
}

enum dp_refusal dp_refusal_find(const struct dp_refusal_facts *facts,
				bool force)
{
	for (int i = 0; i < DP_REFUSED_MAX; i++)
		if (dp_refusals[i].holds(facts) &&
		    !(force && dp_refusals[i].info.forced))
			return i;
	return DP_REFUSED_MAX;
}

/* The same where something is to be cleared. False: as it is elsewhere. */
static bool dp_refusal_says_clear(const struct dp_refusal_facts *f,
				  enum dp_refusal refusal, struct dp_why *says)
{
	if (!f->clearing)
		return false;
	if (refusal == DP_REFUSED_PRIVILEGE)
		dp_why(says, 0, "errors of %s cannot be cleared: CAP_SYS_ADMIN is missing",
		       f->name);
	else if (refusal == DP_REFUSED_HARDWARE)
		dp_why(says, 0, "%s looks like real hardware (%s); what its bad blocks held is lost when they are cleared",
		       f->name, f->medium->evidence);
	else if (refusal == DP_REFUSED_IN_USE)
		dp_why(says, 0, "process %d has %s open, and would find zeroes in place of its data",
		       f->user, f->path);
	else
		return false;
	return true;
}

/* What holds, with the names and numbers of this target. */
static void dp_refusal_says(const struct dp_refusal_facts *f,
			    enum dp_refusal refusal, struct dp_why *says)
{
	const char *method = dp_method_name(f->method);

	switch (refusal) {
	case DP_REFUSED_SYSTEM_RAM:
		dp_why(says, 0, "%s is in system-ram mode; only devdax can be mapped",
		       f->name);
		break;
	case DP_REFUSED_NOT_DAX:
		dp_why(says, 0, "%s is in %s mode; only devdax and fsdax can be mapped",
		       f->name, dp_mode_name(f->mode));
		break;
	case DP_REFUSED_PRIVILEGE:
		dp_why(says, 0, "%s cannot be poisoned by %s: CAP_SYS_ADMIN is missing",
		       f->name, method);
		break;
	case DP_REFUSED_LOCKDOWN:
		dp_why(says, 0, "%s cannot be poisoned by %s: the kernel is locked down (%s), and lets nobody write to debugfs",
		       f->name, method, f->lockdown);
		break;
	case DP_REFUSED_METHOD:
		dp_why(says, 0, "%s cannot be poisoned by %s: %s", f->name,
		       method, f->state->why);
		break;
	case DP_REFUSED_CHANGED:
		dp_why(says, 0, "the %s of %s is not what it was when the plan was made; nothing was poisoned",
		       f->changed, f->name);
		break;
	case DP_REFUSED_MOUNTED:
		dp_why(says, 0, "%s is in use: %s is mounted on %s; not even --force takes that",
		       f->name, f->path, f->mount);
		break;
	case DP_REFUSED_UNREADABLE:
		dp_why(says, 0, "the page at 0x%" PRIx64 " of %s cannot be read, it is bad already: ",
		       f->bad_at, f->name);
		if (f->bad_blocks > 0)
			dp_append(says->text, sizeof(says->text), "the kernel lists %" PRId64 " of its blocks, and does not say since when",
				  f->bad_blocks);
		else
			dp_append(says->text, sizeof(says->text), "the kernel lists none of its blocks, and does not say why");
		break;
	case DP_REFUSED_HARDWARE:
		dp_why(says, 0, "%s looks like real hardware (%s); poisoning it endangers data",
		       f->name, f->medium->evidence);
		break;
	case DP_REFUSED_IN_USE:
		dp_why(says, 0, "process %d has %s open, and poison would hit it too",
		       f->user, f->path);
		break;
	case DP_REFUSED_BAD_BLOCK:
		dp_why(says, 0, "the page at 0x%" PRIx64 " of %s is bad already: the kernel lists %" PRId64 " of its blocks, and does not say since when",
		       f->bad_at, f->name, f->bad_blocks);
		break;
	case DP_REFUSED_SHARED:
		dp_why(says, 0, "the page at 0x%" PRIx64 " of %s is shared with another file, on XFS without rmapbt: poison there makes Linux 6.12 dereference a null pointer (xfs-shared-no-rmapbt)",
		       f->bad_at, f->name);
		break;
	case DP_REFUSED_MAX:
		break;
	}
}

int dp_refuse(const struct dp_refusal_facts *facts, bool force,
	      struct dp_why *why)
{
	enum dp_refusal refusal = dp_refusal_find(facts, force);
	const struct dp_refusal_info *info;
	struct dp_why says = { "" };

	if (refusal == DP_REFUSED_MAX)
		return 0;
	info = dp_refusal_info(refusal);
	if (!dp_refusal_says_clear(facts, refusal, &says))
		dp_refusal_says(facts, refusal, &says);
	return dp_why(why, info->err, DP_REFUSED "%s): %s; %s", info->id,
		      says.text, info->advice);
}

enum dp_refusal dp_refusal_of(const char *reason)
{
	size_t n;

	if (strncmp(reason, DP_REFUSED, strlen(DP_REFUSED)))
		return DP_REFUSED_MAX;
	reason += strlen(DP_REFUSED);
	for (int i = 0; i < DP_REFUSED_MAX; i++) {
		n = strlen(dp_refusals[i].info.id);
		if (!strncmp(reason, dp_refusals[i].info.id, n) &&
		    !strncmp(reason + n, "): ", 3))
			return i;
	}
	return DP_REFUSED_MAX;
}

void dp_lockdown_parse(const char *text, char level[DP_LOCKDOWN_MAX])
{
	const char *open = strchr(text, '[');
	size_t n = open ? strcspn(open + 1, "]") : 0;

	level[0] = '\0';
	if (!n || open[1 + n] != ']' || n >= DP_LOCKDOWN_MAX ||
	    !strncmp(open, "[none]", strlen("[none]")))
		return;
	memcpy(level, open + 1, n);
	level[n] = '\0';
}

const char *dp_target_changed(const struct dp_target *was,
			      const struct dp_target *is)
{
	if (strcmp(was->uuid, is->uuid))
		return "uuid";
	if (was->phys != is->phys)
		return "physical address";
	if (was->size != is->size)
		return "size";
	return was->align == is->align ? NULL : "alignment";
}
