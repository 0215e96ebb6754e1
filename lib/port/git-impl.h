/* What the files of the git port share; the only header that includes git2.h. */
#ifndef JZ_PORT_GIT_IMPL_H
#define JZ_PORT_GIT_IMPL_H

#include <git2.h>
#include <git2/sys/odb_backend.h>
#include "lib/port/git.h"
/* Made by the build: JZ_GIT_LINKED, if libgit2 is linked in without its half for servers
 * (git-offline.c); else JZ_GIT_LIBRARY, JZ_GIT_CALLS(X), and a macro for each function of libgit2 that
 * the files of the port name with a parenthesis behind it. */
#include "lib/port/git-calls.h"

#ifdef JZ_GIT_LINKED
static inline int jz_git_load(struct jz_err *err)
{
	(void)err;
	return 0;
}
#else
/* libgit2 is loaded when a repository is first opened: it and the 18 libraries behind it would cost
 * every command two milliseconds, also those that need no repository. */
#define JZ_GIT_CALL(function) __typeof__(&function) function;
extern struct jz_git_calls {
	JZ_GIT_CALLS(JZ_GIT_CALL)
} jz_git_calls;
int jz_git_load(struct jz_err *err);
#endif

struct jz_git {
	git_repository *repo;
	git_odb *odb;
	char *dir;	/* common directory: objects, refs */
	char *own_dir;	/* this working tree's directory: HEAD, index */
	char *workdir;	/* NULL: bare */
	char *place;	/* where it was found */
	struct jz_git_stow *stow; /* where new objects go (git-stow.c); NULL: not needed yet */
};

/* "what: libgit2's words"; locked things become JZ_E_CONFLICT, everything else code. */
int jz_git_fail(struct jz_err *err, int code, int git_code, const char *what);

/* A walk through the commits failed: says so where the clone is shallow, and what to do then. */
int jz_git_walk_fail(const struct jz_git *git, struct jz_err *err, int code, int git_code);

int jz_git_oid(const char *hex, git_oid *out, struct jz_err *err);
void jz_git_hex(const git_oid *oid, char out[JZ_GIT_ID]);

int jz_git_lookup_commit(struct jz_git *git, const char *commit, git_commit **out,
			 struct jz_err *err);

/* The tree of a commit; NULL or "" gives NULL. */
int jz_git_lookup_tree(struct jz_git *git, const char *commit, git_tree **out, struct jz_err *err);

/* git-odd.c: jz_git_odd_entries() of one directory. */
int jz_git_tree_odd(const git_tree *tree, const char *prefix, jz_git_odd_fn *each, void *data);

/* A lock file as git makes it, as a second link of a file of our own. */
struct jz_git_lock {
	char *own;  /* in the scratch directory */
	char *path; /* NAME.lock */
	int fd;	    /* -1: not held */
};
#define JZ_GIT_LOCK_INIT                                                                           \
	{                                                                                          \
		NULL, NULL, -1                                                                     \
	}

/* Takes target.lock, waiting some seconds for another git. */
int jz_git_lock_take(struct jz_git_lock *lock, const char *scratch, const char *own,
		     const char *target, struct jz_err *err);

/* Makes what was written to fd durable and puts it in place of target. */
int jz_git_lock_commit(struct jz_git_lock *lock, const char *target, struct jz_err *err);
void jz_git_lock_drop(struct jz_git_lock *lock);

static inline void jz_git_free_commit(git_commit **commit)
{
	git_commit_free(*commit);
}

static inline void jz_git_free_tree(git_tree **tree)
{
	git_tree_free(*tree);
}

#endif
