/*
 * GnuPG, one struct jz_gpg a GnuPG home. Keys are managed, and signatures checked, through gpgme;
 * what every change of a case needs (decrypting, encrypting, signing, looking at key files) is one
 * gpg each, started at once (gpg-run.h): gpgme's own start costs as much as such an operation.
 * Nothing is started before the first operation. One thread.
 *
 * All keys are named by full fingerprints, never by names or addresses. Nothing is ever fetched
 * from a key server. A passphrase is asked for by the agent's pinentry alone.
 */
#ifndef JZ_PORT_GPG_H
#define JZ_PORT_GPG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/vec.h"

struct jz_gpg;

/* home NULL: the user's own (GNUPGHOME or ~/.gnupg). Starts nothing. */
struct jz_gpg *jz_gpg_new(const char *home);
void jz_gpg_free(struct jz_gpg *gpg); /* leaves the agent alone; NULL is fine */
JZ_DEFINE_AUTO(struct jz_gpg, jz_gpg_free)

/* Ends the agent of a private home, if there is one. */
void jz_gpg_end_agent(const char *home);

/* The same for a signal handler: system calls only. false: none listens there. */
bool jz_gpg_tell_agent_to_end(const char *home);

/* ---- keys (gpg-key.c) ---- */

struct jz_gpg_subkey {
	char keyid[17]; /* 16 hex digits, upper case */
	char fingerprint[41];
	bool usable; /* neither revoked nor expired nor invalid */
	bool can_encrypt;
	bool can_sign;
	bool secret; /* the secret half is here (not told of key files) */
	int64_t expires;
};

struct jz_gpg_key {
	char fingerprint[41];
	bool revoked;
	bool expired;
	bool invalid;
	int64_t expires; /* of the primary key; 0: never */
	size_t count;
	struct jz_gpg_subkey *subkeys; /* the primary key first */
};

/* Looks the keys up, all in one go: out[i] is the key of the i-th fingerprint, NULL if this home
 * does not have it. Free each with jz_gpg_key_free(). */
int jz_gpg_keys(struct jz_gpg *gpg, const struct jz_strs *fingerprints,
		struct jz_gpg_key **out, struct jz_err *err);

/* The public keys of key files, without a keyring, as importing them would have them: started now
 * and asked for later, so that gpg works while something else is done. jz_gpg_list_end() frees the
 * listing and appends a struct jz_gpg_key * for each key. JZ_E_CRYPTO: a secret key is among them. */
struct jz_gpg_listing;
int jz_gpg_list_start(struct jz_gpg *gpg, const void *bytes, size_t len,
		      struct jz_gpg_listing **out, struct jz_err *err);
int jz_gpg_list_end(struct jz_gpg_listing *listing, struct jz_vec *keys, struct jz_err *err);

void jz_gpg_key_free(struct jz_gpg_key *key);
JZ_DEFINE_AUTO(struct jz_gpg_key, jz_gpg_key_free)

/* Adds the fingerprints of the keys of which this home (or a token that it knows) has a secret
 * half, and the key ids of their subkeys that have one. */
int jz_gpg_secret_keys(struct jz_gpg *gpg, struct jz_strs *fingerprints, struct jz_strs *keyids,
		       struct jz_err *err);

/* Imports key files, which must hold exactly these keys. JZ_E_CRYPTO: they do not, or a secret half
 * is among them. */
int jz_gpg_import(struct jz_gpg *gpg, const void *bytes, size_t len,
		  const struct jz_strs *fingerprints, struct jz_err *err);

/* Imports secret halves, of whichever keys, and adds the fingerprints of those that came in. */
int jz_gpg_import_secrets(struct jz_gpg *gpg, const void *bytes, size_t len,
			  struct jz_strs *fingerprints, struct jz_err *err);

/* Imports a public key file that must hold one key, whichever. JZ_E_INVALID: none or several;
 * JZ_E_CRYPTO: a secret key. */
int jz_gpg_import_one(struct jz_gpg *gpg, const void *bytes, size_t len, char fingerprint[41],
		      struct jz_err *err);

/* Appends the public half, armored; or the secret half, binary (only of a key without passphrase).
 */
int jz_gpg_export(struct jz_gpg *gpg, const char *fingerprint, bool secret, struct jz_buf *out,
		  struct jz_err *err);

/* Makes an ed25519 signing key with a cv25519 encryption subkey, no passphrase, no end. */
int jz_gpg_generate(struct jz_gpg *gpg, const char *name, char fingerprint[41], struct jz_err *err);

/* ---- messages (gpg-message.c) ---- */

/* Appends a binary message encrypted to the keys of these files, one each; the keyring of the home is
 * not asked. gpg refuses keys that are revoked, expired or cannot encrypt. Who may receive and
 * whether the result names exactly them is for the caller to check (openpgp.h). */
int jz_gpg_encrypt(struct jz_gpg *gpg, const struct jz_strs *key_files, const void *plain,
		   size_t len, struct jz_buf *cipher, struct jz_err *err);

/* Appends the plaintext of one message, at most limit bytes; nothing unless gpg vouched for all of
 * it: one decryption that succeeded, one good integrity check, one plaintext, no failure, not
 * empty. *no_key (may be NULL) tells that merely the secret key is missing here. */
int jz_gpg_decrypt(struct jz_gpg *gpg, const void *cipher, size_t len, size_t limit,
		   struct jz_buf *plain, bool *no_key, struct jz_err *err);

/* The same in two steps, so that gpg works while the caller does something else. end() waits, and
 * frees it; free() ends a gpg that nobody waits for (NULL is fine). */
struct jz_gpg_decryption;
int jz_gpg_decrypt_start(struct jz_gpg *gpg, const void *cipher, size_t len, size_t limit,
			 struct jz_gpg_decryption **out, struct jz_err *err);
int jz_gpg_decrypt_end(struct jz_gpg_decryption *decryption, struct jz_buf *plain, bool *no_key,
		       struct jz_err *err);
void jz_gpg_decrypt_free(struct jz_gpg_decryption *decryption);

/* ---- signatures (gpg-signature.c) ---- */

/* Appends a detached armored signature by this key; signer is the fingerprint of the subkey that
 * made it. JZ_E_CRYPTO: missing, revoked, expired, cannot sign. */
int jz_gpg_sign(struct jz_gpg *gpg, const char *fingerprint, const void *bytes, size_t len,
		struct jz_buf *signature, char signer[41], struct jz_err *err);

/* The same in two steps, so that gpg starts while the bytes are made. end() frees it; free() ends a
 * gpg that is not needed (NULL is fine). Both in the thread of start(), with which it ends. */
struct jz_gpg_signing;
int jz_gpg_sign_start(struct jz_gpg *gpg, const char *fingerprint, struct jz_gpg_signing **out,
		      struct jz_err *err);
int jz_gpg_sign_end(struct jz_gpg_signing *signing, const void *bytes, size_t len,
		    struct jz_buf *signature, char signer[41], struct jz_err *err);
void jz_gpg_sign_free(struct jz_gpg_signing *signing);

/* Checks a detached signature with the keys of this home. Fills the fingerprint of the primary key
 * and the time of the signature. JZ_E_CRYPTO: bad, by an unknown key, or not exactly one signature.
 * *expired: the key has expired meanwhile (the signature itself is good). */
int jz_gpg_verify(struct jz_gpg *gpg, const void *bytes, size_t len, const void *signature,
		  size_t signature_len, char fingerprint[41], int64_t *signed_at, bool *expired,
		  struct jz_err *err);

/* What one good signature says of itself. Whether its key could be trusted then is for the caller
 * to judge: revoked and expired are the key's state in this home, today. */
struct jz_gpg_made {
	char subkey[41]; /* fingerprint of the (sub)key that made it */
	int64_t time;
	bool revoked;
	bool expired;
};

/* Checks a detached signature by a key of this home. *known false: by none of them, and nothing
 * else is told. JZ_E_CRYPTO: bad, or not exactly one signature. */
int jz_gpg_check(struct jz_gpg *gpg, const void *bytes, size_t len, const void *signature,
		 size_t signature_len, struct jz_gpg_made *out, bool *known, struct jz_err *err);

#endif
