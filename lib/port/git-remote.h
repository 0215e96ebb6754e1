/*
 * Talking to another repository: by the git command line, so that the user's ssh, credentials,
 * proxies and hooks (pre-push) are in force. Nothing but references under refs/remotes/NAME is
 * changed by fetching.
 */
#ifndef JZ_PORT_GIT_REMOTE_H
#define JZ_PORT_GIT_REMOTE_H

#include "lib/port/git.h"

#define JZ_REMOTE_NAME 128

/* Which remote, and which branch of it, a branch ("refs/heads/main") goes with. */
struct jz_git_remote {
	char name[JZ_REMOTE_NAME]; /* "origin" */
	char branch[256];	   /* there: "refs/heads/main" */
	char tracking[256];	   /* here: "refs/remotes/origin/main" */
};

/* asked: what the user said; NULL: the branch's own remote by git's configuration, else origin,
 * else the only one that there is. JZ_E_USAGE: no such remote, none at
 * all, or several and no way to choose. */
int jz_git_remote_pick(struct jz_git *git, const char *ref, const char *asked,
		       struct jz_git_remote *out, struct jz_err *err);

/* Brings the branches of the remote up to date under refs/remotes/NAME; one that is gone there goes
 * here. said: gets what git and the remote say, to be shown with care. JZ_E_IO: not reached. */
int jz_git_fetch(struct jz_git *git, const struct jz_git_remote *remote, struct jz_buf *said,
		 struct jz_err *err);

/* Moves the remote's branch forward to a commit. *taken: it did; false: it was refused, for
 * whatever reason, and said holds what git and the remote's hooks say (also if taken). */
int jz_git_push(struct jz_git *git, const struct jz_git_remote *remote, const char *commit,
		struct jz_buf *said, bool *taken, struct jz_err *err);

#endif
