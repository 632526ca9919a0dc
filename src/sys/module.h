/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel modules, through libkmod: which files one needs, and loading it. The
 * modprobe configuration of this machine is never read: rules in it, such as
 * ndctl's "install libnvdimm", would hide dependencies. */
#ifndef DP_SYS_MODULE_H
#define DP_SYS_MODULE_H

#include "base/macros.h"
#include "base/why.h"

struct kmod_ctx;

struct dp_modules {
	struct kmod_ctx *ctx;	/* owned */
	bool knows_builtin;	/* there is a list of what is built in */
};

/* `dir` holds modules.dep.bin: ".../lib/modules/6.1.0-13-amd64", or NULL for
 * those of the running kernel. 0 or negative errno with a reason. */
int dp_modules_init(struct dp_modules *m, const char *dir, struct dp_why *why);
void dp_modules_deinit(struct dp_modules *m);

/* Call `take` with the path of the module and of each module that it needs, in
 * any order, several times for one shared by several. A negative return of it
 * ends the walk. 0; 1: built in; -ENOENT: the kernel does not have it;
 * -ENODATA: not a module, and whether it is built in is not recorded. */
int dp_modules_files(const struct dp_modules *m, const char *name,
		     int (*take)(void *data, const char *path), void *data);

/* Whether the kernel has it, loadable or built in. */
bool dp_modules_has(const struct dp_modules *m, const char *name);

/* Take it out again, not what it needs. 0 or negative errno (-EBUSY: in use). */
int dp_modules_unload(const struct dp_modules *m, const char *name);

/* Load it into the running kernel with what it needs. 0 (also if it was there
 * already or is built in), -ENOENT, or negative errno, with a reason. */
int dp_modules_load(const struct dp_modules *m, const char *name,
		    struct dp_why *why);

/* The release of the kernel that the module in this file was built for: the
 * first word of its vermagic. 0 or negative errno. */
int dp_module_built_for(const char *path, char *release, size_t size);

#endif
