#include "lib/base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

bool jz_starts_with(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

bool jz_ends_with(const char *text, const char *suffix)
{
	size_t len = strlen(text), n = strlen(suffix);

	return len >= n && !memcmp(text + len - n, suffix, n);
}

bool jz_eq(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

bool jz_copy(char *to, size_t size, const char *from)
{
	size_t len = strlen(from);
	bool fits = len < size;

	if (!size)
		return false;
	if (!fits)
		len = size - 1;
	memcpy(to, from, len);
	to[len] = '\0';
	return fits;
}

bool jz_parse_int(const char *text, long min, long max, long *out)
{
	char *end;
	long value;

	if (!((*text >= '0' && *text <= '9') || (*text == '-' && text[1] >= '0' && text[1] <= '9')))
		return false;
	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || *end || value < min || value > max)
		return false;
	*out = value;
	return true;
}

bool jz_is_hex(const char *text, size_t len)
{
	return strspn(text, "0123456789abcdefABCDEF") >= len;
}

void jz_lower(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text += 'a' - 'A';
}

void jz_hex(const void *bytes, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *at = bytes;

	for (size_t i = 0; i < len; i++) {
		*out++ = digits[at[i] >> 4];
		*out++ = digits[at[i] & 15];
	}
	*out = '\0';
}

/* The value of a digit plus one; 0: none. By table: whether a digit is a letter is not to be guessed. */
static const uint8_t digit[256] = {
	['0'] = 1,  ['1'] = 2,	['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16};

bool jz_unhex(const char *text, void *out, size_t len)
{
	unsigned char *to = out;

	for (size_t i = 0; i < len; i++) {
		unsigned high = digit[(unsigned char)text[2 * i]];
		unsigned low = high ? digit[(unsigned char)text[2 * i + 1]] : 0;

		if (!low)
			return false;
		to[i] = (unsigned char)((high - 1) << 4 | (low - 1));
	}
	return true;
}

void jz_random_token(char *out, size_t len)
{
	static const char alphabet[] = "23456789bcdfghjkmnpqrstvwxz";
	size_t done = 0;

	while (done < len) {
		unsigned char byte;

		if (getrandom(&byte, 1, 0) != 1)
			continue;
		if (byte >= 243) /* 9 * 27: no bias */
			continue;
		out[done++] = alphabet[byte % 27];
	}
	out[len] = '\0';
}

static int smallest(int a, int b, int c)
{
	int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Edits between two short words (insert, delete, replace). */
static int distance(const char *a, const char *b)
{
	int row[64], m = (int)strlen(b);

	if (m >= 63)
		return 99;
	for (int j = 0; j <= m; j++)
		row[j] = j;
	for (int i = 1; a[i - 1]; i++) {
		int diagonal = row[0];

		row[0] = i;
		for (int j = 1; j <= m; j++) {
			int above = row[j];

			row[j] = smallest(above + 1, row[j - 1] + 1,
					  diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[m];
}

const char *jz_closest(const char *word, const char *const *candidates)
{
	const char *best = NULL;
	int best_distance = 3;

	for (; *candidates; candidates++) {
		int d = distance(word, *candidates);

		if (d < best_distance && d < (int)strlen(*candidates)) {
			best = *candidates;
			best_distance = d;
		}
	}
	return best;
}
