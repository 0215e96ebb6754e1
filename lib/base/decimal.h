/*
 * Exact arithmetic on numbers as JSON writes them: digit strings of any length, never a double.
 *
 * Exponents are only ever compared, never written out, so 1e1000000000 costs no more than 1e1; an
 * exponent beyond 10^17 counts as 10^17. Texts that jz_is_number() refuses give undefined answers
 * (never undefined behaviour).
 */
#ifndef JZ_BASE_DECIMAL_H
#define JZ_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A look at a number's text, which must live as long. Value: 0.d1d2d3… times 10^point. */
struct jz_decimal {
	const char
		*digits; /* from the first to the last digit that is not 0; a '.' may be between */
	const char *end;
	int64_t point;
	size_t count; /* digits without the '.'; 0: the number is zero */
	bool negative;
};

void jz_decimal_parse(const char *text, size_t len, struct jz_decimal *out);
int jz_decimal_cmp(const struct jz_decimal *a, const struct jz_decimal *b); /* -1, 0, 1 */
bool jz_decimal_is_integer(const struct jz_decimal *value);		    /* 1.0 and 1e2 are */

/* True if value is a whole number of times `of`, which must not be zero. Takes time proportional to
 * the product of the two lengths. */
bool jz_decimal_is_multiple(const struct jz_decimal *value, const struct jz_decimal *of);

/* The same for all texts of one value (1, 1.0, 10e-1). */
uint64_t jz_decimal_hash(const struct jz_decimal *value);

/* The number as a size, cut off at SIZE_MAX; false: negative or no integer. */
bool jz_decimal_to_size(const struct jz_decimal *value, size_t *out);

#endif
