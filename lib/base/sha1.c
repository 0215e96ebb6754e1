#include "lib/base/sha1.h"

#include <string.h>
#include "lib/base/sha1-impl.h"

static uint32_t rotate(uint32_t word, int bits)
{
	return word << bits | word >> (32 - bits);
}

/* The schedule in a ring of 16 words. */
#define WORD(t)                                                                                    \
	(w[(t)&15] = rotate(                                                                       \
		 w[((t) + 13) & 15] ^ w[((t) + 8) & 15] ^ w[((t) + 2) & 15] ^ w[(t)&15], 1))
#define ROUND(f, k, word)                                                                          \
	do {                                                                                       \
		uint32_t next = rotate(a, 5) + (f) + e + (k) + (word);                             \
		e = d;                                                                             \
		d = c;                                                                             \
		c = rotate(b, 30);                                                                 \
		b = a;                                                                             \
		a = next;                                                                          \
	} while (0)

/* FIPS 180-4, 6.1.2. Unrolled: the index of a hundred thousand files is hashed with each change. */
static void digest(uint32_t state[5], const uint8_t *block)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], w[16];

	for (int t = 0; t < 16; t++)
		w[t] = (uint32_t)block[t * 4] << 24 | (uint32_t)block[t * 4 + 1] << 16 |
		       (uint32_t)block[t * 4 + 2] << 8 | block[t * 4 + 3];
#pragma GCC unroll 16
	for (int t = 0; t < 16; t++)
		ROUND(d ^ (b & (c ^ d)), 0x5a827999, w[t]);
#pragma GCC unroll 4
	for (int t = 16; t < 20; t++)
		ROUND(d ^ (b & (c ^ d)), 0x5a827999, WORD(t));
#pragma GCC unroll 20
	for (int t = 20; t < 40; t++)
		ROUND(b ^ c ^ d, 0x6ed9eba1, WORD(t));
#pragma GCC unroll 20
	for (int t = 40; t < 60; t++)
		ROUND((b & c) | (d & (b | c)), 0x8f1bbcdc, WORD(t));
#pragma GCC unroll 20
	for (int t = 60; t < 80; t++)
		ROUND(b ^ c ^ d, 0xca62c1d6, WORD(t));
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
}

void jz_sha1_blocks_plain(uint32_t state[5], const uint8_t *at, size_t blocks)
{
	for (; blocks; blocks--, at += 64)
		digest(state, at);
}

void jz_sha1_init(struct jz_sha1 *sha1)
{
	static const uint32_t first[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
					  0xc3d2e1f0};

	memcpy(sha1->state, first, sizeof(first));
	sha1->len = 0;
	sha1->blocks = jz_sha1_has_native() ? jz_sha1_blocks_native : jz_sha1_blocks_plain;
}

void jz_sha1_add(struct jz_sha1 *sha1, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	size_t used = sha1->len % sizeof(sha1->block);

	sha1->len += len;
	if (used) {
		size_t room = sizeof(sha1->block) - used, part = len < room ? len : room;

		memcpy(sha1->block + used, p, part);
		p += part;
		len -= part;
		if (used + part < sizeof(sha1->block))
			return;
		sha1->blocks(sha1->state, sha1->block, 1);
	}
	sha1->blocks(sha1->state, p, len / sizeof(sha1->block));
	if (len % sizeof(sha1->block))
		memcpy(sha1->block, p + len / sizeof(sha1->block) * sizeof(sha1->block),
		       len % sizeof(sha1->block));
}

void jz_sha1_end(struct jz_sha1 *sha1, uint8_t out[JZ_SHA1_SIZE])
{
	static const uint8_t padding[64] = {0x80};
	uint64_t bits = sha1->len * 8;
	size_t used = sha1->len % 64;
	uint8_t length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (uint8_t)(bits >> (56 - 8 * i));
	jz_sha1_add(sha1, padding, used < 56 ? 56 - used : 120 - used);
	jz_sha1_add(sha1, length, sizeof(length));
	for (int i = 0; i < JZ_SHA1_SIZE; i++)
		out[i] = (uint8_t)(sha1->state[i / 4] >> (24 - 8 * (i % 4)));
}
