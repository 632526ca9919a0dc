/* SPDX-License-Identifier: GPL-2.0-only */
/* Poison in what a file system is made of: what is struck, in which steps it is
 * watched, what was seen, and what that amounts to. Plain data and pure code. */
#ifndef DP_MODEL_METADATA_H
#define DP_MODEL_METADATA_H

#include "model/guarantee.h"
#include "model/metadata-map.h"
#include "model/target.h"

/* What is struck. */
enum dp_metadata_place {
	DP_PLACE_NOTHING,	/* the same steps, without poison */
	DP_PLACE_SUPERBLOCK,
	DP_PLACE_ROOT,		/* the block of the root directory's inode */
	DP_PLACE_INODE,		/* the block of a file's inode */
	DP_PLACE_LOG,		/* the first block of log or journal */
	DP_METADATA_PLACES,
};

const char *dp_metadata_place_name(enum dp_metadata_place place);
/* "the first block of the log" */
const char *dp_metadata_place_text(enum dp_metadata_place place);
/* The value with this name, or -EINVAL; the baseline has none. */
int dp_metadata_place_from_name(const char *name, size_t length);

/* How. */
enum dp_metadata_how {
	DP_HOW_BADBLOCK,	/* listed as bad with the block device */
	DP_HOW_CORRUPT_PFN,
	DP_HOW_HARD_OFFLINE,
	DP_HOW_MCE,
	DP_HOW_MAX,
};

struct dp_metadata_how_info {
	const char *name;
	const char *summary;
	int method;		/* enum dp_method, or -1: by the list */
	bool lists;		/* the block device must list the block then */
};

const struct dp_metadata_how_info *
dp_metadata_how_info(enum dp_metadata_how how);
/* The value with this name, or -EINVAL. */
int dp_metadata_how_from_name(const char *name);

/* The steps, in their order. */
enum dp_metadata_step {
	DP_MS_MAKE,		/* mkfs */
	DP_MS_MOUNT,
	DP_MS_FILL,		/* make the files */
	DP_MS_LOCATE,		/* unmount, read the superblock, mount */
	DP_MS_BEFORE,		/* read every file */
	DP_MS_POISON,
	/* Mounted, with all it knows still in memory. */
	DP_MS_WARM_STAT,
	DP_MS_WARM_READ,
	DP_MS_WARM_CREATE,
	DP_MS_WARM_SYNC,
	/* After caches were dropped: it must ask the medium. */
	DP_MS_COLD_STAT,
	DP_MS_COLD_READ,
	DP_MS_COLD_CREATE,
	DP_MS_COLD_SYNC,
	DP_MS_UNMOUNT,
	/* Mounted anew, the poison still there. */
	DP_MS_AGAIN_MOUNT,
	DP_MS_AGAIN_READ,
	DP_MS_AGAIN_UNMOUNT,
	/* How to get it back. */
	DP_MS_CLEAR,		/* write the block, which may heal it */
	DP_MS_RENEW,		/* disable and enable the namespace */
	DP_MS_LOSE,		/* what was in the block is lost: zeroes */
	DP_MS_MEDIUM,		/* the files' blocks, read from the device */
	DP_MS_PLAIN_MOUNT,	/* without repair */
	DP_MS_PLAIN_READ,
	DP_MS_PLAIN_UNMOUNT,
	DP_MS_REPAIR,
	DP_MS_REPAIR_HARD,	/* ... giving up what is in the log */
	DP_MS_BACK_MOUNT,
	DP_MS_BACK_READ,
	DP_MS_BACK_UNMOUNT,
	DP_MS_BACK_MEDIUM,	/* the files' blocks, after the repair */
	DP_METADATA_STEPS,
};

enum dp_metadata_phase {
	DP_PHASE_READY,		/* must succeed, or nothing can be said */
	DP_PHASE_WARM,
	DP_PHASE_COLD,
	DP_PHASE_AGAIN,
	DP_PHASE_BACK,
	DP_METADATA_PHASES,
};

const char *dp_metadata_step_name(enum dp_metadata_step step);
/* "read every file" */
const char *dp_metadata_step_text(enum dp_metadata_step step);
enum dp_metadata_phase dp_metadata_phase(enum dp_metadata_step step);
const char *dp_metadata_phase_name(enum dp_metadata_phase phase);
/* "mounted, after the caches were dropped" */
const char *dp_metadata_phase_text(enum dp_metadata_phase phase);
/* Whether the step looks at one file after another and counts. */
bool dp_metadata_counts(enum dp_metadata_step step);

#define DP_METADATA_FILES 96	/* more than any block or cluster of inodes
				 * has, so that some are far from the poison */
#define DP_METADATA_VICTIM 72	/* the one whose inode is struck */
#define DP_METADATA_LINES 6
#define DP_METADATA_LINE 200

/* What came of one step. Shared with the process that takes it. */
struct dp_metadata_result {
	bool tried;
	bool late;		/* it was ended by the time limit */
	bool stuck;		/* ... and could not even be killed */
	int32_t err;		/* errno of the (first) failure, 0: none */
	char call[16];		/* what failed: "open", "fsync", ... */
	int32_t status;		/* exit status of a program; -1: none ran */
	int64_t ns;
	/* Of a step that counts. */
	uint32_t good, failed;
	uint32_t wrong;		/* read without an error, and not what it was */
	uint32_t nameless;	/* of the good and the wrong, those that were
				 * found in lost+found */
	uint32_t near_failed;	/* of those failed or wrong, the ones whose
				 * inode is in the struck block */
	char said[DP_METADATA_LINE]; /* what a program said; or why not tried */
	uint32_t n_lines;	/* kernel log; may exceed what was kept */
	char lines[DP_METADATA_LINES][DP_METADATA_LINE];
};

/* One file system with one poisoned block, or none. */
struct dp_metadata_run {
	enum dp_metadata_place place;
	enum dp_metadata_how how;
	bool keep;		/* contents are put back with the block */
	struct dp_metadata_map map;
	uint64_t page;		/* bytes that are struck */
	uint64_t at;		/* of the device; page-aligned */
	uint64_t phys;		/* or DP_PHYS_UNKNOWN */
	uint32_t near;		/* files whose inode is in the struck page */
	bool listed;		/* the device lists it after the injection */
	bool mended;		/* ... and no longer once the file system had
				 * written it anew: nothing was lost */
	bool healed;		/* ... or after we wrote it */
	bool cleared;		/* ... and no longer when repair began */
	struct dp_metadata_result at_step[DP_METADATA_STEPS];
};

/* Whether the kernel would not take the page for bad: an answer, and no poison.
 * mm/memory-failure.c:mf_generic_kill_procs gives EBUSY for a page that no file
 * has mapped; a file system that is told and shuts down gives EUCLEAN, which is
 * another answer. */
bool dp_metadata_declined(const struct dp_metadata_run *run);

/* What the file system did. */
enum dp_metadata_did {
	DP_DID_NOTHING,
	DP_DID_ERRORS,		/* some calls failed, others went on */
	DP_DID_READ_ONLY,
	DP_DID_SHUTDOWN,	/* nothing worked any more */
	DP_DID_REFUSED,		/* could not be mounted */
	DP_DID_HUNG,
	DP_DID_MAX,
};

const char *dp_metadata_did_name(enum dp_metadata_did did);
/* In one of the phases WARM, COLD, AGAIN. */
enum dp_metadata_did dp_metadata_did(const struct dp_metadata_run *run,
				     enum dp_metadata_phase phase);

/* The questions: the rows of the table of guarantees that are of metadata. */
#define DP_METADATA_PROMISES 5

struct dp_metadata_judgement {
	const struct dp_guarantee *promise; /* never NULL */
	enum dp_verdict verdict;
	enum dp_deviation deviation;
	char detail[240];
};

struct dp_metadata_verdict {
	enum dp_verdict verdict; /* the gravest */
	unsigned int n;
	struct dp_metadata_judgement at[DP_METADATA_PROMISES];
};

/* `baseline`: the same steps without poison; NULL: this is it. Where that did
 * not come through whole, or the poison did not take, nothing is judged. */
void dp_metadata_judge(const struct dp_metadata_run *run,
		       const struct dp_metadata_run *baseline,
		       struct dp_metadata_verdict *out);

#endif
