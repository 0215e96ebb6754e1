/*
 * What this user remembers of a clone outside of it: $XDG_STATE_HOME/jzbf (~/.local/state/jzbf if
 * unset), a directory for each subject, a file for each clone named by a hash of its real path.
 * Whoever can write the repository has no hand in it; whoever can write the user's home has.
 */
#ifndef JZ_STORE_STATE_H
#define JZ_STORE_STATE_H

#include <limits.h>
#include "lib/base/err.h"

/* What XDG_STATE_HOME is, or would be; the caller frees. JZ_E_IO: there is no place for it. */
int jz_state_home(char **out, struct jz_err *err);

/* The real path of a git directory, and the file of a subject ("trust") for it; the caller frees
 * it. JZ_E_IO: there is no place for it. */
int jz_state_path(const char *subject, const char *git_dir, char real[PATH_MAX], char **out,
		  struct jz_err *err);

/* Takes the lock beside a file of that kind, for one process at a time; closing *fd drops it. */
int jz_state_lock(const char *path, int *fd, struct jz_err *err);

/* The file for a place as jz_git_place() gives it; the caller frees it. */
int jz_state_file(const char *subject, const char *place, char **out, struct jz_err *err);

#endif
