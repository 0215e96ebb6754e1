/*
 * Changing a store: lock, read at a base commit, change, validate, encrypt to exactly the right
 * fingerprints, write blobs and trees, sign, commit, move the branch only if it still stands at the
 * base, then let the working tree and git's index follow. Killed at any moment, the old state
 * stands or the new one.
 */
#ifndef JZ_STORE_TXN_H
#define JZ_STORE_TXN_H

#include "lib/model/finding.h"
#include "lib/store/store.h"

struct jz_txn;

struct jz_change_opts {
	const char
		*verb; /* commit subject: neutral word ("intake", "update"), never about a person */
	bool dry_run;  /* validate and encrypt to nobody: write nothing */
	struct jz_findings *findings; /* schema and rule findings, warnings too; may be NULL */
	/* Out: the ids that the commit touched, and the commit ("" if dry run). */
	struct jz_strs *touched;
	char commit[41];
};

/* Calls fn with a transaction at the present head until the commit lands; fn is called again from
 * the new head when another writer was first (at most 20 times, then JZ_E_CONFLICT). fn reads
 * through jz_txn_snapshot() and puts records; it must not keep anything between calls. When fn puts
 * nothing, nothing is committed and the result is 0. */
int jz_store_change(struct jz_store *store, struct jz_change_opts *opts,
		    int (*fn)(struct jz_txn *txn, void *data, struct jz_err *err), void *data,
		    struct jz_err *err);

struct jz_snapshot *jz_txn_snapshot(struct jz_txn *txn);

/* What the keyring may look at: the transaction's own new files first, then the base commit. */
void jz_txn_view(struct jz_txn *txn, struct jz_keyview *out);

/* Next free id of a year, office code and serial: "LS-2026-0001". Counts ids put in this
 * transaction. */
int jz_txn_new_id(struct jz_txn *txn, int year, char out[40], struct jz_err *err);

/* Puts a record: root is stamped with format, id and the next revision, typed, and checked by
 * schema and by the COMMIT rules against the revision that it replaces. before: the record as read
 * (its revision must still be the present one, else JZ_E_CONFLICT), NULL for a new one. The tree is
 * serialised at once; the caller may free it afterwards. A record is put once. From some dozens of
 * records on they are encrypted while others are put, so what gpg or the disk refuse of earlier ones
 * may be told here: jz_txn_broken(). */
int jz_txn_put(struct jz_txn *txn, const char *kind, const char *id, struct jz_node *root,
	       struct jz_arena *arena, const struct jz_record *before, struct jz_err *err);

/* Says and stamps what jz_txn_put() would, but keeps nothing. */
int jz_txn_check(struct jz_txn *txn, const char *kind, const char *id, struct jz_node *root,
		 struct jz_arena *arena, const struct jz_record *before, struct jz_err *err);

/* Nothing will come of this change: what was put is dropped, what will be is only checked, so that
 * all that is wrong can be told. fn must return other than 0. */
void jz_txn_only_check(struct jz_txn *txn);

/* The last put failed for a reason that has nothing to do with its record: no other one can succeed.
 */
bool jz_txn_broken(const struct jz_txn *txn);

/* Puts a record as it was read, for whoever may read it now: nothing but its revision changes, so no
 * rule is asked. */
int jz_txn_put_again(struct jz_txn *txn, struct jz_record *record, struct jz_err *err);

/* Puts a plain file (jzbf.yaml, access.yaml, keys/…) or a ciphertext made elsewhere (role secrets).
 */
int jz_txn_put_file(struct jz_txn *txn, const char *path, const void *bytes, size_t len,
		    struct jz_err *err);
int jz_txn_remove_file(struct jz_txn *txn, const char *path, struct jz_err *err);

#endif
