/* Inside lib/base/sha1*.c and their test only: the rounds of SHA-1 over whole blocks of 64 bytes.
 */
#ifndef JZ_BASE_SHA1_IMPL_H
#define JZ_BASE_SHA1_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void jz_sha1_blocks_plain(uint32_t state[5], const uint8_t *at, size_t blocks);

/* By the processor's own instructions; only where jz_sha1_has_native() says that it has them. */
bool jz_sha1_has_native(void);
void jz_sha1_blocks_native(uint32_t state[5], const uint8_t *at, size_t blocks);

#endif
