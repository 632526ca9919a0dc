/* SPDX-License-Identifier: GPL-2.0-only */
/* (case, guarantee, observation) -> verdict. Pure: no system calls, no time,
 * no state; the same observation gives the same verdict on any machine. */
#ifndef DP_MODEL_JUDGE_H
#define DP_MODEL_JUDGE_H

#include "model/guarantee.h"
#include "model/timing.h"

struct dp_judgement {
	uint32_t process;	/* index into the scene */
	const struct dp_guarantee *guarantee;
	enum dp_verdict verdict;
	struct dp_finding finding;
};

/* All aspects of the injector, six of each bystander. */
#define DP_JUDGEMENTS_MAX (DP_ASPECT_MAX + 6 * DP_BYSTANDERS_MAX)

struct dp_case_verdict {
	enum dp_verdict verdict; /* the gravest of them */
	unsigned int n;
	struct dp_judgement at[DP_JUDGEMENTS_MAX];
};

void dp_judge(const struct dp_case *c, const struct dp_scene *scene,
	      struct dp_case_verdict *out);

/* The gravest verdict of them. */
enum dp_verdict dp_gravest(const struct dp_case_verdict *v);

/* Of a whole run. */
struct dp_summary {
	unsigned int planned;	/* cases in the plan */
	bool broke_off;		/* more was to be planned, or run */
	unsigned int cases[DP_VERDICT_MAX]; /* ... by their verdict */
	unsigned int guarantees[DP_VERDICT_MAX];
	struct dp_timings told;	/* how long after the call */
	const char *refused;	/* why nothing was run, or NULL */
};

void dp_summary_add(struct dp_summary *s, const struct dp_case_verdict *v);

/* The exit status of a run (enum dp_exit). `strict`: whatever was planned and
 * could not be judged makes it DP_EXIT_NOT_JUDGED. */
int dp_summary_exit(const struct dp_summary *s, bool strict);

/* The checks that the table's rows name; see guarantee-table.c. */
void dp_check_prompt(const struct dp_guarantee *g, const struct dp_evidence *e,
		     struct dp_finding *f);
void dp_check_named(const struct dp_guarantee *g, const struct dp_evidence *e,
		    struct dp_finding *f);
void dp_check_early(const struct dp_guarantee *g, const struct dp_evidence *e,
		    struct dp_finding *f);
void dp_check_silent(const struct dp_guarantee *g, const struct dp_evidence *e,
		     struct dp_finding *f);
void dp_check_contains(const struct dp_guarantee *g, const struct dp_evidence *e,
		       struct dp_finding *f);
void dp_check_outside(const struct dp_guarantee *g, const struct dp_evidence *e,
		      struct dp_finding *f);
void dp_check_inside(const struct dp_guarantee *g, const struct dp_evidence *e,
		     struct dp_finding *f);
void dp_check_unit(const struct dp_guarantee *g, const struct dp_evidence *e,
		   struct dp_finding *f);
void dp_check_lsb(const struct dp_guarantee *g, const struct dp_evidence *e,
		  struct dp_finding *f);
void dp_check_split(const struct dp_guarantee *g, const struct dp_evidence *e,
		    struct dp_finding *f);
void dp_check_data(const struct dp_guarantee *g, const struct dp_evidence *e,
		   struct dp_finding *f);
void dp_check_addr(const struct dp_guarantee *g, const struct dp_evidence *e,
		   struct dp_finding *f);
void dp_check_retouch(const struct dp_guarantee *g, const struct dp_evidence *e,
		      struct dp_finding *f);
void dp_check_account(const struct dp_guarantee *g, const struct dp_evidence *e,
		      struct dp_finding *f);
void dp_check_refused(const struct dp_guarantee *g, const struct dp_evidence *e,
		      struct dp_finding *f);
void dp_check_method_refused(const struct dp_guarantee *g,
			     const struct dp_evidence *e,
			     struct dp_finding *f);
void dp_check_listed(const struct dp_guarantee *g, const struct dp_evidence *e,
		     struct dp_finding *f);
void dp_check_injected(const struct dp_guarantee *g,
		       const struct dp_evidence *e, struct dp_finding *f);
void dp_check_notified(const struct dp_guarantee *g,
		       const struct dp_evidence *e, struct dp_finding *f);
void dp_check_consumed(const struct dp_guarantee *g,
		       const struct dp_evidence *e, struct dp_finding *f);
void dp_check_cleared(const struct dp_guarantee *g, const struct dp_evidence *e,
		      struct dp_finding *f);
void dp_check_untouched(const struct dp_guarantee *g,
			const struct dp_evidence *e, struct dp_finding *f);
void dp_check_offset(const struct dp_guarantee *g, const struct dp_evidence *e,
		     struct dp_finding *f);
void dp_check_attempt(const struct dp_guarantee *g, const struct dp_evidence *e,
		      struct dp_finding *f);

#endif
