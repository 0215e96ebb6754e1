#include "lib/base/utf8.h"

#include <string.h>

#include "lib/base/mem.h"

/* Bytes of the valid sequence at p, 0 if there is none. */
static size_t sequence(const unsigned char *p, size_t left)
{
	size_t n;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xC2 || p[0] > 0xF4)
		return 0;
	n = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	if (left < n)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
	    (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
		return 0;
	return n;
}

/* Most characters of Chinese text: three bytes, and no first byte that forbids some second ones. */
static bool is_common_three(const unsigned char *p)
{
	return (p[0] & 0xF0) == 0xE0 && p[0] != 0xE0 && p[0] != 0xED &&
	       !(((p[1] ^ 0x80) | (p[2] ^ 0x80)) & 0xC0);
}

size_t jz_utf8_valid(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t at = 0, n;

	while (at < len) {
		uint64_t word;

		if (len - at >= sizeof(word)) { /* eight ASCII bytes at a time */
			memcpy(&word, p + at, sizeof(word));
			if (!(word & 0x8080808080808080u)) {
				at += sizeof(word);
				continue;
			}
		}
		while (len - at >= 3 && is_common_three(p + at))
			at += 3;
		n = at < len ? sequence(p + at, len - at) : 0;
		if (!n)
			break;
		at += n;
	}
	return at;
}

uint32_t jz_utf8_next(const char **text, const char *end)
{
	const unsigned char *p = (const unsigned char *)*text;
	uint32_t cp;

	if (*text >= end)
		return 0;
	if (p[0] < 0x80) {
		*text += 1;
		return p[0];
	}
	if (p[0] < 0xE0) {
		cp = (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
		*text += 2;
	} else if (p[0] < 0xF0) {
		cp = (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
		*text += 3;
	} else {
		cp = (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 |
		     (uint32_t)(p[2] & 0x3F) << 6 | (p[3] & 0x3F);
		*text += 4;
	}
	return cp;
}

size_t jz_utf8_put(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xC0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xE0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		out[2] = (char)(0x80 | (cp & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
	out[3] = (char)(0x80 | (cp & 0x3F));
	return 4;
}

size_t jz_utf8_count(const char *text, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += ((unsigned char)text[i] & 0xC0) != 0x80;
	return count;
}

struct range {
	uint32_t from, to;
};

static bool within(const struct range *ranges, size_t count, uint32_t cp)
{
	for (size_t i = 0; i < count; i++)
		if (cp >= ranges[i].from && cp <= ranges[i].to)
			return true;
	return false;
}

/* Unicode East_Asian_Width W and F, merged over unassigned gaps. */
static const struct range wide[] = {
	{0x1100, 0x115F},   {0x231A, 0x231B},	{0x2329, 0x232A},   {0x23E9, 0x23EC},
	{0x2614, 0x2615},   {0x2648, 0x2653},	{0x26AA, 0x26AB},   {0x2705, 0x2705},
	{0x274C, 0x274C},   {0x2753, 0x2755},	{0x2795, 0x2797},   {0x2B1B, 0x2B1C},
	{0x2E80, 0x303E},   {0x3041, 0x33FF},	{0x3400, 0x4DBF},   {0x4E00, 0x9FFF},
	{0xA000, 0xA4CF},   {0xA960, 0xA97C},	{0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
	{0xFE10, 0xFE19},   {0xFE30, 0xFE6F},	{0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},
	{0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

/* Combining marks and format characters that take no column. */
static const struct range zero[] = {
	{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A},	  {0x064B, 0x065F},
	{0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2064}, {0x20D0, 0x20F0},	  {0x302A, 0x302D},
	{0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF},
};

int jz_cp_width(uint32_t cp)
{
	if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0))
		return 0;
	if (cp < 0x300)
		return 1;
	if (within(zero, JZ_COUNT(zero), cp))
		return 0;
	return within(wide, JZ_COUNT(wide), cp) ? 2 : 1;
}

/* The most of every table: printed as it is, one column wide. */
static inline bool is_plain(unsigned char byte)
{
	return byte >= ' ' && byte < 0x7f;
}

size_t jz_utf8_width(const char *text, size_t len)
{
	const char *end = text + len;
	size_t width = 0;

	while (text < end)
		if (is_plain((unsigned char)*text))
			text++, width++;
		else
			width += (size_t)jz_cp_width(jz_utf8_next(&text, end));
	return width;
}

size_t jz_utf8_fit(const char *text, size_t len, size_t columns)
{
	const char *at = text, *end = text + len;
	size_t width = 0;

	while (at < end) {
		const char *next = at;

		width += (size_t)jz_cp_width(jz_utf8_next(&next, end));
		if (width > columns)
			break;
		at = next;
	}
	return (size_t)(at - text);
}

/* Bytes of a character that has to go, 0 if it may stay. */
static size_t untamed(const unsigned char *c, size_t left, bool lines)
{
	if (*c < ' ' || *c == 127)
		return !(lines && *c == '\n');
	if (left >= 2 && c[0] == 0xC2 && c[1] >= 0x80 && c[1] < 0xA0)
		return 2; /* C1 */
	if (left >= 2 && c[0] == 0xD8 && c[1] == 0x9C)
		return 2; /* U+061C */
	if (left < 3 || c[0] != 0xE2)
		return 0;
	if (c[1] == 0x80 && (c[2] == 0x8E || c[2] == 0x8F || (c[2] >= 0xAA && c[2] <= 0xAE)))
		return 3; /* U+200E, U+200F, U+202A-U+202E */
	return c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9 ? 3 : 0; /* U+2066-U+2069 */
}

size_t jz_utf8_tame(char *text, size_t len, bool lines)
{
	const unsigned char *from = (const unsigned char *)text, *end = from + len;
	char *to = text;

	while (from < end) {
		size_t gone = is_plain(*from) ? 0 : untamed(from, (size_t)(end - from), lines);

		*to++ = gone ? ' ' : (char)*from;
		from += gone ? gone : 1;
	}
	*to = '\0';
	return (size_t)(to - text);
}

void jz_utf8_position(const char *text, size_t len, size_t offset, unsigned *line, unsigned *column)
{
	size_t start = 0;

	if (offset > len)
		offset = len;
	*line = 1;
	for (size_t i = 0; i < offset; i++) {
		if (text[i] == '\n') {
			++*line;
			start = i + 1;
		}
	}
	*column = 1 + (unsigned)jz_utf8_count(text + start, offset - start);
}
