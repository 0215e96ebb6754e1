/*
 * The history of one path: which commits changed what stands there, and which of them came before
 * which. Commits that did not touch the path are left out, and the lines between the others drawn
 * through them.
 */
#ifndef JZ_PORT_GIT_TRAIL_H
#define JZ_PORT_GIT_TRAIL_H

#include "lib/port/git.h"

struct jz_git_step {
	char commit[JZ_GIT_ID];
	char at[JZ_GIT_ID]; /* the blob or tree at the path from here on; "": nothing any more */
	size_t *parents; /* the steps before this one, behind it in the list; a merge has several */
	size_t parent_count;
};

struct jz_git_trail {
	struct jz_git_step *items; /* newest first, none before one that came after it */
	size_t len;
	size_t cap;
};
#define JZ_GIT_TRAIL_INIT                                                                          \
	{                                                                                          \
		0                                                                                  \
	}
void jz_git_trail_release(struct jz_git_trail *trail);

/* A commit is a step where the path differs from what it was in every parent; a root, where it has
 * the path. Trees are read down to where they differ, and no file is. */
int jz_git_trail(struct jz_git *git, const char *from, const char *path, struct jz_git_trail *out,
		 struct jz_err *err);

/* One walk of that kind, for those who need no list: each() gets the commits from newest to oldest,
 * with what stands at the path, which is valid while it runs. touched false: nothing changed there,
 * and what came before it is *before (NULL: nothing at all). Non-zero from each() stops and becomes
 * the result. */
struct jz_git_seen {
	const char *commit; /* JZ_GIT_ID */
	const char *at;	    /* "": nothing there */
	bool touched;
	const char *before;  /* of what was not touched: the parent that is the same */
	const char *parents; /* parent_count ids, each JZ_GIT_ID bytes */
	size_t parent_count;
};
typedef int jz_git_seen_fn(void *data, const struct jz_git_seen *seen);
int jz_git_walk_path(struct jz_git *git, const char *from, const char *path, jz_git_seen_fn *each,
		     void *data, struct jz_err *err);

#endif
