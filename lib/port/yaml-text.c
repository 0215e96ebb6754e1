#include "lib/port/yaml-impl.h"

#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/utf8.h"

/* Is any of eight bytes something else than printable ASCII and the end of a line? */
static bool unusual(const char *at)
{
	const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
	uint64_t word, low, other;

	memcpy(&word, at, sizeof(word));
	low = word & ~high;
	other = low ^ (ones * '\n');
	/* The high bits: not ASCII; 0x7F; below 0x20 and no newline. Nothing is carried over. */
	return (word | (low + ones) | (~(low + ones * 0x60) & (other + ~high))) & high;
}

/* Two characters of U+4000 to U+BFFF: lead bytes E4 to EB, each with two bytes behind it. */
static bool two_chinese(const char *at)
{
	static const unsigned char more[8] = {4, 0, 0, 4};
	static const unsigned char bits[8] = {0xF8, 0xC0, 0xC0, 0xF8, 0xC0, 0xC0};
	static const unsigned char want[8] = {0xE8, 0x80, 0x80, 0xE8, 0x80, 0x80};
	uint64_t word, add, mask, pattern;

	memcpy(&word, at, sizeof(word));
	memcpy(&add, more, sizeof(add));
	memcpy(&mask, bits, sizeof(mask));
	memcpy(&pattern, want, sizeof(pattern));
	return ((word + add) & mask) == pattern;
}

static bool is_separator(uint32_t cp)
{
	return cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

static bool is_forbidden(uint32_t cp)
{
	return (cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r') || (cp >= 0x7F && cp < 0xA0) ||
	       cp == 0xFEFF || (cp & 0xFFFE) == 0xFFFE || is_separator(cp);
}

static int refuse(const char *text, size_t len, size_t at, struct jz_err *err)
{
	const char *bad = text + at;
	unsigned line, column;
	uint32_t cp;

	jz_utf8_position(text, len, at, &line, &column);
	if (jz_utf8_valid(bad, len - at < 4 ? len - at : 4) == 0)
		return jz_fail_at(err, JZ_E_INVALID, line, column, _("not valid UTF-8"));
	cp = jz_utf8_next(&bad, text + len);
	if (is_separator(cp))
		return jz_fail_at(err, JZ_E_INVALID, line, column,
				  _("the line separator U+%04X must be written as an escape"), cp);
	return jz_fail_at(err, JZ_E_INVALID, line, column,
			  _("the control character U+%04X is not allowed"), cp);
}

int jz_yaml_check_text(const char *text, size_t len, bool *ascii, struct jz_err *err)
{
	const char *at = text, *end = text + len;

	*ascii = true;
	while (at < end) {
		unsigned char c = (unsigned char)*at;

		if (end - at >= 8 && c < 0x80 && !unusual(at)) {
			at += 8;
		} else if (end - at >= 8 && two_chinese(at)) {
			at += 6; /* nothing in there is refused */
			*ascii = false;
		} else if (c >= 0xE3 && c <= 0xEC && end - at >= 3 &&
			   ((unsigned char)at[1] & 0xC0) == 0x80 &&
			   ((unsigned char)at[2] & 0xC0) == 0x80) {
			at += 3; /* U+3000 to U+CFFF: Chinese; nothing in there is refused */
			*ascii = false;
		} else if ((c >= 0x20 && c < 0x7F) || c == '\n') {
			at++;
		} else {
			size_t left = (size_t)(end - at);
			const char *here = at;

			if (c >= 0x80 && !jz_utf8_valid(at, left < 4 ? left : 4))
				return refuse(text, len, (size_t)(at - text), err);
			if (is_forbidden(jz_utf8_next(&at, end)))
				return refuse(text, len, (size_t)(here - text), err);
			*ascii &= c < 0x80;
		}
	}
	return 0;
}
