/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's own account of a case: what it logged, traced, counted and
 * listed. Each source may be missing; then it says why. */
#ifndef DP_MODEL_ACCOUNT_H
#define DP_MODEL_ACCOUNT_H

#include "model/ranges.h"

#define DP_ACCOUNT_LINES 16
#define DP_ACCOUNT_LINE 160
#define DP_ACCOUNT_EVENTS 16
#define DP_ACCOUNT_PAGES 5
#define DP_ACCOUNT_COUNTERS 16
#define DP_ACCOUNT_LISTS 8
#define DP_ACCOUNT_WHY 96

enum dp_source {
	DP_SOURCE_LOG,
	DP_SOURCE_TRACE,
	DP_SOURCE_HARDWARE_CORRUPTED,
	DP_SOURCE_NODES,
	DP_SOURCE_KPAGEFLAGS,
	DP_SOURCE_BADBLOCKS,
	DP_SOURCE_MAX,
};

const char *dp_source_name(enum dp_source source);

/* One memory_failure_event, its numbers as the kernel's own strings. */
struct dp_account_event {
	uint64_t pfn;
	char type[40];		/* "dax page" */
	char result[24];	/* "Recovered" */
};

/* /proc/kpageflags of one page. */
struct dp_account_page {
	uint64_t offset;	/* into the target */
	uint64_t pfn;
	uint64_t before, after;
};

/* memory_failure/NAME of one node: by how much it grew. */
struct dp_account_counter {
	int32_t node;
	char name[20];
	int64_t delta;
};

/* Bad blocks of a region or block device, in blocks of 512 bytes. */
struct dp_account_list {
	char of[64];		/* region0, pmem0 */
	struct dp_ranges before, after;
};

struct dp_account {
	/* Why a source said nothing; empty where it was read. */
	char missing[DP_SOURCE_MAX][DP_ACCOUNT_WHY];
	uint32_t n_records;	/* of the log, whatever they are about */
	uint32_t n_lines;	/* about memory failures; may exceed what is kept */
	int64_t corrupted_kb;	/* by how much HardwareCorrupted grew */
	char event_system[24];	/* where memory_failure_event was found */
	uint32_t n_events;	/* may exceed what is kept */
	struct dp_account_event events[DP_ACCOUNT_EVENTS];
	uint32_t n_counters;
	struct dp_account_counter counters[DP_ACCOUNT_COUNTERS];
	uint32_t n_pages;	/* the poisoned one first */
	struct dp_account_page pages[DP_ACCOUNT_PAGES];
	uint32_t n_lists;
	/* Large: beyond what the counts say they hold anything. */
	char lines[DP_ACCOUNT_LINES][DP_ACCOUNT_LINE];
	struct dp_account_list lists[DP_ACCOUNT_LISTS];
};

/* Nothing has been said yet. */
void dp_account_reset(struct dp_account *account);

/* Whether this source was read. */
bool dp_account_has(const struct dp_account *account, enum dp_source source);

/* The first line in which the kernel complains of itself ("bad pud", "BUG:",
 * "WARNING:"), or NULL. */
const char *dp_account_complaint(const struct dp_account *account);

/* A line of the log that tells how a failure was dealt with, "Memory failure:
 * 0x140102: recovery action for dax page: Recovered". False: it is another. */
bool dp_account_action(const char *line, struct dp_account_event *out);

/* The name of one bit of /proc/kpageflags, or NULL. Source: include/uapi/linux/
 * kernel-page-flags.h. */
const char *dp_kpageflag_name(unsigned int bit);

/* The kernel does not say anything of this page: it is not in memory that it
 * manages as such (fs/proc/page.c asks pfn_to_online_page). */
bool dp_kpageflags_silent(uint64_t flags);
bool dp_kpageflags_poisoned(uint64_t flags);

#endif
