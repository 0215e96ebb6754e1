/*
 * Founding an office and changing its people. Each call is one signed commit of access.yaml, of
 * public keys, and of the role secrets encrypted anew to those who hold them then.
 *
 * Only a custodian may do this, by the access.yaml that stands before the change. Every call can
 * leave sentences in `notes` that the person must read: what was not possible, what removing does
 * not undo.
 */
#ifndef JZ_STORE_MEMBER_H
#define JZ_STORE_MEMBER_H

#include <stdbool.h>
#include "lib/base/buf.h"
#include "lib/base/date.h"
#include "lib/base/err.h"
#include "lib/base/vec.h"
#include "lib/store/txn.h"

struct jz_founding {
	const char *code; /* office */
	const char *name;
	const char *region;   /* may be NULL */
	const char *locale;   /* "zh_CN" */
	const char *timezone; /* "Asia/Shanghai" */
	const char *person;   /* the first custodian, who runs this */
	const char *person_name;
	const struct jz_strs *roles;   /* besides custodian; may be NULL */
	const char *fingerprint;       /* of a key in the user's own keyring */
	const struct jz_buf *recovery; /* public key file, NULL: none */
};

/* Checks the key, makes the repository at dir, the role keys and the first commit, and configures
 * the clone. Nothing is made when the key will not do. */
int jz_office_found(const char *dir, bool bare, const struct jz_founding *founding,
		    struct jz_change_opts *opts, struct jz_err *err);

struct jz_member {
	const char *id;
	const char *name;	     /* NULL: as it is */
	const struct jz_strs *roles; /* words of access.yaml */
	const struct jz_buf *key;    /* public key file, NULL: as it is */
	struct jz_date from;	     /* of the new roles and the key; year 0: today */
	struct jz_date until;	     /* year 0: open */
};

/* Adds a person, or roles or a key to one who is there. A newer file of the same key (a later end,
 * another subkey) replaces the old file; another key takes the old one's place, which ends the day
 * before (unless the new one has an end): *ended, and the records that are encrypted to it lag
 * behind then (stale.h). A role or key that is in force already stays, but for a new `until`. When
 * nothing is new nothing is committed. */
int jz_member_add(struct jz_store *store, const struct jz_member *member,
		  struct jz_change_opts *opts, struct jz_strs *notes, bool *ended,
		  struct jz_err *err);

/* Ends all roles and keys of a person as of yesterday; the records that are encrypted to them lag
 * behind then (stale.h). rotate: also replaces the role keys that they held, as far as the caller
 * can open them; rotated[] says which (JZ_ROLE_KEY_COUNT). JZ_E_INVALID: nobody else would be a custodian; JZ_E_FINDINGS: no such person in
 * force. */
int jz_member_remove(struct jz_store *store, const char *id, bool rotate, bool *rotated,
		     struct jz_change_opts *opts, struct jz_strs *notes, struct jz_err *err);

/* Sets or replaces the recovery key, or takes it away (key NULL), and seals the role secrets that the
 * caller can open accordingly. */
int jz_member_recovery(struct jz_store *store, const struct jz_buf *key,
		       struct jz_change_opts *opts, struct jz_strs *notes, struct jz_err *err);

/* Encrypts the role secrets that the caller can open to those who hold them today. */
int jz_member_seal(struct jz_store *store, struct jz_change_opts *opts, struct jz_strs *notes,
		   struct jz_err *err);

#endif
