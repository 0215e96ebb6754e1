/* Inside lib/store/keyring*.c only. */
#ifndef JZ_STORE_KEYRING_IMPL_H
#define JZ_STORE_KEYRING_IMPL_H

#include "lib/base/map.h"
#include "lib/base/tmpfs.h"
#include "lib/port/gpg.h"
#include "lib/store/keyring.h"

/* A public key that the private home holds, as the store's file had it. */
struct known_key {
	uint64_t hash; /* of the key file's bytes: another commit may have a newer one */
	struct jz_gpg_key *key;
};

struct jz_keyring {
	char *person;
	struct jz_gpg *own;
	bool own_listed;
	struct jz_strs own_keys; /* fingerprints of the own keys with a secret half */
	struct jz_strs own_ids;	 /* key ids of the own secret keys */
	struct jz_tmpdir home;
	struct jz_gpg *private; /* in home; NULL as long as there is none */
	bool has_agent;		/* the private home may start its agent */
	struct jz_map known;	/* fingerprint -> struct known_key * */
	struct jz_strs
		opened; /* fingerprints of role keys whose secret half is in the private home */
};

/* The private home, made at the first call. */
int jz_keyring_private(struct jz_keyring *keyring, struct jz_gpg **out, struct jz_err *err);

/* The same, fit for secret keys: it may start an agent. */
int jz_keyring_secret_home(struct jz_keyring *keyring, struct jz_gpg **out, struct jz_err *err);

/* Writes the settings of a private home for public keys into a directory. */
int jz_keyring_public_home(const char *dir, struct jz_err *err);

/* Ends the agent that lives in a private home, if any. */
void jz_keyring_end_agent(const char *path);

/* Takes the public keys from the view into the private home, as far as they are not there. */
int jz_keyring_learn(struct jz_keyring *keyring, const struct jz_keyview *view,
		     const struct jz_strs *fingerprints, struct jz_err *err);

/* A key that was learnt; NULL: none. */
const struct jz_gpg_key *jz_keyring_known(const struct jz_keyring *keyring,
					  const char *fingerprint);

/* What gpg made must name one encryption subkey of each recipient, and nobody else. */
int jz_keyring_check_message(const struct jz_keyring *keyring, const struct jz_strs *fingerprints,
			     const void *cipher, size_t len, struct jz_err *err);

/* A record is not empty, and small enough to be read again. */
int jz_keyring_check_size(size_t len, struct jz_err *err);

/* "zhang (张三)" or "the office role key": whom a fingerprint stands for. */
void jz_keyring_name(const struct jz_access *access, const char *fingerprint, char *out,
		     size_t size);

#endif
