/* Inside lib/store/keyring*.c only. */
#ifndef JZ_STORE_KEYRING_IMPL_H
#define JZ_STORE_KEYRING_IMPL_H

#include "lib/base/map.h"
#include "lib/base/tmpfs.h"
#include "lib/port/gpg.h"
#include "lib/store/keyring.h"

/* A public key as the store's file had it. */
struct known_key {
	uint64_t hash; /* of the key file's bytes: another commit may have a newer one */
	struct jz_gpg_key *key;
	bool imported; /* into the keyring of the private home; else only the file lies there */
	bool recalled; /* from an earlier process, and not looked at by this one */
};

#define JZ_KEYRING_TWINS 3

struct jz_keyring {
	char *person;
	struct jz_gpg *own;
	bool own_listed;
	struct jz_strs own_keys; /* fingerprints of the own keys with a secret half */
	struct jz_strs own_ids;	 /* key ids of the own secret keys */
	struct jz_tmpdir home;
	struct jz_gpg *private; /* in home; NULL as long as there is none */
	bool used_own;		/* by the last decryption */
	struct jz_gpg_signing *signing; /* started ahead; NULL: none */
	char signing_by[JZ_FPR_LEN + 1];
	bool has_agent;		/* the private home may start its agent */
	struct jz_tmpdir twins[JZ_KEYRING_TWINS]; /* the same keys again, each with an agent */
	struct jz_map known;	/* fingerprint -> struct known_key * */
	struct jz_strs
		opened; /* fingerprints of role keys whose secret half is in the private home */
};

/* The private home, made at the first call. */
int jz_keyring_private(struct jz_keyring *keyring, struct jz_gpg **out, struct jz_err *err);

/* The same, fit for secret keys: it may start an agent. */
int jz_keyring_secret_home(struct jz_keyring *keyring, struct jz_gpg **out, struct jz_err *err);

/* Is one of the ids an encryption subkey of the key (NULL: none)? */
bool jz_keyring_shares_id(const struct jz_gpg_key *key, const struct jz_strs *ids);

/* Is one of the recipients a key of our own? */
int jz_keyring_own_recipient(struct jz_keyring *keyring, const struct jz_strs *ids, bool *own,
			     struct jz_err *err);

/* Nothing is wrong with the message: it is for other people, or this user's key is elsewhere. */
int jz_keyring_not_for_us(struct jz_keyring *keyring, const struct jz_keyview *view,
			  const char *message, struct jz_err *err);

/* keyring-role.c: opens the role key, of whichever generation, that a message names; *found: there
 * is one. view NULL: none. */
int jz_keyring_open_named(struct jz_keyring *keyring, const struct jz_keyview *view,
			  const struct jz_strs *ids, bool *found, struct jz_err *err);

/* Writes the settings of a private home for public keys into a directory. */
int jz_keyring_public_home(const char *dir, struct jz_err *err);

/* Ends the agent that lives in a private home, if any. */
void jz_keyring_end_agent(const char *path);

/* Ends the private home, its twins and their agents. */
void jz_keyring_end_homes(struct jz_keyring *keyring);

/* Looks at the public keys of the view, as far as they are neither known nor remembered
 * (keyring-memory.h): what they can do, whether they are in force. One gpg, that works while the
 * caller does something else between start and end. Their files lie in the private home from the
 * start on. */
struct jz_look {
	bool import;		/* into the keyring of the private home */
	bool anew;		/* gpg is to say it, whatever is remembered */
	struct jz_strs missing; /* fingerprints */
	uint64_t *hashes;	/* of their files */
	struct jz_strs digests; /* the same, for the memory */
	struct jz_buf bytes;
	struct jz_gpg_listing *listing; /* at work; NULL: nothing to look at */
};
#define JZ_LOOK_INIT                                                                               \
	{                                                                                          \
		.bytes = JZ_BUF_INIT                                                               \
	}
int jz_keyring_look_start(struct jz_keyring *keyring, const struct jz_keyview *view,
			  const struct jz_strs *fingerprints, struct jz_look *look,
			  struct jz_err *err);
int jz_keyring_look_end(struct jz_keyring *keyring, struct jz_look *look, struct jz_err *err);
void jz_keyring_look_release(struct jz_look *look);
int jz_keyring_look(struct jz_keyring *keyring, const struct jz_keyview *view,
		    const struct jz_strs *fingerprints, struct jz_err *err);

/* The same, by gpg itself: what it says now counts. */
int jz_keyring_look_anew(struct jz_keyring *keyring, const struct jz_keyview *view,
			 const struct jz_strs *fingerprints, struct jz_err *err);

/* Where the file of a key lies that was looked at or learnt. The caller frees. */
char *jz_keyring_key_file(const struct jz_keyring *keyring, const char *fingerprint);

/* The same, and takes them into the keyring of the private home, for whoever names keys of that:
 * co-processes, checking signatures. */
int jz_keyring_learn(struct jz_keyring *keyring, const struct jz_keyview *view,
		     const struct jz_strs *fingerprints, struct jz_err *err);

/* A key that was looked at or learnt; NULL: none. */
const struct jz_gpg_key *jz_keyring_known(const struct jz_keyring *keyring,
					  const char *fingerprint);

/* What gpg made must name one encryption subkey of each recipient, and nobody else. */
int jz_keyring_check_message(const struct jz_keyring *keyring, const struct jz_strs *fingerprints,
			     const void *cipher, size_t len, struct jz_err *err);

/* A record is not empty, and small enough to be read again. */
int jz_keyring_check_size(size_t len, struct jz_err *err);

#endif
