/* Inside lib/store/summary*.c only: which fields a summary keeps, and what a row is made of. */
#ifndef JZ_STORE_SUMMARY_IMPL_H
#define JZ_STORE_SUMMARY_IMPL_H

#include "lib/store/summary.h"

#define JZ_KEEP_MOST 256

/* A field of schemas/summary.yaml. One without children is kept with its value: a scalar, or a list
 * of scalars. */
struct jz_keep_field {
	const char *key;
	uint32_t key_len;
	uint32_t number;
	bool presence; /* only whether there is something */
	struct jz_keep_field *children;
	struct jz_keep_field *next;
};
const struct jz_keep_field *jz_keep_root(void);
const struct jz_keep_field *jz_keep_number(size_t number); /* NULL: no such field */

/*
 * A row: the bytes that its nodes need in memory (a number), then the record's map. A value begins
 * with a byte: its kind in the low three bits, a number in the others (SMALL: it follows). Numbers are
 * written in groups of seven bits, lowest first, the top bit says that more follow.
 *   WORD   null, false, true
 *   TEXT   that many bytes follow, and a NUL       DIGITS       the same for a number
 *   TEXT_AGAIN  that many bytes, NUL behind them, at the place of the page that follows; DIGITS_AGAIN
 *   LIST   that many values follow                 MAP          that many fields: number, value
 */
enum { ROW_WORD, ROW_TEXT, ROW_TEXT_AGAIN, ROW_DIGITS, ROW_DIGITS_AGAIN, ROW_LIST, ROW_MAP };
enum { WORD_NULL, WORD_FALSE, WORD_TRUE };
#define ROW_SMALL 31 /* from here on the number stands behind the byte */

#endif
