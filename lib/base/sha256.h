/* SHA-256 (FIPS 180-4), for sums that sha256sum(1) checks. */
#ifndef JZ_BASE_SHA256_H
#define JZ_BASE_SHA256_H

#include <stddef.h>

/* The sum of the bytes as 64 small hex digits and a NUL. */
void jz_sha256(const void *bytes, size_t len, char hex[65]);

#endif
