/* Small string helpers over bytes. */
#ifndef JZ_BASE_STR_H
#define JZ_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool jz_starts_with(const char *text, const char *prefix);
bool jz_ends_with(const char *text, const char *suffix);
bool jz_eq(const char *a, const char *b); /* NULL equals only NULL */

/* Copies and always terminates; false: cut off. */
bool jz_copy(char *to, size_t size, const char *from);

/* Whole text is a decimal integer that fits; nothing else around it. */
bool jz_parse_int(const char *text, long min, long max, long *out);

bool jz_is_hex(const char *text, size_t len);
/* A-Z to a-z, in place. */
void jz_lower(char *text);

/* Two lower-case digits a byte, and a NUL. */
void jz_hex(const void *bytes, size_t len, char *out);
/* Reads so many bytes from the first digits of the text, of either case; false: it has not so many. */
bool jz_unhex(const char *text, void *out, size_t len);

/* A random token of lower-case letters and digits (no vowels, no 0/1: no words, no mix-ups), len
 * characters and a NUL, from the kernel's random source. */
void jz_random_token(char *out, size_t len);

/* Up to max closest candidate within two edits, for "did you mean"; NULL: none. */
const char *jz_closest(const char *word, const char *const *candidates);

#endif
