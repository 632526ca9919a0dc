/* SPDX-License-Identifier: GPL-2.0-only */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "model/metadata.h"

static const struct {
	const char *name, *text;
} dp_places[] = {
	[DP_PLACE_NOTHING] = { "nothing", "no poison: what the steps show of a sound file system" },
	[DP_PLACE_SUPERBLOCK] = { "superblock", "the first superblock" },
	[DP_PLACE_ROOT] = { "root", "the block with the root directory's inode" },
	[DP_PLACE_INODE] = { "inode", "the block with a file's inode" },
	[DP_PLACE_LOG] = { "log", "the first block of the log" },
};
static_assert(ARRAY_SIZE(dp_places) == DP_METADATA_PLACES,
	      "a place has no name");

static const struct dp_metadata_how_info dp_hows[] = {
	[DP_HOW_BADBLOCK] = {
		.name = "badblock",
		.summary = "the block device is told that the block is bad: reading and writing it there fails",
		.method = -1,
		.lists = true,
	},
	[DP_HOW_CORRUPT_PFN] = {
		.name = "corrupt-pfn",
		.summary = "the kernel is told that the page is bad, by its number; reading it works",
		.method = DP_METHOD_CORRUPT_PFN,
	},
	[DP_HOW_HARD_OFFLINE] = {
		.name = "hard-offline",
		.summary = "the same by its address, hard_offline_page",
		.method = DP_METHOD_HARD_OFFLINE,
	},
	[DP_HOW_MCE] = {
		.name = "mce",
		.summary = "a machine check from the host: both, as hardware does it",
		.method = DP_METHOD_MCE,
		.lists = true,
	},
};
static_assert(ARRAY_SIZE(dp_hows) == DP_HOW_MAX, "a way has no row");

static const struct {
	const char *name, *text;
} dp_phases[] = {
	[DP_PHASE_READY] = { "ready", "made ready" },
	[DP_PHASE_WARM] = { "warm", "mounted, all it knows in memory" },
	[DP_PHASE_COLD] = { "cold", "mounted, after the caches were dropped" },
	[DP_PHASE_AGAIN] = { "again", "mounted anew, the poison still there" },
	[DP_PHASE_BACK] = { "back", "getting it back" },
};
static_assert(ARRAY_SIZE(dp_phases) == DP_METADATA_PHASES,
	      "a phase has no name");

#define COUNTS true
static const struct {
	const char *name, *text;
	enum dp_metadata_phase phase;
	bool counts;
} dp_steps[] = {
	[DP_MS_MAKE] = { "make", "make the file system", DP_PHASE_READY, 0 },
	[DP_MS_MOUNT] = { "mount", "mount it", DP_PHASE_READY, 0 },
	[DP_MS_FILL] = { "fill", "make its files", DP_PHASE_READY, COUNTS },
	[DP_MS_LOCATE] = { "locate", "find the block, and mount again", DP_PHASE_READY, 0 },
	[DP_MS_BEFORE] = { "before", "read every file", DP_PHASE_READY, COUNTS },
	[DP_MS_POISON] = { "poison", "poison the block", DP_PHASE_READY, 0 },
	[DP_MS_WARM_STAT] = { "warm-stat", "stat every file", DP_PHASE_WARM, COUNTS },
	[DP_MS_WARM_READ] = { "warm-read", "read every file", DP_PHASE_WARM, COUNTS },
	[DP_MS_WARM_CREATE] = { "warm-create", "create a file, write, fsync", DP_PHASE_WARM, 0 },
	[DP_MS_WARM_SYNC] = { "warm-sync", "syncfs", DP_PHASE_WARM, 0 },
	[DP_MS_COLD_STAT] = { "cold-stat", "stat every file", DP_PHASE_COLD, COUNTS },
	[DP_MS_COLD_READ] = { "cold-read", "read every file", DP_PHASE_COLD, COUNTS },
	[DP_MS_COLD_CREATE] = { "cold-create", "create a file, write, fsync", DP_PHASE_COLD, 0 },
	[DP_MS_COLD_SYNC] = { "cold-sync", "syncfs", DP_PHASE_COLD, 0 },
	[DP_MS_UNMOUNT] = { "unmount", "unmount", DP_PHASE_COLD, 0 },
	[DP_MS_AGAIN_MOUNT] = { "again-mount", "mount", DP_PHASE_AGAIN, 0 },
	[DP_MS_AGAIN_READ] = { "again-read", "read every file", DP_PHASE_AGAIN, COUNTS },
	[DP_MS_AGAIN_UNMOUNT] = { "again-unmount", "unmount", DP_PHASE_AGAIN, 0 },
	[DP_MS_CLEAR] = { "clear", "write the block, which may heal it", DP_PHASE_BACK, 0 },
	[DP_MS_RENEW] = { "renew", "disable and enable the namespace", DP_PHASE_BACK, 0 },
	[DP_MS_LOSE] = { "lose", "write what the block holds from now on", DP_PHASE_BACK, 0 },
	[DP_MS_MEDIUM] = { "medium", "read the files' blocks from the device", DP_PHASE_BACK, COUNTS },
	[DP_MS_PLAIN_MOUNT] = { "plain-mount", "mount, without repair", DP_PHASE_BACK, 0 },
	[DP_MS_PLAIN_READ] = { "plain-read", "read every file", DP_PHASE_BACK, COUNTS },
	[DP_MS_PLAIN_UNMOUNT] = { "plain-unmount", "unmount", DP_PHASE_BACK, 0 },
	[DP_MS_REPAIR] = { "repair", "repair", DP_PHASE_BACK, 0 },
	[DP_MS_REPAIR_HARD] = { "repair-hard", "repair, giving the log up", DP_PHASE_BACK, 0 },
	[DP_MS_BACK_MOUNT] = { "back-mount", "mount", DP_PHASE_BACK, 0 },
	[DP_MS_BACK_READ] = { "back-read", "read every file", DP_PHASE_BACK, COUNTS },
	[DP_MS_BACK_UNMOUNT] = { "back-unmount", "unmount", DP_PHASE_BACK, 0 },
	[DP_MS_BACK_MEDIUM] = { "back-medium", "read the files' blocks from the device", DP_PHASE_BACK, COUNTS },
};
static_assert(ARRAY_SIZE(dp_steps) == DP_METADATA_STEPS, "a step has no row");

static const char *const dp_dids[] = {
	[DP_DID_NOTHING] = "nothing",
	[DP_DID_ERRORS] = "errors",
	[DP_DID_READ_ONLY] = "read-only",
	[DP_DID_SHUTDOWN] = "shutdown",
	[DP_DID_REFUSED] = "refused",
	[DP_DID_HUNG] = "hung",
};
static_assert(ARRAY_SIZE(dp_dids) == DP_DID_MAX, "a deed has no name");

const char *dp_metadata_place_name(enum dp_metadata_place place)
{
	return dp_places[place].name;
}

const char *dp_metadata_place_text(enum dp_metadata_place place)
{
	return dp_places[place].text;
}

int dp_metadata_place_from_name(const char *name, size_t length)
{
	for (int i = DP_PLACE_NOTHING + 1; i < DP_METADATA_PLACES; i++)
		if (strlen(dp_places[i].name) == length &&
		    !strncmp(dp_places[i].name, name, length))
			return i;
	return -EINVAL;
}

const struct dp_metadata_how_info *
dp_metadata_how_info(enum dp_metadata_how how)
{
	return &dp_hows[how];
}

int dp_metadata_how_from_name(const char *name)
{
	for (int i = 0; i < DP_HOW_MAX; i++)
		if (!strcmp(dp_hows[i].name, name))
			return i;
	return -EINVAL;
}

const char *dp_metadata_step_name(enum dp_metadata_step step)
{
	return dp_steps[step].name;
}

const char *dp_metadata_step_text(enum dp_metadata_step step)
{
	return dp_steps[step].text;
}

enum dp_metadata_phase dp_metadata_phase(enum dp_metadata_step step)
{
	return dp_steps[step].phase;
}

bool dp_metadata_counts(enum dp_metadata_step step)
{
	return dp_steps[step].counts;
}

const char *dp_metadata_phase_name(enum dp_metadata_phase phase)
{
	return dp_phases[phase].name;
}

const char *dp_metadata_phase_text(enum dp_metadata_phase phase)
{
	return dp_phases[phase].text;
}

const char *dp_metadata_did_name(enum dp_metadata_did did)
{
	return dp_dids[did];
}
