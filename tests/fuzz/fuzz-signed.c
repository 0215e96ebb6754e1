/* A signature and its text put together for gpg: what is accepted is one packet and the whole text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/port/gpg-signed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	jz_cleanup(jz_buf_release) struct jz_buf signature = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf file = JZ_BUF_INIT;
	const uint8_t *end = size ? memchr(data, '\f', size) : NULL;
	size_t len = end ? (size_t)(end - data) : size;

	jz_buf_add(&signature, data, len);
	if (end)
		jz_buf_add(&text, end + 1, size - len - 1);
	if (!jz_gpg_signed_make(&signature, &text, &file)) {
		if (file.len)
			abort();
		return 0;
	}
	if (file.len < text.len + 12 + 6 || file.len > text.len + 12 + signature.len ||
	    (text.len && memcmp(file.data + file.len - text.len, text.data, text.len)))
		abort();
	return 0;
}
