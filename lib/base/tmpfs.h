/*
 * Private directories on a tmpfs, for what must touch a file system but never a disk: the editor's
 * file, the GnuPG home of a role key, co-process links.
 *
 * The directory is mode 0700 under XDG_RUNTIME_DIR or /dev/shm (JZBF_TMPFS overrides, and must be a
 * tmpfs or ramfs as well), named short because agent sockets live in it. A lock that the kernel
 * drops with the process marks it as alive, so that the next start can sweep what a killed process
 * left behind.
 */
#ifndef JZ_BASE_TMPFS_H
#define JZ_BASE_TMPFS_H

#include <stdbool.h>
#include "lib/base/err.h"

struct jz_tmpdir {
	char path[64]; /* "" : none */
	int lock;
};
#define JZ_TMPDIR_INIT                                                                             \
	{                                                                                          \
		"", -1                                                                             \
	}

/* JZ_E_IO with an explanation when there is no tmpfs. */
int jz_tmpdir_init(struct jz_tmpdir *dir, struct jz_err *err);

/* Removes the directory and all in it (agents that live in it must be ended before). */
void jz_tmpdir_release(struct jz_tmpdir *dir);

/* Removes directories of this user whose process is gone; before_remove (may be NULL) can end an
 * agent that lives in one. Returns how many. */
int jz_tmpfs_sweep(void (*before_remove)(const char *path));

/* A directory in which an edit goes on has this file; sweeping and fatal signals leave it alone,
 * because somebody's words are in it. */
#define JZ_TMPFS_KEEP "edit.meta"

/* Calls rescue for every such directory whose process is gone, and removes it when rescue returns
 * true. */
void jz_tmpfs_rescue(bool (*rescue)(void *data, const char *path), void *data);

/* What jz_tmpfs_release_all() is to do with each directory first; it must bear a signal handler. */
void jz_tmpfs_before_release(void (*fn)(const char *path));

/* Removes every directory that this process still holds. A fatal signal handler's last act: system
 * calls and atomic flags only. */
void jz_tmpfs_release_all(void);

bool jz_is_tmpfs(const char *path);

#endif
