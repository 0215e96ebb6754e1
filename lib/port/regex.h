/*
 * Regular expressions as JSON Schema writes them (ECMA-262 with the u flag, as far as PCRE2 goes),
 * on UTF-8 text.
 *
 * Said as ECMA-262 says it: \d and \w are ASCII, \s is every Unicode white space, $ is the very
 * end, . stops at the four line ends, \uXXXX (pairs too), \u{…}, \xXX, \cX, \0, [] and [^], \p{…}
 * with Script= and the long names of categories, unset back references match nothing. Refused: what
 * ECMA-262 does not know (inline flags, atomic groups, verbs, possessive quantifiers, \A \z \Q …)
 * and look-behind of no fixed length.
 */
#ifndef JZ_PORT_REGEX_H
#define JZ_PORT_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/err.h"
#include "lib/base/mem.h"

struct jz_regex;

/* JZ_E_INVALID: no such expression; the message says why in the words of the field. */
int jz_regex_compile(const char *pattern, size_t len, struct jz_regex **out, struct jz_err *err);
void jz_regex_free(struct jz_regex *regex); /* NULL is fine */
JZ_DEFINE_AUTO(struct jz_regex, jz_regex_free)

/* Working memory of one thread, good for any number of matches with any expressions. */
struct jz_regex_scratch;
struct jz_regex_scratch *jz_regex_scratch_new(void);
void jz_regex_scratch_free(struct jz_regex_scratch *scratch); /* NULL is fine */
JZ_DEFINE_AUTO(struct jz_regex_scratch, jz_regex_scratch_free)

/* Looks for the expression anywhere in the text: 1 found, 0 not, JZ_E_INVALID if the search was
 * given up (too much backtracking, invalid UTF-8): neither yes nor no. One thread: the first search
 * with an expression makes machine code for it. */
int jz_regex_search(const struct jz_regex *regex, const char *text, size_t len,
		    struct jz_regex_scratch *scratch);

#endif
