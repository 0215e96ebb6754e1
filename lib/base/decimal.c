#include "lib/base/decimal.h"

#include "lib/base/map.h"
#include "lib/base/mem.h"

#define EXPONENT_MAX 100000000000000000
#define LIMB	     1000000000u
#define LIMB_DIGITS  9

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int64_t parse_exponent(const char *at, const char *end)
{
	bool negative = at < end && *at == '-';
	int64_t value = 0;

	if (at < end && (*at == '-' || *at == '+'))
		at++;
	for (; at < end && is_digit(*at); at++)
		if (value < EXPONENT_MAX)
			value = value * 10 + (*at - '0');
	if (value > EXPONENT_MAX)
		value = EXPONENT_MAX;
	return negative ? -value : value;
}

void jz_decimal_parse(const char *text, size_t len, struct jz_decimal *out)
{
	const char *end = text + len;
	const char *at = text;
	int64_t whole = 0; /* digits before the point, from the first that is not 0 */
	int64_t skipped = 0;
	bool fraction = false;

	*out = (struct jz_decimal){.digits = text, .end = text};
	if (at < end && (*at == '-' || *at == '+'))
		out->negative = *at++ == '-';
	for (; at < end && (is_digit(*at) || *at == '.'); at++) {
		if (*at == '.') {
			fraction = true;
			continue;
		}
		if (out->count == 0 && *at == '0') {
			skipped += fraction;
			continue;
		}
		if (out->count++ == 0)
			out->digits = at;
		whole += !fraction;
		if (*at != '0')
			out->end = at + 1;
	}
	if (out->count == 0) {
		out->negative = false;
		out->digits = out->end = text;
		return;
	}
	out->point = whole > 0 ? whole : -skipped;
	out->count = 0;
	for (const char *p = out->digits; p < out->end; p++)
		out->count += *p != '.';
	if (at < end && (*at == 'e' || *at == 'E'))
		out->point += parse_exponent(at + 1, end);
}

/* The next digit, or '0' behind the last. */
static char next_digit(const char **at, const char *end)
{
	if (*at < end && **at == '.')
		(*at)++;
	return *at < end ? *(*at)++ : '0';
}

static int cmp_magnitude(const struct jz_decimal *a, const struct jz_decimal *b)
{
	const char *pa = a->digits;
	const char *pb = b->digits;

	if (a->point != b->point)
		return a->point < b->point ? -1 : 1;
	while (pa < a->end || pb < b->end) {
		char da = next_digit(&pa, a->end);
		char db = next_digit(&pb, b->end);

		if (da != db)
			return da < db ? -1 : 1;
	}
	return 0;
}

int jz_decimal_cmp(const struct jz_decimal *a, const struct jz_decimal *b)
{
	if (a->count == 0 || b->count == 0) {
		if (a->count == b->count)
			return 0;
		if (a->count == 0)
			return b->negative ? 1 : -1;
		return a->negative ? -1 : 1;
	}
	if (a->negative != b->negative)
		return a->negative ? -1 : 1;
	return a->negative ? cmp_magnitude(b, a) : cmp_magnitude(a, b);
}

bool jz_decimal_is_integer(const struct jz_decimal *value)
{
	return value->count == 0 || value->point >= (int64_t)value->count;
}

uint64_t jz_decimal_hash(const struct jz_decimal *value)
{
	uint64_t hash = jz_hash("", 0) ^ (uint64_t)value->negative; /* seeded: no flooding */
	const char *at = value->digits;

	if (value->count == 0)
		return hash;
	for (size_t i = 0; i < value->count; i++)
		hash = (hash ^ (unsigned char)next_digit(&at, value->end)) * 0x100000001b3u;
	return (hash ^ (uint64_t)value->point) * 0x100000001b3u;
}

bool jz_decimal_to_size(const struct jz_decimal *value, size_t *out)
{
	const char *at = value->digits;
	size_t size = 0;

	if (value->negative || !jz_decimal_is_integer(value))
		return false;
	if (value->point > 18 && value->count > 0) {
		*out = SIZE_MAX;
		return true;
	}
	for (int64_t i = 0; value->count > 0 && i < value->point; i++)
		size = size * 10 + (size_t)(next_digit(&at, value->end) - '0');
	*out = size;
	return true;
}

/* A divisor's digits as limbs of nine digits, the highest first. */
struct big {
	uint32_t *limbs;
	size_t len;
};

static struct big big_of(const struct jz_decimal *value)
{
	size_t len = (value->count + LIMB_DIGITS - 1) / LIMB_DIGITS;
	struct big big = {jz_xcalloc(len, sizeof(uint32_t)), len};
	size_t first = value->count - (len - 1) * LIMB_DIGITS;
	const char *at = value->digits;

	for (size_t i = 0; i < len; i++)
		for (size_t n = i ? LIMB_DIGITS : first; n > 0; n--)
			big.limbs[i] =
				big.limbs[i] * 10 + (uint32_t)(next_digit(&at, value->end) - '0');
	return big;
}

/* rest (one limb longer than the divisor) minus q times the divisor; a negative result is kept as
 * the complement and reported by true. */
static bool take_away(uint32_t *rest, const struct big *by, uint64_t q)
{
	int64_t borrow = 0;

	for (size_t i = by->len; i > 0; i--) {
		int64_t left = (int64_t)rest[i] - (int64_t)((q * by->limbs[i - 1]) % LIMB) - borrow;

		borrow = (int64_t)((q * by->limbs[i - 1]) / LIMB);
		while (left < 0) {
			left += LIMB;
			borrow++;
		}
		rest[i] = (uint32_t)left;
	}
	borrow = (int64_t)rest[0] - borrow;
	rest[0] = (uint32_t)(borrow < 0 ? borrow + 2 * (int64_t)LIMB : borrow) % LIMB;
	return borrow < 0;
}

static void add_back(uint32_t *rest, const struct big *by)
{
	uint32_t carry = 0;

	for (size_t i = by->len; i > 0; i--) {
		uint32_t sum = rest[i] + by->limbs[i - 1] + carry;

		carry = sum >= LIMB;
		rest[i] = sum % LIMB;
	}
	rest[0] = (rest[0] + carry) % LIMB;
}

/* One step of long division: rest, below the divisor, becomes (rest * 10 + digit) mod divisor. */
static void push_digit(uint32_t *rest, const struct big *by, uint32_t digit)
{
	uint64_t carry = digit;
	uint64_t q;

	for (size_t i = by->len; i > 0; i--) {
		uint64_t wide = (uint64_t)rest[i] * 10 + carry;

		rest[i] = (uint32_t)(wide % LIMB);
		carry = wide / LIMB;
	}
	rest[0] = (uint32_t)(rest[0] * 10 + carry);
	/* the quotient is 0..9; guessed from the two highest limbs it is never too small and at
	 * most a little too large, which add_back() mends */
	q = ((uint64_t)rest[0] * LIMB + rest[1]) / by->limbs[0];
	if (q > 9)
		q = 9;
	if (q > 0 && take_away(rest, by, q))
		do
			add_back(rest, by);
		while (rest[0] != 0);
}

static bool big_divides(const struct jz_decimal *value, const struct jz_decimal *of, size_t zeros)
{
	struct big by = big_of(of);
	uint32_t *rest = jz_xcalloc(by.len + 1, sizeof(*rest));
	const char *at = value->digits;
	bool whole = true;

	for (size_t i = 0; i < value->count + zeros; i++)
		push_digit(rest, &by, (uint32_t)(next_digit(&at, value->end) - '0'));
	for (size_t i = 0; i <= by.len; i++)
		whole &= rest[i] == 0;
	free(rest);
	free(by.limbs);
	return whole;
}

bool jz_decimal_is_multiple(const struct jz_decimal *value, const struct jz_decimal *of)
{
	const char *at = of->digits;
	const char *digits = value->digits;
	/* exponent of the last digit of each, both without zeros at the end */
	int64_t last = value->point - (int64_t)value->count;
	int64_t last_of = of->point - (int64_t)of->count;
	uint64_t by = 0;
	uint64_t rest = 0;
	size_t zeros;

	if (value->count == 0)
		return true;
	if (last < last_of)
		return false; /* value does not end in 0, a multiple would */
	/* 10^k adds factors 2 and 5, of which `of` has fewer than four for each of its digits */
	zeros = of->count * 4;
	if ((uint64_t)(last - last_of) < zeros)
		zeros = (size_t)(last - last_of);
	if (of->count > 18)
		return big_divides(value, of, zeros);
	for (size_t i = 0; i < of->count; i++)
		by = by * 10 + (uint64_t)(next_digit(&at, of->end) - '0');
	for (size_t i = 0; i < value->count + zeros; i++)
		rest = (rest * 10 + (uint64_t)(next_digit(&digits, value->end) - '0')) % by;
	return rest == 0;
}
