/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "sys/module.h"
#include "vm/guest.h"

#define DP_ORDERS_SIZE (1 << 20)

static const struct {
	const char *type, *target, *options;
	bool needed;
} dp_mounts[] = {
	{ "proc", "/proc", NULL, true },
	{ "sysfs", "/sys", NULL, true },
	{ "devtmpfs", "/dev", NULL, true },
	{ "devpts", "/dev/pts", "gid=5,mode=620,ptmxmode=666", false },
	{ "tmpfs", "/dev/shm", "mode=1777", false },
	{ "debugfs", "/sys/kernel/debug", NULL, false },
	{ "tracefs", "/sys/kernel/tracing", NULL, false },
	{ "tmpfs", "/tmp", "mode=1777", false },
	{ "tmpfs", "/run", "mode=755", false },
};

bool dp_guest_is(void)
{
	return getpid() == 1 && !access(DP_ORDERS_PATH, R_OK);
}

static int dp_guest_mount(struct dp_why *why)
{
	for (size_t i = 0; i < ARRAY_SIZE(dp_mounts); i++) {
		const char *target = dp_mounts[i].target;

		mkdir(target, 0755);
		if (!mount(dp_mounts[i].type, target, dp_mounts[i].type,
			   MS_NOSUID, dp_mounts[i].options))
			continue;
		if (dp_mounts[i].needed)
			return dp_why(why, -errno, "cannot mount %s: %s",
				      target, strerror(errno));
	}
	return 0;
}

static int dp_guest_read_orders(struct dp_guest *g, struct dp_why *why)
{
	_cleanup_close_ int fd = open(DP_ORDERS_PATH, O_RDONLY | O_CLOEXEC);
	char *text = malloc(DP_ORDERS_SIZE);
	size_t used = 0;
	ssize_t n;

	/* Never freed: the orders points into it, to the end of the machine. */
	if (fd < 0 || !text) {
		free(text);
		return dp_why(why, -ENOENT, "cannot open the orders");
	}
	while ((n = read(fd, text + used, DP_ORDERS_SIZE - used)) > 0)
		used += n;
	return dp_orders_parse(&g->orders, text, used, why);
}

static int dp_guest_load(struct dp_guest *g, const char *only,
			 struct dp_why *why)
{
	struct dp_modules modules;
	int rc;

	rc = dp_modules_init(&modules, NULL, why);
	for (unsigned int i = 0; !rc && i < g->orders.n_modules; i++)
		if (!only == !!strncmp(g->orders.modules[i], "virtio", 6))
			rc = dp_modules_load(&modules, g->orders.modules[i],
					     why);
	dp_modules_deinit(&modules);
	return rc;
}

static int dp_guest_prepare(struct dp_guest *g, struct dp_why *why)
{
	uint8_t hello[DP_FRAME_FIXED];
	int rc;

	rc = dp_guest_mount(why);
	if (!rc)
		rc = dp_rootdir_init(&g->root, "/");
	if (!rc)
		rc = dp_guest_read_orders(g, why);
	if (!rc)
		rc = dp_uevents_init(&g->uevents);
	if (!rc)
		rc = dp_guest_load(g, "virtio", why);
	if (!rc)
		rc = dp_guest_open_channel(g, why);
	if (!rc)
		rc = dp_guest_send(g, DP_FRAME_HELLO, hello,
				   dp_frame_put_hello(hello, DP_FRAME_VERSION));
	if (rc)
		return rc;
	dp_guest_note(g, "guest: loading modules");
	rc = dp_guest_load(g, NULL, why);
	if (!rc)
		rc = dp_guest_provision(g, why);
	if (!rc)
		rc = dp_guest_nfit_test(g, why);
	return rc ? rc : dp_agent_open(g);
}

/* A descriptor below 3 that is not open would be given to something else. */
static void dp_guest_open_std(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd < 3);
	if (fd > 2)
		close(fd);
}

void dp_guest_main(void)
{
	struct dp_guest g = { .channel = -1, .agent = -1, .asking = -1 };
	struct dp_why why = { "" };
	int rc;

	rc = dp_guest_prepare(&g, &why);
	dp_guest_open_std();
	if (!rc)
		rc = dp_guest_run(&g, &why);
	if (rc)
		dp_guest_fail(&g, &why, rc);
	/* The host ends the machine as soon as it has the result. This is for
	 * a host that does not: what was sent must get out first. */
	if (g.channel >= 0) {
		fsync(g.channel);
		sleep(10);
	}
	sync();
	reboot(RB_POWER_OFF);
}
