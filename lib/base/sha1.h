/*
 * SHA-1, for the checksum at the end of a git pack and for names of files: no security rests on it.
 */
#ifndef JZ_BASE_SHA1_H
#define JZ_BASE_SHA1_H

#include <stddef.h>
#include <stdint.h>

#define JZ_SHA1_SIZE 20

struct jz_sha1 {
	uint32_t state[5];
	uint64_t len; /* bytes so far */
	uint8_t block[64];
	void (*blocks)(uint32_t state[5], const uint8_t *at,
		       size_t blocks); /* what this machine can */
};

void jz_sha1_init(struct jz_sha1 *sha1);
void jz_sha1_add(struct jz_sha1 *sha1, const void *bytes, size_t len);
void jz_sha1_end(struct jz_sha1 *sha1, uint8_t out[JZ_SHA1_SIZE]);

#endif
