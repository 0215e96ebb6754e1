/*
 * The change that is about to land: DIR/pending is written, durably, before the branch moves and
 * removed when the working tree and git's index have followed. Found with the store's lock free it
 * tells of a process that was killed in between.
 *
 * Four lines of text, nothing about a person: the branch, the commit before, the commit after, the
 * commit's subject.
 */
#ifndef JZ_STORE_PENDING_H
#define JZ_STORE_PENDING_H

#include "lib/port/git.h"

struct jz_pending {
	char ref[256];
	char from[JZ_GIT_ID]; /* "": the first commit */
	char to[JZ_GIT_ID];
	char what[256]; /* "update LS-2026-0001" */
};

enum jz_settled {
	JZ_SETTLED_NOTHING = 0,
	JZ_SETTLED_FINISHED, /* it had landed; the working tree follows now */
	JZ_SETTLED_DROPPED,  /* it had not landed, and nothing of it stays */
};

int jz_pending_write(const char *dir, const struct jz_pending *pending, struct jz_err *err);
void jz_pending_clear(const char *dir);

/* JZ_E_FINDINGS: there is none. JZ_E_INVALID: the file is not one of ours. */
int jz_pending_read(const char *dir, struct jz_pending *out, struct jz_err *err);

/* True if there may be something to settle: a marker, or lock files of a killed process. */
bool jz_pending_suspect(const char *dir);

/* With the store's lock held: removes lock files that a killed process left, and finishes or drops
 * its change. out (may be NULL) tells which change. */
int jz_pending_settle(struct jz_git *git, const char *dir, enum jz_settled *how,
		      struct jz_pending *out, struct jz_err *err);

#endif
