/* What a string may look like in YAML: which style keeps it, for readers of 1.1 and of 1.2 alike.
 */
#include "lib/port/yaml-impl.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/utf8.h"

#define DIGITS "0123456789"

/* Must be written as an escape: what a reader refuses, takes for a line break, or cannot show. */
static bool needs_escape(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 || cp == 0x2029 ||
	       cp == 0xFEFF || (cp & 0xFFFE) == 0xFFFE;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* True if no character but those listed needs an escape. */
static bool is_printable(const char *text, size_t len, const char *except)
{
	const char *at = text, *end = text + len;

	while (at < end) {
		uint32_t cp = jz_utf8_next(&at, end);

		if (needs_escape(cp) && !(cp && cp < 0x80 && strchr(except, (int)cp)))
			return false;
	}
	return true;
}

bool jz_yaml_is_plain(const char *text, size_t len)
{
	if (!len)
		return true;
	if (strchr("-?:", *text)) {
		if (len == 1 || is_blank(text[1]))
			return false;
	} else if (strchr(",[]{}#&*!|>'\"%@`", *text)) {
		return false;
	}
	if (is_blank(*text) || is_blank(text[len - 1]) || text[len - 1] == ':' ||
	    !strncmp(text, "---", 3) || !strncmp(text, "...", 3))
		return false;
	for (size_t i = 1; i < len; i++)
		if ((text[i] == '#' && is_blank(text[i - 1])) ||
		    (is_blank(text[i]) && text[i - 1] == ':'))
			return false;
	return is_printable(text, len, "\t");
}

/* Words that some reader takes for null, a boolean, a merge key or a default value. */
static bool is_word(const char *text, size_t len)
{
	static const char *const words[] = {"y",    "n",     "yes",  "no", "on", "off",
					    "true", "false", "null", "~",  "<<", "="};

	for (size_t i = 0; i < JZ_COUNT(words); i++)
		if (strlen(words[i]) == len && !strncasecmp(words[i], text, len))
			return true;
	return false;
}

/* Could be a number, a date, a moment or a sexagesimal to somebody: errs on the safe side. */
static bool is_numeric(const char *text, size_t len)
{
	if (strchr("+-.", *text))
		return true;
	return strchr(DIGITS, *text) && strspn(text, DIGITS "abcdefABCDEFoOxXtTzZ_.,:+- ") >= len;
}

static bool is_literal(const char *text, size_t len)
{
	const char *line = text, *end = text + len;
	bool content = false;

	if (!memchr(text, '\n', len) || !is_printable(text, len, "\t\n"))
		return false;
	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		if (!stop)
			stop = end;
		if (stop > line && is_blank(stop[-1]))
			return false; /* editors cut blanks off at the end of a line */
		content |= stop > line;
		line = stop + 1;
	}
	return content;
}

enum jz_style jz_yaml_style(const char *text, size_t len, bool key)
{
	if (!key && is_literal(text, len))
		return JZ_STYLE_LITERAL;
	if (!len || strchr("-?:", *text) || !jz_yaml_is_plain(text, len) ||
	    memchr(text, '\t', len) || is_word(text, len) || is_numeric(text, len))
		return JZ_STYLE_QUOTED;
	return JZ_STYLE_PLAIN;
}

static void escape(uint32_t cp, struct jz_buf *out)
{
	static const char shorts[] = {'0', 0, 0, 0, 0, 0, 0, 'a', 'b', 't', 'n', 'v', 'f', 'r'};

	if (cp < sizeof(shorts) && shorts[cp])
		jz_buf_addf(out, "\\%c", shorts[cp]);
	else if (cp < 0x100)
		jz_buf_addf(out, "\\x%02X", cp);
	else if (cp < 0x10000)
		jz_buf_addf(out, "\\u%04X", cp);
	else
		jz_buf_addf(out, "\\U%08X", cp);
}

void jz_yaml_quote(const char *text, size_t len, struct jz_buf *out)
{
	const char *at = text, *end = text + len;

	jz_buf_addc(out, '"');
	while (at < end) {
		const char *start = at;
		uint32_t cp = jz_utf8_next(&at, end);

		if (cp == '"' || cp == '\\')
			jz_buf_addf(out, "\\%c", (char)cp);
		else if (needs_escape(cp))
			escape(cp, out);
		else
			jz_buf_add(out, start, (size_t)(at - start));
	}
	jz_buf_addc(out, '"');
}
