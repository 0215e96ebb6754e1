/*
 * What this user has verified of this clone: the pinned root, and the last verified commit of HEAD
 * and of every remote-tracking branch.
 *
 * It is kept outside the repository, in $XDG_STATE_HOME/jzbf/trust/ (~/.local/state if unset), one
 * file a clone, named by a hash of the repository's real path, 0600. So whoever can write the
 * repository, push to it or put an old copy of it in its place can neither forge nor roll back the
 * memory; whoever can write the user's home directory can. Another user, and the same user at
 * another path, begins anew: first use pins the root, and says so.
 *
 * Looking once more at a HEAD that was verified costs one comparison of ids.
 */
#ifndef JZ_STORE_TRUST_H
#define JZ_STORE_TRUST_H

#include <stdbool.h>
#include "lib/base/err.h"
#include "lib/base/vec.h"
#include "lib/port/git.h"

struct jz_store;

struct jz_trust {
	char root[JZ_GIT_ID]; /* "": nothing is remembered of this clone */
	char head[JZ_GIT_ID]; /* "": none verified yet */
	struct jz_strs refs;  /* "refs/remotes/origin/main <commit>" */
};
#define JZ_TRUST_INIT                                                                              \
	{                                                                                          \
		"", "", JZ_STRS_INIT                                                               \
	}

int jz_trust_load(struct jz_store *store, struct jz_trust *out, struct jz_err *err);
void jz_trust_release(struct jz_trust *trust);

/* Writes the memory. A head that another process has brought further meanwhile stays. */
int jz_trust_save(struct jz_store *store, const struct jz_trust *trust, struct jz_err *err);

/* The same for a clone of which nothing is remembered yet. JZ_E_CONFLICT: another process pinned
 * another root meanwhile. */
int jz_trust_pin(struct jz_store *store, const struct jz_trust *trust, struct jz_err *err);

/* The path of a file beside the memory, for what can be worked out anew; its directory is there. NULL:
 * nowhere. The caller frees. */
char *jz_trust_beside(struct jz_store *store, const char *suffix);

/* Drops what is remembered of this clone. */
int jz_trust_forget(struct jz_store *store, struct jz_err *err);

/* The remembered commit of a remote-tracking branch; NULL: none. */
const char *jz_trust_ref(const struct jz_trust *trust, const char *name);
void jz_trust_set_ref(struct jz_trust *trust, const char *name, const char *commit);

/* Does a commit contain the remembered head? JZ_E_CONFLICT says what it means if it does not: an
 * older state, another history, another root. what names the commit in the message ("HEAD"). */
int jz_trust_contains(struct jz_store *store, const char *what, const char *commit,
		      const char *remembered, const char *root, struct jz_err *err);

/* The first commit of a history. JZ_E_CONFLICT: it has several. */
int jz_trust_root(struct jz_store *store, const char *commit, char root[JZ_GIT_ID],
		  struct jz_err *err);

/* The primary fingerprint of the key that signed the root, by the root's own key files. */
int jz_trust_founder(struct jz_store *store, const char *root, char fingerprint[41],
		     struct jz_err *err);

/* Is a root what somebody expected: its commit id or the fingerprint of its key, as people copy it?
 * JZ_E_CONFLICT: neither; JZ_E_USAGE: no fingerprint at all. */
int jz_trust_expect(const char *expected, const char *root, const char *founder,
		    struct jz_err *err);

/* Refuses (JZ_E_CONFLICT) a HEAD that is not verified, or that does not contain what was verified
 * before; judges what is new and remembers it. commit is what is going to be read: part of HEAD's
 * history, or judged on its own without being remembered. */
int jz_trust_ensure(struct jz_store *store, const char *commit, struct jz_err *err);

/* How to get out of a HEAD that is refused. */
struct jz_way_back {
	char why[768];		/* a sentence */
	char target[JZ_GIT_ID]; /* what the branch can be set back to; "": it is not here any more */
	char bad[JZ_GIT_ID];	/* the first commit that does not verify; "": they all may */
	size_t leave;		/* commits that leave the branch then */
	size_t lost;		/* of them, those that no remote-tracking branch has */
	bool anew;		/* only the last is bad, and only by who signed it: it can be made anew */
	char shared[256];	/* a remote-tracking branch that has the bad one too; "": none */
};

/* JZ_E_FINDINGS: nothing is wrong with HEAD, or nothing was ever verified here. */
int jz_trust_way_back(struct jz_store *store, const char *head, struct jz_way_back *out,
		      struct jz_err *err);

/* Before a commit is made on a snapshot: would its time be judged true? JZ_E_CONFLICT: this
 * machine's clock is behind the store, or JZBF_NOW pins it for a store that was not made so. */
struct jz_snapshot;
int jz_trust_clock(struct jz_snapshot *snapshot, struct jz_err *err);

/* The writer's own commit on top of a verified one ("": the root). Failing to remember it is no
 * failure: it is judged at the next look. */
void jz_trust_extend(struct jz_store *store, const char *from, const char *to);

/* From here on nothing is checked (--unverified). */
void jz_store_unverified(struct jz_store *store);

#endif
