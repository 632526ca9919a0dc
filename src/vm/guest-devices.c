/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "sys/provision.h"
#include "vm/guest.h"

#define DP_WAIT_MS 60000	/* TCG on a busy machine is slow */

/* Call `each` with every name in a directory of sysfs until it says true. */
static bool dp_any_entry(const char *path,
			 bool (*each)(void *data, const char *name),
			 void *data)
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (e->d_name[0] != '.' && each(data, e->d_name))
			return true;
	return false;
}

struct dp_port_search {
	struct dp_guest *g;
	char name[64];
};

static bool dp_is_our_port(void *data, const char *name)
{
	struct dp_port_search *s = data;
	char text[64];

	if (dp_rootdir_read(&s->g->root, text, sizeof(text),
			    "sys/class/virtio-ports/%s/name", name) < 0)
		return false;
	if (strcmp(text, "daxpoison"))
		return false;
	snprintf(s->name, sizeof(s->name), "/dev/%.50s", name);
	return !access(s->name, R_OK | W_OK);
}

static bool dp_port_ready(void *data)
{
	return dp_any_entry("/sys/class/virtio-ports", dp_is_our_port, data);
}

int dp_guest_open_channel(struct dp_guest *g, struct dp_why *why)
{
	struct dp_port_search s = { .g = g };
	int rc;

	rc = dp_uevents_wait(&g->uevents, dp_port_ready, &s, DP_WAIT_MS);
	if (rc)
		return dp_why(why, rc,
			      "no port 'daxpoison' in /sys/class/virtio-ports after %d s: does the kernel have virtio_pci and virtio_console?",
			      DP_WAIT_MS / 1000);
	g->channel = open(s.name, O_RDWR | O_CLOEXEC);
	if (g->channel < 0)
		return dp_why(why, -errno, "cannot open %s: %s", s.name,
			      strerror(errno));
	return 0;
}

struct dp_region {
	char name[32];
	uint64_t size;
	uint64_t handle;	/* of its NVDIMM */
};

struct dp_region_search {
	struct dp_guest *g;
	struct dp_region found[4 * DP_PMEM_MAX];
	unsigned int n;
};

/* The firmware's name for the NVDIMM behind a region: QEMU counts them from 1,
 * in the order of its command line. Neither addresses nor the numbers of the
 * regions keep that order. Negative errno for a region of another kind. */
static int dp_read_handle(const struct dp_rootdir *root, const char *region,
			  uint64_t *handle)
{
	char mapping[64];
	int rc;

	/* "nmem0,0,16777216,0" */
	rc = dp_rootdir_read(root, mapping, sizeof(mapping),
			     "sys/bus/nd/devices/%s/mapping0", region);
	if (rc < 0)
		return rc;
	mapping[strcspn(mapping, ",")] = '\0';
	return dp_rootdir_read_u64(root, handle,
				   "sys/bus/nd/devices/%s/nfit/handle",
				   mapping);
}

static bool dp_take_region(void *data, const char *name)
{
	struct dp_region_search *s = data;
	const struct dp_rootdir *root = &s->g->root;
	struct dp_region *r = &s->found[s->n];

	if (strncmp(name, "region", 6) || s->n == ARRAY_SIZE(s->found))
		return false;
	snprintf(r->name, sizeof(r->name), "%.31s", name);
	if (!dp_read_handle(root, name, &r->handle) &&
	    !dp_rootdir_read_u64(root, &r->size, "sys/bus/nd/devices/%s/size",
				 name) &&
	    !dp_rootdir_access(root, F_OK, "sys/bus/nd/devices/%s/driver",
			       name))
		s->n++;
	return false;
}

static bool dp_regions_ready(void *data)
{
	struct dp_region_search *s = data;

	s->n = 0;
	dp_any_entry("/sys/bus/nd/devices", dp_take_region, s);
	return s->n >= s->g->orders.n_pmem;
}

static int dp_by_handle(const void *a, const void *b)
{
	const struct dp_region *x = a, *y = b;

	return (x->handle > y->handle) - (x->handle < y->handle);
}

/* A driver link appears when probing starts; this waits for its end. */
static bool dp_wait_probe(void *data, const char *name)
{
	struct dp_guest *g = data;
	char text[8];

	if (!strncmp(name, "ndbus", 5))
		dp_rootdir_read(&g->root, text, sizeof(text),
				"sys/bus/nd/devices/%s/wait_probe", name);
	return false;
}

/* The regions in the order of the specs. */
static int dp_find_regions(struct dp_guest *g, struct dp_region_search *s,
			   struct dp_why *why)
{
	char want[DP_SIZE_TEXT], is[DP_SIZE_TEXT];
	int rc;

	*s = (struct dp_region_search){ .g = g };
	rc = dp_uevents_wait(&g->uevents, dp_regions_ready, s, DP_WAIT_MS);
	if (rc)
		return dp_why(why, rc,
			      "%u of %u NVDIMMs appeared in /sys/bus/nd/devices within %d s: does the kernel have nfit?",
			      s->n, g->orders.n_pmem, DP_WAIT_MS / 1000);
	dp_any_entry("/sys/bus/nd/devices", dp_wait_probe, g);
	qsort(s->found, s->n, sizeof(s->found[0]), dp_by_handle);
	for (unsigned int i = 0; i < g->orders.n_pmem; i++)
		if (s->found[i].size != g->orders.pmem[i].size)
			return dp_why(why, -ENXIO,
				      "NVDIMM %u became %s of %s, %s were asked for",
				      i + 1, s->found[i].name,
				      dp_size_text(is, s->found[i].size, false),
				      dp_size_text(want, g->orders.pmem[i].size,
						   false));
	return 0;
}

int dp_guest_provision(struct dp_guest *g, struct dp_why *why)
{
	char text[DP_PMEM_SPEC_TEXT], name[64];
	struct dp_region_search s;
	struct dp_why inner = { "" };
	int rc;

	if (!g->orders.n_pmem)
		return 0;
	dp_guest_note(g, "guest: waiting for %u NVDIMMs", g->orders.n_pmem);
	rc = dp_find_regions(g, &s, why);
	for (unsigned int i = 0; !rc && i < g->orders.n_pmem; i++) {
		const struct dp_pmem_spec *spec = &g->orders.pmem[i];

		dp_pmem_spec_text(text, spec);
		dp_guest_note(g, "guest: making %s on %s", text,
			      s.found[i].name);
		rc = dp_provision_region(s.found[i].name, spec->mode,
					 spec->align, 0, name, sizeof(name),
					 &inner);
		if (!rc && spec->fs)
			rc = dp_guest_make_fs(g, spec, name, &inner);
		if (rc)
			return dp_why(why, rc, "cannot make %s on %s: %s", text,
				      s.found[i].name,
				      dp_why_text(&inner, rc));
	}
	return rc;
}
