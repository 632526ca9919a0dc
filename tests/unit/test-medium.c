/* SPDX-License-Identifier: GPL-2.0-only */
/* Errors of the medium: the block numbers of every base, what is planned, and
 * what is judged of what was seen. */
#include <errno.h>
#include <string.h>

#include "model/judge.h"
#include "model/plan.h"
#include "unit.h"

#define PAGE 4096
#define REGION 0x108000000
#define NAMESPACE (REGION + 48 * DP_MIB)	/* 98304 blocks */
#define DATA (NAMESPACE + 2 * DP_MIB)		/* 4096 more */

static struct dp_target dp_a_namespace(enum dp_kind kind)
{
	struct dp_target t = {
		.kind = kind,
		.size = 14 * DP_MIB,
		.align = PAGE,
		.phys = DATA,
		.data_phys = DATA,
		.namespace_phys = NAMESPACE,
		.region_phys = REGION,
	};

	strcpy(t.name, "namespace1.3");
	strcpy(t.region, "region1");
	return t;
}

START_TEST(blocks_of_every_base)
{
	static const enum dp_kind kinds[] = { DP_KIND_BLOCK, DP_KIND_DEVDAX };
	struct dp_place_bases b;
	struct dp_target t;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		t = dp_a_namespace(kinds[i]);
		b = dp_target_bases(&t, 0x6000, PAGE);
		ck_assert_uint_eq(b.phys, DATA + 0x6000);
		ck_assert_uint_eq(b.data_block, 48);
		ck_assert_uint_eq(b.namespace_block, 4144);
		ck_assert_uint_eq(b.region_block, 102448);
	}
	/* Raw: its data begins where it does. */
	t.data_phys = t.phys = NAMESPACE;
	b = dp_target_bases(&t, 0x5000, PAGE);
	ck_assert_uint_eq(b.data_block, 40);
	ck_assert_uint_eq(b.namespace_block, 40);
	ck_assert_uint_eq(b.region_block, 98344);
}
END_TEST

START_TEST(blocks_of_a_file)
{
	struct dp_extent extents[] = {
		{ .offset = 0, .phys = DATA + 5 * DP_MIB, .length = 0x8000 },
		{ .offset = 0x8000, .phys = DATA + DP_MIB, .length = 0x8000 },
	};
	struct dp_target t = dp_a_namespace(DP_KIND_FSDAX);
	struct dp_place_bases b;

	t.layout.at = extents;
	t.layout.n = ARRAY_SIZE(extents);
	t.layout.size = t.size = 0x10000;
	/* It is the block's place that counts, not the file's offset. */
	b = dp_target_bases(&t, 0x9000, PAGE);
	ck_assert_uint_eq(b.phys, DATA + DP_MIB + 0x1000);
	ck_assert_uint_eq(b.data_block, 2056);
	ck_assert_uint_eq(b.namespace_block, 6152);
	ck_assert_uint_eq(b.region_block, 104456);
	b = dp_target_bases(&t, 0x7000, PAGE);
	ck_assert_uint_eq(b.data_block, 10296);
}
END_TEST

START_TEST(blocks_that_are_not_known)
{
	struct dp_target t = dp_a_namespace(DP_KIND_BLOCK);
	struct dp_place_bases b;

	t.data_phys = DP_PHYS_UNKNOWN;
	b = dp_target_bases(&t, 0x6000, PAGE);
	ck_assert_uint_eq(b.data_block, DP_PHYS_UNKNOWN);
	ck_assert_uint_eq(b.region_block, 102448);
	/* Before the data: not a block of it. */
	t.data_phys = DATA + DP_MIB;
	b = dp_target_bases(&t, 0x6000, PAGE);
	ck_assert_uint_eq(b.data_block, DP_PHYS_UNKNOWN);
	t.phys = DP_PHYS_UNKNOWN;
	b = dp_target_bases(&t, 0x6000, PAGE);
	ck_assert_uint_eq(b.namespace_block, DP_PHYS_UNKNOWN);
}
END_TEST

static int dp_plan_of(enum dp_kind kind, struct dp_inject_options o,
		      struct dp_why *why)
{
	struct dp_target t = dp_a_namespace(kind);
	struct dp_plan plan = { 0 };
	int rc;

	o.page = PAGE;
	o.count = o.count ?: 1;
	o.observer = -1;
	rc = dp_plan_inject(&plan, &t, &o, why);
	if (!rc) {
		ck_assert(plan.cases[0].quiet == o.quiet);
		ck_assert(plan.cases[0].leave == o.leave);
	}
	dp_plan_deinit(&plan);
	return rc;
}

START_TEST(what_is_planned)
{
	static const struct {
		enum dp_kind kind;
		struct dp_inject_options o;
		const char *says; /* NULL: it is planned */
	} t[] = {
		{ DP_KIND_BLOCK, { .method = DP_METHOD_ARS }, NULL },
		{ DP_KIND_BLOCK, { .method = DP_METHOD_ARS, .quiet = true, .leave = true }, NULL },
		{ DP_KIND_DEVDAX, { .method = DP_METHOD_ARS, .leave = true }, NULL },
		{ DP_KIND_BLOCK, { .method = DP_METHOD_ARS, .offset = 14 * DP_MIB }, "beyond the target" },
		{ DP_KIND_BLOCK, { .method = DP_METHOD_ARS, .offset = 512 }, "not a multiple of the page" },
		{ DP_KIND_BLOCK, { .method = DP_METHOD_ARS, .access = DP_ACCESS_WRITE }, "writing clears" },
		{ DP_KIND_BLOCK, { .method = DP_METHOD_ARS, .n_bystanders = 1 }, "nobody maps" },
		{ DP_KIND_FSDAX, { .method = DP_METHOD_ARS, .leave = true }, "a file is always put back" },
		{ DP_KIND_DEVDAX, { .quiet = true }, "--no-notify is for errors of the medium" },
		{ DP_KIND_DEVDAX, { .leave = true }, "--leave is for errors of the medium" },
	};
	struct dp_why why;
	int rc;

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		why.text[0] = '\0';
		rc = dp_plan_of(t[i].kind, t[i].o, &why);
		ck_assert_msg(rc == (t[i].says ? -EINVAL : 0), "%zu: %d %s", i,
			      rc, why.text);
		ck_assert_msg(!t[i].says || strstr(why.text, t[i].says),
			      "%zu: %s", i, why.text);
	}
}
END_TEST

/* A case of a raw namespace in which everything was as it must be: the page at
 * 0x6000, of the region the blocks from 102448 on. */
struct dp_given {
	struct dp_target target;
	struct dp_case c;
	struct dp_scene scene;
};

static struct dp_given dp_all_well(void)
{
	struct dp_given g = { .target = dp_a_namespace(DP_KIND_BLOCK) };
	struct dp_observation *o = &g.scene.at[0];

	g.c = (struct dp_case){
		.type = DP_CASE_POISON,
		.method = DP_METHOD_ARS,
		.page = PAGE,
		.unit = PAGE,
		.poison = { 0x6000, PAGE },
	};
	g.scene.n = 1;
	g.scene.account.n_lists = 1;
	strcpy(g.scene.account.lists[0].of, "region1");
	g.scene.account.lists[0].after =
		(struct dp_ranges){ .n = 1, .at = { { 102448, 8 } } };
	o->step = DP_STEP_DONE;
	o->injected = true;
	o->n_touches = 3;
	for (int i = 0; i < 3; i++) {
		o->touches[i] = (struct dp_touch){ .offset = 0x5000 + i * PAGE,
						   .signal = i == 1 ? 0 : -1 };
		o->platform.reads[i] = (struct dp_read){
			0x5000 + i * PAGE, i == 1 ? EIO : 0
		};
	}
	o->platform.n_reads = 3;
	o->platform.injected = o->platform.listed_early = true;
	o->platform.said = 8;
	o->platform.clearing = o->platform.left_known = true;
	return g;
}

/* What is said of the row; with its deviation. */
static struct dp_finding dp_said(struct dp_given *g, const char *id)
{
	const struct dp_guarantee *row = dp_guarantee_named(id);
	struct dp_finding f = { .outcome = DP_OUTCOME_UNKNOWN };
	struct dp_evidence e = {
		.c = &g->c,
		.scene = &g->scene,
		.role = DP_ROLE_MAPPER_EARLY,
		.o = &g->scene.at[0],
	};

	g->c.target = &g->target;
	ck_assert_ptr_nonnull(row);
	row->check(row, &e, &f);
	return f;
}

#define SAID(id, want, why)                                                    \
	do {                                                                   \
		struct dp_finding _f = dp_said(&g, id);                        \
		ck_assert_msg(_f.outcome == DP_OUTCOME_##want &&               \
			      _f.deviation == DP_DEVIATION_##why,              \
			      "%s: %s", id, _f.detail);                        \
	} while (0)

START_TEST(all_is_judged)
{
	struct dp_given g = dp_all_well();
	struct dp_case_verdict v;

	g.c.target = &g.target;
	dp_judge(&g.c, &g.scene, &v);
	ck_assert_int_eq(v.verdict, DP_VERDICT_HELD);
	ck_assert_uint_eq(v.n, 5);
	/* Left as it is, nothing is cleared. */
	g.c.leave = true;
	g.scene.at[0].platform.clearing = false;
	dp_judge(&g.c, &g.scene, &v);
	ck_assert_uint_eq(v.n, 4);
	/* Of a device-dax nothing is read. */
	g.target.kind = DP_KIND_DEVDAX;
	g.scene.at[0].platform.n_reads = g.scene.at[0].n_touches = 0;
	dp_judge(&g.c, &g.scene, &v);
	ck_assert_uint_eq(v.n, 3);
}
END_TEST

START_TEST(the_platform_names_what_it_injected)
{
	struct dp_given g = dp_all_well();
	struct dp_platform_seen *p = &g.scene.at[0].platform;

	SAID("medium-injected", AS_SAID, NONE);
	p->said = 7;
	SAID("medium-injected", DEVIATES, ELSEWHERE);
	p->said = 0;
	SAID("medium-injected", DEVIATES, ELSEWHERE);
	p->status_errno = ENXIO;
	SAID("medium-injected", UNKNOWN, NONE);
	p->injected = false;
	SAID("medium-injected", UNKNOWN, NONE);
	g = dp_all_well();
	g.scene.at[0].inject_errno = ETIMEDOUT;
	SAID("medium-injected", UNKNOWN, NONE);
}
END_TEST

START_TEST(who_is_notified_lists)
{
	struct dp_given g = dp_all_well();
	struct dp_platform_seen *p = &g.scene.at[0].platform;

	SAID("medium-notified", AS_SAID, NONE);
	g.c.quiet = true;
	SAID("medium-notified", DEVIATES, SIDE_EFFECT);
	p->listed_early = false;
	p->scrubbed = true;
	SAID("medium-notified", AS_SAID, NONE);
	g.c.quiet = false;
	SAID("medium-notified", DEVIATES, NO_SIGNAL);
}
END_TEST

START_TEST(bad_blocks_are_consumed)
{
	struct dp_given g = dp_all_well();
	struct dp_observation *o = &g.scene.at[0];

	SAID("medium-consumed", AS_SAID, NONE);
	o->platform.reads[1].err = 0;
	SAID("medium-consumed", DEVIATES, WRONG_ERRNO);
	o->platform.reads[1].err = EINVAL;
	SAID("medium-consumed", DEVIATES, WRONG_ERRNO);
	o->platform.reads[1].err = EIO;
	o->platform.reads[2].err = EIO;
	SAID("medium-consumed", DEVIATES, WRONG_ERRNO);
	/* Unless something of that page is listed too. */
	g.scene.account.lists[0].after =
		(struct dp_ranges){ .n = 1, .at = { { 102448, 9 } } };
	o->touches[2].signal = 1;
	SAID("medium-consumed", AS_SAID, NONE);
	o->touches[2].signal = -1;
	SAID("medium-consumed", DEVIATES, NO_SIGNAL);
	o->touches[0].signal = 1;
	SAID("medium-consumed", DEVIATES, EXTRA_SIGNAL);
	g.scene.account.n_lists = 0;
	SAID("medium-consumed", UNKNOWN, NONE);
	o->n_touches = o->platform.n_reads = 0;
	SAID("medium-consumed", VACUOUS, NONE);
}
END_TEST

START_TEST(cleared_blocks_are_gone)
{
	struct dp_given g = dp_all_well();
	struct dp_platform_seen *p = &g.scene.at[0].platform;

	SAID("medium-cleared", AS_SAID, NONE);
	p->left = 1;
	SAID("medium-cleared", DEVIATES, SIDE_EFFECT);
	p->clear_errno = EBUSY;
	SAID("medium-cleared", UNKNOWN, NONE);
	p->left_known = false;
	SAID("medium-cleared", UNKNOWN, NONE);
	p->clearing = false;
	SAID("medium-cleared", UNKNOWN, NONE);
	g.c.leave = true;
	SAID("medium-cleared", VACUOUS, NONE);
}
END_TEST

UNIT_SUITE("medium", &blocks_of_every_base, &blocks_of_a_file,
	   &blocks_that_are_not_known, &what_is_planned, &all_is_judged,
	   &the_platform_names_what_it_injected, &who_is_notified_lists,
	   &bad_blocks_are_consumed, &cleared_blocks_are_gone)
