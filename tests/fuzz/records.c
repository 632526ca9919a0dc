/* SPDX-License-Identifier: GPL-2.0-only */
/* What lies in files and comes from the kernel: the journal, logs, core files,
 * extents, superblocks. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "model/account.h"
#include "model/decode.h"
#include "model/metadata-map.h"
#include "model/record.h"
#include "model/signature.h"
#include "parsers.h"
#include "sys/fiemap.h"
#include "sys/kmsg-tail.h"

/* A record without the bytes of its lines, which may be anything: they are most
 * of it. */
static struct dp_record *dp_a_record(const uint8_t *data, size_t *n)
{
	const size_t at = offsetof(struct dp_record, lines);
	const size_t lines = sizeof(((struct dp_record *)NULL)->lines);
	char *r;

	if (*n <= at) {
		r = calloc(1, *n ?: 1);
		HOLDS(r);
		if (*n)
			memcpy(r, data, *n);
	} else {
		r = calloc(1, *n + lines);
		HOLDS(r);
		memcpy(r, data, at);
		memcpy(r + at + lines, data + at, *n - at);
		*n += lines;
	}
	return (struct dp_record *)r;
}

void dp_fuzz_record(const uint8_t *data, size_t n)
{
	static struct dp_target target;
	_cleanup_free_ struct dp_record *r = dp_a_record(data, &n);
	struct dp_why why = { "" };
	uint8_t last = 0;

	if (dp_record_check(r, n, &why)) {
		HOLDS(why.text[0]);
		return;
	}
	/* What undo relies on: every page is there, and has a place. */
	for (uint32_t i = 0; i < r->n; i++) {
		HOLDS(r->offsets[i] <= r->size - 1);
		last ^= r->pages[(i + 1) * r->page - 1];
	}
	for (uint32_t i = 0; i < r->n_lines; i++) {
		uint64_t line = dp_record_line(r, i);

		HOLDS(line < r->size && r->size - line >= DP_RECORD_LINE);
		HOLDS(line - dp_align_down(line, r->page) <=
		      r->page - DP_RECORD_LINE);
		last ^= r->lines[i][0];
	}
	HOLDS(dp_record_pages(r) <= r->n + r->n_lines);
	target.kind = r->kind;
	memcpy(target.uuid, r->uuid, sizeof(target.uuid) - 1);
	HOLDS(last || dp_record_is_of(r, &target, 1, 2) || true);
	HOLDS(strlen(r->name) < sizeof(r->name));
	HOLDS(dp_record_state_name(r->state));
}

void dp_fuzz_klog(const uint8_t *data, size_t n)
{
	static struct dp_statements said;
	_cleanup_free_ char *text = dp_fuzz_text(data, n);
	struct dp_account_event event;
	struct dp_klog log;

	/* Without the NUL: a log has none. */
	HOLDS(!dp_klog_read(&log, text, n, 4096));
	HOLDS(log.telling <= log.lines && log.n <= DP_INCIDENTS_MAX);
	for (size_t i = 0; i < log.n; i++) {
		HOLDS(log.at[i].line && log.at[i].line <= log.lines);
		dp_decode_incident(&log.at[i], &said);
		HOLDS(said.n <= DP_STATEMENTS_MAX);
	}
	dp_klog_deinit(&log);
	if (dp_account_action(text, &event))
		HOLDS(strlen(event.type) < sizeof(event.type));
}

static void dp_a_line(const char *line, void *arg)
{
	char shown[96];

	HOLDS(!strchr(line, '\n'));
	dp_printable(shown, sizeof(shown), line);
	for (const char *p = shown; *p; p++)
		HOLDS((uint8_t)*p >= ' ');
	++*(unsigned int *)arg;
}

/* /dev/kmsg gives a record a read; a file gives as much as there is room for. */
void dp_fuzz_kmsg(const uint8_t *data, size_t n)
{
	static int fd = -1;
	unsigned int lines = 0;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	HOLDS(!ftruncate(fd, 0) && pwrite(fd, data, n, 0) == (ssize_t)n);
	HOLDS(!lseek(fd, 0, SEEK_SET));
	dp_kmsg_tail_read(fd, "pmem0", dp_a_line, &lines);
	HOLDS(lines <= n / 4);
}

void dp_fuzz_core(const uint8_t *data, size_t n)
{
	static struct dp_statements said;
	struct dp_why why = { "" };
	struct dp_told_part part;
	struct dp_core core;
	struct dp_told told;

	if (dp_core_read(&core, data, n, &why)) {
		HOLDS(!core.maps && why.text[0]);
		return;
	}
	told = (struct dp_told){
		.signal = { .code = core.code, .addr = core.addr, .lsb = core.lsb },
		.kind = -1,
		.page = 4096,
		.maps = core.maps,
		.n_maps = core.n_maps,
	};
	dp_decode_signal(&told, &said);
	HOLDS(said.n && said.n <= DP_STATEMENTS_MAX);
	for (size_t i = 0; i < core.n_maps; i++) {
		HOLDS(core.maps[i].start < core.maps[i].end);
		if (dp_told_part(&told, i, &part))
			HOLDS(part.start >= core.maps[i].start &&
			      part.end <= core.maps[i].end &&
			      part.start < part.end);
	}
	dp_core_deinit(&core);
}

/* What ioctl(FS_IOC_FIEMAP) will answer, see __wrap_ioctl. */
static struct {
	const uint8_t *at;
	size_t n;
} dp_extents;

static uint64_t dp_take(size_t bytes)
{
	uint64_t v = 0;

	for (; bytes && dp_extents.n; bytes--, dp_extents.n--)
		v = v << 8 | *dp_extents.at++;
	return v;
}

/* The linker sends every ioctl of the library here. */
int __wrap_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...)
{
	struct fiemap *map;
	va_list ap;

	(void)fd;
	va_start(ap, request);
	map = va_arg(ap, struct fiemap *);
	va_end(ap);
	HOLDS(request == FS_IOC_FIEMAP);
	map->fm_mapped_extents = dp_take(1) % (map->fm_extent_count + 1);
	for (uint32_t i = 0; i < map->fm_mapped_extents; i++) {
		if (!dp_extents.n) {
			map->fm_mapped_extents = i;
			break;
		}
		/* Places are arbitrary; what is backed has the size of a
		 * medium, else going through it in units takes ages. */
		map->fm_extents[i] = (struct fiemap_extent){
			.fe_flags = dp_take(2),
			.fe_logical = dp_take(8),
			.fe_physical = dp_take(8),
			.fe_length = dp_take(4),
		};
	}
	return 0;
}

static void dp_check_layout(const struct dp_layout *layout)
{
	const struct dp_units units = { 4096, 2 * DP_MIB, DP_GIB };
	uint64_t end = 0, at;
	struct dp_stretch s;

	for (size_t i = 0; i < layout->n; i++) {
		const struct dp_extent *e = &layout->at[i];

		/* dp_layout_at() searches by halves. */
		HOLDS(e->length && e->offset >= end);
		HOLDS(e->offset + e->length > e->offset);
		HOLDS(dp_layout_at(layout, e->offset) == e);
		HOLDS(dp_layout_at(layout, e->offset + e->length - 1) == e);
		end = e->offset + e->length;
	}
	/* The stretches are the file, without gap and overlap. */
	for (at = 0;; at += s.range.length) {
		dp_layout_stretch(layout, &units, at, &s);
		HOLDS(s.range.offset == at);
		HOLDS(s.extent == dp_layout_at(layout, at));
		if (!s.range.length)
			break;
	}
	HOLDS(at == layout->size);
	if (!dp_layout_find_units(layout, &units, 3, 0, &at, NULL))
		for (int i = 0; i < 3; i++)
			HOLDS(dp_layout_phys(layout, at + i * units.pmd) %
				      units.pmd == 0);
}

/* Eight bytes: size of the file; then for each call how many extents there are,
 * and the extents. */
void dp_fuzz_fiemap(const uint8_t *data, size_t n)
{
	static int fd = -1;
	struct dp_layout layout = { 0 };

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	dp_extents.at = data;
	dp_extents.n = n;
	HOLDS(!ftruncate(fd, dp_take(8) & INT64_MAX));
	if (!dp_fiemap_read(fd, 0x100000000, &layout))
		dp_check_layout(&layout);
	dp_layout_deinit(&layout);
}

/* A device that holds these bytes, and zeroes after them. */
struct dp_medium_bytes {
	const uint8_t *at;
	size_t n;
};

static int dp_read_medium(void *arg, uint64_t at, void *buf, size_t n)
{
	const struct dp_medium_bytes *m = arg;

	memset(buf, 0, n);
	if (at < m->n)
		memcpy(buf, m->at + at, dp_min(n, (size_t)(m->n - at)));
	return 0;
}

void dp_fuzz_metadata(const uint8_t *data, size_t n)
{
	struct dp_medium_bytes medium = { data, n };
	static const enum dp_fs kinds[] = { DP_FS_EXT4, DP_FS_XFS };
	struct dp_metadata_map map;
	const char *what = NULL;
	struct dp_why why;
	char label[17];
	uint64_t at;

	dp_metadata_detect(dp_read_medium, &medium, label);
	HOLDS(memchr(label, '\0', sizeof(label)));
	HOLDS(!dp_signature_find(dp_read_medium, &medium, &what) == !what);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		why.text[0] = '\0';
		if (dp_metadata_map_read(kinds[i], dp_read_medium, &medium,
					 &map, &why)) {
			HOLDS(why.text[0]);
			continue;
		}
		HOLDS(map.block && map.inode_size);
		HOLDS(memchr(map.label, '\0', sizeof(map.label)));
		for (unsigned int bit = 0; bit < 64; bit++)
			if (!dp_metadata_inode(&map, dp_read_medium, &medium,
					       1ULL << bit, &at))
				HOLDS(at < map.size);
	}
}
