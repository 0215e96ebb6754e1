/* SHA-256 (FIPS 180-4) through libsodium, for sums that sha256sum(1) checks. */
#ifndef JZ_PORT_SEAL_SHA256_H
#define JZ_PORT_SEAL_SHA256_H

#include <stddef.h>

/* The sum of the bytes as 64 small hex digits and a NUL. */
void jz_sha256(const void *bytes, size_t len, char hex[65]);

#endif
