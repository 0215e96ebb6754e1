/*
 * Text files in the encodings that offices use: UTF-8 with or without a byte order mark, and
 * GB18030 (which holds GBK and GB 2312). Inside the program everything is UTF-8.
 */
#ifndef JZ_PORT_ENCODING_H
#define JZ_PORT_ENCODING_H

#include <stddef.h>
#include "lib/base/buf.h"
#include "lib/base/err.h"

enum jz_encoding { JZ_UTF8, JZ_UTF8_BOM, JZ_GB18030 };

/* "utf-8", "utf-8-bom", "gb18030", NULL: the values of an option. */
extern const char *const jz_encoding_names[];

/* The encoding of one of these names; anything else is JZ_UTF8. */
enum jz_encoding jz_encoding_named(const char *name);

/* Appends the text as UTF-8, without a byte order mark. Either UTF-8 reads with or without one. The
 * first byte that is wrong is JZ_E_INVALID with its line and column. */
int jz_decode(enum jz_encoding encoding, const char *bytes, size_t len, struct jz_buf *out,
	      struct jz_err *err);

/* The same in place: nothing is copied where nothing is to be converted. */
int jz_decode_whole(enum jz_encoding encoding, struct jz_buf *bytes, struct jz_err *err);

/* Appends UTF-8 text in the encoding; pieces may be encoded one by one. The byte order mark is the
 * caller's to write first. */
int jz_encode(enum jz_encoding encoding, const char *text, size_t len, struct jz_buf *out,
	      struct jz_err *err);

/* Appends a file ("-": standard input) as it is. More than limit bytes is JZ_E_INVALID with the
 * position of the first byte too many, and no more than that is ever read. Errors name the file. */
int jz_text_read(const char *path, size_t limit, struct jz_buf *out, struct jz_err *err);

#endif
