/* Inside lib/store/member*.c and found.c only: one change of access.yaml as it is made. */
#ifndef JZ_STORE_MEMBER_IMPL_H
#define JZ_STORE_MEMBER_IMPL_H

#include "lib/store/access.h"
#include "lib/store/keyring.h"
#include "lib/store/member.h"

struct jz_member_edit {
	struct jz_txn *txn;
	struct jz_keyring *keyring;
	struct jz_arena *arena;
	struct jz_node *root; /* access.yaml in the making */
	struct jz_date today;
};

/* Begins an edit of the base commit's access.yaml; JZ_E_CRYPTO unless the caller is a custodian. */
int jz_edit_begin(struct jz_member_edit *edit, struct jz_store *store, struct jz_txn *txn,
		  struct jz_err *err);
void jz_edit_release(struct jz_member_edit *edit);

/* Puts a file, unless the base commit has just that. */
int jz_edit_put_file(struct jz_member_edit *edit, const char *path, const struct jz_buf *bytes,
		     struct jz_err *err);

/* Names a recovery key and puts its file. */
int jz_edit_put_recovery(struct jz_member_edit *edit, const struct jz_buf *recovery,
			 struct jz_err *err);

/* Puts access.yaml as it is now. */
int jz_edit_put(struct jz_member_edit *edit, struct jz_err *err);

/* The person's map, NULL: none. */
struct jz_node *jz_edit_person(const struct jz_member_edit *edit, const char *id);

/* Appends {KEY: VALUE, from, until} to a list. */
void jz_edit_push_span(struct jz_member_edit *edit, struct jz_node *list, const char *key,
		       const char *value, struct jz_date from, struct jz_date until);

/* Encrypts a role secret to the holders in the transaction's access.yaml and puts it. */
int jz_edit_put_secret(struct jz_txn *txn, struct jz_keyring *keyring, enum jz_role_key key,
		       const struct jz_buf *secret, struct jz_err *err);

/* Encrypts the role secrets anew where the holders have changed. What the caller cannot open is
 * noted. */
int jz_edit_seal(struct jz_txn *txn, struct jz_keyring *keyring, struct jz_strs *notes,
		 struct jz_err *err);

/* Makes a role key, puts its public half (at path; NULL: where a key in force lies), and hands its
 * secret half over. */
int jz_edit_make_role(struct jz_txn *txn, struct jz_keyring *keyring, enum jz_role_key key,
		      const char *office, const char *path, char fingerprint[JZ_FPR_LEN + 1], struct jz_buf *secret,
		      struct jz_err *err);

/* rotate.c: makes a new role key, retires the one in force, and seals both secret halves to the
 * holders of the access.yaml in the making, which is put. The caller must be able to open the old
 * one. */
int jz_edit_rotate(struct jz_member_edit *edit, enum jz_role_key key,
		   char fingerprint[JZ_FPR_LEN + 1], struct jz_err *err);

#endif
