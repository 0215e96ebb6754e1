#include "lib/port/regex-ecma.h"

#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/utf8.h"

/* ECMA-262 WhiteSpace and LineTerminator, and everything else. */
#define SPACE                                                                                      \
	"\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}"       \
	"\\x{205f}\\x{3000}\\x{feff}"
#define NO_SPACE                                                                                   \
	"\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}"           \
	"\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}"             \
	"\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}"

struct reader {
	const char *at;
	const char *end;
	struct jz_buf *out;
	struct jz_err *err;
	bool quantified; /* the last thing written was a quantifier */
};

static const struct {
	const char *name;
	const char *letters;
} categories[] = {
	{"Letter", "L"},
	{"Cased_Letter", "L&"},
	{"LC", "L&"},
	{"Uppercase_Letter", "Lu"},
	{"Lowercase_Letter", "Ll"},
	{"Titlecase_Letter", "Lt"},
	{"Modifier_Letter", "Lm"},
	{"Other_Letter", "Lo"},
	{"Mark", "M"},
	{"Nonspacing_Mark", "Mn"},
	{"Spacing_Mark", "Mc"},
	{"Enclosing_Mark", "Me"},
	{"Number", "N"},
	{"Decimal_Number", "Nd"},
	{"digit", "Nd"},
	{"Letter_Number", "Nl"},
	{"Other_Number", "No"},
	{"Punctuation", "P"},
	{"punct", "P"},
	{"Connector_Punctuation", "Pc"},
	{"Dash_Punctuation", "Pd"},
	{"Open_Punctuation", "Ps"},
	{"Close_Punctuation", "Pe"},
	{"Initial_Punctuation", "Pi"},
	{"Final_Punctuation", "Pf"},
	{"Other_Punctuation", "Po"},
	{"Symbol", "S"},
	{"Math_Symbol", "Sm"},
	{"Currency_Symbol", "Sc"},
	{"Modifier_Symbol", "Sk"},
	{"Other_Symbol", "So"},
	{"Separator", "Z"},
	{"Space_Separator", "Zs"},
	{"Line_Separator", "Zl"},
	{"Paragraph_Separator", "Zp"},
	{"Other", "C"},
	{"Control", "Cc"},
	{"Format", "Cf"},
	{"Surrogate", "Cs"},
	{"Private_Use", "Co"},
	{"Unassigned", "Cn"},
};

static int bad_escape(struct reader *r)
{
	return jz_fail(r->err, JZ_E_INVALID, _("a backslash stands before what it cannot escape"));
}

static void put_cp(struct reader *r, uint32_t cp)
{
	jz_buf_addf(r->out, "\\x{%x}", (unsigned)cp);
}

/* Reads exactly `digits` hexadecimal digits. */
static bool read_hex(struct reader *r, int digits, uint32_t *out)
{
	*out = 0;
	for (int i = 0; i < digits; i++, r->at++) {
		const char *hex = "0123456789abcdef";
		const char *found;

		if (r->at >= r->end || !*r->at)
			return false;
		found = strchr(hex, *r->at >= 'A' && *r->at <= 'F' ? *r->at + 32 : *r->at);
		if (!found)
			return false;
		*out = *out * 16 + (uint32_t)(found - hex);
	}
	return true;
}

/* Behind "\u{": up to the brace. */
static bool read_braced(struct reader *r, uint32_t *out)
{
	uint32_t digit;

	*out = 0;
	if (r->at < r->end && *r->at == '}')
		return false;
	while (r->at < r->end && *r->at != '}') {
		if (!read_hex(r, 1, &digit))
			return false;
		*out = *out * 16 + digit;
		if (*out > 0x10ffff)
			return false;
	}
	return r->at++ < r->end;
}

static int put_unicode(struct reader *r)
{
	uint32_t cp;
	uint32_t low;

	if (r->at < r->end && *r->at == '{') {
		r->at++;
		if (!read_braced(r, &cp))
			return bad_escape(r);
	} else if (!read_hex(r, 4, &cp)) {
		return bad_escape(r);
	} else if (cp >= 0xd800 && cp < 0xdc00 && r->end - r->at >= 6 && r->at[0] == '\\' &&
		   r->at[1] == 'u') {
		r->at += 2;
		if (!read_hex(r, 4, &low) || low < 0xdc00 || low > 0xdfff)
			return bad_escape(r);
		cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
	}
	if (cp >= 0xd800 && cp <= 0xdfff)
		return bad_escape(r);
	put_cp(r, cp);
	return 0;
}

static int put_property(struct reader *r, char letter)
{
	static const char *const prefixes[] = {
		"General_Category=", "gc=", "Script=", "sc=", "Script_Extensions=", "scx="};
	static const char *const words[] = {"", "", "sc:", "sc:", "scx:", "scx:"};
	const char *close = memchr(r->at, '}', (size_t)(r->end - r->at));
	const char *name = r->at + 1;
	const char *word = "";
	size_t len;

	if (r->at >= r->end || *r->at != '{' || !close || close == name)
		return bad_escape(r);
	for (size_t i = 0; i < JZ_COUNT(prefixes); i++) {
		size_t prefix = strlen(prefixes[i]);

		if ((size_t)(close - name) > prefix && !memcmp(name, prefixes[i], prefix)) {
			word = words[i];
			name += prefix;
			break;
		}
	}
	r->at = close + 1;
	len = (size_t)(close - name);
	for (size_t i = 0; i < JZ_COUNT(categories); i++)
		if (strlen(categories[i].name) == len && !memcmp(categories[i].name, name, len)) {
			jz_buf_addf(r->out, "\\%c{%s}", letter, categories[i].letters);
			return 0;
		}
	if (*name == '^')
		return bad_escape(r);
	jz_buf_addf(r->out, "\\%c{%s%.*s}", letter, word, (int)len, name);
	return 0;
}

/* \1 … and \k<name>. */
static int put_reference(struct reader *r, char first)
{
	const char *start = first == 'k' ? r->at + 1 : r->at - 1;
	const char *close;

	if (first == 'k') {
		close = r->at < r->end && *r->at == '<'
				? memchr(r->at, '>', (size_t)(r->end - r->at))
				: NULL;
		if (!close)
			return bad_escape(r);
		r->at = close + 1;
		jz_buf_addf(r->out, "\\k<%.*s>", (int)(close - start), start);
		return 0;
	}
	while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
		r->at++;
	jz_buf_addf(r->out, "\\g{%.*s}", (int)(r->at - start), start);
	return 0;
}

static int put_space(struct reader *r, char c, bool in_class)
{
	jz_buf_addf(r->out, in_class ? "%s" : "[%s]", c == 's' ? SPACE : NO_SPACE);
	return 0;
}

static int put_escape(struct reader *r, bool in_class)
{
	uint32_t cp;
	char c;

	if (r->at >= r->end)
		return bad_escape(r);
	c = *r->at++;
	switch (c) {
	case 's':
	case 'S':
		return put_space(r, c, in_class);
	case 'd':
	case 'D':
	case 'w':
	case 'W':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		jz_buf_addf(r->out, "\\%c", c);
		return 0;
	case 'v':
		put_cp(r, '\v');
		return 0;
	case 'u':
		return put_unicode(r);
	case 'p':
	case 'P':
		return put_property(r, c);
	case 'x':
		if (!read_hex(r, 2, &cp))
			return bad_escape(r);
		put_cp(r, cp);
		return 0;
	case 'c':
		cp = r->at < r->end ? (uint32_t)(*r->at++ & ~0x20) : 0;
		if (cp < 'A' || cp > 'Z')
			return bad_escape(r);
		put_cp(r, cp & 31);
		return 0;
	case '0':
		if (r->at < r->end && *r->at >= '0' && *r->at <= '9')
			return bad_escape(r);
		put_cp(r, 0);
		return 0;
	}
	if (!in_class && c == 'B') {
		jz_buf_adds(r->out, "\\B");
		return 0;
	}
	if (!in_class && (c == 'k' || (c >= '1' && c <= '9')))
		return put_reference(r, c);
	if ((unsigned char)c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '\0')
		return bad_escape(r);
	jz_buf_addc(r->out, '\\');
	jz_buf_addc(r->out, c);
	return 0;
}

static int put_class(struct reader *r)
{
	int rc;

	jz_buf_addc(r->out, '[');
	if (r->at < r->end && *r->at == '^')
		jz_buf_addc(r->out, *r->at++);
	while (r->at < r->end && *r->at != ']') {
		char c = *r->at++;

		if (c == '\\') {
			rc = put_escape(r, true);
			if (rc)
				return rc;
			continue;
		}
		if (c == '[') /* else [: would open a POSIX class */
			jz_buf_addc(r->out, '\\');
		jz_buf_addc(r->out, c);
	}
	if (r->at >= r->end)
		return jz_fail(r->err, JZ_E_INVALID, _("a character class is not closed"));
	r->at++;
	jz_buf_addc(r->out, ']');
	return 0;
}

/* Length of "{2}", "{2,}" or "{2,5}" at the reader; 0: no quantifier but a brace. */
static size_t braces(const struct reader *r)
{
	const char *at = r->at + 1;
	const char *digits = at;

	while (at < r->end && *at >= '0' && *at <= '9')
		at++;
	if (at == digits)
		return 0;
	if (at < r->end && *at == ',')
		for (at++; at < r->end && *at >= '0' && *at <= '9';)
			at++;
	return at < r->end && *at == '}' ? (size_t)(at + 1 - r->at) : 0;
}

static int put_quantifier(struct reader *r, size_t len)
{
	if (r->quantified)
		return jz_fail(r->err, JZ_E_INVALID, _("a quantifier follows a quantifier"));
	jz_buf_add(r->out, r->at, len);
	r->at += len;
	if (r->at < r->end && *r->at == '?')
		jz_buf_addc(r->out, *r->at++);
	r->quantified = true;
	return 0;
}

static int put_group(struct reader *r)
{
	static const char *const known[] = {"(?:", "(?=", "(?!", "(?<=", "(?<!", "(?<"};
	size_t left = (size_t)(r->end - r->at);

	if (left >= 2 && r->at[1] == '*')
		return jz_fail(r->err, JZ_E_INVALID, _("a quantifier has nothing to repeat"));
	if (left < 2 || r->at[1] != '?') {
		jz_buf_addc(r->out, *r->at++);
		return 0;
	}
	for (size_t i = 0; i < JZ_COUNT(known); i++) {
		size_t len = strlen(known[i]);

		if (left >= len && !memcmp(r->at, known[i], len)) {
			jz_buf_add(r->out, r->at, len);
			r->at += len;
			return 0;
		}
	}
	return jz_fail(r->err, JZ_E_INVALID, _("a group begins with a (? that is not known here"));
}

static int put_one(struct reader *r)
{
	char c = *r->at;
	size_t len = c == '{' ? braces(r) : 0;

	if (c == '*' || c == '+' || c == '?')
		len = 1;
	if (len > 0)
		return put_quantifier(r, len);
	r->quantified = false;
	if (c == '(')
		return put_group(r);
	r->at++;
	switch (c) {
	case '\\':
		return put_escape(r, false);
	case '[':
		return put_class(r);
	case '.':
		jz_buf_adds(r->out, "[^\\n\\r\\x{2028}\\x{2029}]");
		return 0;
	}
	jz_buf_addc(r->out, c);
	return 0;
}

int jz_regex_from_ecma(const char *pattern, size_t len, struct jz_buf *out, struct jz_err *err)
{
	struct reader r = {.at = pattern, .end = pattern + len, .out = out, .err = err};
	int rc = 0;

	if (jz_utf8_valid(pattern, len) != len)
		return jz_fail(err, JZ_E_INVALID, _("the pattern is not valid UTF-8"));
	while (r.at < r.end && rc == 0)
		rc = put_one(&r);
	return rc;
}
