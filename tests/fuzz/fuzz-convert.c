/*
 * The first byte chooses two formats and an encoding, the rest is the input. What comes out is
 * valid in its format, and converting it to the same format changes nothing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/port/convert.h"
#include "lib/port/encoding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int keep(void *data, const char *text, size_t len, struct jz_err *err)
{
	(void)err;
	jz_buf_add(data, text, len);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf first = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf second = JZ_BUF_INIT;
	struct jz_convert how = {.write = keep, .write_data = &first};
	struct jz_err err = JZ_ERR_INIT;
	int failed;

	if (!size)
		return 0;
	how.from = (enum jz_format)(1 + (data[0] & 3));
	how.to = (enum jz_format)(1 + (data[0] >> 2 & 3));
	failed = jz_decode(data[0] & 16 ? JZ_GB18030 : JZ_UTF8, (const char *)data + 1, size - 1,
			   &text, &err);
	if (!failed)
		failed = jz_convert(&how, text.data, text.len, &err);
	if (failed) {
		if (!err.line || !err.column || !err.message[0] || first.len)
			abort();
		return 0;
	}
	if (!first.len || how.from == JZ_FORMAT_NDJSON)
		return 0; /* no rows; or a list of rows that may be one level too deep */
	how.from = how.to;
	how.write_data = &second;
	if (jz_convert(&how, first.data, first.len, NULL))
		abort();
	if (how.to != JZ_FORMAT_JSON && /* rows become one line each, a document is indented */
	    (first.len != second.len || memcmp(first.data, second.data, first.len) != 0))
		abort();
	return 0;
}
