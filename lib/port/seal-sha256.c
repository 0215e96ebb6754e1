#include "lib/port/seal-sha256.h"

#include <sodium.h>

void jz_sha256(const void *bytes, size_t len, char hex[65])
{
	unsigned char sum[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(sum, bytes, len);
	sodium_bin2hex(hex, 65, sum, sizeof(sum));
}
