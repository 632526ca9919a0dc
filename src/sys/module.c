/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <libkmod.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sys/module.h"

/* libkmod writes to stderr unless told not to. */
static void dp_kmod_quiet(void *data, int priority, const char *file, int line,
			  const char *fn, const char *format, va_list args)
{
	(void)data;
	(void)priority;
	(void)file;
	(void)line;
	(void)fn;
	(void)format;
	(void)args;
}

int dp_modules_init(struct dp_modules *m, const char *dir, struct dp_why *why)
{
	static const char *const no_config[] = { NULL };
	char path[PATH_MAX];

	*m = (struct dp_modules){ .ctx = kmod_new(dir, no_config) };
	if (!m->ctx)
		return dp_why(why, -ENOMEM, "libkmod gives no context");
	kmod_set_log_fn(m->ctx, dp_kmod_quiet, NULL);
	/* Not modules.builtin.bin: without a list, depmod writes an empty one. */
	if (snprintf(path, sizeof(path), "%s/modules.builtin",
		     kmod_get_dirname(m->ctx)) < (int)sizeof(path))
		m->knows_builtin = !access(path, R_OK);
	if (snprintf(path, sizeof(path), "%s/modules.dep.bin",
		     kmod_get_dirname(m->ctx)) < (int)sizeof(path) &&
	    access(path, R_OK)) {
		dp_modules_deinit(m);
		return dp_why(why, -ENOENT, "no %s (depmod writes it)", path);
	}
	return 0;
}

void dp_modules_deinit(struct dp_modules *m)
{
	if (m->ctx)
		kmod_unref(m->ctx);
	m->ctx = NULL;
}

static int dp_take_dependencies(struct kmod_module *mod,
				int (*take)(void *data, const char *path),
				void *data)
{
	struct kmod_list *list = kmod_module_get_dependencies(mod), *entry;
	int rc = 0;

	kmod_list_foreach(entry, list)
	{
		struct kmod_module *dep = kmod_module_get_module(entry);
		const char *path = kmod_module_get_path(dep);

		if (!rc && path)
			rc = take(data, path);
		kmod_module_unref(dep);
	}
	kmod_module_unref_list(list);
	return rc;
}

/* The list of what the name stands for: usually one module. */
static int dp_lookup(const struct dp_modules *m, const char *name,
		     struct kmod_list **list)
{
	int rc;

	*list = NULL;
	rc = kmod_module_new_from_lookup(m->ctx, name, list);
	if (rc < 0)
		return rc;
	if (!*list)
		return m->knows_builtin ? -ENOENT : -ENODATA;
	return 0;
}

int dp_modules_files(const struct dp_modules *m, const char *name,
		     int (*take)(void *data, const char *path), void *data)
{
	struct kmod_list *list, *entry;
	bool found = false;
	int rc;

	rc = dp_lookup(m, name, &list);
	if (rc)
		return rc;
	kmod_list_foreach(entry, list)
	{
		struct kmod_module *mod = kmod_module_get_module(entry);
		const char *path = kmod_module_get_path(mod);

		if (!rc && path) {
			found = true;
			rc = take(data, path);
			if (!rc)
				rc = dp_take_dependencies(mod, take, data);
		}
		kmod_module_unref(mod);
	}
	kmod_module_unref_list(list);
	return rc ? rc : !found;
}

int dp_modules_load(const struct dp_modules *m, const char *name,
		    struct dp_why *why)
{
	struct kmod_list *list, *entry;
	int rc;

	rc = dp_lookup(m, name, &list);
	if (rc == -ENODATA) {
		/* Built in, perhaps: whoever needs it will notice. */
		return 0;
	}
	if (rc)
		return dp_why(why, rc, "the kernel has no module %s", name);
	kmod_list_foreach(entry, list)
	{
		struct kmod_module *mod = kmod_module_get_module(entry);

		if (!rc)
			rc = kmod_module_probe_insert_module(mod, 0, NULL, NULL,
							     NULL, NULL);
		kmod_module_unref(mod);
	}
	kmod_module_unref_list(list);
	if (rc > 0)	/* a blacklist; there is none without configuration */
		rc = -EPERM;
	if (rc < 0)
		return dp_why(why, rc, "cannot load module %s: %s", name,
			      strerror(-rc));
	return 0;
}

static int dp_take_nothing(void *data, const char *path)
{
	(void)data;
	(void)path;
	return 0;
}

bool dp_modules_has(const struct dp_modules *m, const char *name)
{
	return dp_modules_files(m, name, dp_take_nothing, NULL) >= 0;
}

int dp_modules_unload(const struct dp_modules *m, const char *name)
{
	struct kmod_module *mod;
	int rc;

	rc = kmod_module_new_from_name(m->ctx, name, &mod);
	if (rc < 0)
		return rc;
	rc = kmod_module_remove_module(mod, 0);
	kmod_module_unref(mod);
	return rc;
}

int dp_module_built_for(const char *path, char *release, size_t size)
{
	static const char *const no_config[] = { NULL };
	struct kmod_list *list = NULL, *entry;
	struct kmod_module *mod = NULL;
	struct kmod_ctx *ctx;
	int rc;

	ctx = kmod_new(NULL, no_config);
	if (!ctx)
		return -ENOMEM;
	kmod_set_log_fn(ctx, dp_kmod_quiet, NULL);
	rc = kmod_module_new_from_path(ctx, path, &mod);
	if (!rc)
		rc = kmod_module_get_info(mod, &list);
	if (rc > 0)
		rc = 0;
	release[0] = '\0';
	kmod_list_foreach(entry, list)
		if (!rc && !strcmp(kmod_module_info_get_key(entry), "vermagic"))
			snprintf(release, size, "%s",
				 kmod_module_info_get_value(entry));
	release[strcspn(release, " ")] = '\0';
	kmod_module_info_free_list(list);
	kmod_module_unref(mod);
	kmod_unref(ctx);
	return rc ? rc : *release ? 0 : -ENOEXEC;
}
