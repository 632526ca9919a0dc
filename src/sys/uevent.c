/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <libudev.h>
#include <poll.h>
#include <time.h>

#include "sys/uevent.h"

int dp_uevents_init(struct dp_uevents *u)
{
	int rc;

	*u = (struct dp_uevents){ .udev = udev_new() };
	if (!u->udev)
		return -ENOMEM;
	u->monitor = udev_monitor_new_from_netlink(u->udev, "kernel");
	rc = u->monitor ? udev_monitor_enable_receiving(u->monitor) : -ENOMEM;
	if (rc < 0)
		dp_uevents_deinit(u);
	return rc < 0 ? rc : 0;
}

void dp_uevents_deinit(struct dp_uevents *u)
{
	udev_monitor_unref(u->monitor);
	udev_unref(u->udev);
	*u = (struct dp_uevents){ .udev = NULL };
}

static int64_t dp_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static void dp_drain(struct udev_monitor *monitor)
{
	struct udev_device *dev;

	while ((dev = udev_monitor_receive_device(monitor)))
		udev_device_unref(dev);
}

int dp_uevents_wait(struct dp_uevents *u, bool (*ready)(void *data),
		    void *data, unsigned int timeout_ms)
{
	struct pollfd pfd = {
		.fd = udev_monitor_get_fd(u->monitor),
		.events = POLLIN,
	};
	int64_t end = dp_now_ms() + timeout_ms, left;

	while (!ready(data)) {
		left = end - dp_now_ms();
		if (left <= 0)
			return -ETIMEDOUT;
		/* A full socket drops events: look by itself now and then. */
		if (poll(&pfd, 1, dp_min(left, 500)) < 0 && errno != EINTR)
			return -errno;
		dp_drain(u->monitor);
	}
	return 0;
}
