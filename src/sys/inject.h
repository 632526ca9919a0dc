/* SPDX-License-Identifier: GPL-2.0-only */
/* The ways to inject; one function each. */
#ifndef DP_SYS_INJECT_H
#define DP_SYS_INJECT_H

#include "base/why.h"
#include "model/method.h"
#include "model/platform.h"
#include "model/target.h"

#define DP_HWPOISON_DIR "sys/kernel/debug/hwpoison"
#define DP_HWPOISON_MODULE "hwpoison_inject"
#define DP_MEMORY_DIR "sys/devices/system/memory"

/* Where the page is, in every way in which a method may want to name it. */
struct dp_injection {
	void *addr;		/* in the caller's own mapping */
	uint64_t length;	/* bytes: one page */
	const struct dp_target *target;
	struct dp_place_bases at; /* offset, physical address, pfn, blocks */
	uint64_t pfn_seen;	/* pagemap's, 0: not asked or hidden */
	/* Where the SIGBUS of a process that maps the page are counted; NULL:
	 * nobody counts. Of methods that need time to show. */
	const volatile uint32_t *told;
	unsigned int wait;	/* seconds that they may take */
	bool quiet;		/* the platform is not to notify the kernel */
	struct dp_platform_seen *platform; /* to be filled by those that strike
				 * the medium */
};

/* Inject. 0, or negative errno of the call. The SIGBUS that it causes arrives
 * before it returns (madvise), or whenever the method delivers it. A method
 * that names the page by its physical address is refused with -ERANGE where
 * that is not inside the target, and with -ESTALE where pagemap says that
 * another page is mapped there. */
int dp_inject(enum dp_method method, const struct dp_injection *injection);

/* Wait until an injection shows: a SIGBUS was counted, or HardwareCorrupted in
 * /proc/meminfo has grown beyond `was` (kB), which it does when memory_failure()
 * is through. With `input` not below 0, a line that can be read there means
 * that the injector says it is done, and what is to show may take a second more;
 * the end of it means nothing. 0, -ETIMEDOUT, or -ENODATA when it is said to be
 * done and nothing has shown. */
int dp_await_poison(const struct dp_injection *i, uint64_t was, int input);

/* HardwareCorrupted in kB; 0 where this kernel does not count. */
uint64_t dp_corrupted_kb(void);

/* inject-mce.c: ask the host for a machine check. As dp_inject(). */
int dp_inject_mce(const struct dp_injection *i);
/* Where the first process of a guest takes requests for its host. */
#define DP_AGENT_SOCKET "run/daxpoison.agent"

/* inject-ars.c: have the platform report the page as bad, and wait until its
 * region lists the blocks; if its notification does not bring that, ask for a
 * scrub. Fills i->platform. As dp_inject(). */
int dp_inject_ars(const struct dp_injection *i);
/* The other way: the platform is to report it no longer, and the blocks, if any
 * is listed as bad, are cleared: by writing `was`, `length` bytes that stood there, or, under a dax
 * device, by stopping the namespace for a moment. 0; -EBUSY: in use; -ENODATA:
 * it is not known what to write; or another negative errno. */
int dp_clear_ars(const struct dp_target *t, const struct dp_place_bases *at,
		 uint64_t length, const void *was);

/* inject-einj.c: have firmware make an error at this physical address, by the
 * files below root. 0, -EOPNOTSUPP where that kind is not offered, or negative
 * errno. Source: Documentation/firmware-guide/acpi/apei/einj.rst. */
#define DP_EINJ_DIR "sys/kernel/debug/apei/einj"
struct dp_rootdir;
int dp_einj_write(const struct dp_rootdir *root, uint64_t phys, uint64_t length);
/* Whether the kind of error is offered there. As dp_einj_write(). */
int dp_einj_offered(const struct dp_rootdir *root);
int dp_inject_einj(const struct dp_injection *i);

/* What the methods of a run need of the kernel, for as long as it lasts. */
struct dp_armed {
	bool hwpoison;		/* we loaded the module */
};

/* Make these methods (of DP_BIT(enum dp_method)) ready: load what is missing.
 * 0, or negative errno with a reason. _disarm takes out what _arm loaded; 0 or
 * negative errno. */
int dp_arm(struct dp_armed *armed, unsigned int methods, struct dp_why *why);
int dp_disarm(struct dp_armed *armed);

#endif
