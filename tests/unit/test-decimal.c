/* Exact decimals against integer arithmetic of the machine, and long multiples made by hand. */
#include "tests/unit/tap.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/decimal.h"

static uint64_t state = 88172645463325252u;

static uint64_t random64(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static struct jz_decimal parse(const char *text)
{
	struct jz_decimal out;

	jz_decimal_parse(text, strlen(text), &out);
	return out;
}

static bool multiple(const char *value, const char *of)
{
	struct jz_decimal v = parse(value);
	struct jz_decimal o = parse(of);

	return jz_decimal_is_multiple(&v, &o);
}

static int cmp(const char *a, const char *b)
{
	struct jz_decimal x = parse(a);
	struct jz_decimal y = parse(b);

	return jz_decimal_cmp(&x, &y);
}

/* A number as text in one of several spellings of its value. */
static void spell(int64_t value, char *out, size_t size)
{
	switch (random64() % 5) {
	case 0:
		snprintf(out, size, "%" PRId64 ".000", value);
		break;
	case 1:
		snprintf(out, size, "%" PRId64 "00e-2", value);
		break;
	case 2:
		snprintf(out, size, "%" PRId64 "E+0", value);
		break;
	case 3:
		snprintf(out, size, "%" PRId64 ".%02de2", value / 100, abs((int)(value % 100)));
		if (value > -100 && value < 0)
			snprintf(out, size, "%" PRId64, value);
		break;
	default:
		snprintf(out, size, "%" PRId64, value);
	}
}

static void like_integers(void)
{
	unsigned wrong = 0;
	unsigned multiples = 0;

	for (int i = 0; i < 200000; i++) {
		int shift = (int)(random64() % 44) + 20;
		int64_t a = (int64_t)random64() >> shift;
		int64_t b = random64() % 4 ? (int64_t)random64() >> shift : a;
		int64_t of = (int64_t)(random64() % 50) + 1;
		char x[64], y[64], z[64];
		struct jz_decimal dx, dy;

		spell(a, x, sizeof(x));
		spell(b, y, sizeof(y));
		spell(of, z, sizeof(z));
		dx = parse(x);
		dy = parse(y);
		wrong += jz_decimal_cmp(&dx, &dy) != (a > b) - (a < b);
		wrong += a == b && jz_decimal_hash(&dx) != jz_decimal_hash(&dy);
		wrong += !jz_decimal_is_integer(&dx);
		wrong += multiple(x, z) != (a % of == 0);
		multiples += a % of == 0;
	}
	is_int(wrong, 0, "order, hash, wholeness and multiples agree with integers");
	ok(multiples > 1000, "... and there were multiples among them");
}

/* product = a * factor, digit by digit; then product + add (0 or 1). */
static void times(const char *a, unsigned factor, unsigned add, char *product)
{
	size_t len = strlen(a);
	unsigned carry = add;
	char digits[400];
	size_t n = 0;

	for (size_t i = len; i > 0; i--) {
		unsigned value = (unsigned)(a[i - 1] - '0') * factor + carry;

		digits[n++] = (char)('0' + value % 10);
		carry = value / 10;
	}
	for (; carry; carry /= 10)
		digits[n++] = (char)('0' + carry % 10);
	for (size_t i = 0; i < n; i++)
		product[i] = digits[n - 1 - i];
	product[n] = '\0';
}

static void long_multiples(void)
{
	unsigned wrong = 0;

	for (int i = 0; i < 20000; i++) {
		char of[120], product[400], next[400];
		size_t len = 19 + random64() % 80;

		for (size_t k = 0; k < len; k++)
			of[k] = (char)('0' +
				       (random64() % 3 ? random64() % 10 : random64() % 2 * 9));
		of[0] = (char)('1' + random64() % 9);
		of[len - 1] = (char)('1' + random64() % 9);
		of[len] = '\0';
		times(of, (unsigned)(random64() % 100000) + 1, 0, product);
		times(product, (unsigned)(random64() % 100000) + 1, 0, next);
		wrong += !multiple(of, of) + !multiple(product, of) + !multiple(next, of);
		times(product, 1, 1, next);
		wrong += multiple(next, of);
	}
	is_int(wrong, 0, "multiples of long numbers, and their neighbours");
}

static void edges(void)
{
	size_t size = 7;
	struct jz_decimal value = parse("1e30");

	ok(cmp("0", "-0.000e99") == 0 && cmp("-1", "1") < 0 && cmp("-2", "-1") < 0,
	   "signs and zeros");
	ok(cmp("1e999999999999999999999", "1e5") > 0 && cmp("1e-999999999999999999999", "0") > 0,
	   "exponents of any length");
	ok(cmp("0.1", "0.10000000000000000000000000000000000000000000001") < 0,
	   "the last digit counts");
	ok(cmp("123.456e3", "123456") == 0 && cmp("0.000123e6", "123") == 0, "the point moves");
	ok(multiple("1e1000000000", "7e-1000000000") == false && multiple("7e1000000000", "7"),
	   "multiples far away cost nothing");
	ok(jz_decimal_to_size(&value, &size) && size == SIZE_MAX, "a large size is cut off");
	value = parse("12.50e1");
	ok(jz_decimal_to_size(&value, &size) && size == 125, "a size with an exponent");
	value = parse("-1");
	ok(!jz_decimal_to_size(&value, &size), "a negative number is no size");
	value = parse("-0");
	ok(jz_decimal_to_size(&value, &size) && size == 0, "minus zero is");
}

int main(void)
{
	like_integers();
	long_multiples();
	edges();
	return done_testing();
}
