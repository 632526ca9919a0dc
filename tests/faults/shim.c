/* SPDX-License-Identifier: GPL-2.0-only */
/* To be preloaded: makes the Nth allocation fail (FAIL_ALLOC=N), or the Nth of
 * open, read, write, mmap and ioctl (FAIL_CALL=N), once; of the process that was
 * started, not of its children. Without either it writes how many there were to
 * the file that FAIL_COUNT names. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static unsigned long dp_allocs, dp_calls, dp_fail_alloc, dp_fail_call;
static pid_t dp_started;

__attribute__((constructor)) static void dp_begin(void)
{
	const char *alloc = getenv("FAIL_ALLOC"), *call = getenv("FAIL_CALL");

	dp_started = getpid();
	dp_allocs = dp_calls = 0;
	dp_fail_alloc = alloc ? strtoul(alloc, NULL, 10) : 0;
	dp_fail_call = call ? strtoul(call, NULL, 10) : 0;
}

__attribute__((destructor)) static void dp_end(void)
{
	const char *path = getenv("FAIL_COUNT");
	unsigned long allocs = dp_allocs, calls = dp_calls;
	FILE *f;

	if (!path || getpid() != dp_started)
		return;
	dp_started = 0;
	f = fopen(path, "w");
	if (f) {
		fprintf(f, "%lu %lu\n", allocs, calls);
		fclose(f);
	}
}

/* These crash of themselves, whoever calls them: json_tokener_parse_ex() of
 * json-c (0.16) uses the copy of a key, what reads formats in libtraceevent (1.7)
 * compares a word, and kmod_module_new_from_lookup() of libkmod (30) puts together
 * a name, without asking whether there is one. */
static int dp_in_library;

static int dp_fails(unsigned long *n, unsigned long at, int err)
{
	if (dp_in_library || !dp_started || getpid() != dp_started || ++*n != at)
		return 0;
	errno = err;
	return 1;
}

void *malloc(size_t n)
{
	return dp_fails(&dp_allocs, dp_fail_alloc, ENOMEM) ? NULL
							   : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return dp_fails(&dp_allocs, dp_fail_alloc, ENOMEM)
		       ? NULL
		       : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return dp_fails(&dp_allocs, dp_fail_alloc, ENOMEM)
		       ? NULL
		       : __libc_realloc(p, n);
}

#define NEXT(ret, name, ...)                                                   \
	static ret (*next)(__VA_ARGS__);                                       \
	if (!next)                                                             \
		next = (ret(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name);           \
	if (dp_fails(&dp_calls, dp_fail_call, EIO))                            \
		return (ret)-1

/* One of those that crash of themselves: nothing fails within. */
#define IN_LIBRARY(ret, name, params, ...)                                     \
	ret name params                                                        \
	{                                                                      \
		static ret(*next) params;                                      \
		ret made;                                                      \
									       \
		if (!next)                                                     \
			next = (ret(*) params)dlsym(RTLD_NEXT, #name);         \
		dp_in_library = 1;                                             \
		made = next(__VA_ARGS__);                                      \
		dp_in_library = 0;                                             \
		return made;                                                   \
	}

IN_LIBRARY(void *, json_tokener_parse_ex, (void *tok, const char *text, int n),
	   tok, text, n)
IN_LIBRARY(int, tep_parse_event,
	   (void *tep, const char *text, unsigned long n, const char *system),
	   tep, text, n, system)
IN_LIBRARY(int, tep_parse_header_page,
	   (void *tep, char *text, unsigned long n, int size), tep, text, n, size)
IN_LIBRARY(int, kmod_module_new_from_lookup,
	   (void *ctx, const char *alias, void **list), ctx, alias, list)

ssize_t read(int fd, void *buf, size_t n)
{
	NEXT(ssize_t, read, int, void *, size_t);
	return next(fd, buf, n);
}

ssize_t write(int fd, const void *buf, size_t n)
{
	NEXT(ssize_t, write, int, const void *, size_t);
	return next(fd, buf, n);
}

void *mmap(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
	NEXT(void *, mmap, void *, size_t, int, int, int, off_t);
	return next(at, n, prot, flags, fd, off);
}

int ioctl(int fd, unsigned long request, ...)
{
	void *arg;
	va_list ap;
	NEXT(int, ioctl, int, unsigned long, void *);

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	return next(fd, request, arg);
}

#define OPEN(name, ...)                                                        \
	mode_t mode = 0;                                                       \
	va_list ap;                                                            \
									       \
	if (flags & (O_CREAT | O_TMPFILE)) {                                   \
		va_start(ap, flags);                                           \
		mode = va_arg(ap, mode_t);                                     \
		va_end(ap);                                                    \
	}

int open64(const char *path, int flags, ...)
{
	NEXT(int, open64, const char *, int, mode_t);
	OPEN()
	return next(path, flags, mode);
}

int openat64(int dir, const char *path, int flags, ...)
{
	NEXT(int, openat64, int, const char *, int, mode_t);
	OPEN()
	return next(dir, path, flags, mode);
}
