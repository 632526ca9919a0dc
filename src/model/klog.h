/* SPDX-License-Identifier: GPL-2.0-only */
/* What kernel logs say of failing memory, in the words of several versions.
 * Pure code over a buffer; nothing in it is trusted. */
#ifndef DP_MODEL_KLOG_H
#define DP_MODEL_KLOG_H

#include <stdint.h>

#include "base/macros.h"

/* What one line tells. */
enum dp_klog_what {
	DP_KLOG_NONE,		/* nothing about failing memory */
	DP_KLOG_INJECT,		/* somebody asked for it */
	DP_KLOG_SOFT_OFFLINE,	/* ... to move a page away, which DAX refuses */
	DP_KLOG_MACHINE_CHECK,	/* the hardware reported it */
	DP_KLOG_TOLD,		/* a process is sent SIGBUS */
	DP_KLOG_FAULT,		/* a process touched a page that is known bad */
	DP_KLOG_KILLED,		/* a process is sent SIGKILL */
	DP_KLOG_RESULT,		/* how it ended */
	DP_KLOG_OUTSIDE,	/* no page that this kernel manages */
	DP_KLOG_AGAIN,		/* the page was known bad before */
	DP_KLOG_OTHER,		/* something else about this page */
	DP_KLOG_MAX,
};

const char *dp_klog_what_name(enum dp_klog_what what);

/* Which of the numbers below a line gave. */
enum {
	DP_KLOG_HAS_PFN = 1,
	DP_KLOG_HAS_PHYS = 2,
	DP_KLOG_HAS_ADDR = 4,
	DP_KLOG_HAS_PROCESS = 8,
};

struct dp_klog_event {
	enum dp_klog_what what;
	unsigned int has;
	uint64_t pfn;
	uint64_t phys;		/* bytes */
	uint64_t addr;		/* virtual */
	int32_t pid;
	char comm[32];		/* as logged, cut; may hold anything but NUL */
	char type[64];		/* of the page: "dax page"; or the line's rest */
	char result[24];	/* "Recovered" */
};

/* One line of n bytes, without its newline; whatever stands before the message
 * (time, priority, host name) is skipped. False: it tells nothing. */
bool dp_klog_parse(const char *line, size_t n, struct dp_klog_event *event);

/* Lines about the same failure. */
#define DP_INCIDENT_TOLD 16
#define DP_INCIDENTS_MAX 4096
struct dp_incident {
	enum dp_klog_what cause; /* INJECT, ..., or NONE: the log tells none */
	unsigned int has;
	uint64_t pfn, phys, addr;
	uint64_t line;		/* number of its first line, from 1 */
	uint32_t lines;
	uint32_t n_told;	/* processes; may exceed what is kept */
	struct dp_klog_event told[DP_INCIDENT_TOLD]; /* TOLD, FAULT, KILLED */
	bool ended;		/* type and result are there */
	char type[64];
	char result[24];
};

struct dp_klog {
	struct dp_incident *at;	/* owned */
	size_t n;
	bool truncated;		/* there were more incidents */
	bool checked;		/* the last line told of a machine check,
				 * without saying where */
	uint64_t lines, telling; /* lines read; lines that tell something */
};

/* Read a whole log. `page`: bytes a page frame has. 0 or -ENOMEM. */
int dp_klog_read(struct dp_klog *log, const char *text, size_t n,
		 uint64_t page);
void dp_klog_deinit(struct dp_klog *log);

#endif
