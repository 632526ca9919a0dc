/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "base/rootdir.h"
#include "cmd/run-plan.h"
#include "run/journal.h"
#include "run/session.h"
#include "sys/kernel.h"

enum {
	OPT_DRY_RUN = 512,
	OPT_FORCE,
	OPT_STRICT,
	OPT_TIMEOUT,
	OPT_KNOWN,
	OPT_JOURNAL,
};

const struct dp_option dp_run_rows[] = {
	{ OPT_DRY_RUN, "dry-run", NULL, "show the plan, touch nothing" },
	{ OPT_KNOWN, "known", "FILE|default", "violations that are known and do not fail the run" },
	{ OPT_JOURNAL, "journal", "DIR", "where contents are kept until they are put back (default: /var/lib/daxpoison)" },
	{ OPT_STRICT, "strict", NULL, "exit 3 if anything could not be judged" },
	{ OPT_TIMEOUT, "timeout", "SECONDS", "limit for each case (default 120)" },
	{ OPT_FORCE, "force", NULL, "poison real hardware too" },
	DP_RESULT_ROWS,
	{ 0, NULL, NULL, NULL },
};

int dp_run_option(struct dp_run_options *o, int id, const char *arg,
		  struct dp_why *why)
{
	switch (id) {
	case OPT_DRY_RUN:
		o->dry_run = true;
		return 0;
	case OPT_FORCE:
		o->force = true;
		return 0;
	case OPT_STRICT:
		o->strict = true;
		return 0;
	case OPT_TIMEOUT:
		return dp_parse_uint(arg, 1, 86400, &o->timeout, why);
	case OPT_JOURNAL:
		o->journal = arg;
		return 0;
	case OPT_KNOWN:
		o->known = arg;
		return 0;
	}
	return dp_result_option(&o->files, id, arg);
}

/* Lists are short; one of a megabyte is a mistake. */
#define DP_KNOWN_FILE_MAX (1 << 20)

static int dp_load_known(struct dp_known_list *list, const char *name,
			 struct dp_why *why)
{
	_cleanup_(dp_rootdir_deinit) struct dp_rootdir here = { .fd = -1 };
	_cleanup_free_ char *text = NULL;
	struct dp_why line = { "" };
	int rc;

	if (!strcmp(name, "default"))
		return dp_known_parse(list, dp_known_default(), why);
	text = malloc(DP_KNOWN_FILE_MAX);
	if (!text)
		return -ENOMEM;
	rc = dp_rootdir_init(&here, *name == '/' ? "/" : ".");
	if (!rc)
		rc = dp_rootdir_read(&here, text, DP_KNOWN_FILE_MAX, "%s",
				     *name == '/' ? name + 1 : name);
	if (rc == DP_KNOWN_FILE_MAX - 1)
		rc = -EFBIG;
	if (rc < 0)
		return dp_why(why, rc, "--known %s: %s", name, strerror(-rc));
	rc = dp_known_parse(list, text, &line);
	return rc ? dp_why(why, rc, "--known %s: %s", name,
			   dp_why_text(&line, rc))
		  : 0;
}

void dp_hold_signals(void)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signal(SIGPIPE, SIG_IGN);
}

bool dp_stop_wanted(void)
{
	sigset_t come;

	sigpending(&come);
	return sigismember(&come, SIGINT) || sigismember(&come, SIGTERM) ||
	       sigismember(&come, SIGHUP);
}

static int dp_runner_filed_init(struct dp_runner *r)
{
	if (!dp_result_wanted(&r->options->files))
		return 0;
	r->filed_options = r->report_options;
	r->filed_options.format = DP_FORMAT_JSON;
	r->filed_options.out = open_memstream(&r->filed_text, &r->filed_size);
	if (r->filed_options.out)
		r->filed = dp_report_new(&r->filed_options);
	return r->filed ? 0 : -ENOMEM;
}

/* End the second report, and write the files from it. */
static int dp_runner_file(struct dp_runner *r)
{
	struct json_object *doc = NULL, *matrix = NULL;
	struct dp_why why = { "" };
	int rc;

	rc = dp_report_end(r->filed, &r->summary, &r->known);
	if (!rc && fflush(r->filed_options.out))
		rc = -ENOMEM;
	if (!rc)
		doc = dp_matrix_parse(r->filed_text, r->filed_size, &why);
	matrix = doc ? dp_matrix_new() : NULL;
	if (!rc)
		rc = matrix ? dp_matrix_take(matrix, doc, &why) : -EIO;
	if (!rc) {
		dp_matrix_compare(matrix);
		rc = dp_result_write(&r->options->files, matrix, &why);
	}
	json_object_put(matrix);
	json_object_put(doc);
	if (rc)
		dp_error("%s", dp_why_text(&why, rc));
	return rc;
}

int dp_runner_init(struct dp_runner *r, const struct dp_globals *globals,
		   const struct dp_run_options *options, struct dp_why *why)
{
	int rc;

	*r = (struct dp_runner){
		.globals = globals,
		.options = options,
		.journal = -1,
	};
	if (options->known) {
		rc = dp_load_known(&r->known, options->known, why);
		if (rc) {
			dp_known_deinit(&r->known);
			return rc;
		}
	}
	dp_hold_signals();
	dp_kernel_get(&r->kernel);
	r->report_options = (struct dp_report_options){
		.format = globals->json	  ? DP_FORMAT_JSON
			  : globals->ktap ? DP_FORMAT_KTAP
					  : DP_FORMAT_HUMAN,
		.out = stdout,
		.round_sizes = globals->human,
		.verbose = globals->log.level >= DP_LOG_INFO,
		.detailed = options->detailed,
		.several_plans = options->several_plans,
		.dry_run = options->dry_run,
		.kernel = &r->kernel,
	};
	r->report = dp_report_new(&r->report_options);
	return r->report ? dp_runner_filed_init(r) : -ENOMEM;
}

void dp_runner_deinit(struct dp_runner *r)
{
	dp_report_free(r->report);
	dp_report_free(r->filed);
	if (r->filed_options.out)
		fclose(r->filed_options.out);
	free(r->filed_text);
	if (r->journal >= 0)
		close(r->journal);
	dp_known_deinit(&r->known);
}

static void dp_each(const struct dp_case *c, const struct dp_scene *scene,
		    const struct dp_case_verdict *v, void *arg)
{
	struct dp_runner *r = arg;

	dp_info(&r->globals->log, "%s: %s", c->id,
		dp_verdict_name(v->verdict));
	dp_report_case(r->report, c, scene, v);
	if (r->filed)
		dp_report_case(r->filed, c, scene, v);
}

static void dp_alike(const struct dp_pattern *pattern,
		     const struct dp_cases *cases, void *arg)
{
	struct dp_runner *r = arg;

	dp_report_alike(r->report, pattern, cases);
}

/* On stderr, as words that a script can take apart; the report is elsewhere. */
static void dp_announce(const struct dp_case *c, void *arg)
{
	struct dp_place_bases b =
		dp_target_bases(c->target, c->poison.offset, c->page);

	(void)arg;
	fprintf(stderr, "inject-now target=%s offset=0x%" PRIx64 " phys=0x%" PRIx64 " pfn=0x%" PRIx64,
		c->target->name, b.offset, b.phys, b.pfn);
	if (b.namespace_block != DP_PHYS_UNKNOWN)
		fprintf(stderr, " namespace=%s namespace_block=%" PRIu64,
			c->target->namespace, b.namespace_block);
	if (b.region_block != DP_PHYS_UNKNOWN)
		fprintf(stderr, " region=%s region_block=%" PRIu64,
			c->target->region, b.region_block);
	fprintf(stderr, " wait=%u\n",
		c->wait ?: dp_method_info(c->method)->wait);
}

int dp_runner_journal(struct dp_runner *r)
{
	if (r->journal < 0)
		r->journal = dp_journal_open(r->options->journal, &r->why);
	return r->journal;
}

int dp_runner_run(struct dp_runner *r, const struct dp_report_part *part)
{
	struct dp_session session = {
		.log = &r->globals->log,
		.force = r->options->force,
		.timeout = r->options->timeout,
		.known = r->options->known ? &r->known : NULL,
		.each = dp_each,
		/* A document has each case in full. */
		.alike = dp_report_sums_up(r->report) && !r->filed ? dp_alike
								   : NULL,
		.announce = dp_announce,
		.arg = r,
		.why = &r->why,
	};
	int rc;

	if (r->options->dry_run) {
		r->summary.planned += part->plan->n;
		rc = r->filed ? dp_report_plan(r->filed, part) : 0;
		return rc ?: dp_report_plan(r->report, part);
	}
	session.journal = dp_runner_journal(r);
	if (session.journal < 0)
		return session.journal;
	rc = dp_report_begin(r->report, part);
	if (!rc && r->filed)
		rc = dp_report_begin(r->filed, part);
	return rc ? rc : dp_session_run(&session, part->plan, &r->summary);
}

int dp_runner_end(struct dp_runner *r, int rc)
{
	bool refused;
	int ended;

	r->summary.broke_off |= rc != 0;
	/* Another run's target, or a bad page: refused, before anything of it
	 * was touched. */
	refused = rc == -EBUSY || rc == -EEXIST || rc == -ESTALE;
	if (refused)
		r->summary.refused = dp_why_text(&r->why, rc);
	ended = dp_report_end(r->report, &r->summary, &r->known);
	if (!ended && r->filed)
		ended = dp_runner_file(r);

	if (rc == -EINTR)
		dp_error("interrupted; the rest of the plan was not run");
	else if (refused)
		dp_error("%s", dp_why_text(&r->why, rc));
	else if (rc)
		dp_error("the run broke off: %s", dp_why_text(&r->why, rc));
	if (refused && !ended)
		return DP_EXIT_NOT_JUDGED;
	if (rc || ended)
		return DP_EXIT_FAILED;
	if (r->options->dry_run)
		return DP_EXIT_HELD;
	return dp_summary_exit(&r->summary, r->options->strict);
}
