/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel that is wrong in one way, on demand: so that it can be shown that
 * daxpoison would notice. For throw-away guests only.
 *
 * While memory_failure() works on a page of ZONE_DEVICE, the arguments of what
 * it calls are changed; or a function says yes that should have refused. All
 * else in the kernel is left alone, and with the module all of it goes. One
 * failure at a time: if two come at once, the second is handled as it should be.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#ifndef CONFIG_X86_64
#error "the registers that hold arguments are those of x86-64"
#endif

/* The first three arguments of a function, and what it returns. */
#define ARG1 di
#define ARG2 si
#define ARG3 dx
#define RESULT ax

/* Far above the end of any device, with room to add to it. */
#define NOWHERE (1UL << 61)

static char *mutant = "";
module_param(mutant, charp, 0444);
MODULE_PARM_DESC(mutant, "what to do wrong");

static unsigned long struck;
module_param(struck, ulong, 0644);
MODULE_PARM_DESC(struck, "how often that was done; may be set to 0");

static unsigned long from;
module_param(from, ulong, 0644);
MODULE_PARM_DESC(from, "the failure with which to begin; 0: the first");

static unsigned long seen;
module_param(seen, ulong, 0644);
MODULE_PARM_DESC(seen, "how many failures there were; may be set to 0");

/* The failure at work. */
static struct task_struct *failing;
static unsigned long failing_pfn;

/*
 * unmap_mapping_range(mapping, start, length, even_cows), both in bytes. A
 * length of 0 would mean "to the end of the file".
 */
static int over_unmap(struct pt_regs *regs)
{
	regs->ARG3 *= 2;
	return 0;
}

static int over_4k(struct pt_regs *regs)
{
	regs->ARG3 += PAGE_SIZE;
	return 0;
}

/* What kernels up to 5.12 did: 4d75136be8bf ("mm/memory-failure: unnecessary
 * amount of unmapping"). */
static int end_for_length(struct pt_regs *regs)
{
	regs->ARG3 += regs->ARG2;
	return 0;
}

static int next_unit(struct pt_regs *regs)
{
	regs->ARG2 += regs->ARG3;
	return 0;
}

static int under_4k(struct pt_regs *regs)
{
	unsigned long pages = regs->ARG3 >> PAGE_SHIFT;

	/* Units are aligned in physical memory too. */
	regs->ARG2 += (failing_pfn & (pages - 1)) << PAGE_SHIFT;
	regs->ARG3 = PAGE_SIZE;
	return 0;
}

static int no_unmap(struct pt_regs *regs)
{
	regs->ARG2 += NOWHERE;
	return 0;
}

/* force_sig_mceerr(code, addr, lsb), send_sig_mceerr(code, addr, lsb, task) */
static int lsb_12(struct pt_regs *regs)
{
	regs->ARG3 = 12;
	return 0;
}

static int lsb_plus_9(struct pt_regs *regs)
{
	regs->ARG3 += 9;
	return 0;
}

static int addr_unit(struct pt_regs *regs)
{
	regs->ARG2 += 1UL << (regs->ARG3 & 0x3f);
	return 0;
}

static int addr_page(struct pt_regs *regs)
{
	regs->ARG2 += PAGE_SIZE;
	return 0;
}

static int ao_for_ar(struct pt_regs *regs)
{
	regs->ARG1 = BUS_MCEERR_AO;
	return 0;
}

static int ar_for_ao(struct pt_regs *regs)
{
	regs->ARG1 = BUS_MCEERR_AR;
	return 0;
}

/* In place of the function. */
static noinline notrace long nothing(void)
{
	return 0;
}

static int no_signal(struct pt_regs *regs)
{
	regs->ip = (unsigned long)nothing;
	return 1;
}

/* After memory_failure(): the other page of an aligned pair lies in the same
 * device, and where a unit has several pages, in the same unit. */
static int neighbour_data(struct pt_regs *regs)
{
	u64 *word = page_address(pfn_to_page(failing_pfn ^ 1));

	*word = ~*word;
	return 0;
}

static bool is_dax(unsigned long pfn)
{
	return pfn_valid(pfn) && is_zone_device_page(pfn_to_page(pfn));
}

/* soft_offline_page(pfn, flags). 1: let this one go. */
static int only_dax(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	return !is_dax(regs->ARG1);
}

/* Before memory_failure() asks who wants to know: the flags of
 * PR_MCE_KILL_LATE become those of PR_MCE_KILL_EARLY. They stay. */
static unsigned int early_for_late(void)
{
	struct task_struct *task;
	unsigned int n = 0;

	rcu_read_lock();
	for_each_process(task) {
		if (!(task->flags & PF_MCE_PROCESS) ||
		    task->flags & PF_MCE_EARLY)
			continue;
		task->flags |= PF_MCE_EARLY;
		n++;
	}
	rcu_read_unlock();
	return n;
}

#define UNMAP "unmap_mapping_range"
#define AR "force_sig_mceerr"
#define AO "send_sig_mceerr"

static const struct mutant {
	const char *name;
	const char *symbols[3];	/* none: at the end of memory_failure() */
	int (*change)(struct pt_regs *regs); /* 1: the instruction pointer */
	unsigned int (*prepare)(void); /* or: at its start; returns how often */
	const char *refuses;	/* or: what shall not, and ... */
	kretprobe_handler_t only; /* ... when */
} mutants[] = {
	{ "none", { UNMAP, AR, AO }, NULL },
	{ "over-unmap", { UNMAP }, over_unmap },
	{ "over-4k", { UNMAP }, over_4k },
	{ "end-for-length", { UNMAP }, end_for_length },
	{ "next-unit", { UNMAP }, next_unit },
	{ "under-4k", { UNMAP }, under_4k },
	{ "no-unmap", { UNMAP }, no_unmap },
	{ "lsb-12", { AR, AO }, lsb_12 },
	{ "lsb-plus-9", { AR, AO }, lsb_plus_9 },
	{ "addr-unit", { AR, AO }, addr_unit },
	{ "addr-page", { AR, AO }, addr_page },
	{ "ao-for-ar", { AR }, ao_for_ar },
	{ "ar-for-ao", { AO }, ar_for_ao },
	{ "ao-lsb-12", { AO }, lsb_12 },
	{ "ao-addr-unit", { AO }, addr_unit },
	{ "no-ao", { AO }, no_signal },
	{ "early-for-late", .prepare = early_for_late },
	{ "no-signal", { AR, AO }, no_signal },
	{ "neighbour-data", { NULL }, neighbour_data },
	{ "may-split", .refuses = "dev_dax_may_split" },
	{ "any-mmap", .refuses = "dax_mmap" },
	{ "soft-offline", .refuses = "soft_offline_page", .only = only_dax },
};

static const struct mutant *chosen;

/* A change that changes nothing does not count: 4K of a 4K unit are all of it. */
static bool changed(const struct pt_regs *regs, const struct pt_regs *was)
{
	return regs->ARG1 != was->ARG1 || regs->ARG2 != was->ARG2 ||
	       regs->ARG3 != was->ARG3 || regs->ip != was->ip;
}

static int at_call(struct kprobe *probe, struct pt_regs *regs)
{
	struct pt_regs was = *regs;
	int rc;

	if (READ_ONCE(failing) != current || !chosen->change)
		return 0;
	rc = chosen->change(regs);
	if (changed(regs, &was))
		WRITE_ONCE(struck, struck + 1);
	return rc;
}

/* Its presence keeps the probe from being turned into a jump, which could not
 * go elsewhere than back. */
static void after_call(struct kprobe *probe, struct pt_regs *regs,
		       unsigned long flags)
{
}

static struct kprobe calls[ARRAY_SIZE(chosen->symbols)] = {
	{ .pre_handler = at_call, .post_handler = after_call },
	{ .pre_handler = at_call, .post_handler = after_call },
	{ .pre_handler = at_call, .post_handler = after_call },
};

/* memory_failure(pfn, flags). 1: let this one go. */
static int at_failure(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	if (!is_dax(regs->ARG1))
		return 1;
	WRITE_ONCE(seen, seen + 1);
	if (seen < READ_ONCE(from) || cmpxchg(&failing, NULL, current))
		return 1;
	failing_pfn = regs->ARG1;
	if (chosen->prepare)
		WRITE_ONCE(struck, struck + chosen->prepare());
	return 0;
}

static int after_failure(struct kretprobe_instance *instance,
			 struct pt_regs *regs)
{
	if (chosen->change && !chosen->symbols[0]) {
		chosen->change(regs);
		WRITE_ONCE(struck, struck + 1);
	}
	WRITE_ONCE(failing, NULL);
	return 0;
}

static struct kretprobe failures = {
	.kp.symbol_name = "memory_failure",
	.entry_handler = at_failure,
	.handler = after_failure,
	.maxactive = 4,
};

/* Its work has been done, or not: only the answer is changed. */
static int after_refusal(struct kretprobe_instance *instance,
			 struct pt_regs *regs)
{
	if ((int)regs->RESULT < 0) {
		regs->RESULT = 0;
		WRITE_ONCE(struck, struck + 1);
	}
	return 0;
}

static struct kretprobe refusals = {
	.handler = after_refusal,
	.maxactive = 4,
};

static int complain(const char *symbol, int rc)
{
	if (rc)
		pr_err("cannot probe %s: error %d\n", symbol, rc);
	return rc;
}

static void remove_calls(unsigned int n)
{
	while (n--)
		unregister_kprobe(&calls[n]);
}

static unsigned int n_calls(void)
{
	unsigned int n = 0;

	while (n < ARRAY_SIZE(calls) && chosen->symbols[n])
		n++;
	return n;
}

static int probe_failures(void)
{
	unsigned int n;
	int rc;

	for (n = 0; n < n_calls(); n++) {
		calls[n].symbol_name = chosen->symbols[n];
		rc = complain(chosen->symbols[n], register_kprobe(&calls[n]));
		if (rc)
			goto failed;
	}
	rc = complain("memory_failure", register_kretprobe(&failures));
	if (!rc)
		return 0;
failed:
	remove_calls(n);
	return rc;
}

static int __init mutant_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mutants) && !chosen; i++)
		if (!strcmp(mutants[i].name, mutant))
			chosen = &mutants[i];
	if (!chosen) {
		pr_err("'%s' is not a mutant\n", mutant);
		return -EINVAL;
	}
	if (!chosen->refuses)
		return probe_failures();
	refusals.kp.symbol_name = chosen->refuses;
	refusals.entry_handler = chosen->only;
	return complain(chosen->refuses, register_kretprobe(&refusals));
}

static void __exit mutant_exit(void)
{
	if (chosen->refuses) {
		unregister_kretprobe(&refusals);
		return;
	}
	remove_calls(n_calls());
	/* What is at work may be about to return through nothing(). */
	while (READ_ONCE(failing))
		msleep(1);
	unregister_kretprobe(&failures);
}

module_init(mutant_init);
module_exit(mutant_exit);
MODULE_DESCRIPTION("Make the kernel mistreat poisoned DAX memory, to test daxpoison");
MODULE_LICENSE("GPL");
