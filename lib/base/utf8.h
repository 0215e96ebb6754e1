/* UTF-8: checking, code points, and the columns that a text takes on a terminal. */
#ifndef JZ_BASE_UTF8_H
#define JZ_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the longest valid prefix (RFC 3629: no surrogates, no overlong forms). len: all valid.
 */
size_t jz_utf8_valid(const char *text, size_t len);

/* Decodes one code point of valid text and moves *text; 0 at end. */
uint32_t jz_utf8_next(const char **text, const char *end);

/* Writes a code point; returns 1-4 bytes. */
size_t jz_utf8_put(uint32_t cp, char out[4]);

size_t jz_utf8_count(const char *text, size_t len); /* code points of valid text */

/* Columns on a terminal: East Asian Wide and Fullwidth count 2, combining marks 0. Does not depend
 * on the locale. */
int jz_cp_width(uint32_t cp);
size_t jz_utf8_width(const char *text, size_t len);

/* Bytes of the longest prefix that fits into the columns. */
size_t jz_utf8_fit(const char *text, size_t len, size_t columns);

/* Blanks in place what steers a terminal or turns a text around: control characters (C0, DEL, C1;
 * line feeds only if !lines) and the marks of writing direction. Returns the new length; the text
 * is ended there with a zero, for which there must be room. Need not be valid UTF-8. */
size_t jz_utf8_tame(char *text, size_t len, bool lines);

/* 1-based line and column (in characters) of a byte offset. */
void jz_utf8_position(const char *text, size_t len, size_t offset, unsigned *line,
		      unsigned *column);

#endif
