/*
 * Breaking text into lines by display width. Chinese breaks between any two characters, but no line
 * begins with closing punctuation or ends with opening punctuation.
 */
#ifndef JZ_BASE_WRAP_H
#define JZ_BASE_WRAP_H

#include "lib/base/buf.h"

/* Appends the text and a newline. The first line goes on at column `at` (filled up to indent),
 * further ones begin after indent spaces; a newline in the text begins a line. */
void jz_wrap(struct jz_buf *out, const char *text, int at, int indent, int columns);

#endif
