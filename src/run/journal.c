/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/format.h"
#include "run/journal.h"
#include "sys/kernel.h"

#define DP_SUFFIX ".record"

/* mkdir -p, of which only the last is ours to make private. */
static int dp_make_dirs(char *path)
{
	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0755) && errno != EEXIST) {
			*p = '/';
			return -errno;
		}
		*p = '/';
	}
	return mkdir(path, 0700) && errno != EEXIST ? -errno : 0;
}

static int dp_default_dir(char *buf, size_t size)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (!geteuid())
		return snprintf(buf, size, "/var/lib/daxpoison");
	if (state && *state == '/')
		return snprintf(buf, size, "%s/daxpoison", state);
	return snprintf(buf, size, "%s/.local/state/daxpoison",
			home && *home == '/' ? home : "/tmp");
}

int dp_journal_open(const char *dir, struct dp_why *why)
{
	_cleanup_close_ int fd = -1;
	char path[512];
	struct stat st;
	int n, rc;

	n = dir ? snprintf(path, sizeof(path), "%s", dir)
		: dp_default_dir(path, sizeof(path));
	if (n >= (int)sizeof(path) || !n)
		return dp_why(why, -ENAMETOOLONG, "the journal's directory has a name of %d characters",
			      n);
	rc = dp_make_dirs(path);
	if (!rc) {
		/* The last part must not lead elsewhere. */
		fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		rc = fd < 0 || fstat(fd, &st) ? -errno : 0;
	}
	if (rc)
		return dp_why(why, rc, "cannot keep a journal in %s: %s; --journal names another directory",
			      path, strerror(-rc));
	if (st.st_uid != geteuid() || st.st_mode & 022)
		return dp_why(why, -EPERM, "the journal's directory %s may be written by others, who could have anything written to a device; make it yours, mode 0700",
			      path);
	return TAKE_FD(fd);
}

/* What a target is called by, whatever it is named: its place in memory, or a
 * file's inode. */
static int dp_entry_id(const struct dp_target *t, char *id, size_t size,
		       struct stat *st)
{
	if (t->kind == DP_KIND_FSDAX) {
		if (fstat(t->fd, st))
			return -errno;
		snprintf(id, size, "file-%jx-%jx" DP_SUFFIX,
			 (uintmax_t)st->st_dev, (uintmax_t)st->st_ino);
	} else if (t->phys != DP_PHYS_UNKNOWN) {
		snprintf(id, size, "dax-%" PRIx64 DP_SUFFIX, t->phys);
	} else {
		snprintf(id, size, "dax-%.40s" DP_SUFFIX, t->name);
	}
	return 0;
}

/* Open and lock. 0, -EBUSY, or negative errno. Who had it may have removed it
 * meanwhile: then it is another. */
static int dp_entry_lock(struct dp_journal_entry *e, int flags)
{
	struct stat st, named;

	for (;;) {
		e->fd = openat(e->dir, e->id,
			       O_RDWR | O_NOFOLLOW | O_CLOEXEC | flags, 0600);
		if (e->fd < 0)
			return -errno;
		if (flock(e->fd, LOCK_EX | LOCK_NB))
			return errno == EWOULDBLOCK ? -EBUSY : -errno;
		if (fstat(e->fd, &st))
			return -errno;
		if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
			return -EPERM;
		if (!fstatat(e->dir, e->id, &named, AT_SYMLINK_NOFOLLOW) &&
		    named.st_ino == st.st_ino)
			return 0;
		close(e->fd);
		e->fd = -1;
	}
}

static int dp_entry_map(struct dp_journal_entry *e, uint64_t length)
{
	int flags = e->fd < 0 ? MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE
			      : MAP_SHARED;
	void *p = mmap(NULL, length, PROT_READ | PROT_WRITE, flags, e->fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	e->record = p;
	e->length = length;
	return 0;
}

static void dp_entry_deinit(struct dp_journal_entry *e)
{
	if (e->record)
		munmap(e->record, e->length);
	if (e->fd >= 0)
		close(e->fd);
	e->record = NULL;
	e->fd = -1;
}

static void dp_entry_fill(struct dp_record *r, const struct dp_target *t,
			  uint64_t page, const struct stat *st)
{
	memset(r, 0, sizeof(*r));
	r->kind = t->kind;
	r->page = page;
	r->phys = t->phys;
	r->size = dp_align_up(t->size, page);
	r->device = st->st_dev;
	r->inode = st->st_ino;
	r->pid = getpid();
	r->when = time(NULL);
	snprintf(r->name, sizeof(r->name), "%s", t->name);
	snprintf(r->uuid, sizeof(r->uuid), "%s", t->uuid);
	dp_boot_id_get(r->boot_id);
	/* Last: without it the record was never begun. */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	memcpy(r->magic, DP_RECORD_MAGIC, sizeof(r->magic));
}

/* Whether the record is as it was made, all zeros: it is on the disk before
 * anything is taken, so nothing was. */
static bool dp_entry_unbegun(const struct dp_journal_entry *e)
{
	char magic[sizeof(e->record->magic)] = { 0 };
	static const char none[sizeof(magic)];

	return pread(e->fd, magic, sizeof(magic), 0) >= 0 &&
	       !memcmp(magic, none, sizeof(magic));
}

/* An earlier run's record: is there still something to put back? What cannot be read
 * may have it. */
static int dp_entry_check_old(struct dp_journal_entry *e,
			      const struct dp_target *t, struct dp_why *why)
{
	char when[DP_WHEN_TEXT];
	struct dp_why bad = { "" };
	struct stat st;
	int rc;

	if (fstat(e->fd, &st))
		return -errno;
	if (!st.st_size || dp_entry_unbegun(e))
		return 0;
	rc = dp_entry_map(e, st.st_size);
	if (rc)
		return rc;
	rc = dp_record_check(e->record, e->length, &bad);
	if (rc)
		rc = dp_why(why, -EEXIST, "the journal's record %s of an earlier run cannot be read (%s), and may hold contents of %s; remove it if they are not wanted",
			    e->id, bad.text, t->name);
	else if (e->record->state != DP_RECORD_CLEAN)
		rc = dp_why(why, -EEXIST, "process %d did not live to put back the contents of %s, which it took at %s; 'daxpoison clear %s' does it",
			    e->record->pid, t->name,
			    dp_when_text(when, e->record->when), e->id);
	munmap(e->record, e->length);
	e->record = NULL;
	return rc;
}

/* Space is set aside before anything is saved: a mapping of a file that finds
 * none raises SIGBUS. */
static int dp_entry_reserve(struct dp_journal_entry *e, uint64_t length)
{
	int rc = posix_fallocate(e->fd, 0, length);

	return -rc;
}

static int dp_journal_busy(struct dp_journal_entry *e,
			   const struct dp_target *t, struct dp_why *why)
{
	struct dp_record r = { .pid = 0 };
	ssize_t n = pread(e->fd, &r, sizeof(r), 0);

	return dp_why(why, -EBUSY, "%s %d is at work on %s; one at a time",
		      n == sizeof(r) ? "daxpoison, process" : "another daxpoison, process",
		      n == sizeof(r) ? r.pid : 0, t->name);
}

/* One that holds nothing, all of its space set aside. What is not seen to hold
 * nothing stays as it is, whatever fails. */
static int dp_entry_make(struct dp_journal_entry *e, const struct dp_target *t,
			 uint64_t length, struct stat *st, struct dp_why *why)
{
	int rc = dp_entry_id(t, e->id, sizeof(e->id), st);

	if (!rc)
		rc = dp_entry_lock(e, O_CREAT);
	if (rc == -EBUSY)
		dp_journal_busy(e, t, why);
	if (!rc)
		rc = dp_entry_check_old(e, t, why);
	if (rc)
		return rc;
	rc = dp_entry_reserve(e, length);
	if (!rc)
		rc = dp_entry_map(e, length);
	if (rc)
		unlinkat(e->dir, e->id, 0);
	return rc;
}

int dp_journal_take(int dir, const struct dp_target *t, uint64_t page,
		    struct dp_journal_entry *e, struct dp_why *why)
{
	uint64_t length = dp_record_size(page);
	struct stat st = { .st_dev = 0 };
	int rc;

	*e = (struct dp_journal_entry){ .dir = dir, .fd = -1 };
	rc = t->own ? dp_entry_map(e, length)
		    : dp_entry_make(e, t, length, &st, why);
	if (rc == -EBUSY || rc == -EEXIST) {
		dp_entry_deinit(e);
		return rc;
	}
	if (!rc)
		dp_entry_fill(e->record, t, page, &st);
	if (!rc && !t->own && (fsync(e->fd) || fsync(dir)))
		rc = -errno;
	if (!rc)
		return 0;
	dp_why(why, rc, "cannot write the journal's record %s: %s; --journal names another directory",
	       e->id, strerror(-rc));
	dp_entry_deinit(e);
	return rc;
}

void dp_journal_give(struct dp_journal_entry *e)
{
	if (e->record && e->fd >= 0 && e->record->state == DP_RECORD_CLEAN)
		unlinkat(e->dir, e->id, 0);
	dp_entry_deinit(e);
}

int dp_record_set(struct dp_record *r, enum dp_record_state state)
{
	uint64_t used = sizeof(*r) + r->n * r->page;
	uint64_t page = sysconf(_SC_PAGESIZE);

	/* In memory only (a file of our own): msync has nothing to do. */
	if (state != DP_RECORD_CLEAN &&
	    msync(r, dp_align_up(used, page), MS_SYNC))
		return -errno;
	__atomic_store_n(&r->state, state, __ATOMIC_RELEASE);
	return state == DP_RECORD_CLEAN || !msync(r, page, MS_SYNC) ? 0
								    : -errno;
}

static void dp_entry_show(int dir, const char *name, dp_journal_fn each,
			  void *arg)
{
	struct dp_journal_entry e = { .dir = dir, .fd = -1 };
	struct dp_why why = { "" };
	struct stat st;
	int rc;

	snprintf(e.id, sizeof(e.id), "%.63s", name);
	rc = dp_entry_lock(&e, 0);
	if (e.fd >= 0 && (!rc || rc == -EBUSY) && !fstat(e.fd, &st) &&
	    st.st_size && !dp_entry_map(&e, st.st_size) &&
	    dp_record_check(e.record, e.length, &why)) {
		munmap(e.record, e.length);
		e.record = NULL;
	}
	if (!e.record && !why.text[0])
		dp_why(&why, rc, "%s", rc ? strerror(-rc) : "it is empty");
	e.unbegun = !e.record && !rc && dp_entry_unbegun(&e);
	each(&e, rc == -EBUSY, e.record ? NULL : why.text, arg);
	dp_entry_deinit(&e);
}

int dp_journal_each(int dir, dp_journal_fn each, void *arg)
{
	_cleanup_closedir_ DIR *d = NULL;
	struct dirent *entry;
	size_t n;
	int fd;

	fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d)
		return -errno;
	while ((entry = readdir(d))) {
		n = strlen(entry->d_name);
		if (n > strlen(DP_SUFFIX) && n < 64 &&
		    !strcmp(entry->d_name + n - strlen(DP_SUFFIX), DP_SUFFIX))
			dp_entry_show(dir, entry->d_name, each, arg);
	}
	return 0;
}
