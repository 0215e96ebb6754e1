#include "lib/model/ratio.h"

#include <inttypes.h>
#include <stdio.h>

static int64_t gcd(int64_t a, int64_t b)
{
	a = a < 0 ? -a : a;
	while (b) {
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a ? a : 1;
}

struct jz_ratio jz_ratio(int64_t num, int64_t den)
{
	int64_t divisor;

	if (den < 0) {
		num = -num;
		den = -den;
	}
	divisor = gcd(num, den);
	return (struct jz_ratio){num / divisor, den / divisor};
}

struct jz_ratio jz_ratio_mul(struct jz_ratio a, struct jz_ratio b)
{
	return jz_ratio(a.num * b.num, a.den * b.den);
}

int jz_ratio_cmp(struct jz_ratio a, struct jz_ratio b)
{
	int64_t left = a.num * b.den;
	int64_t right = b.num * a.den;

	return (left > right) - (left < right);
}

int64_t jz_ratio_floor(struct jz_ratio a)
{
	int64_t whole = a.num / a.den;

	return whole - (a.num % a.den < 0);
}

int64_t jz_ratio_half_up(struct jz_ratio a)
{
	return jz_ratio_floor(jz_ratio(a.num * 2 + a.den, a.den * 2));
}

bool jz_ratio_parse(const char *text, struct jz_ratio *out)
{
	int64_t num = 0;
	int64_t den = 1;
	int whole = 0;
	int decimals = 0;

	for (; *text >= '0' && *text <= '9'; text++, whole++) {
		if (whole == 9)
			return false;
		num = num * 10 + (*text - '0');
	}
	if (!whole)
		return false;
	if (*text == '.') {
		for (text++; *text >= '0' && *text <= '9'; text++, decimals++) {
			if (decimals == 4)
				return false;
			num = num * 10 + (*text - '0');
			den *= 10;
		}
		if (!decimals)
			return false;
	}
	if (*text)
		return false;
	*out = jz_ratio(num, den);
	return true;
}

void jz_ratio_format(struct jz_ratio a, bool whole, char *out, size_t size)
{
	int64_t hundredths = jz_ratio_half_up(jz_ratio_mul(a, jz_ratio(100, 1)));

	if (whole)
		snprintf(out, size, "%" PRId64, jz_ratio_half_up(a));
	else
		snprintf(out, size, "%" PRId64 ".%02d", hundredths / 100, (int)(hundredths % 100));
}
