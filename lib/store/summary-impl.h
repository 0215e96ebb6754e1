/* Inside lib/store/summary*.c only: which fields a summary keeps, and what a row is made of. */
#ifndef JZ_STORE_SUMMARY_IMPL_H
#define JZ_STORE_SUMMARY_IMPL_H

#include "lib/store/summary.h"

#define JZ_KEEP_CHILDREN 30 /* of a field: a number tells which of them are there */

/* A field of schemas/summary.yaml. One without children is kept with its value: a scalar, or a list
 * of scalars. */
struct jz_keep_field {
	const char *key;
	uint32_t key_len;
	uint32_t number; /* the record itself is 0 */
	bool presence; /* only whether there is something */
	uint32_t count;
	const struct jz_keep_field *children[JZ_KEEP_CHILDREN];
};
const struct jz_keep_field *jz_keep_root(void);

/*
 * A page: rows one behind the other, then its texts, then where those begin (four bytes). A row: the
 * bytes that its nodes need in memory, then which fields of the record are there, and these.
 *
 * All of it is numbers, written in groups of seven bits, lowest first, the top bit says that more
 * follow. The number of a value has its kind in the low two bits, in the others:
 *   WORD   null, false, true; ABSENT: in this item there is no such field
 *   TEXT   which text of the page
 *   LIST   how many items; the bytes of what follows; then values, or, where the field has children,
 *          columns: which children any item has, and for each of them the bytes of its column and
 *          so many values as there are items
 *   MAP    which children there are, the first one's bit lowest; their values follow
 * The texts: how many, then of each one its length and (lowest bit) whether it is a number, the
 * bytes, and a NUL.
 */
enum { ROW_WORD, ROW_TEXT, ROW_LIST, ROW_MAP };
#define ROW_KIND_BITS 2
#define ROW_KIND      3 /* those bits */
enum { WORD_NULL, WORD_FALSE, WORD_TRUE, WORD_ABSENT };

#endif
