/*
 * Judging the history: every commit from the root on, by the access.yaml of its parent, so that no
 * commit authorises itself (the root, which has none, by its own). Public keys are taken from the
 * parent's keys/, each file into a keyring of its own, never from the user's keyring or trust.
 *
 * A commit is true when
 *   signature   it is signed, once, by a key of access.yaml, good over exactly its bytes
 *   signer      the key was in force on the day of the commit, and its owner held a role
 *   key         the key file of then was neither revoked nor had it expired when the signature was
 *               made; what happened to the key later changes nothing
 *   identity    author, committer and signer are the same person
 *   time        the signature was made no more than 10 minutes before and a day after the
 *               committer's time, which is not before a parent's and not in the future, by more
 *               than 10 minutes. (A store with `clock: pinned` in the jzbf.yaml of its root, as
 *               demonstrations have, is not judged by this rule.)
 *   role        the signer's roles allow every path that it changes
 *   path        nothing is put where a store has nothing
 *   ciphertext  records and role secrets are one whole OpenPGP message each, nothing around it
 *   recipients  which is for whom it must be for. With the record decrypted: exactly. Without: the
 *               role key is there, and everybody else may be assigned such a record on that day
 *   replay      no ciphertext comes back, at its own path or another
 *   removed     no record goes away
 *   revision    every record that it changes has the next revision
 *   message     the commit's message names exactly the records that it changes
 *   role-key    a role key that is replaced is named as retired and stays so, its public half stays
 *               in keys/, and the new secret half comes with it. Decrypted: the role secret holds the
 *               halves of all of them
 *   access, office, key-file   these files can be read, and hold what their names say
 *   record      (decrypted only) id and kind are those of the path, revision that of the message
 *   merge       a merge keeps what each side changed; what it changes beyond what both sides changed,
 *               its message names; of two cases under one id one may get another, unchanged
 *   root        there is one root
 * Findings carry these words. Dates are days of the store's time zone.
 */
#ifndef JZ_STORE_VERIFY_H
#define JZ_STORE_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/vec.h"

struct jz_store;
struct jz_trial; /* verify-impl.h */

/* Clocks of two machines may differ so much, and somebody may take so long to sign. Seconds. */
#define JZ_VERIFY_SKEW	   600
#define JZ_VERIFY_PATIENCE 86400

struct jz_flaw {
	const char *commit;  /* 40 hex digits */
	const char *path;    /* "": the commit itself */
	const char *rule;    /* one of the words above */
	const char *message; /* translated */
};

struct jz_verdict {
	struct jz_arena *arena; /* owns all text */
	struct jz_flaw *flaws;
	size_t len;
	size_t cap;
	size_t commits; /* judged */
	size_t records; /* revisions of records in them */
	size_t sealed;	/* of these, not decrypted */
};

void jz_verdict_init(struct jz_verdict *verdict);
void jz_verdict_release(struct jz_verdict *verdict);

/* Adds a flaw; rule must live as long as the verdict, the rest is copied. */
__attribute__((format(printf, 5, 6))) void jz_verdict_add(struct jz_verdict *verdict,
							  const char *commit, const char *path,
							  const char *rule, const char *fmt, ...);

struct jz_verify_opts {
	const char *tip;	      /* commit */
	const struct jz_strs *judged; /* commits that need no judging, nor their ancestors; NULL */
	bool full;		      /* decrypt what can be */
	size_t enough;		      /* stop after so many flaws; 0: never */
	const char *assumed; /* id of the person who is going to sign: signature, key, identity and
				time are not judged; NULL: all is */
	bool partial; /* only commits, the trees that they change and plain files are here: what is
			 missing of records is not judged, nor what came before */
	void (*each)(void *data, struct jz_trial *trial); /* of every commit once it is judged */
	void *each_data;
	void (*progress)(void *data, size_t done, size_t total); /* may be NULL */
	void *data;
};

/* Fills the verdict; flaws are no failure. */
int jz_verify_history(struct jz_store *store, const struct jz_verify_opts *opts,
		      struct jz_verdict *verdict, struct jz_err *err);

#endif
