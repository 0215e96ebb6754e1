/*
 * Sealing bytes for oneself, through libsodium: XChaCha20-Poly1305 with a random nonce for each
 * piece, boxes to an X25519 public key for a writer that has no secret, BLAKE2b for keyed and
 * unkeyed hashes. Nothing here knows OpenPGP: keys are 32 random bytes, and who keeps them safe is
 * the caller's business.
 *
 * jz_seal_start() first; it touches nothing but this process.
 */
#ifndef JZ_PORT_SEAL_H
#define JZ_PORT_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/buf.h"
#include "lib/base/err.h"

#define JZ_SEAL_KEY  32 /* bytes of every key here */
#define JZ_SEAL_MORE 40 /* a sealed piece is that much longer: nonce in front, tag behind */
#define JZ_SEAL_BOX  80 /* a key in a box */
#define JZ_SEAL_HASH 32

int jz_seal_start(struct jz_err *err);

void jz_seal_random(void *bytes, size_t len);

/* Appends the sealed piece. bound is not kept in it, but must be the same again when it is opened.
 */
void jz_seal(const uint8_t key[JZ_SEAL_KEY], const void *bound, size_t bound_len, const void *plain,
	     size_t len, struct jz_buf *out);

/* Writes len - JZ_SEAL_MORE bytes to plain. False: forged, damaged, bound to something else; plain
 * holds nothing of it then. */
bool jz_unseal(const uint8_t key[JZ_SEAL_KEY], const void *bound, size_t bound_len,
	       const void *sealed, size_t len, void *plain);

/* The pair that belongs to a secret, for boxes. */
void jz_seal_pair(const uint8_t seed[JZ_SEAL_KEY], uint8_t public_half[JZ_SEAL_KEY],
		  uint8_t secret_half[JZ_SEAL_KEY]);

/* A key in a box that only the secret half opens. Anybody with the public half can make one: who
 * made it, a MAC has to tell. */
void jz_seal_box(const uint8_t public_half[JZ_SEAL_KEY], const uint8_t key[JZ_SEAL_KEY],
		 uint8_t box[JZ_SEAL_BOX]);
bool jz_unseal_box(const uint8_t public_half[JZ_SEAL_KEY], const uint8_t secret_half[JZ_SEAL_KEY],
		   const uint8_t box[JZ_SEAL_BOX], uint8_t key[JZ_SEAL_KEY]);

/* A hash over several pieces, keyed (key NULL: not). */
struct jz_seal_piece {
	const void *bytes;
	size_t len;
};
void jz_seal_hash(const uint8_t *key, const struct jz_seal_piece *pieces, size_t count,
		  uint8_t hash[JZ_SEAL_HASH]);
bool jz_seal_same(const void *a, const void *b, size_t len); /* in constant time */

#endif
