/*
 * Keys at work: the person's own key (in their own GnuPG home) and the role keys (opened into a
 * private home on a tmpfs that is gone, with its agent, when the keyring is freed, however the
 * process ends).
 *
 * Nothing is started before it is needed; contexts and the private home are reused. One thread.
 *
 * Public keys of recipients come from the store's commit (keys/<fingerprint>.asc), never from the
 * user's keyring or trust settings: their files are put into the private home, whose gpg.conf is our
 * own, and gpg encrypts to those files; they are imported there only for co-processes and for checking
 * signatures. Revoked, expired or encryption-less keys are refused by the person's name and the short
 * fingerprint; after encrypting, the recipient packets are read back and must be exactly the
 * encryption subkeys of the recipients.
 *
 * For many records a pool of gpg co-processes (lib/port/gpg-pool.h) works in the same private home and
 * in twins of it (jz_keyring_role_homes()).
 */
#ifndef JZ_STORE_KEYRING_H
#define JZ_STORE_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/vec.h"
#include "lib/store/access.h"

/* One decrypted record is at most this big: a compression bomb stops here. */
#define JZ_PLAIN_MAX (8u << 20)
/* And its ciphertext, for however many people. */
#define JZ_CIPHER_MAX (JZ_PLAIN_MAX + (1u << 20))

struct jz_keyring;

/* What of a commit (or of a transaction: its own new files first) the keyring may look at. */
struct jz_keyview {
	const struct jz_access *access;
	/* Appends the bytes of a path; JZ_E_FINDINGS: no such path. */
	int (*read)(void *data, const char *path, struct jz_buf *out, struct jz_err *err);
	void *data;
	/* The same of the present head, where this is of another commit: NULL: this is the present
	 * one. Role secrets are looked for there first, for they hold the retired role keys too and
	 * are sealed to the people of today. */
	const struct jz_keyview *present;
};

/* Whose people and role secrets count today. */
static inline const struct jz_keyview *jz_keyview_today(const struct jz_keyview *view)
{
	return view->present ? view->present : view;
}

/* person: the id of access.yaml that this clone works as (git config jzbf.person; the environment's
 * JZBF_PERSON wins); NULL: unknown, jz_keyring_me() then looks whose secret key is here. Starts
 * nothing. */
struct jz_keyring *jz_keyring_new(const char *person);
void jz_keyring_free(
	struct jz_keyring *keyring); /* ends the private home and its agent; NULL is fine */
JZ_DEFINE_AUTO(struct jz_keyring, jz_keyring_free)

/* Who am I: the person of access.yaml. JZ_E_CRYPTO: nobody there by that id or with a secret key of
 * this user, or no role of theirs is in force today. */
int jz_keyring_me(struct jz_keyring *keyring, const struct jz_access *access,
		  const struct jz_person **out, struct jz_err *err);
const char *jz_keyring_person(const struct jz_keyring *keyring); /* NULL: unknown */

/* Author of a commit: name as in access.yaml, and "<person>@<office code in lower
 * case>.jzbf.invalid". */
void jz_author_email(const struct jz_person *person, const char *office, char *out, size_t size);

/* Encrypts to exactly these fingerprints (appends to *cipher, binary OpenPGP). Nothing is appended
 * on failure. JZ_E_CRYPTO names who cannot receive. */
int jz_keyring_encrypt(struct jz_keyring *keyring, const struct jz_keyview *view,
		       const struct jz_strs *fingerprints, const void *plain, size_t len,
		       struct jz_buf *cipher, struct jz_err *err);

/* Encrypts many records to the same fingerprints by gpg co-processes, under the same checks, one
 * handed over after the other: put() copies a record and is back while gpg works. done() gets the
 * ciphertexts, in order, from within put() and drain(); what it returns other than 0 ends all. `count`:
 * about so many will come, SIZE_MAX: nobody knows. The first record that cannot be encrypted, for
 * whatever reason, ends it as well: jz_sealer_reached() tells which, counted from 0. */
struct jz_sealer;
typedef int jz_sealed_fn(void *data, size_t i, const struct jz_buf *cipher, struct jz_err *err);
int jz_sealer_new(struct jz_keyring *keyring, const struct jz_keyview *view,
		  const struct jz_strs *fingerprints, size_t count, jz_sealed_fn *done, void *data,
		  struct jz_sealer **out, struct jz_err *err);
int jz_sealer_put(struct jz_sealer *sealer, const struct jz_buf *plain, struct jz_err *err);
int jz_sealer_drain(struct jz_sealer *sealer, struct jz_err *err);
size_t jz_sealer_reached(const struct jz_sealer *sealer);
void jz_sealer_free(struct jz_sealer *sealer); /* what was not drained is lost; NULL is fine */

/* Checks the recipients as encrypting would, without a plaintext: for --dry-run and for checking
 * before anything is written. */
int jz_keyring_check(struct jz_keyring *keyring, const struct jz_keyview *view,
		     const struct jz_strs *fingerprints, struct jz_err *err);

/* Decrypts one whole message (appends to *plain), with an opened role key, else the own key, else
 * by opening the role key that the message names, if the person holds it. view NULL: own key only.
 * On failure nothing is appended. JZ_E_CRYPTO: not encrypted, not for us, damaged, without
 * integrity protection, empty, too big, more than one message, anything behind it. */
int jz_keyring_decrypt(struct jz_keyring *keyring, const struct jz_keyview *view,
		       const void *cipher, size_t len, struct jz_buf *plain, struct jz_err *err);

/* Was the last message decrypted with the person's own key, and not with a role key? */
bool jz_keyring_used_own(const struct jz_keyring *keyring);

/* Opens a role key now, with all that it replaced, for batch work (one operation of the own key). 0
 * when it is open already. */
int jz_keyring_open_role(struct jz_keyring *keyring, const struct jz_keyview *view,
			 enum jz_role_key key, struct jz_err *err);

/* Makes the private home now: 0 if there is a file system in memory for it. */
int jz_keyring_ready(struct jz_keyring *keyring, struct jz_err *err);

/* Appends up to `count` homes with the opened role keys, at least one: the private home, and twins
 * of it that live as long. One agent does one operation at a time; each home has its own. */
int jz_keyring_role_homes(struct jz_keyring *keyring, size_t count, struct jz_strs *out,
			  struct jz_err *err);

/* A detached armored signature over bytes by the person's own key of today. JZ_E_CRYPTO: the key is
 * missing here, expired, revoked, cannot sign; pinentry was cancelled. */
int jz_keyring_sign(struct jz_keyring *keyring, const struct jz_keyview *view, const void *bytes,
		    size_t len, struct jz_buf *signature, struct jz_err *err);

/* Starts the gpg that will sign, so that it is ready when the bytes are: the next signature takes it, or
 * drop() ends it, both in this thread. Nobody is asked for a passphrase before there are bytes. */
int jz_keyring_sign_start(struct jz_keyring *keyring, const struct jz_keyview *view,
			  struct jz_err *err);
void jz_keyring_sign_drop(struct jz_keyring *keyring);

/* Whose signature is it? Checks a detached signature with the keys of everybody in the view's
 * access.yaml. JZ_E_CRYPTO: bad, or by nobody there, or by somebody who was not in force at the
 * time that it claims. */
int jz_keyring_verify(struct jz_keyring *keyring, const struct jz_keyview *view, const void *bytes,
		      size_t len, const struct jz_buf *signature, const struct jz_person **out,
		      struct jz_err *err);

/* ---- making keys (init, access) ---- */

/* Makes a role key in the private home: fingerprint, armored public half, secret half (binary). */
int jz_keyring_make_role(struct jz_keyring *keyring, const char *user_id,
			 char fingerprint[JZ_FPR_LEN + 1], struct jz_buf *public_half,
			 struct jz_buf *secret_half, struct jz_err *err);

/* The secret half of a role key that the person holds, and of those that it replaced, opened for
 * encrypting them to other holders. */
int jz_keyring_role_secret(struct jz_keyring *keyring, const struct jz_keyview *view,
			   enum jz_role_key key, struct jz_buf *secret_half, struct jz_err *err);

/* Adds the fingerprints of the keys whose secret halves the role secret of the view holds. */
int jz_keyring_halves(struct jz_keyring *keyring, const struct jz_keyview *view,
		      enum jz_role_key key, struct jz_strs *fingerprints, struct jz_err *err);

/* The armored public half of a key in the user's own keyring. */
int jz_keyring_export_own(struct jz_keyring *keyring, const char *fingerprint,
			  struct jz_buf *public_half, struct jz_err *err);

/* Takes a public key file that somebody handed over: its fingerprint, and the key alone as the
 * store keeps it (armored, without other people's signatures; merged with what the private home
 * knows of it, so that a revocation is never lost). JZ_E_INVALID: no key or several; JZ_E_CRYPTO: a
 * secret key. */
int jz_keyring_take_key(struct jz_keyring *keyring, const void *bytes, size_t len,
			char fingerprint[JZ_FPR_LEN + 1], struct jz_buf *clean, struct jz_err *err);

/* Fingerprints of the keys of which the user's own keyring has the secret half. */
int jz_keyring_own_keys(struct jz_keyring *keyring, struct jz_strs *fingerprints,
			struct jz_err *err);

/* Is a message encrypted to exactly these keys, as the view has them? Their subkeys may have
 * expired since; nothing is decrypted. */
int jz_keyring_sealed_to(struct jz_keyring *keyring, const struct jz_keyview *view,
			 const void *cipher, size_t len, const struct jz_strs *fingerprints,
			 bool *exactly, struct jz_err *err);

/* Does a message name any of these keys among its recipients? */
int jz_keyring_names(struct jz_keyring *keyring, const struct jz_keyview *view, const void *cipher,
		     size_t len, const struct jz_strs *fingerprints, bool *any, struct jz_err *err);

/* Adds the key ids of a key of the view and of all its subkeys, those out of use too: whatever
 * message names one of them, its owner opens. */
int jz_keyring_key_ids(struct jz_keyring *keyring, const struct jz_keyview *view,
		       const char *fingerprint, struct jz_strs *keyids, struct jz_err *err);

/* For doctor: state of a key of the store. expires: seconds, 0 never. */
struct jz_key_state {
	bool usable; /* can receive today */
	bool revoked;
	bool expired;
	bool can_encrypt;
	bool can_sign;
	bool secret; /* the secret half is in the user's own keyring */
	long long expires;
};
/* "张三 (zhang)" or "the office role key": whom a fingerprint stands for. */
void jz_keyring_name(const struct jz_access *access, const char *fingerprint, char *out,
		     size_t size);

/* When a key that was looked at ends, or its encryption subkey; seconds, 0: never, or not known. */
long long jz_keyring_end_of(const struct jz_keyring *keyring, const char *fingerprint);
int jz_keyring_key_state(struct jz_keyring *keyring, const struct jz_keyview *view,
			 const char *fingerprint, struct jz_key_state *out, struct jz_err *err);

/* Ends agents of private homes that killed processes left on the tmpfs and removes them; how many.
 */
int jz_keyring_sweep(void);

#endif
