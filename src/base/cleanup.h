/* SPDX-License-Identifier: GPL-2.0-only */
/* Clean up by scope. A value that outlives its scope is handed over with
 * TAKE_FD or TAKE_PTR, so that ownership is visible where it changes. */
#ifndef DP_BASE_CLEANUP_H
#define DP_BASE_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(fn) __attribute__((cleanup(fn)))

static inline void dp_freep(void *p)
{
	free(*(void **)p);
}

/* Closing must not disturb the errno that the caller is about to read. */
static inline void dp_closep(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static inline void dp_fclosep(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void dp_closedirp(DIR **d)
{
	if (*d)
		closedir(*d);
}

#define _cleanup_free_ _cleanup_(dp_freep)
#define _cleanup_close_ _cleanup_(dp_closep)
#define _cleanup_fclose_ _cleanup_(dp_fclosep)
#define _cleanup_closedir_ _cleanup_(dp_closedirp)

#define TAKE_FD(fd)                                                            \
	({                                                                     \
		int *_p = &(fd), _fd = *_p;                                    \
		*_p = -1;                                                      \
		_fd;                                                           \
	})
#define TAKE_PTR(ptr)                                                          \
	({                                                                     \
		__typeof__(ptr) *_p = &(ptr), _v = *_p;                        \
		*_p = NULL;                                                    \
		_v;                                                            \
	})

#endif
