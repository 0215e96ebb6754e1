/*
 * Exact fractions of small whole numbers, so that a mean, a factor or a cut never depends on binary
 * rounding. Always in lowest terms with a positive denominator; both parts stay far below 2^31 in
 * what scores and rates need, so products fit.
 */
#ifndef JZ_MODEL_RATIO_H
#define JZ_MODEL_RATIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jz_ratio {
	int64_t num;
	int64_t den; /* > 0 */
};

struct jz_ratio jz_ratio(int64_t num, int64_t den); /* den != 0 */
struct jz_ratio jz_ratio_mul(struct jz_ratio a, struct jz_ratio b);
int jz_ratio_cmp(struct jz_ratio a, struct jz_ratio b);
int64_t jz_ratio_floor(struct jz_ratio a);
int64_t jz_ratio_half_up(struct jz_ratio a); /* to the nearest whole number, a half goes up */

/* A plain decimal, digits with at most four decimals and at most nine before them, no exponent. */
bool jz_ratio_parse(const char *text, struct jz_ratio *out);

/* "7" where the value is whole by nature, else "1.25", rounded half up in the second place. Not for
 * negative fractions. */
void jz_ratio_format(struct jz_ratio a, bool whole, char *out, size_t size);

#endif
