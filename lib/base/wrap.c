#include "lib/base/wrap.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/utf8.h"

/* Punctuation that may not begin a line. */
static bool is_closing(uint32_t cp)
{
	static const uint32_t closing[] = {0x3001, 0x3002, 0x3009, 0x300B, 0x300D, 0x300F,
					   0x3011, 0xFF01, 0xFF09, 0xFF0C, 0xFF1A, 0xFF1B,
					   0xFF1F, 0x2019, 0x201D, 0x2026, 0xFF5E};

	for (size_t i = 0; i < JZ_COUNT(closing); i++)
		if (cp == closing[i])
			return true;
	return false;
}

/* Punctuation that may not end a line. */
static bool is_opening(uint32_t cp)
{
	return cp == 0x3008 || cp == 0x300A || cp == 0x300C || cp == 0x300E || cp == 0x3010 ||
	       cp == 0xFF08 || cp == 0x2018 || cp == 0x201C;
}

/* True if a line may end between two neighbours that no blank separates. */
static bool may_break(uint32_t before, uint32_t after)
{
	if (is_closing(after) || is_opening(before))
		return false;
	return jz_cp_width(before) == 2 || jz_cp_width(after) == 2;
}

/* The end of the piece that cannot be broken, beginning at text. */
static const char *piece_end(const char *text, const char *end)
{
	uint32_t before = jz_utf8_next(&text, end);

	while (text < end && *text != ' ' && *text != '\n') {
		const char *here = text;
		uint32_t after = jz_utf8_next(&text, end);

		if (may_break(before, after))
			return here;
		before = after;
	}
	return text;
}

static void pad(struct jz_buf *out, int columns)
{
	while (columns-- > 0)
		jz_buf_addc(out, ' ');
}

void jz_wrap(struct jz_buf *out, const char *text, int at, int indent, int columns)
{
	const char *end = text + strlen(text);
	bool line_start = true;

	pad(out, indent - at);
	if (at < indent)
		at = indent;
	while (text < end) {
		const char *word = text + strspn(text, " ");
		bool blank = word > text;
		const char *stop;
		int width;

		if (word >= end)
			break;
		if (*word == '\n') {
			jz_buf_addc(out, '\n');
			pad(out, word[1] ? indent : 0);
			at = indent;
			line_start = true;
			text = word + 1;
			continue;
		}
		stop = piece_end(word, end);
		width = (int)jz_utf8_width(word, (size_t)(stop - word));
		if (!line_start && at + blank + width > columns) {
			jz_buf_addc(out, '\n');
			pad(out, indent);
			at = indent;
		} else if (blank && !line_start) {
			jz_buf_addc(out, ' ');
			at++;
		}
		jz_buf_add(out, word, (size_t)(stop - word));
		at += width;
		line_start = false;
		text = stop;
	}
	jz_buf_addc(out, '\n');
}
