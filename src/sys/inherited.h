/* SPDX-License-Identifier: GPL-2.0-only */
/* What a process inherits from whoever started it, and relies on. */
#ifndef DP_SYS_INHERITED_H
#define DP_SYS_INHERITED_H

/* To be called first of all. A standard stream that is closed gets /dev/null,
 * opened so that what is read or written there fails: else the next file that
 * is opened, a device perhaps, takes its number, and a report or a diagnostic
 * is written into it. Nothing that is made can be written to by others, whatever
 * the umask. The end of a child can be waited for, though SIGCHLD was ignored,
 * see waitpid(2). 0 or negative errno. */
int dp_inherited_settle(void);

#endif
