/* The outside of a message: whatever comes in, an accepted one names recipients, and any byte more
 * or less makes it another message that is refused. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/port/openpgp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_exactly(const uint8_t *data, size_t size, struct jz_strs *ids)
{
	jz_autofree uint8_t *copy = jz_xmalloc(size + 1);
	struct jz_err err = JZ_ERR_INIT;
	uint8_t *bytes = copy + 1; /* a look before or behind them is seen by a sanitizer */

	if (size)
		memcpy(bytes, data, size);
	return jz_openpgp_recipients(bytes, size, ids, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs none = JZ_STRS_INIT;
	jz_autofree uint8_t *longer = jz_xmalloc(size + 1);

	if (read_exactly(data, size, &ids)) {
		if (ids.len)
			abort();
		return 0;
	}
	if (!ids.len)
		abort();
	for (size_t i = 0; i < ids.len; i++)
		if (strlen(ids.items[i]) != 16)
			abort();
	memcpy(longer, data, size);
	longer[size] = 0;
	if (!read_exactly(longer, size + 1, &none) || !read_exactly(data, size - 1, &none))
		abort();
	return 0;
}
