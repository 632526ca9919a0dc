/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/mount.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "base/rootdir.h"
#include "model/refusal.h"
#include "model/signature.h"
#include "run/metadata-steps.h"
#include "sys/bounded.h"
#include "sys/caps.h"
#include "sys/kmsg-tail.h"
#include "sys/program.h"

/* Bytes; enough for the log, and of ext4 for a second group of blocks, which is
 * where the copy of the superblock is. */
static const uint64_t dp_metadata_least[] = {
	[DP_FS_EXT4] = 192 * DP_MIB,
	[DP_FS_XFS] = 320 * DP_MIB,
};

static int dp_metadata_programs(struct dp_metadata_stage *s,
				struct dp_why *why)
{
	const struct dp_file_system *fs = dp_file_system(s->options->fs);

	if (dp_program_path(fs->mkfs, s->mkfs, sizeof(s->mkfs)))
		return dp_why(why, -EOPNOTSUPP, "%s is not installed; 'apt-get install %s'",
			      fs->mkfs, fs->package);
	/* What it would have mended is only not known then. */
	if (dp_program_path(fs->repair, s->repair, sizeof(s->repair)))
		s->repair[0] = '\0';
	return 0;
}

/* Whether the device may be taken: nobody has it, and what it holds is nothing,
 * or a file system that we made. */
static int dp_metadata_vacant(struct dp_metadata_stage *s, struct dp_why *why)
{
	const char *device = s->node->devnode;
	_cleanup_close_ int fd = -1;
	const char *what;
	char label[17];
	int rc, held = 0;

	fd = open(device, O_RDWR | O_EXCL | O_DIRECT | O_CLOEXEC);
	if (fd < 0) {
		rc = -errno;
		return dp_why(why, rc,
			      rc == -EBUSY ? "%s is in use (mounted elsewhere, or claimed by the kernel): %s"
					   : "cannot open %s: %s",
			      device, strerror(-rc));
	}
	rc = dp_metadata_detect(dp_metadata_read, &fd, label);
	if (rc == DP_FS_NONE)
		held = dp_signature_find(dp_metadata_read, &fd, &what);
	if (rc < 0 || held < 0)
		return dp_why(why, dp_min(rc, held), "cannot read %s: %s",
			      device, strerror(-dp_min(rc, held)));
	if (s->options->force)
		return 0;
	if (held)
		return dp_why(why, -EBUSY, "%s holds %s; --force destroys it",
			      device, what);
	if (rc == DP_FS_NONE || !strcmp(label, DP_METADATA_LABEL))
		return 0;
	return dp_why(why, -EBUSY, "%s holds a file system (%s) that daxpoison did not make; --force destroys it",
		      device, dp_file_system(rc)->name);
}

/* Whether the method would work once a file system is mounted there, which it
 * will be. */
static int dp_metadata_able(const struct dp_metadata_stage *s,
			    const struct dp_inventory *inv, int index,
			    enum dp_method method, struct dp_why *why)
{
	const struct dp_node *bus =
		dp_inventory_above(inv, index, DP_NODE_BUS);
	_cleanup_(dp_rootdir_deinit) struct dp_rootdir root = { .fd = -1 };
	_cleanup_free_ struct dp_node *mounted = malloc(sizeof(*mounted));
	const struct dp_device_facts facts = {
		.node = mounted,
		.ranges = 1,
		.provider = bus ? bus->provider : NULL,
	};
	struct dp_method_state state;
	struct dp_caps caps;
	int rc = mounted ? dp_rootdir_init(&root, NULL) : -ENOMEM;

	if (rc)
		return rc;
	*mounted = *s->node;
	snprintf(mounted->mount, sizeof(mounted->mount), "-");
	dp_caps_probe(&root, &caps);
	state = dp_caps_method(&caps, &facts, method);
	return state.usable ? 0
			    : dp_why(why, -EOPNOTSUPP, "%s cannot be poisoned by %s: %s",
				     s->node->name, dp_method_name(method),
				     state.why);
}

static int dp_metadata_may(struct dp_metadata_stage *s,
			   const struct dp_inventory *inv, int index,
			   struct dp_why *why)
{
	const struct dp_medium *medium = dp_inventory_medium(inv, index);
	const struct dp_node *node = s->node;
	int method = dp_metadata_how_info(s->options->how)->method;
	const struct dp_medium unknown = { .emulated = false };
	struct dp_refusal_facts facts = {
		.name = node->name,
		.path = node->devnode,
	};
	char least[DP_SIZE_TEXT];
	int rc;

	if (node->type != DP_NODE_NAMESPACE || node->mode != DP_MODE_FSDAX)
		return dp_why(why, -EOPNOTSUPP, "%s is no namespace in fsdax mode, which a file system for DAX needs",
			      node->name);
	if (!node->enabled || !node->devnode[0])
		return dp_why(why, -ENODEV, "%s is disabled: it has no block device",
			      node->name);
	facts.mount = node->mount;
	rc = dp_refuse(&facts, s->options->force, why);
	if (rc)
		return rc;
	if (node->size < dp_metadata_least[s->options->fs])
		return dp_why(why, -ENOSPC, "%s is too small for %s; it takes %s",
			      node->name, dp_file_system(s->options->fs)->name,
			      dp_size_text(least, dp_metadata_least[s->options->fs],
					   false));
	facts.medium = medium ?: &unknown;
	rc = dp_refuse(&facts, s->options->force, why);
	if (rc)
		return rc;
	rc = method < 0 ? 0 : dp_metadata_able(s, inv, index, method, why);
	return rc ? rc : dp_metadata_vacant(s, why);
}

/* The namespace as something that has physical addresses. */
static void dp_metadata_target(struct dp_metadata_stage *s)
{
	const struct dp_node *node = s->node;

	snprintf(s->target.name, sizeof(s->target.name), "%s", node->name);
	s->target.kind = DP_KIND_FSDAX;
	s->target.mode = node->mode;
	s->target.size = node->size;
	s->target.phys = s->target.fs_phys = node->data_phys;
	s->target.namespace_phys = node->phys;
	s->target.region_phys = DP_PHYS_UNKNOWN;
	s->target.fd = s->target.other_fd = -1;
}

/* Nobody else shall come upon the mount, and it ends with us. */
static int dp_metadata_private(struct dp_metadata_stage *s, struct dp_why *why)
{
	if (unshare(CLONE_NEWNS) ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return dp_why(why, -errno, "no mount namespace of our own can be had: %s",
			      strerror(errno));
	snprintf(s->dir, sizeof(s->dir), "/tmp/daxpoison-XXXXXX");
	if (!mkdtemp(s->dir)) {
		s->dir[0] = '\0';
		return dp_why(why, -errno, "cannot make a directory in /tmp: %s",
			      strerror(errno));
	}
	return 0;
}

static int dp_metadata_ready(struct dp_metadata_stage *s,
			     const struct dp_inventory *inv, const char *name,
			     struct dp_why *why)
{
	int index = dp_inventory_find(inv, name), method, rc;

	if (index < 0)
		return dp_why(why, -ENODEV, "there is no namespace '%s'; 'daxpoison list' shows what there is",
			      name);
	s->node = &inv->nodes[index];
	rc = dp_metadata_may(s, inv, index, why);
	if (!rc)
		rc = dp_metadata_programs(s, why);
	if (rc)
		return rc;
	dp_metadata_target(s);
	s->shared = mmap(NULL, sizeof(*s->shared), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->shared == MAP_FAILED) {
		s->shared = NULL;
		return -ENOMEM;
	}
	memcpy(s->shared->device, s->node->devnode, sizeof(s->shared->device));
	s->out = memfd_create("programs", MFD_CLOEXEC);
	if (s->out < 0)
		return -errno;
	method = dp_metadata_how_info(s->options->how)->method;
	rc = method < 0 ? 0 : dp_arm(&s->armed, DP_BIT(method), why);
	return rc ? rc : dp_metadata_private(s, why);
}

int dp_metadata_open(struct dp_metadata_stage **stage,
		     const struct dp_inventory *inv, const char *name,
		     const struct dp_metadata_options *options,
		     struct dp_why *why)
{
	struct dp_metadata_stage *s = calloc(1, sizeof(*s));
	int rc;

	*stage = NULL;
	if (!s)
		return -ENOMEM;
	s->options = options;
	s->out = -1;
	s->kmsg = dp_kmsg_tail_open();
	rc = dp_metadata_ready(s, inv, name, why);
	if (rc)
		dp_metadata_close(s);
	else
		*stage = s;
	return rc;
}

void dp_metadata_close(struct dp_metadata_stage *s)
{
	if (!s)
		return;
	if (s->shared && s->shared->mounted)
		umount2(s->dir, MNT_DETACH);
	if (s->dir[0])
		rmdir(s->dir);
	dp_disarm(&s->armed);
	if (s->shared)
		munmap(s->shared, sizeof(*s->shared));
	if (s->kmsg >= 0)
		close(s->kmsg);
	if (s->out >= 0)
		close(s->out);
	free(s);
}

const struct dp_node *dp_metadata_node(const struct dp_metadata_stage *stage)
{
	return stage->node;
}

bool dp_metadata_stuck(const struct dp_metadata_stage *stage)
{
	return stage->stuck;
}

static void dp_metadata_line(const char *line, void *arg)
{
	struct dp_metadata_result *r = arg;

	if (r->n_lines < DP_METADATA_LINES)
		dp_printable(r->lines[r->n_lines], DP_METADATA_LINE, line);
	r->n_lines++;
}

static bool dp_is_program(enum dp_metadata_step step)
{
	return step == DP_MS_MAKE || step == DP_MS_REPAIR ||
	       step == DP_MS_REPAIR_HARD;
}

/* The last line that says something; of mkfs the first, as it goes on with its
 * usage. */
static void dp_metadata_words(struct dp_metadata_stage *s,
			      struct dp_metadata_result *r)
{
	char text[16384], *line, *rest = text;
	ssize_t n = pread(s->out, text, sizeof(text) - 1, 0);

	text[n < 0 ? 0 : n] = '\0';
	while ((line = strsep(&rest, "\n"))) {
		if (line[strspn(line, " \t")] == '\0')
			continue;
		dp_printable(r->said, sizeof(r->said), line);
		if (s->step == DP_MS_MAKE)
			return;
	}
}

/* Why the step cannot be taken; NULL: it can. */
static const char *dp_metadata_bar(const struct dp_metadata_stage *s,
				   enum dp_metadata_step step)
{
	const struct dp_metadata_run *run = &s->shared->run;
	bool medium = step == DP_MS_MEDIUM || step == DP_MS_BACK_MEDIUM;
	bool wants_mount = dp_metadata_counts(step) && !medium;

	if (s->stuck)
		return "a process hangs in the kernel; nothing more can be tried";
	switch (step) {
	case DP_MS_WARM_CREATE:
	case DP_MS_WARM_SYNC:
	case DP_MS_COLD_CREATE:
	case DP_MS_COLD_SYNC:
	case DP_MS_LOCATE:
	case DP_MS_POISON:
	case DP_MS_UNMOUNT:
	case DP_MS_AGAIN_UNMOUNT:
	case DP_MS_PLAIN_UNMOUNT:
	case DP_MS_BACK_UNMOUNT:
		wants_mount = true;
		break;
	case DP_MS_REPAIR:
		if (!s->repair[0])
			return "its program is not installed";
		break;
	case DP_MS_REPAIR_HARD:
		/* 1 of e2fsck: errors were corrected. */
		if (run->at_step[DP_MS_REPAIR].status <= 0 ||
		    (s->options->fs == DP_FS_EXT4 &&
		     run->at_step[DP_MS_REPAIR].status == 1))
			return "the repair has done it";
		break;
	default:
		break;
	}
	if (wants_mount != s->shared->mounted)
		return wants_mount ? "it is not mounted" : "it is still mounted";
	if (step > DP_MS_RENEW && !medium && !run->cleared)
		return "the block is still bad";
	return NULL;
}

static void dp_metadata_step_go(struct dp_metadata_stage *s,
				enum dp_metadata_step step)
{
	struct dp_metadata_result *r = &s->shared->run.at_step[step];
	const char *bar = dp_metadata_bar(s, step);
	struct dp_bounded b;
	int rc;

	r->status = -1;
	if (bar) {
		snprintf(r->said, sizeof(r->said), "%s", bar);
		return;
	}
	s->step = step;
	if (ftruncate(s->out, 0) || lseek(s->out, 0, SEEK_SET) < 0) {
		dp_metadata_fail(r, "memfd", errno);
		return;
	}
	r->tried = true;
	rc = dp_bounded_run(dp_metadata_take, s, s->options->seconds, &b);
	if (rc) {
		dp_metadata_fail(r, "fork", -rc);
		return;
	}
	r->ns = b.ns;
	r->late = b.late;
	r->stuck = s->stuck = b.stuck;
	if (dp_is_program(step)) {
		r->status = b.status;
		dp_metadata_words(s, r);
	} else if (!b.late && b.status) {
		snprintf(r->said, sizeof(r->said), "its process was ended by signal %d",
			 b.status - 128);
		dp_metadata_fail(r, "killed", EFAULT);
	}
	if (s->kmsg >= 0)
		dp_kmsg_tail_read(s->kmsg,
				  strrchr(s->shared->device, '/') + 1,
				  dp_metadata_line, r);
}

const struct dp_metadata_run *dp_metadata_go(struct dp_metadata_stage *s,
					     enum dp_metadata_place place)
{
	struct dp_metadata_run *run = &s->shared->run;
	bool ready = true;

	*run = (struct dp_metadata_run){
		.place = place,
		.how = s->options->how,
		.keep = s->options->keep || place == DP_PLACE_NOTHING,
		.page = s->options->page,
		.phys = DP_PHYS_UNKNOWN,
	};
	for (int step = 0; step < DP_METADATA_STEPS; step++) {
		const struct dp_metadata_result *r = &run->at_step[step];

		if (!ready)
			continue;
		dp_metadata_step_go(s, step);
		/* What could not be made ready is not gone on with. */
		if (step < DP_MS_POISON && (!r->tried || r->err || r->late ||
					    r->failed || r->status > 0))
			ready = false;
	}
	if (s->shared->mounted && !s->stuck && !umount2(s->dir, MNT_DETACH))
		s->shared->mounted = false;
	return run;
}
