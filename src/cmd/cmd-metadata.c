/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "cmd/command.h"
#include "cmd/refused.h"
#include "cmd/run-plan.h"
#include "model/judge.h"
#include "out/metadata.h"
#include "run/metadata.h"
#include "sys/find.h"
#include "sys/kernel.h"

enum {
	OPT_MAKE_FS = 256,
	OPT_NO_RMAPBT,
	OPT_AT,
	OPT_METHOD,
	OPT_KEEP,
	OPT_DRY_RUN,
	OPT_TIMEOUT,
	OPT_STRICT,
	OPT_FORCE,
};

#define DP_METADATA_PLACE_WORDS "superblock|root|inode|log"
#define DP_METADATA_HOW_WORDS "badblock|corrupt-pfn|hard-offline|mce"

static const struct dp_option dp_metadata_rows[] = {
	{ OPT_MAKE_FS, "make-fs", "ext4|xfs", "make this file system on the namespace: all it holds is lost" },
	{ OPT_NO_RMAPBT, "no-rmapbt", NULL, "xfs: without the reverse map, by which XFS knows whom poison hits" },
	{ OPT_AT, "at", DP_METADATA_PLACE_WORDS "[,...]", "what to poison (default: all of them, one after another)" },
	{ OPT_METHOD, "method", DP_METADATA_HOW_WORDS, "how (default badblock)" },
	{ OPT_KEEP, "keep-contents", NULL, "put the block's contents back when it is cleared (default: they are lost)" },
	{ OPT_DRY_RUN, "dry-run", NULL, "show what would be done, touch nothing" },
	{ OPT_TIMEOUT, "timeout", "SECONDS", "limit for each step (default 30)" },
	{ OPT_STRICT, "strict", NULL, "exit 3 if anything could not be judged" },
	{ OPT_FORCE, "force", NULL, "real hardware too, and what others made: file systems, volumes, partitions" },
	{ 0, NULL, NULL, NULL },
};

struct dp_metadata_args {
	struct dp_metadata_options o;
	unsigned int places;	/* of DP_BIT(enum dp_metadata_place) */
	bool dry_run, strict;
	const char *fs;		/* as the report calls it */
	const struct dp_globals *globals;
	struct json_object *doc;
	unsigned int n;		/* runs reported */
	struct dp_summary summary;
};

static int dp_metadata_places(struct dp_metadata_args *a, const char *arg,
			      struct dp_why *why)
{
	size_t n;
	int place;

	for (;; arg += n + 1) {
		n = strcspn(arg, ",");
		place = dp_metadata_place_from_name(arg, n);
		if (place < 0)
			return dp_why(why, -EINVAL, "'%.*s' is not a place; expected %s",
				      (int)n, arg, DP_METADATA_PLACE_WORDS);
		a->places |= DP_BIT(place);
		if (!arg[n])
			return 0;
	}
}

static int dp_metadata_option(struct dp_metadata_args *a, int id,
			      const char *arg, struct dp_why *why)
{
	int value;

	switch (id) {
	case OPT_MAKE_FS:
		value = dp_fs_from_name(arg, strlen(arg));
		if (value < 0)
			return dp_why(why, -EINVAL, "'%s' cannot be made; expected ext4 or xfs",
				      arg);
		a->o.fs = value;
		return 0;
	case OPT_NO_RMAPBT:
		a->o.no_rmapbt = true;
		return 0;
	case OPT_AT:
		return dp_metadata_places(a, arg, why);
	case OPT_METHOD:
		value = dp_metadata_how_from_name(arg);
		if (value < 0)
			return dp_why(why, -EINVAL, "'%s' does not reach metadata; expected %s",
				      arg, DP_METADATA_HOW_WORDS);
		a->o.how = value;
		return 0;
	case OPT_KEEP:
		a->o.keep = true;
		return 0;
	case OPT_DRY_RUN:
		a->dry_run = true;
		return 0;
	case OPT_TIMEOUT:
		return dp_parse_uint(arg, 1, 3600, &a->o.seconds, why);
	case OPT_STRICT:
		a->strict = true;
		return 0;
	case OPT_FORCE:
		a->o.force = true;
		return 0;
	}
	return -EINVAL;
}

static int dp_metadata_parse(struct dp_metadata_args *a,
			     struct dp_globals *globals, int argc, char **argv)
{
	struct dp_options o;
	int id, rc;

	if (dp_options_init(&o, &dp_cmd_metadata, globals))
		return DP_OPTIONS_USAGE;
	while ((id = dp_options_next(&o, argc, argv)) >= 0) {
		struct dp_why why = { "" };

		rc = dp_metadata_option(a, id, o.arg, &why);
		if (!rc)
			continue;
		dp_usage(&dp_cmd_metadata, "%s", dp_why_text(&why, rc));
		id = DP_OPTIONS_USAGE;
		break;
	}
	dp_options_deinit(&o);
	return id;
}

static void dp_metadata_report(struct dp_metadata_args *a,
			       const struct dp_metadata_run *run,
			       const struct dp_metadata_verdict *v)
{
	a->n++;
	/* The baseline is a premise, not a result. */
	if (run->place != DP_PLACE_NOTHING)
		a->summary.cases[v->verdict]++;
	for (unsigned int i = 0; run->place && i < v->n; i++)
		a->summary.guarantees[v->at[i].verdict]++;
	if (a->doc)
		json_object_array_add(json_object_object_get(a->doc, "cases"),
				      dp_metadata_json(a->fs, run, v));
	else if (a->globals->ktap)
		dp_metadata_ktap(stdout, a->n, a->fs, run, v);
	else
		dp_metadata_print(stdout, a->fs, run, v,
				  a->globals->log.level >= DP_LOG_INFO);
}

static bool dp_metadata_more(const struct dp_metadata_args *a, int place)
{
	return place != DP_PLACE_NOTHING && a->places >> (place + 1);
}

static void dp_metadata_runs(struct dp_metadata_args *a,
			     struct dp_metadata_stage *stage)
{
	_cleanup_free_ struct dp_metadata_run *baseline =
		malloc(sizeof(*baseline));
	struct dp_metadata_verdict v;

	if (!baseline) {
		a->summary.broke_off = true;
		return;
	}
	for (int p = 0; p < DP_METADATA_PLACES; p++) {
		const struct dp_metadata_run *run;

		if (p != DP_PLACE_NOTHING && !(a->places & DP_BIT(p)))
			continue;
		/* Between one block and the next; never while one is bad. */
		if (dp_stop_wanted()) {
			dp_error("interrupted; what else was asked for is not run");
			a->summary.broke_off = true;
			return;
		}
		dp_info(&a->globals->log, "%s: %s", a->fs,
			dp_metadata_place_text(p));
		run = dp_metadata_go(stage, p);
		if (p == DP_PLACE_NOTHING)
			*baseline = *run;
		dp_metadata_judge(run, p ? baseline : NULL, &v);
		dp_metadata_report(a, run, &v);
		if (dp_metadata_stuck(stage)) {
			dp_error("a process of ours hangs in the kernel and cannot be killed; nothing more is run");
			a->summary.broke_off = true;
			return;
		}
		/* What is made on it next would have a bad block from birth. */
		if (!run->cleared && dp_metadata_more(a, p)) {
			dp_warn("%s keeps its bad block; what else was asked for is not run",
				dp_metadata_node(stage)->name);
			for (p++; a->globals->ktap && p < DP_METADATA_PLACES; p++)
				if (a->places & DP_BIT(p))
					printf("ok %u %s/%s/%s # SKIP the namespace keeps a bad block\n",
					       ++a->n, a->fs,
					       dp_metadata_place_name(p),
					       dp_metadata_how_info(a->o.how)->name);
			return;
		}
	}
}

static void dp_metadata_end(struct dp_metadata_args *a)
{
	static const enum dp_verdict verdicts[] = {
		DP_VERDICT_HELD, DP_VERDICT_VIOLATED, DP_VERDICT_RECORDED,
		DP_VERDICT_NOT_JUDGED
	};
	struct json_object *summary, *cases;

	if (!a->doc) {
		printf("%scases: %u held, %u violated, %u recorded, %u not judged\n",
		       a->globals->ktap ? "# " : "",
		       a->summary.cases[DP_VERDICT_HELD],
		       a->summary.cases[DP_VERDICT_VIOLATED],
		       a->summary.cases[DP_VERDICT_RECORDED],
		       a->summary.cases[DP_VERDICT_NOT_JUDGED]);
		return;
	}
	summary = json_object_object_get(a->doc, "summary");
	json_object_object_add(summary, "planned",
			       json_object_new_int64(a->summary.planned));
	json_object_object_add(summary, "broke_off",
			       json_object_new_boolean(a->summary.broke_off));
	cases = json_object_new_object();
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		json_object_object_add(
			cases,
			verdicts[i] == DP_VERDICT_NOT_JUDGED
				? "not_judged"
				: dp_verdict_name(verdicts[i]),
			json_object_new_int64(a->summary.cases[verdicts[i]]));
	json_object_object_add(summary, "cases", cases);
	if (dp_json_print(stdout, a->doc))
		a->summary.broke_off = true;
}

static int dp_metadata_staged(struct dp_metadata_args *a,
			      struct dp_metadata_stage *stage)
{
	struct dp_kernel kernel;

	if (a->dry_run) {
		printf("on %s, whose contents would be lost, %s would be made %d times: without poison",
		       dp_metadata_node(stage)->name, a->fs,
		       1 + __builtin_popcount(a->places));
		for (int p = DP_PLACE_NOTHING + 1; p < DP_METADATA_PLACES; p++)
			if (a->places & DP_BIT(p))
				printf(", with %s in %s",
				       dp_metadata_how_info(a->o.how)->name,
				       dp_metadata_place_text(p));
		putchar('\n');
		return DP_EXIT_HELD;
	}
	dp_kernel_get(&kernel);
	a->doc = a->globals->json
			 ? dp_metadata_document(&kernel,
						dp_metadata_node(stage), a->fs)
			 : NULL;
	if (a->globals->json && !a->doc)
		return DP_EXIT_FAILED;
	a->summary.planned = __builtin_popcount(a->places);
	if (a->globals->ktap)
		printf("KTAP version 1\n1..%u\n", a->summary.planned + 1);
	fflush(stdout);
	dp_hold_signals();
	dp_metadata_runs(a, stage);
	dp_metadata_end(a);
	json_object_put(a->doc);
	if (a->summary.broke_off)
		return DP_EXIT_FAILED;
	return dp_summary_exit(&a->summary, a->strict);
}

static int dp_run_metadata(struct dp_globals *globals, int argc, char **argv)
{
	_cleanup_(dp_inventory_deinit) struct dp_inventory inv = { 0 };
	struct dp_metadata_args a = {
		.o = { .seconds = 30, .page = sysconf(_SC_PAGESIZE) },
		.globals = globals,
	};
	struct dp_metadata_stage *stage = NULL;
	struct dp_why why = { "" };
	int rc = dp_metadata_parse(&a, globals, argc, argv), status;

	if (rc == DP_OPTIONS_DONE)
		return DP_EXIT_HELD;
	if (rc == DP_OPTIONS_USAGE)
		return DP_EXIT_USAGE;
	if (argc - optind != 1)
		return dp_usage(&dp_cmd_metadata, "name one namespace in fsdax mode, such as namespace0.0");
	if (a.o.fs == DP_FS_NONE)
		return dp_usage(&dp_cmd_metadata, "--make-fs ext4 or xfs: a file system is made for this, and what the namespace holds is lost");
	if (a.o.no_rmapbt && a.o.fs != DP_FS_XFS)
		return dp_usage(&dp_cmd_metadata, "--no-rmapbt: only XFS has a reverse map");
	if (!a.places)
		a.places = DP_BIT(DP_METADATA_PLACES) - 2;
	a.fs = a.o.no_rmapbt ? "xfs-no-rmapbt" : dp_file_system(a.o.fs)->name;
	signal(SIGPIPE, SIG_IGN);
	rc = dp_find_all(&inv, &why);
	if (!rc)
		rc = dp_metadata_open(&stage, &inv, argv[optind], &a.o, &why);
	if (rc)
		return dp_refused(globals, dp_why_text(&why, rc));
	status = dp_metadata_staged(&a, stage);
	dp_metadata_close(stage);
	return status;
}

const struct dp_command dp_cmd_metadata = {
	.name = "metadata",
	.summary = "poison the metadata of a file system made for it, and watch what happens",
	.operands = "NAMESPACE",
	.options = dp_metadata_rows,
	.run = dp_run_metadata,
};
