/* Rows that are read, written and read again are the same rows, in GB18030 too. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/port/csv.h"
#include "lib/port/encoding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int copy_row(void *data, const struct jz_csv_row *row, struct jz_err *err)
{
	(void)err;
	for (size_t i = 0; i < row->count; i++) {
		if (!row->cells[i].line || !row->cells[i].column)
			abort();
		jz_csv_write(row->cells[i].text, row->cells[i].len, !i, data);
	}
	jz_csv_end_row(data);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	jz_cleanup(jz_buf_release) struct jz_buf first = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf coded = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf decoded = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf second = JZ_BUF_INIT;
	struct jz_err err = JZ_ERR_INIT;

	if (jz_csv_each((const char *)data, size, copy_row, &first, &err)) {
		if (!err.line || !err.column || !err.message[0])
			abort();
		return 0;
	}
	if (jz_csv_each(first.data, first.len, copy_row, &second, NULL) ||
	    first.len != second.len || memcmp(first.data, second.data, first.len) != 0)
		abort();
	if (jz_encode(JZ_GB18030, first.data, first.len, &coded, NULL))
		return 0;
	if (jz_decode(JZ_GB18030, coded.data, coded.len, &decoded, NULL) ||
	    decoded.len != first.len || memcmp(decoded.data, first.data, first.len) != 0)
		abort();
	return 0;
}
