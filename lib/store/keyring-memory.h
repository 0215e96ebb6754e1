/* Inside lib/store/keyring*.c only. What gpg once said of a key file, so that it need not be asked
 * again: a file for each in the user's own state (state.h), bound to the SHA-256 of the key file.
 *
 * Only a key that can receive is remembered, with all its subkeys, for some weeks and until the first
 * of those in use ends. A memory that is torn, odd, too old, from a time to come or anybody else's
 * tells nothing: gpg is asked then. Whatever it says, gpg judges the key once more when it encrypts
 * or signs. */
#ifndef JZ_STORE_KEYRING_MEMORY_H
#define JZ_STORE_KEYRING_MEMORY_H

#include "lib/port/gpg.h"

#define JZ_KEY_DIGEST 65

/* What a key file goes by. */
void jz_key_digest(const void *bytes, size_t len, char digest[JZ_KEY_DIGEST]);

/* The key, if it is the one of this fingerprint; NULL: not remembered. The caller frees. */
struct jz_gpg_key *jz_key_recall(const char *digest, const char *fingerprint);

/* Remembers it, if it can be; nothing depends on that. */
void jz_key_remember(const char *digest, const struct jz_gpg_key *key);

#endif
