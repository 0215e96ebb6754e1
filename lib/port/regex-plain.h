/* Inside lib/port/regex*.c only: patterns that need no search, such as "^[0-9]{4}-[0-9]{2}$". */
#ifndef JZ_PORT_REGEX_PLAIN_H
#define JZ_PORT_REGEX_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JZ_REGEX_RUNS 8

/* ASCII characters of a set, one behind the other. */
struct jz_regex_run {
	uint64_t set[2]; /* a bit a character */
	size_t least, most;
};

struct jz_regex_plain {
	struct jz_regex_run runs[JZ_REGEX_RUNS];
	size_t len; /* 0: the pattern is another one */
};

/* Understands "^", then characters and classes with or without {n} or {n,m}, then "$", if taking as
 * many characters as possible is always right; leaves `out` empty otherwise. */
void jz_regex_plain_read(const char *pattern, size_t len, struct jz_regex_plain *out);

bool jz_regex_plain_match(const struct jz_regex_plain *plain, const char *text, size_t len);

#endif
