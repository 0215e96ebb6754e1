/*
 * Replacing a role key: a new one is made, the old one is retired (its halves stay, so that older
 * revisions can be read), and every record that went to the old one is encrypted anew (reseal.h).
 *
 * The office role key is replaced by a custodian in one commit. No custodian holds the clinical one
 * once there is a psychologist, so it takes two people, and each runs the same command: a
 * psychologist makes the new key and seals it beside the old one, a custodian puts it in force, a
 * psychologist encrypts the psych files anew. Every state in between can be read by all holders.
 */
#ifndef JZ_STORE_ROTATE_H
#define JZ_STORE_ROTATE_H

#include "lib/store/access.h"
#include "lib/store/txn.h"

enum jz_rotate_step {
	JZ_ROTATE_RESUME,   /* an earlier rotation has not ended: no new key */
	JZ_ROTATE_REPLACED, /* the new key is in force */
	JZ_ROTATE_PREPARED, /* clinical: made, a custodian must put it in force */
	JZ_ROTATE_WAITS,    /* clinical: the same, but made before */
};

struct jz_rotated {
	enum jz_rotate_step step;
	char fingerprint[JZ_FPR_LEN + 1]; /* of the key in force or prepared; "" in a dry run */
};

/* Does the next step that is this person's to do. again: a new key also while records still wait
 * for an earlier one. opts->dry_run: only tells which step. JZ_E_CRYPTO: the person may not, or a
 * psychologist must begin. */
int jz_rotate(struct jz_store *store, enum jz_role_key key, bool again, struct jz_change_opts *opts,
	      struct jz_rotated *out, struct jz_err *err);

#endif
