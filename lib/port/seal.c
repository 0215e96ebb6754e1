#include "lib/port/seal.h"

#include <sodium.h>

#include "lib/base/i18n.h"

_Static_assert(JZ_SEAL_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
_Static_assert(JZ_SEAL_MORE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES +
				       crypto_aead_xchacha20poly1305_ietf_ABYTES,
	       "nonce and tag");
_Static_assert(JZ_SEAL_BOX == crypto_box_SEALBYTES + JZ_SEAL_KEY, "box");

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES

int jz_seal_start(struct jz_err *err)
{
	return sodium_init() < 0 ? jz_fail(err, JZ_E_CRYPTO, _("libsodium cannot be started")) : 0;
}

void jz_seal_random(void *bytes, size_t len)
{
	randombytes_buf(bytes, len);
}

void jz_seal(const uint8_t key[JZ_SEAL_KEY], const void *bound, size_t bound_len, const void *plain,
	     size_t len, struct jz_buf *out)
{
	unsigned char *to;

	jz_buf_reserve(out, len + JZ_SEAL_MORE);
	to = (unsigned char *)out->data + out->len;
	randombytes_buf(to, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(to + NONCE, NULL, plain, len, bound, bound_len,
						   NULL, to, key);
	out->len += len + JZ_SEAL_MORE;
	out->data[out->len] = '\0';
}

bool jz_unseal(const uint8_t key[JZ_SEAL_KEY], const void *bound, size_t bound_len,
	       const void *sealed, size_t len, void *plain)
{
	const unsigned char *from = sealed;

	return len >= JZ_SEAL_MORE &&
	       !crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, from + NONCE,
							   len - NONCE, bound, bound_len, from,
							   key);
}

void jz_seal_pair(const uint8_t seed[JZ_SEAL_KEY], uint8_t public_half[JZ_SEAL_KEY],
		  uint8_t secret_half[JZ_SEAL_KEY])
{
	crypto_box_seed_keypair(public_half, secret_half, seed);
}

void jz_seal_box(const uint8_t public_half[JZ_SEAL_KEY], const uint8_t key[JZ_SEAL_KEY],
		 uint8_t box[JZ_SEAL_BOX])
{
	crypto_box_seal(box, key, JZ_SEAL_KEY, public_half);
}

bool jz_unseal_box(const uint8_t public_half[JZ_SEAL_KEY], const uint8_t secret_half[JZ_SEAL_KEY],
		   const uint8_t box[JZ_SEAL_BOX], uint8_t key[JZ_SEAL_KEY])
{
	return !crypto_box_seal_open(key, box, JZ_SEAL_BOX, public_half, secret_half);
}

void jz_seal_hash(const uint8_t *key, const struct jz_seal_piece *pieces, size_t count,
		  uint8_t hash[JZ_SEAL_HASH])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, key, key ? JZ_SEAL_KEY : 0, JZ_SEAL_HASH);
	for (size_t i = 0; i < count; i++) {
		uint64_t len = pieces[i].len;

		/* The length first: two pieces are never one. */
		crypto_generichash_update(&state, (const unsigned char *)&len, sizeof(len));
		crypto_generichash_update(&state, pieces[i].bytes, pieces[i].len);
	}
	crypto_generichash_final(&state, hash, JZ_SEAL_HASH);
}

bool jz_seal_same(const void *a, const void *b, size_t len)
{
	return !sodium_memcmp(a, b, len);
}
