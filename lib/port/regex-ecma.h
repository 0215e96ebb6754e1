/* Rewriting an ECMA-262 pattern in the words of PCRE2; used by regex.c alone. */
#ifndef JZ_PORT_REGEX_ECMA_H
#define JZ_PORT_REGEX_ECMA_H

#include <stddef.h>
#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Appends the rewritten pattern, or JZ_E_INVALID with what ECMA-262 does not allow. */
int jz_regex_from_ecma(const char *pattern, size_t len, struct jz_buf *out, struct jz_err *err);

#endif
