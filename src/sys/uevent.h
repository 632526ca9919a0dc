/* SPDX-License-Identifier: GPL-2.0-only */
/* Waiting for devices: the kernel's own events through libudev, so that no
 * udevd is needed. */
#ifndef DP_SYS_UEVENT_H
#define DP_SYS_UEVENT_H

#include "base/macros.h"

struct dp_uevents {
	struct udev *udev;
	struct udev_monitor *monitor;
};

/* Start to listen. Do this before what shall be waited for is set going.
 * 0 or negative errno. */
int dp_uevents_init(struct dp_uevents *u);
void dp_uevents_deinit(struct dp_uevents *u);

/* Ask `ready` now and after each event. 0 once it says true; -ETIMEDOUT after
 * `timeout_ms`; or negative errno. */
int dp_uevents_wait(struct dp_uevents *u, bool (*ready)(void *data),
		    void *data, unsigned int timeout_ms);

#endif
